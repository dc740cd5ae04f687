#!/bin/bash
# Whatever the external system offers again, a retry reprocesses nothing: duplicates, and acknowledged again.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job
workflow_client 1
know 1 30
offer 1 1 30
new_key

run_job Complete
expect_status "the first run" 0
triggered_once "the first run" 30

run_job Complete
expect_status "nothing is offered" 0
expect "nothing is done" "ok|0|0|0" "$(last_run "Status, Received, Processed, Duplicates")"

# The external system forgets that it was told: it was restored from a backup, say.
es_sql "UPDATE record SET acked_at = NULL; DELETE FROM idempotency"
run_job Complete
expect_status "all is offered again" 0
expect "all are duplicates, acknowledged again" "ok|30|0|30|0|30|0" \
	"$(last_run "Status, Received, Processed, Duplicates, Errors, Acked, Owed")"
triggered_once "still" 30
es_acked "the external system knows again" 30
expect "and the ledger" "acked 30" "$(ledger)"

# Half of it is new, one failed before and is right now.
echo '{"id": 31, "status": "DRAFT"}' | put_records records 1 10
know 31 45
run_job Complete
expect "one failed" "degraded|1|0|0|1" "$(last_run "Status, Received, Processed, Duplicates, Errors")"
es_sql "UPDATE record SET acked_at = NULL WHERE CAST(id AS INTEGER) > 20;
	UPDATE record SET body = '{\"id\":31,\"status\":\"COMPLETED\"}' WHERE id = '31';
	DELETE FROM idempotency"
offer 1 32 45
run_job Complete
expect_status "old and new and mended together" 0
expect "only the new and the mended are applied" "ok|25|15|10|0|25|0" \
	"$(last_run "Status, Received, Processed, Duplicates, Errors, Acked, Owed")"
triggered_once "in the end" 45
expect "no record was completed twice" "1|1" "$(sql "SELECT min(completed), max(completed) FROM record")"
expect "the mended one keeps its number of failed attempts, and nothing is left open" "1|acked
acked 45" "$(sql "SELECT Attempts, State FROM APP_ITEM WHERE ItemId = '31'"; ledger)"
acked_is_applied
books_balance
