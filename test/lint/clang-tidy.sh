#!/bin/bash
# clang-tidy over all that the clang preset compiles; the checks, and why some are off, stand in .clang-tidy
# and, for tests, in test/.clang-tidy.
# `test/lint/clang-tidy.sh FILE…` looks at those alone. A file that was clean is looked at again only when it, a header
# of it or the checks have changed: its mark is the sum of all of these.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
build=${JOBRUN_LINT_BUILD:-build/clang}

# sum FILE: of the file as the compiler sees it, with its comments, since some of them are for clang-tidy.
sum() {
	local command

	command=$(jq -r --arg file "$1" 'map(select(.file == $file))[0].command' "$build/compile_commands.json")
	{ cat .clang-tidy test/.clang-tidy && (cd "$build" && eval "$command -E -CC -o -"); } | sha256sum | cut -d ' ' -f 1
}

# One file a process: with more, clang 14's analyzer takes every va_list for uninitialized from the second on.
if [[ ${1-} == --one ]]; then
	file=$(realpath "$2")
	mark=$build/tidy/$(sum "$file")
	[[ -e $mark ]] && exit 0
	if found=$(clang-tidy -p "$build" --quiet "$file" 2>&1); then
		: >"$mark"
	else
		# Its counts of warnings in system headers are no news.
		sed -e '/ generated\.$/d' -e '/^Suppressed /d' -e '/^Use -header-filter=/d' -e "s|$PWD/||g" <<<"$found"
		exit 1
	fi
	exit 0
fi

mkdir -p "$build/tidy"
if [[ $# -gt 0 ]]; then
	printf '%s\n' "$@"
else
	sources
fi | xargs -r -d '\n' -n 1 -P "$(nproc)" "$0" --one
