#!/bin/bash
# The external system is killed at each stage of an ack: before it has done it, after that and before its answer, and amid
# its answer. It comes back as it was; the next run ends the work.
. "$(dirname "$0")/lib.sh"

# acks: how many ids the external system has taken.
acks() {
	es_sql "SELECT count(*) FROM ack_log"
}

more_acks_than() {
	(($(acks) > $1))
}

fault_met() {
	[[ $(control GET /_faults | jq '.[0].hits') -ge 1 ]]
}

JOBRUN=$JOBRUN_RELEASE
crash_world
times=$(share 10 100)
for stage in before after amid; do
	for ((i = 0; i < times; i++)); do
		more_work 12
		known=$(acks)
		skip=$((RANDOM % 4))
		case $stage in
		before) fault '{"kind": "hang", "path": "/api/records/ack", "times": 0, "skip": '"$skip"'}' ;;
		after) fault '{"kind": "delay", "delay_ms": 20000, "path": "/api/records/ack", "skip": '"$skip"'}' ;;
		amid) fault '{"kind": "drip", "every_ms": 500, "path": "/api/records/ack", "skip": '"$skip"'}' ;;
		esac
		start_job Complete
		# The fault met a request, and for the latter two that was carried out: it is in the log before its answer.
		until_true "the fault meets an ack" fault_met
		[[ $stage == before ]] || until_true "it is carried out" more_acks_than "$known"
		before=$(acks)
		stop_server KILL
		end_job
		((status == 1 || status == 69)) || fail "$stage: exit status $status, with an external system that died"
		invariants
		start_server
		((before <= $(acks))) || fail "the external system forgot acks"
		all_goes_through
	done
	count "deaths of the external system at an ack, stage $stage" "$times"
done

# It lives, and takes no acks, after a crash that left some owed: what is offered again is a duplicate, not applied again.
for ((i = 0; i < times; i++)); do
	more_work 12
	# At the first answer: of each client's acks, the second has not been sent.
	crash_at before_refused_read:1
	owed=$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'applied'")
	fault '{"kind": "status", "status": 503, "path": "/api/records/ack", "times": 0}'
	run_job Complete
	expect_status "acks are refused" 1
	invariants
	duplicates=$(last_run Duplicates)
	((owed > 0 && duplicates > 0)) || fail "of $owed items that were owed $duplicates were offered again"
	clear_faults
	all_goes_through
done
count "crashes before a run whose acks are refused" "$times"
