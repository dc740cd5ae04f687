#!/bin/bash
# The power goes, in the process that runs: jobrun's own run_job() over a disk that is a model (sim/powerdisk.h). At
# each step of whole runs, and again while that is healed, only what was synced is certain. What was acknowledged is
# there all the same, and the next runs finish the work. With synchronous=NORMAL, and with a disk that syncs nothing,
# the same test finds what was lost. Some of it runs under the sanitizers, the many without.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/sim/quick.sh"

states=0
# power WHAT LEAST PROGRAM ARGUMENT…: it finds nothing, in so many states; they are added to $states.
power() {
	local n

	"${@:3}" >"$WORK/power" 2>&1 || fail "$1: $(head -n 40 "$WORK/power")"
	n=$(awk '/ states/ { print $1; exit }' "$WORK/power")
	((n >= $2)) || fail "$1: $n states, not $2"
	states=$((states + n))
	ok "$1: $n states"
}

from=$((SEED * 100 + 1))
some=$(share 100 2000)
all=$(share 1000 30000)
quick power "$WORK/power-quick"
power "whatever a power cut leaves of a run, nothing is lost" "$some" "$SIM/test_power" --from "$from" --states "$some"
power "and again, elsewhere" "$all" "$WORK/power-quick" --from "$((from + 50))" --states "$all"
count "power cuts of runs" "$states"
states=0
power "an init that a power cut ended is done again" 150 "$SIM/test_init" --variants "$(share 2 50)"
count "power cuts of init" "$states"

for how in weak lies; do
	power "the test finds what $how loses" 20 "$WORK/power-quick" --$how --states 300
	expect_match "and says what" "acknowledged at the external system, and not applied" "$(cat "$WORK/power")"
done
