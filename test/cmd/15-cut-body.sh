#!/bin/bash
# A body that breaks off: whole items before the break stay applied, are acknowledged, and a second try heals it.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job
workflow_client 1
know 1 1000
new_key
# [{"id":101,"status":"COMPLETED"}, … 33 bytes an item, with its comma.
offer 1 101 110

# broken NAME FAULT CODE WHOLE: a run whose answer breaks off for good.
broken() {
	clear_faults
	fault "$2"
	run_job Complete
	expect_status "$1: the client fails" 1
	expect "$1: whole items are applied and acknowledged" "failed|$4|$4|0|$4|0" \
		"$(last_visit 1 "Status, Received, Processed, Errors, Acked, Owed")"
	expect "$1: the exception says so" "fetch|$3|" "$(sql "SELECT Stage, Code, ItemId FROM APP_EXCEPTION_LOG
		ORDER BY Id DESC LIMIT 1")"
	acked_is_applied
}

broken "the connection ends inside the fourth item" \
	'{"kind": "cut", "at_byte": 110, "path": "/api/records", "method": "GET"}' body_unended 3
broken "it ends on an item's last byte" \
	'{"kind": "cut", "at_byte": 66, "path": "/api/records", "method": "GET"}' body_unended 2
broken "an orderly end inside an item, with no length given" \
	'{"kind": "cut_eof", "at_byte": 50, "path": "/api/records", "method": "GET"}' body_truncated 1
broken "an orderly end before the array's" \
	'{"kind": "cut_eof", "at_byte": 33, "path": "/api/records", "method": "GET"}' body_truncated 1
broken "a length that is not kept" \
	'{"kind": "cut", "at_byte": 40, "length": 4000, "path": "/api/records", "method": "GET"}' body_short 1
broken "an end before the first byte" \
	'{"kind": "cut", "at_byte": 0, "path": "/api/records", "method": "GET"}' body_unended 0
triggered_once "so far" 8

set_system ris '{"Retries": 1}'
clear_faults
offer 1 201 220
fault '{"kind": "cut", "at_byte": 400, "path": "/api/records", "method": "GET", "times": 1}'
run_job Complete -v
expect_status "a break, and the second try is whole" 0
expect "each item is applied once; those that came twice count twice" "ok|22|12" \
	"$(last_visit 1 "Status, Processed, Duplicates")"
expect_match "-v tells the retry" "attempt 1, again in" "$(<stderr)"
expect "no exception is left of it" 6 "$(sql "SELECT count(*) FROM APP_EXCEPTION_LOG")"
triggered_once "in the end" 30
es_acked "all acknowledged" 30

# Not JSON to the end: whatever came whole before it stays, and no second try is made.
offer 1 301 301
es_sql "DELETE FROM request_log"
fault '{"kind": "body", "body": "[{\"id\": 301}, {\"id\": 302]", "path": "/api/records", "method": "GET", "times": 0}'
run_job Complete
expect_status "a body that is no JSON" 1
expect "is final" "body_malformed|1" "$(sql "SELECT Code FROM APP_EXCEPTION_LOG ORDER BY Id DESC LIMIT 1")|$(
	requests "method = 'GET'")"
expect "the item before it stays applied" "1|1|0" "$(last_visit 1 "Received, Acked, Owed")"

# An item that is larger than it may be.
clear_faults
set_system ris '{"MaxItemBytes": 1000}'
offer 1 401 402
{
	head -c 2000 /dev/zero | tr '\0' x | sed 's/.*/{"id":403,"status":"&"}/'
	echo
	echo '{"id":404}'
} | put_records records 1 10
run_job Complete
expect_status "an item larger than MaxItemBytes" 1
expect "the code says so" "item_too_large" "$(sql "SELECT Code FROM APP_EXCEPTION_LOG ORDER BY Id DESC LIMIT 1")"
expect "those before it stay applied" "2|2" "$(last_visit 1 "Processed, Acked")"
books_balance
