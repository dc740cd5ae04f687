#!/bin/bash
# No room includes a header of a room above it, of cmd, or of tests; includes name the room. Ceilings stand in one file.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

declare -A rank
for i in "${!ROOMS[@]}"; do
	rank[${ROOMS[i]}]=$i
done

for path in lib/*/; do
	room=$(basename "$path")
	if [[ -z ${rank[$room]-} ]]; then
		echo "lib/$room: no such room in test/lint/lib.sh"
	fi
done | refuse "Rooms without a place"

{ grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' --include='*.[ch]' lib || true; } |
	while IFS=: read -r file line text; do
		room=${file#lib/}
		room=${room%%/*}
		header=${text#*\"}
		header=${header%%\"*}
		of=${header%%/*}
		if [[ $header != */* || -z ${rank[$of]-} ]]; then
			echo "$file:$line: \"$header\" names no room of lib/"
		elif ((rank[$of] > rank[$room])); then
			echo "$file:$line: $room may not know $of (\"$header\")"
		fi
	done | refuse "Includes that go upwards"

{ grep -rnE '^#define [A-Z_]+_(MOST|BYTES) .*\* 1024' --include='*.[ch]' lib cmd || true; } |
	{ grep -v '^lib/base/bounds\.h:' || true; } | refuse "Ceilings outside lib/base/bounds.h"
