#!/bin/bash
# Only applied items are acknowledged, and only after their commit.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server --generate kind=records,client=1,group=10,count=120,bad=12
workflow_db
set_system
workflow_job '.Ack.Batch = 25 | .Alerts.MinProcessedRatio = 0.5'
workflow_client 1
know 1000001 1000120
new_key

# While an ack waits for its answer, what it names is seen to be committed, by another program.
fault '{"kind": "delay", "path": "/api/records/ack", "delay_ms": 1500, "times": 1}'
start_job Complete
until_true "the first ack arrives" asked /api/records/ack
expect "an ack that is under way names 25 items" 25 "$(es_sql "SELECT count(*) FROM ack_log")"
expect "all that was fetched is committed by then" 108 "$(sql "SELECT count(*) FROM workflow_trigger")"
expect "and owed: nothing is marked before the answer" "applied 108 failed 6" "$(ledger)"
acked_is_applied
end_job
expect_status "the run ends well" 0

acked_is_applied
expect "all that was applied was acknowledged, once" "108|108" \
	"$(es_sql "SELECT count(*), count(DISTINCT id) FROM ack_log")"
expect "in requests of 25" "25,25,25,25,8" "$(es_sql "SELECT group_concat(n) FROM
	(SELECT count(*) n FROM ack_log GROUP BY request ORDER BY request)")"
expect "a failed item was not" 0 "$(es_sql "SELECT count(*) FROM ack_log WHERE id LIKE '9000000%'")"
expect "the ledger agrees" "acked 108 failed 6" "$(ledger)"
es_acked "so does the external system" 108

# A client of two groups: each acknowledges its own.
add_client Complete '{"ClientId": 7, "GroupId": 20, "Route": "/api/records"}'
add_client Complete '{"ClientId": 7, "GroupId": 21, "Route": "/api/records"}'
know 71 79
seq 71 75 | sed 's/.*/{"id":&}/' | put_records records 7 20
seq 74 79 | sed 's/.*/{"id":&}/' | put_records records 7 21
run_job Complete --client 7
expect_status "two groups of a client" 0
expect "the same ids in both are two items each" "20|71,72,73,74,75
21|74,75,76,77,78,79" "$(es_sql "SELECT groupid, group_concat(id) FROM
	(SELECT groupid, id FROM ack_log WHERE client = 7 ORDER BY groupid, CAST(id AS INTEGER)) GROUP BY groupid")"
acked_is_applied
books_balance
