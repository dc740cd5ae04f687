#!/bin/bash
# coverage.sh: which lines of lib/ and cmd/ the tests run. `--html DIR` writes pages that show them.
set -euo pipefail
cd "$(dirname "$0")/.."
. examples/packages.sh
build=build/coverage

need_packages build test
test/build.sh coverage
# Counts of earlier builds and runs would be added to.
find "$build" -name '*.gcda' -delete
ctest --preset coverage -L '^(lib|cmd)$'

report=(--root . --filter lib/ --filter cmd/ --object-directory "$build" --exclude-unreachable-branches -j 2)
if [[ ${1-} == --html ]]; then
	mkdir -p "${2:?--html wants a folder}"
	report+=(--html-details "$2/index.html")
fi
gcovr "${report[@]}" --print-summary "$build"
