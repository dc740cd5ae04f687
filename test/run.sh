#!/bin/bash
# Everything: the tools, the builds, the tests and the linters. On a fresh Debian 12 this one command is enough.
#
#   test/run.sh                  all, of the fault campaign (test/fault) a share
#   test/run.sh --full           the whole of that, too: some hours
#   test/run.sh --label lib      a part: lib (unit tests), cmd (the binary against a server), fault, fuzz, bench, lint
#   test/run.sh NAME-REGEX       tests whose names match, such as cmd/07 or lib/store
#
# The last lines are ctest's summary, and so is the exit status; 69: a tool is missing and cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. examples/packages.sh

usage() {
	sed -n 's/^# \{0,1\}//; 2,9p' "$0"
}

select=()
while [[ $# -gt 0 ]]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	--full)
		export JOBRUN_FULL=1
		shift
		;;
	--label)
		if [[ $# -lt 2 || ! $2 =~ ^(lib|cmd|fault|fuzz|bench|lint)$ ]]; then
			echo "test/run.sh: --label wants lib, cmd, fault, fuzz, bench or lint" >&2
			exit 64
		fi
		select+=(-L "^$2\$")
		shift 2
		;;
	-*)
		echo "test/run.sh: no such option: $1 (see test/run.sh --help)" >&2
		exit 64
		;;
	*)
		select+=(-R "$1")
		shift
		;;
	esac
done

need_packages build test

# The environment of the caller must not decide what is tested.
unset JOBRUN_DB JOBRUN_KEY JOBRUN_KEY_FILE CREDENTIALS_DIRECTORY http_proxy https_proxy HTTP_PROXY HTTPS_PROXY \
	ALL_PROXY all_proxy NO_COLOR SSLKEYLOGFILE CC CFLAGS CPPFLAGS LDFLAGS
export LC_ALL=C.UTF-8

test/build.sh asan
exec ctest --preset asan "${select[@]}"
