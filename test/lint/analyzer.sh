#!/bin/bash
# gcc's -fanalyzer over lib/ and cmd/.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
build=${JOBRUN_LINT_BUILD:-build/clang}

# Off, because:
#   malloc-leak   it loses what is put into an element of an array that grows (gcc 12): LeakSanitizer, which runs with
#                 every test, also with those that let each allocation fail, does not.
off=(-Wno-analyzer-malloc-leak)

# A command a source: names and places as the other compiler was told them, all else gcc's own.
jq -r --arg top "$PWD/" --arg off "${off[*]}" '.[] | select(.file | startswith($top + "lib/") or startswith($top + "cmd/")) |
	([.command | scan("(?<= )(?:-D|-I|-isystem )(?:\\\\\"|[^ ])+")] | join(" ")) as $told |
	"cd \(.directory) && gcc -std=c17 \($told) -O1 -fanalyzer \($off) -Werror -c \(.file) -o /dev/null"' \
	"$build/compile_commands.json" | tr '\n' '\0' | xargs -0 -r -n 1 -P "$(nproc)" sh -c
