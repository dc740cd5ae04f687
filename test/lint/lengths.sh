#!/bin/bash
# Files to 400 lines, C's lines to 120 columns, functions to 60 lines (a note above that) and 100 (the hard end).
set -euo pipefail
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8

files '*.c' '*.h' '*.sh' | while read -r file; do
	n=$(wc -l <"$file")
	if ((n > 400)); then
		echo "$file: $n lines"
	fi
done | refuse "Files over 400 lines" || failed=1

# clang-format breaks what can be broken; a long string in a table stays in one piece, so that it can be searched for.
files '*.c' '*.h' | while read -r file; do
	expand -t 8 "$file" | { grep -nE '^.{121,}' || true; } | { grep -v '"' || true; } | sed "s|^\([0-9]*\):.*|$file:\1|"
done | refuse "Lines over 120 columns" || failed=1

functions=$(files '*.c' '*.h' | ctags -L - --languages=C --langmap=C:.c.h --kinds-C=f -x \
	--_xformat='%F %n %{end} %N' | awk '{ print $3 - $2 + 2, $1 ":" $2 ":", $4 }' | sort -rn)
awk '$1 > 60 && $1 <= 100 { print "note: over 60 lines:", $2, $3 " (" $1 " lines)" }' <<<"$functions"
awk '$1 > 100 { print $2, $3 " (" $1 " lines)" }' <<<"$functions" | refuse "Functions over 100 lines" || failed=1

exit "${failed-0}"
