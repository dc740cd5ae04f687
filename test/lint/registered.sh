#!/bin/bash
# Sources and tests are named one by one in CMakeLists.txt: a forgotten one would never be built, or never run.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# missing FILE CMAKELISTS WORD: prints FILE unless WORD stands in that CMakeLists.txt.
missing() {
	if ! grep -qE "(^|[[:space:]/}])$3([[:space:])]|\$)" "$2" 2>/dev/null; then
		echo "$1 is not in $2"
	fi
}

{
	for file in lib/base/*.c; do
		missing "$file" lib/CMakeLists.txt "base/$(basename "$file")"
	done
	for file in lib/*/*.c; do
		[[ $file == lib/base/* ]] || missing "$file" "$(dirname "$file")/CMakeLists.txt" "$(basename "$file")"
	done
	for file in test/lib/*/test_*.c; do
		name=$(basename "$file" .c)
		missing "$file" "$(dirname "$file")/CMakeLists.txt" "${name#test_}"
	done
	for file in test/cmd/[0-9][0-9]-*.sh; do
		missing "$file" test/cmd/CMakeLists.txt "$(basename "$file" .sh)"
	done
	for file in test/fault/[0-9][0-9]-*.sh; do
		missing "$file" test/fault/CMakeLists.txt "$(basename "$file" .sh)"
	done
	for file in test/fuzz/fuzz_*.c; do
		name=$(basename "$file" .c)
		[[ -e $file ]] && missing "$file" test/fuzz/CMakeLists.txt "${name#fuzz_}"
	done
	for file in test/lint/*.sh; do
		name=$(basename "$file" .sh)
		[[ $name == lib ]] || missing "$file" test/lint/CMakeLists.txt "$name"
	done
} | refuse "Files that no build and no test run knows"
