# Run by cpack on what was installed, before it is packed: what Debian's policy wants, and a plain install does not need.
set(docs ${CPACK_TEMPORARY_DIRECTORY}/usr/share/doc/jobrun)
file(COPY ${CPACK_JOBRUN_MADE}/copyright ${CPACK_JOBRUN_MADE}/changelog.Debian DESTINATION ${docs}
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
# The licence stands in Debian's copyright file; the changelog is found under Debian's name.
file(REMOVE ${docs}/LICENSE)
file(RENAME ${docs}/CHANGELOG.md ${docs}/changelog)
file(GLOB pages ${CPACK_TEMPORARY_DIRECTORY}/usr/share/man/man*/*)
execute_process(COMMAND gzip -9n ${pages} ${docs}/changelog ${docs}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
