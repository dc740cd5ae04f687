#!/bin/bash
# The simulation (sim/test_sim.c): seeds draw clients, items, acks, and what goes wrong with the network, the disk, the
# power, the clock and by signals. After each run all that must hold is looked at; in the end all is done, once. A seed
# that fails is told with what replays it, and every rare path must have been taken. Some seeds run under the sanitizers,
# the many without, over the release's objects.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/sim/quick.sh"

# simulate PROGRAM FROM SEEDS [OPTION…]: leaves how many runs that took in the file runs.FROM.
simulate() {
	"$1" --from "$2" --seeds "$3" "${@:4}" >"$WORK/sim.$2" 2>&1 || fail "$(tail -n 60 "$WORK/sim.$2")"
	awk '$2 == "seeds," { print $3 }' "$WORK/sim.$2" >"$WORK/runs.$2"
	ok "$3 seeds from $2 on"
}

from=$((SEED * 1000000 + 1))
seeds=$(share 200 2000)
half=$(share 900 9000)
simulate "$SIM/test_sim" "$from" "$seeds"
quick sim "$WORK/quick"
simulate "$WORK/quick" "$((from + seeds))" "$half" --all-paths &
other=$!
simulate "$WORK/quick" "$((from + seeds + half))" "$half" --all-paths
wait "$other" || fail "the other half"
count "simulated seeds" "$((seeds + 2 * half))"
count "runs in them" "$(awk '{ runs += $1 } END { print runs }' "$WORK"/runs.*)"
