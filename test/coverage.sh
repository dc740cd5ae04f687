#!/bin/bash
# coverage.sh: which lines and branches of lib/ and cmd/ the tests run, and whether they are enough: 95 % of the lines,
# 85 % of the branches. `--html DIR` writes pages that show them. Nothing is taken out of the count but what the compiler
# proves unreachable.
set -euo pipefail
cd "$(dirname "$0")/.."
. examples/packages.sh
build=build/coverage

need_packages build test
test/build.sh coverage
# Counts of earlier builds and runs would be added to.
find "$build" -name '*.gcda' -delete
# Without those whose every allocation fails: what counts the lines takes memory at the process's end, and does not look
# whether it got any.
ctest --preset coverage -L '^(lib|cmd|fault|fuzz)$' -E '^fault/3[01]-'

report=(--root . --filter lib/ --filter cmd/ --object-directory "$build" --exclude-unreachable-branches -j 2
	--fail-under-line 95 --fail-under-branch 85)
if [[ ${1-} == --html ]]; then
	mkdir -p "${2:?--html wants a folder}"
	report+=(--html-details "$2/index.html")
fi
gcovr "${report[@]}" --print-summary "$build"
