#!/bin/bash
# An item that fails is tried again when it comes again; after MaxAttempts it is parked: counted, not tried, not acked.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job '.MaxAttempts = 3 | .Alerts.MinProcessedRatio = 0'
workflow_client 1
know 1 2
offer 1 1 3
new_key

for attempt in 1 2 3; do
	run_job Complete
	expect_status "attempt $attempt" 0
	expect "attempt $attempt: the item failed" "1|0|$attempt" \
		"$(last_run "Errors, Parked")|$(sql "SELECT Attempts FROM APP_ITEM WHERE ItemId = '3'")"
done
expect "three exception rows, numbered" "1,2,3" "$(sql "SELECT group_concat(Attempt) FROM APP_EXCEPTION_LOG")"
expect "now it is parked" "acked 2 parked 1" "$(ledger)"

# It would succeed now, and is left alone all the same.
know 3 3
run_job Complete -v
expect_status "the next run" 0
expect "it comes, and is counted as parked" "ok|1|0|0|0|1|0" \
	"$(last_run "Status, Received, Processed, Duplicates, Errors, Parked, Acked")"
expect_no_match "no line is written for it" "item 3" "$(<stderr)"
expect "no rule was run for it" 0 "$(sql "SELECT completed FROM record WHERE id = 3")"
expect "no attempt was counted" "3|3" \
	"$(sql "SELECT Attempts, (SELECT count(*) FROM APP_EXCEPTION_LOG) FROM APP_ITEM WHERE ItemId = '3'")"
expect "and it was never acknowledged" 0 "$(es_sql "SELECT count(*) FROM ack_log WHERE id = '3'")"
run_job Complete --strict
expect_status "a parked item is no failed item" 0

# It does not count against the ratio either.
workflow_job '.MaxAttempts = 3'
offer 1 1 2
es_sql "UPDATE record SET acked_at = NULL; DELETE FROM idempotency"
run_job Complete
expect_status "nor does it spoil the ratio" 0

workflow_job '.MaxAttempts = 1 | .Alerts.MinProcessedRatio = 0'
offer 1 99 99
run_job Complete
expect "with MaxAttempts 1 the first failure parks" "1|parked" "$(last_run Errors)|$(sql "SELECT State FROM APP_ITEM
	WHERE ItemId = '99'")"
acked_is_applied
books_balance
