#!/bin/bash
# What is applied and not acknowledged is acknowledged by the next run, before it fetches, batch after batch.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job '.Ack.Batch = 4'
workflow_client 1
workflow_client 2
know 1 30
offer 1 1 10
offer 2 21 23
new_key

fault '{"kind": "status", "status": 503, "path": "/api/records/ack", "times": 0}'
run_job Complete
expect_status "no ack gets through" 1
expect "all is applied and owed, client by client" "1|failed|10|0|10
2|failed|3|0|3" "$(sql "SELECT ClientId, Status, Processed, Acked, Owed FROM APP_REQUEST_LOG ORDER BY ClientId")"
expect "and in the run" "failed|13|0|13" "$(last_run "Status, Processed, Acked, Owed")"
expect "one failed ack ends the pass" 2 "$(requests "method = 'POST'")"
triggered_once "the first run" 13

run_job Complete
expect_status "nor in the next run" 1
expect "it does not ask for the same items again as new ones" "failed|0|13|0|13" \
	"$(last_run "Status, Processed, Duplicates, Acked, Owed")"

clear_faults
es_sql "DELETE FROM request_log; DELETE FROM ack_log"
offer 1 11 12
run_job Complete
expect_status "now they do" 0
expect "client 1: three acks of what was owed, the fetch, one ack of what came" "POST|4
POST|4
POST|2
GET|
POST|2" "$(es_sql "SELECT method, (SELECT count(*) FROM ack_log WHERE request = request_log.n OR 0) FROM request_log
	WHERE client = '1' ORDER BY n" | sed 's/^GET|0$/GET|/')"
expect "so nothing comes twice" "ok|2|2|0|15|0" "$(last_run "Status, Received, Processed, Duplicates, Acked, Owed")"
expect "the request row counts them all" "ok|5|2|12|0" "$(last_visit 1 "Status, Requests, Received, Acked, Owed")"
triggered_once "in the end" 15
expect "all are acknowledged" "acked 15" "$(ledger)"
acked_is_applied

# A client that has nothing new still gets rid of what it owes; so does one whose fetch then fails.
sql "UPDATE APP_ITEM SET State = 'applied' WHERE ClientId = '1'"
fault '{"kind": "status", "status": 404, "method": "GET", "path": "/api/records", "client": "1"}'
run_job Complete
expect_status "the fetch fails" 1
expect "what was owed is acknowledged" "failed|0|12|0" "$(last_visit 1 "Status, Received, Acked, Owed")"

# A job without acks owes nothing.
workflow_job '.Ack = null'
offer 1 13 14
run_job Complete
expect_status "a system that wants no acks" 0
expect "is owed none" "2|0|0" "$(last_run "Processed, Acked, Owed")"
books_balance
