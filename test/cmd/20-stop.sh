#!/bin/bash
# --max-time and signals end a run tidily: no new work, what is committed is acknowledged, and the next run goes on.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job '.Fetch.Path = "{Route}/paged/next" | .Fetch.Items = "/items" | .Fetch.Pages = {Next: "/next"} |
	.Fetch.Query = {clientId: "{ClientId}", groupId: "{GroupId}", size: 50}'
workflow_client 1
workflow_client 2
know 1 5000
offer 1 1 1000
offer 2 2001 2020
new_key

# slowly: client 1's pages come one in a third of a second.
slowly() {
	clear_faults
	fault '{"client": "1", "kind": "delay", "delay_ms": 300, "path": "/api/records/paged", "times": 0}'
}

# applied COUNT: so many items are, by now.
applied() {
	(($(sql "SELECT count(*) FROM workflow_trigger") >= $1))
}

# stopped NAME STATUS: of a run that was ended before its work was done.
stopped() {
	expect_status "$1" "$2"
	expect "$1: the run's row" "stopped|$2|1" "$(last_run "Status, ExitCode, FinishedAt IS NOT NULL")"
	expect "$1: some of it was done, and not all" 1 \
		"$(last_visit 1 "Status = 'stopped' AND Processed BETWEEN 50 AND 950")"
	expect "$1: what was committed is acknowledged" "0|0" "$(last_run Owed)|$(sql "SELECT count(*) FROM APP_ITEM
		WHERE State = 'applied'")"
	expect "$1: no failure was logged for it" 0 "$(sql "SELECT count(*) FROM APP_EXCEPTION_LOG")"
	expect_match "$1: it says so" "stopping tidily" "$(<stderr)"
	acked_is_applied
}

slowly
run_job Complete --max-time 1
stopped "--max-time" 75
expect "the client that was done is done" "ok|20" "$(last_visit 2 "Status, Processed")"
count=$(sql "SELECT count(*) FROM workflow_trigger")

for signal in TERM INT HUP; do
	start_job Complete --json
	until_true "more is applied" applied $(($(sql "SELECT count(*) FROM workflow_trigger") + 50))
	begun=$(now_ms)
	end_job $signal
	(($(now_ms) - begun < 3000)) || fail "SIG$signal: it took long"
	stopped "SIG$signal" $((128 + $(kill -l $signal)))
	expect "SIG$signal: the summary is printed all the same" "stopped" "$(jq -r .status stdout)"
done

# One body that comes byte by byte: its end is not waited for.
clear_faults
fault '{"client": "1", "kind": "drip", "every_ms": 2, "path": "/api/records/paged", "times": 0}'
start_job Complete
until_true "some items have come" applied $(($(sql "SELECT count(*) FROM workflow_trigger") + 3))
begun=$(now_ms)
end_job TERM
(($(now_ms) - begun < 2000)) || fail "it took long"
expect_status "in the middle of a body" 143
expect "whole items are applied and acknowledged" "stopped|1|0" \
	"$(last_visit 1 "Status, Processed >= 3 AND Processed = Received AND Processed = Acked, Owed")"
acked_is_applied

expect "each went on where the last one ended" 1 "$(sql "SELECT count(*) >= $count + 150 FROM workflow_trigger")"

clear_faults
run_job Complete --max-time 60
expect_status "a run that ends in time is no stopped one" 0
triggered_once "in the end" 1020
es_acked "all acknowledged" 1020
books_balance

# The second signal does not ask. Here the first one waits for an ack.
offer 1 1001 1100
fault '{"kind": "hang", "path": "/api/records/ack", "times": 0}'
start_job Complete
until_true "all is applied" applied 1120
sleep 0.3
kill -s TERM "$job_pid"
sleep 0.7
kill -0 "$job_pid" || fail "the first signal did not leave the ack its time"
ok "the first signal leaves an ack its time"
begun=$(now_ms)
end_job INT
expect_status "the second one" 130
(($(now_ms) - begun < 1000)) || fail "the second signal took long"
ok "ends it at once"
clear_faults
run_job Complete
expect_status "and the next run heals that" 0
expect "a crashed run, all acknowledged" "1|0|100" \
	"$(sql "SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'crashed'")|$(last_run "Owed, Acked")"
triggered_once "still" 1120
es_acked "all acknowledged" 1120

# A signal while it waits for the lock.
fault '{"kind": "delay", "delay_ms": 2000, "path": "/api/records/paged", "times": 1}'
es_sql "DELETE FROM request_log"
start_job Complete
until_true "the first run asks" asked /api/records/paged
first=$job_pid
start_job Complete --wait 60
sleep 0.5
begun=$(now_ms)
end_job TERM
(($(now_ms) - begun < 1000)) || fail "the run that waits took long to end"
expect_status "a run that waits for the lock ends at once" 143
status=0
wait "$first" || status=$?
expect_status "the one that holds it goes on" 0
