#!/bin/bash
# What is one item, and what are two: the same id twice, another version, 7 and "7", 1.0 and 1, other clients.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db
set_system
small_job
small_client
new_key

# answer JSON…: what every fetch gets.
answer() {
	clear_faults
	fault "$(jq -cn --arg body "$1" '{kind: "body", path: "/api/records", method: "GET", times: 0, body: $body}')"
}

# books NAME PROCESSED DUPLICATES: of a run that ends well.
books() {
	run_job Notes
	expect_status "$1" 0
	expect "$1: processed and duplicates" "$2|$3" "$(sql "SELECT Processed, Duplicates FROM APP_JOB_RUN
		ORDER BY RunId DESC LIMIT 1")"
}

answer '[{"id": 1, "n": 1}, {"id": 2}, {"id": 1, "n": 2}, {"id": 1, "n": 1}]'
books "the same id three times in one answer" 2 2
expect "the first one counts" '{"id": 1, "n": 1}' "$(sql "SELECT item FROM note WHERE id = 1")"
expect "each is acknowledged once" "1,2" "$(es_sql "SELECT group_concat(id) FROM ack_log")"
books "all again" 0 4

answer '[{"id": 7}, {"id": "7"}, {"id": 7.0}, {"id": "\u0037"}, {"id": 70e-1}]'
books 'by their digits: 7, 7.0 and 70e-1 are three, "7" is one more, and "\u0037" is "7"' 4 1
answer '[{"id": 9007199254740993}, {"id": 9007199254740992}, {"id": 18446744073709551615},
	{"id": "é"}, {"id": "e\u0301"}]'
books "large ids and other spellings are their own" 5 0
expect "an id is kept to the last digit" "9007199254740992,9007199254740993,18446744073709551615" \
	"$(sql "SELECT group_concat(ItemId) FROM (SELECT ItemId FROM APP_ITEM WHERE ItemId > '100' AND IdQuoted = 0
		AND length(ItemId) > 10 ORDER BY length(ItemId), ItemId)")"

small_client '{"ClientId": 2}'
small_client '{"GroupId": 11}'
answer '[{"id": 1}]'
books "the same id of another client and of another group" 2 1

small_job '.Fetch.ItemVersion = "/v"'
sql "DELETE FROM note; DELETE FROM APP_ITEM"
sql "DELETE FROM APP_JOB_CONFIG WHERE Id > 1"
es_sql "DELETE FROM ack_log; DELETE FROM idempotency"
answer '[{"id": 1, "v": "a"}, {"id": 1, "v": "b"}, {"id": 2, "v": 1}, {"id": 2},
	{"id": 2, "v": null}, {"id": 1, "v": "a"}]'
books "another version of an id is a new item, and no version is one, too" 4 2
expect "in the ledger side by side" "1|a
1|b
2|
2|1" "$(sql "SELECT ItemId, ItemVersion FROM APP_ITEM ORDER BY ItemId, ItemVersion")"
expect "an ack names each id once" "1,2" "$(es_sql "SELECT group_concat(id) FROM (SELECT id FROM ack_log ORDER BY n)")"
answer '[{"id": 1, "v": "c"}, {"id": 1, "v": "b"}]'
books "a newer version" 1 1
expect "all are acknowledged" "acked" "$(sql "SELECT DISTINCT State FROM APP_ITEM")"
small_job . "-- nobody gets past
SELECT 'no' WHERE :id = 99;"
answer '[{"id": 99}, {"id": 99}, {"id": 99}, {"id": 99}, {"id": 99}, {"id": 99}]'
run_job Notes --dry-run --json
expect "a failing id six times in one answer, in a dry run: tried once" "1 5 0" \
	"$(jq -r '"\(.errors) \(.duplicates) \(.parked)"' stdout)"
run_job Notes --json
expect "and in a real one" "1 5 0" "$(jq -r '"\(.errors) \(.duplicates) \(.parked)"' stdout)"
expect "it has used up one attempt of five" "failed|1" "$(sql "SELECT State, Attempts FROM APP_ITEM WHERE ItemId = '99'")"
run_job Notes --json
expect "the next run tries it once more" "1 5 0|2" "$(jq -r '"\(.errors) \(.duplicates) \(.parked)"' stdout)|$(
	sql "SELECT Attempts FROM APP_ITEM WHERE ItemId = '99'")"
books_balance
