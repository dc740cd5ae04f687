#!/bin/bash
# A dry run shows, item by item up to a limit and then in sum, which rows the rules would change, and what would be
# acknowledged; the real run then does just that.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job '.Alerts.MinProcessedRatio = 0'
workflow_client 1
workflow_client 2
new_key
know 1 30
offer 1 1 3
fault '{"kind": "status", "status": 404, "path": "/api/records/ack", "times": 0}'
run_job Complete --client 1
expect "three items are owed from before" "applied 3" "$(ledger)"
clear_faults
es_sql "UPDATE record SET acked_at = 1"
offer 1 11 14
offer 2 21 22
printf '%s\n' '{"id": 99}' | put_records records 2 10

run_job Complete --dry-run -j 1
expect_status "it ends well" 0
expect "an item's rows, as a diff without any prefix" \
	"client 1, group 10, item 11: would change
  ~ record id 11: completed 0 -> 1
  + workflow_trigger seq 4: client 1, groupid 10, record 11, run 0" "$(grep -A2 -F 'item 11: would' stderr)"
expect "all six of both clients" 6 "$(grep -c 'would change$' stderr)"
expect_match "what client 1 would have acknowledged, what it owes included" \
	'client 1, group 10: would acknowledge 7 item\(s\), 3 of them owed from before: 11, 12, 13, 14$' "$(<stderr)"
expect_match "what client 2 would: not the rejected one" 'client 2, group 10: would acknowledge 2 item\(s\): 21, 22$' \
	"$(<stderr)"
expect_match "then in sum" 'would insert 6 row\(s\): workflow_trigger$' "$(<stderr)"
expect_no_match "and no row of one that is rejected" 'item 99: would' "$(<stderr)"

run_job Complete -n --limit 2
expect "no more items than asked for" 2 "$(grep -c 'would change$' stderr)"
expect_match "the rest is counted" 'the rows of 4 more items are not shown; --limit N shows more$' "$(<stderr)"
run_job Complete -n --limit 0
expect_no_match "none is allowed" 'would change$' "$(<stderr)"
run_job Complete -n --color always --limit 1
expect_match "colour, when it is asked for" $'\033''\[32m\+ workflow_trigger' "$(<stderr)"
run_job Complete -n --log-format json --limit 1 --client 1
expect "as JSON, for programs" '["item_changes","1","10","11",2,null]
["row","1","10","11",null,"update"]
["row","1","10","11",null,"insert"]' \
	"$(jq -c 'select(.event == "item_changes" or .event == "row") | [.event, .client, .group, .item, .count, .code]' stderr)"
expect "acks, too" '[7,3,"11, 12, 13, 14"]' \
	"$(jq -rc 'select(.event == "would_ack") | [.count, .owed, .message]' stderr)"

es_sql "DELETE FROM ack_log"
run_job Complete
expect "the real run acknowledges what was foretold" 9 "$(es_sql "SELECT count(*) FROM ack_log")"
know 100001 100030
offer 2 100001 100030
run_job Complete -n --limit 0
expect_match "many ids are cut behind a whole one" ': 100001, 100002, 100003, 100004, 100005, 100006, 100007, …$' "$(<stderr)"
run_job Complete
run_job Complete -n
expect_no_match "and afterwards nothing would change" 'would (change|acknowledge|insert)' "$(<stderr)"
books_balance

# An item that changes very many rows: the first are shown, and how many there are.
workflow_job '.' "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
	INSERT INTO workflow_trigger (client, record) SELECT @ClientId, i FROM n;"
offer 1 25 25
run_job Complete -n --client 1
expect_match "how many rows there are" 'item 25: would change 60 rows, of which the first 50 follow$' "$(<stderr)"
expect "as many are shown" 50 "$(grep -c '^  + workflow_trigger' stderr)"

# What is as it should be is no change, in sum as little as in the rows.
workflow_job '.' "UPDATE record SET completed = completed WHERE id = :id; UPDATE record SET completed = 1 WHERE id = :id;"
offer 1 1 1
sql "DELETE FROM APP_ITEM WHERE ClientId = '1' AND ItemId = '1'"
run_job Complete -n --client 1
expect_match "an item that changes nothing" 'item 1: would change nothing$' "$(<stderr)"
expect_match "is not counted beside the one that changes a row" 'would update 1 row\(s\): record$' "$(<stderr)"
