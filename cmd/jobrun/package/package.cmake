# cpack -G DEB: a Debian package that lintian passes. Included from the top once all is installed that there is.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME jobrun)
set(CPACK_PACKAGE_VENDOR "jobrun")
set(CPACK_PACKAGE_CONTACT "The jobrun maintainers <maintainers@jobrun.example>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
# A local package, older than any of Debian's own would be.
set(CPACK_DEBIAN_PACKAGE_RELEASE 0)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "batch-integration runner: fetch, apply rules in SQL, acknowledge")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Brings records from other HTTP systems into a platform's own SQLite database.
For each client of a job it fetches what is completed, applies the platform's
rules (SQL, one transaction with a ledger, so that nothing is applied twice),
acknowledges what was applied, and logs runs, clients and errors in tables.
Called by cron, systemd timers or by hand.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "default-mta | mail-transport-agent")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "sqlite3, prometheus-node-exporter, logrotate")
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)

# Debian's own forms of the licence and of the changelog, made from ours.
set(made ${PROJECT_BINARY_DIR}/package)
file(MAKE_DIRECTORY ${made})
file(READ ${PROJECT_SOURCE_DIR}/LICENSE license)
string(REGEX REPLACE "^[^\n]*\n+(Copyright[^\n]*)\n+" "" terms "${license}")
string(REGEX MATCH "Copyright[^\n]*" holder "${license}")
string(REPLACE "Copyright (c) " "" holder "${holder}")
string(STRIP "${terms}" terms)
string(REGEX REPLACE "\n\n" "\n.\n" terms "${terms}")
string(REGEX REPLACE "\n" "\n " terms "${terms}")
file(WRITE ${made}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: jobrun

Files: *
Copyright: ${holder}
License: ISC

License: ISC
 ${terms}
")
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${made}/changelog.Debian
"jobrun (${PROJECT_VERSION}-0) unstable; urgency=medium

  * Version ${PROJECT_VERSION}; what it brings stands in changelog.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
# For debian.cmake, which puts them into the package alone.
set(CPACK_JOBRUN_MADE ${made})
include(CPack)
