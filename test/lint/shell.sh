#!/bin/bash
# Every shell script, known by its name or its first line, as shellcheck sees it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

{
	files '*.sh'
	files '*' | while read -r file; do
		if [[ $file != *.sh ]] && head -c 64 "$file" | head -n 1 | grep -qaE '^#!.*[/ ](ba|da)?sh( |$)'; then
			echo "$file"
		fi
	done
# SC2119, SC2120: functions with optional arguments are called without them on purpose.
} | xargs -r -d '\n' shellcheck --exclude=SC2119,SC2120 --external-sources --source-path=SCRIPTDIR
