#!/bin/bash
# The layout is the tool's; `test/lint/clang-format.sh --fix` writes it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

if [[ ${1-} == --fix ]]; then
	files '*.c' '*.h' | xargs -r -d '\n' clang-format -i
	exit 0
fi
files '*.c' '*.h' | while read -r file; do
	clang-format "$file" | diff -q "$file" - >/dev/null || echo "$file"
done | refuse "Not laid out as .clang-format says (test/lint/clang-format.sh --fix mends it)"
