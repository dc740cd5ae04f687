#!/bin/bash
# A dry run fetches and applies for real, changes nothing at all, and says what it would have changed.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job '.Alerts.MinProcessedRatio = 0'
workflow_client 1
workflow_client 2
new_key
know 1 2
offer 1 1 2
fault '{"kind": "status", "status": 404, "path": "/api/records/ack", "times": 0}'
run_job Complete
expect "two items are owed" "applied 2" "$(ledger)"
clear_faults

# 2,500 records for client 1, the first 600 of them a second time, three bad ones; client 2's answer is no JSON.
know 3 2502
es_sql "UPDATE record SET acked_at = 1"
{
	seq 3 2502 | sed 's/.*/{"id":&}/'
	seq 3 602 | sed 's/.*/{"id":&,"again":true}/'
	printf '%s\n' '{"id": 9001}' '{"id": 7, "id": 7}' '{"id": 9002}'
} >lines
fault "$(paste -sd, lines |
	jq -cR '{client: "1", kind: "body", method: "GET", times: 0, body: "[\(.)]"}')"
fault '{"client": "2", "kind": "body", "body": "<html>", "method": "GET", "times": 0}'
es_sql "DELETE FROM request_log"
sqlite3 "$DB" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
sql .dump >before
sha256sum "$DB" >sum

run_job Complete -n --json --force
expect_status "a client fails, also in a dry run" 1
unchanged "no table has changed" before
expect "the file is the same, bit for bit" "$(<sum)" "$(sha256sum "$DB")"
expect "nothing was acknowledged, not even what is owed" 0 "$(requests "method <> 'GET'")"
expect_no_match "no lock was left" "lock" "$(cd "$WORK" && find . -name '*.lock' -newer sum)"
expect "the summary counts as a real run would, batches and all" '[null,"degraded",1,2,1,3103,2500,600,3,0,0,0]' \
	"$(jq -c '[.run, .status, .exit, .clients, .failed_clients, .received, .processed, .duplicates, .errors,
		.parked, .acked, .owed]' stdout)"
expect_match "it says what would have changed, table by table" \
	'would insert 2500 row\(s\): workflow_trigger$' "$(<stderr)"
expect_match "updates, too" 'would update 2500 row\(s\): record$' "$(<stderr)"
expect_no_match "of the platform's tables alone" 'would .*APP_' "$(<stderr)"
expect_match "failed items are shown" \
	'client 1, group 10, item 9001: .*no such record' "$(<stderr)"
expect_match "so are failed clients" \
	'client 2, group 10: fetch failed: ' "$(<stderr)"
expect_match "and the end, which calls itself a dry run" \
	'dry run ended degraded: received 3103, processed 2500' "$(<stderr)"
run_job Complete -n --log-format json -v --client 1
expect "as JSON, it is the same" '["insert","workflow_trigger",2500]
["update","record",2500]' "$(jq -c 'select(.event == "change") | [.code, .message, .count]' stderr | LC_ALL=C sort)"
unchanged "still nothing has changed" before

run_job Complete --client 1 --json
expect_status "the real run" 0
expect "does what the dry one said, and acknowledges" '[3103,2500,600,3,2502,0]' \
	"$(jq -c '[.received, .processed, .duplicates, .errors, .acked, .owed]' stdout)"
triggered_once "after it" 2502
run_job Complete -n --client 1
expect_status "nothing would change now" 0
expect_no_match "and that is what it says" "would (insert|delete)" "$(<stderr)"

# A dry run ends tidily as well.
es_sql "DELETE FROM request_log"
sql .dump >before
clear_faults
fault '{"kind": "hang", "method": "GET", "times": 0}'
start_job Complete -n
sleep 0.7
end_job TERM
expect_status "a dry run that is ended" 143
unchanged "leaves nothing either" before
books_balance
