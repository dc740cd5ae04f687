#!/bin/bash
# kill -9 at random times, a thousand times and more: the invariants hold in between, and one run that is left alone ends
# the work.
. "$(dirname "$0")/lib.sh"

WORKERS=2
# So many kills on one database: then a new one, since a large one is slow to look at.
IN_ONE_WORLD=100

# lose_acks: some of the next ones are refused, so that what they are about is offered again; some are done and their
# answers are lost.
lose_acks() {
	clear_faults
	fault '{"kind": "status", "status": 503, "path": "/api/records/ack", "skip": '$((RANDOM % 4))', "times": 8}'
	fault '{"kind": "drop_after_apply", "path": "/api/records/ack", "skip": '$((RANDOM % 6))', "times": 2}'
}

wait_for_rival() {
	local result=0

	wait "$rival" || result=$?
	((result <= 1 || result == 75)) || fail "a run beside one that was killed: exit status $result: $(<rival.out)"
}

# world KILLS: so many, and a clean end.
world() {
	local kills=$1 killed=0 rounds=0 most=120

	rm -f "$DB"* "$ES_DB"*
	crash_world
	while ((killed < kills)); do
		((rounds % 5 > 0)) || more_work 12
		((rounds % 10 > 0)) || lose_acks
		rounds=$((rounds + 1))
		((rounds < 10 * kills)) || fail "only $killed of $rounds runs could be killed"
		# Sometimes there is a rival, who finds the lock taken, or takes it.
		rival=
		if ((rounds % 8 == 0)); then
			"$JOBRUN" Complete --key-file "$KEY_FILE" >rival.out 2>&1 &
			rival=$!
		fi
		if killed_after "0.$(printf '%03d' $((5 + RANDOM % most)))"; then
			killed=$((killed + 1))
		elif ((status > 1 && !(status == 75 && ${rival:-0}))); then
			fail "a run that was not killed: exit status $status"
		fi
		[[ -z $rival ]] || wait_for_rival
		# As long as most of this machine's runs take just now: the kills shall meet all of a run.
		if ((status == 137)); then
			most=$((most + most / 50 + 1))
		else
			most=$((most - most / 10))
		fi
		((rounds % 4 > 0)) || invariants
	done
	clear_faults
	invariants
	at_work=$((at_work + $(sql "SELECT count(*) FROM APP_JOB_RUN WHERE Status IN ('crashed', 'running')")))
	more_work 5
	all_goes_through
}

if [[ -z ${WORKER-} ]]; then
	kills=$(share 1000 10000)
	as_workers "$WORKERS" env TO_KILL=$((kills / WORKERS)) "$TREE/test/fault/10-kill.sh"
	at_work=$(($(sed -n 's/^at work: //p' worker.* | paste -sd+)))
	((at_work >= kills / 4)) || fail "only $at_work of $kills were killed at work"
	ok "$at_work of them had their row by then"
	count "kill -9 at random times" "$kills"
	exit 0
fi
JOBRUN=$JOBRUN_RELEASE
at_work=0
for ((left = ${TO_KILL:?how many}; left > 0; left -= IN_ONE_WORLD)); do
	world $((left < IN_ONE_WORLD ? left : IN_ONE_WORLD))
done
echo "at work: $at_work"
