#!/bin/bash
# Nothing is left half done, and no line ends in blanks.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

text() {
	files '*.c' '*.h' '*.sh' '*.sql' '*.json' '*.1' '*.5' '*.txt' '*.md' | { grep -v '/lint/words\.sh$' || true; }
	find . -maxdepth 1 -type f -not -name '*~'
}

{ text | xargs -r -d '\n' grep -nEw 'TODO|FIXME|XXX|HACK' || true; } | refuse "Left for later" || failed=1
{ text | xargs -r -d '\n' grep -nE '[[:blank:]]+$' || true; } | refuse "Blanks at the end of a line" || failed=1

exit "${failed-0}"
