#!/bin/bash
# kill -9 at random moments, 22 times, with three clients: in the end all is applied once and all is acknowledged.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job '.Ack.Batch = 15 | .Fetch.Path = "{Route}/paged/next" | .Fetch.Items = "/items" |
	.Fetch.Pages = {Next: "/next"} | .Fetch.Query = {clientId: "{ClientId}", groupId: "{GroupId}", size: 20}'
know 1 100000
new_key
for client in 1 2 3; do
	workflow_client "$client"
done

seed=${SEED-$RANDOM}
RANDOM=$seed
echo "SEED=$seed"
# Lost answers, too, and some that come late.
fault '{"kind": "drop_after_apply", "path": "/api/records/ack", "skip": 7, "times": 3}'
fault '{"kind": "delay", "delay_ms": 80, "path": "/api/records", "times": 0}'
killed=0
most=400
for ((round = 0; round < 22; round++)); do
	for client in 1 2 3; do
		offer "$client" $((client * 20000 + round * 60 + 1)) $((client * 20000 + round * 60 + 60))
	done
	known=$(sql "SELECT count(*) FROM APP_JOB_RUN")
	start_job Complete
	wait_ms=$((20 + RANDOM % most))
	sleep "$((wait_ms / 1000)).$(printf '%03d' $((wait_ms % 1000)))"
	end_job KILL
	((status != 137)) || killed=$((killed + 1))
	# A machine that is slow just now, or a build: the kills shall meet runs that are at work.
	(($(sql "SELECT count(*) FROM APP_JOB_RUN") > known)) || most=$((most + most / 4))
	acked_is_applied >/dev/null
done
((killed >= 20)) || fail "only $killed runs were killed: the test is too slow for them"
ok "$killed runs were killed; after each of them only what was applied had been acknowledged"
expect "some of them were at work by then" 1 "$(sql "SELECT count(*) > 300 AND
	(SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'crashed') >= 5 FROM workflow_trigger")"

clear_faults
run_job Complete
expect_status "a run that is left alone" 0
triggered_once "all of it" 3960
expect "no record was completed twice" "3960|1" \
	"$(sql "SELECT count(*), max(completed) FROM record WHERE completed > 0")"
expect "the ledger" "acked 3960" "$(ledger)"
es_acked "the external system knows all" 3960
expect "nothing is owed" 0 "$(last_run Owed)"
acked_is_applied
expect "runs that died are marked so, none is left open" "" "$(sql "SELECT * FROM APP_JOB_RUN
	WHERE Status = 'running' OR FinishedAt IS NULL OR (Status = 'crashed') <> (ExitCode IS NULL)")"
expect "the database is whole" ok "$(sql "PRAGMA integrity_check")"
expect "and every row that refers to another finds it" "" "$(sql "PRAGMA foreign_key_check")"
books_balance
run_job Complete
expect "one more run finds nothing to do" "0|0|0|0|0" "$status|$(last_run "Received, Processed, Duplicates, Acked")"
