#!/bin/bash
# One bad item never aborts the batch: of 400 records a client 40 are bad in four ways, and the other 360 are applied.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server --generate kind=records,client=1,group=10,count=400,bad=40 \
	--generate kind=records,client=2,group=10,count=400,bad=40
workflow_db
sql "CREATE TABLE trace (id)"
set_system
# The first rule writes before any check, to see that a rejected item leaves nothing behind.
workflow_job '.Alerts.MinProcessedRatio = 0.9' "-- leave a trace
INSERT INTO trace (id) VALUES (:id);
$WORKFLOW_RULES"
workflow_client 1
workflow_client 2
know 1000001 1000400
know 2000001 2000400
new_key

run_job Complete
expect_status "the run ends well: each client met its ratio" 0
expect "the run's books" "ok|0|800|720|0|80|0|720|0" \
	"$(last_run "Status, ExitCode, Received, Processed, Duplicates, Errors, Parked, Acked, Owed")"
expect "each client's books" "1|ok|400|360|40|360|0
2|ok|400|360|40|360|0" "$(sql "SELECT ClientId, Status, Received, Processed, Errors, Acked, Owed FROM APP_REQUEST_LOG
	ORDER BY ClientId")"
books_balance
triggered_once "the good ones" 720
expect "no record was completed twice" 1 "$(sql "SELECT max(completed) FROM record")"
expect "a rejected item leaves no trace" "720|0" "$(sql "SELECT count(*),
	(SELECT count(*) FROM trace WHERE id NOT IN (SELECT record FROM workflow_trigger)) FROM trace")"
acked_is_applied
es_acked "every good one was acknowledged" 720

expect "an exception row for each bad one, by stage and code" "fetch|item_key_twice|20
fetch|item_no_id|20
rules|rule_rejected|40" "$(sql "SELECT Stage, Code, count(*) FROM APP_EXCEPTION_LOG GROUP BY Stage, Code")"
expect "with who, which and why (the first four of a client)" \
	"10|900000000010|rules|rule_rejected|1|the record is known: no such record: 900000000010
10|#20|fetch|item_no_id|1|it has no id where Fetch.ItemId points
10|1000030|rules|rule_rejected|1|it is completed: not completed: DRAFT
10|#40|fetch|item_key_twice|1|it has the key \"id\" twice" \
	"$(sql "SELECT GroupId, ItemId, Stage, Code, Attempt, Message FROM APP_EXCEPTION_LOG WHERE ClientId = '1'
		ORDER BY Id LIMIT 4")"
expect "those with an id are in the ledger as failed" "acked 720 failed 40" "$(ledger)"

expect_empty "nothing on standard output" stdout
expect "a line for each failed item, up to ten a client" "10 client 1,
10 client 2," "$(grep -oE ' error .*, group 10, item [^:]+: ' stderr | grep -oE 'client [0-9]+,' | sort | uniq -c |
	sed 's/^ *//')"
expect "and a count of the rest" 2 "$(grep -c '30 more failed items are not shown' stderr)"
expect_match "a line has client, group, item and message" \
	'client 1, group 10, item 900000000010: .*no such record: 900000000010' "$(<stderr)"
expect_match "the end tells the errors also without -v" \
	'run ended ok: received 800, processed 720.*errors 80' "$(<stderr)"

workflow_job '.Alerts.MinProcessedRatio = 0'
run_job Complete --strict
expect_status "with --strict a failed item makes the status 1" 1
expect "only the bad ones came again, and failed again" "80|0|80" "$(last_run "Received, Processed, Errors")"
expect "for the second time" "2" "$(sql "SELECT DISTINCT Attempts FROM APP_ITEM WHERE State = 'failed'")"

sql "DELETE FROM APP_ITEM"
es_sql "UPDATE record SET acked_at = NULL; DELETE FROM idempotency"
workflow_job '.Alerts.MinProcessedRatio = 0.91'
run_job Complete
expect_status "below the job's ratio, the run ends with 1" 1
expect "degraded, not failed" "degraded|1" "$(last_run "Status, ExitCode")"
expect "so do its clients" "degraded" "$(sql "SELECT DISTINCT Status FROM APP_REQUEST_LOG
	WHERE RunId = (SELECT max(RunId) FROM APP_JOB_RUN)")"
books_balance
