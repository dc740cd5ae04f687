# What the fault tests share, over what all black-box tests do. Sourced first; it brings test/cmd/lib.sh and workflow.sh.
# shellcheck shell=bash

# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/../cmd/lib.sh"
. "$TREE/test/cmd/workflow.sh"

: "${JOBRUN_FAULT:?the binary with crash points}"
# Each failing test says it, and with it the same test goes the same way again.
SEED=${SEED-$RANDOM}
RANDOM=$SEED
echo "SEED=$SEED"

# share FEW ALL: how many to try: few in every run of the tests, all of them in a full one (JOBRUN_FULL).
share() {
	if [[ -n ${JOBRUN_FULL-} ]]; then echo "$2"; else echo "$1"; fi
}

# count WHAT N: says how many were tried, and adds a line to the file $JOBRUN_COUNTS, if it is set: the README's figures.
count() {
	ok "$1: $2"
	[[ -z ${JOBRUN_COUNTS-} ]] || printf '%s\t%s\n' "$1" "$2" >>"$JOBRUN_COUNTS"
}

# invariants [EFFECTS]: they hold now. It says nothing when all is well, so that it can be asked a thousand times.
invariants() {
	local found

	found=$("$TREE/test/fault/invariants" "$DB" "$ES_DB" "$@") || fail "$found"
	checks=$((checks + 1))
}

# crash_at POINT[:N] [ARGUMENT…]: a run of the job Complete that is killed at a point (test/fault/points.c); it must be.
crash_at() {
	local at=$1

	shift
	status=0
	JOBRUN_CRASH_AT=$at timeout --kill-after=5 "$COMMAND_SECONDS" "$JOBRUN_FAULT" Complete --key-file "$KEY_FILE" "$@" \
		>"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	((status == 137 || status == 134)) || fail "no crash at $at: exit status $status"
}
