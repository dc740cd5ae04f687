#!/bin/bash
# What is installed: cmake --install, and a Debian package that lintian has nothing to say about.
. "$(dirname "$0")/lib.sh"

succeed env DESTDIR="$WORK/root" cmake --install "$(dirname "$JOBRUN_RELEASE")/../.." --prefix /usr/local
files=$(cd root/usr/local && find . -type f | LC_ALL=C sort)
for file in bin/jobrun share/man/man1/jobrun.1 share/man/man5/jobrun-job.5 lib/systemd/system/jobrun@.service \
	share/bash-completion/completions/jobrun share/zsh/site-functions/_jobrun share/fish/vendor_completions.d/jobrun.fish \
	share/man/man1/jobrun-status.1 share/man/man1/jobrun-run.1 share/man/man1/jobrun-release.1 share/man/man1/jobrun-help.1 share/doc/jobrun/README.md share/doc/jobrun/examples/crontab share/doc/jobrun/examples/jobs/sync-appointments/job.json; do
	expect_match "it installs $file" "^\./$file\$" "$files"
done
expect_no_match "no sources, no tests" '\.[ch]$|/test_|CMake' "$files"
expect_no_match "nor what is Debian's alone" 'changelog\.Debian|/copyright' "$files"
expect_match "the installed program runs" '^jobrun [0-9]' "$(root/usr/local/bin/jobrun --version)"

package=$(ls "$TREE"/build/package/jobrun_*.deb)
expect "one package" 1 "$(wc -l <<<"$package")"
status=0
lintian --allow-root --fail-on error,warning,info "$package" >lintian.txt 2>&1 || status=$?
expect "lintian finds nothing" "0 " "$status $(grep -E '^[EWI]:' lintian.txt || true)"
dpkg-deb -x "$package" deb
expect_match "its program runs" '^jobrun [0-9]' "$(deb/usr/bin/jobrun --version)"
expect_match "its unit names it" '^ExecStart=/usr/bin/jobrun run ' "$(<deb/usr/lib/systemd/system/jobrun@.service)"
expect_match "it depends on what it links with" 'libsqlite3-0.*' "$(dpkg-deb -f "$package" Depends)"
expect_match "zsh finds what a package brings" '_jobrun' "$(ls deb/usr/share/zsh/vendor-completions)"
expect "every manual page is compressed" "" "$(find deb/usr/share/man -type f -not -name '*.gz')"
for page in jobrun-release=JOBRUN-HOLD jobrun-run=JOBRUN jobrun-help=JOBRUN; do
	for root in root/usr/local/share/man deb/usr/share/man; do
		expect_match "$root: ${page%=*}(1) reads as ${page#*=}(1)" "^${page#*=}\\(1\\)" \
			"$(cd "$root" && mandoc "$(echo man1/"${page%=*}".1*)")"
	done
done
expect "the package has Debian's own files" "changelog.Debian.gz copyright" \
	"$(cd deb/usr/share/doc/jobrun && echo changelog.Debian* copyright*)"
expect_match "and reads as one" '^\.Dt JOBRUN 1' "$(zcat deb/usr/share/man/man1/jobrun.1.gz)"
