# Shared by the linters, which source it: they stand at the top of the tree, and know the files and the rooms.
# shellcheck shell=bash
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

# Rooms of lib/, from below; a room includes headers of its own and of rooms below it.
# shellcheck disable=SC2034  # used by those that source this
ROOMS=(base confine json stream store secret http config rules notify run trial check report)

# files NAME-PATTERN…: our files of such names, one a line.
files() {
	local places=() names=() pattern place

	for place in cmd examples lib schema test .ci; do
		[[ -d $place ]] && places+=("$place")
	done
	for pattern in "$@"; do
		names+=(-o -name "$pattern")
	done
	find "${places[@]}" -type f \( "${names[@]:1}" \) | LC_ALL=C sort
}

# sources: what the clang preset compiles, but for what is generated.
sources() {
	jq -r '.[].file' "${JOBRUN_LINT_BUILD:-build/clang}/compile_commands.json" | grep -v "^$PWD/build/" |
		LC_ALL=C sort -u
}

# refuse WHY: fails if standard input holds anything, which is then shown.
refuse() {
	local found

	found=$(cat)
	[[ -z $found ]] && return 0
	printf '%s:\n%s\n' "$1" "$found"
	return 1
}
