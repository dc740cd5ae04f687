#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# Ways to answer: a line an item, items inside an envelope, an answer to a POST.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db
# What breaks off would be asked for again.
set_system ris '{"Retries": 0}'
new_key
small_client

# answers BODY: what every fetch gets, byte for byte.
answers() {
	clear_faults
	fault "$(jq -cn --arg body "$1" '{kind: "body", path: "/api/records", method: "GET", times: 0, body: $body}')"
}

notes() {
	sql "SELECT group_concat(id) FROM (SELECT id FROM note ORDER BY seq)"
}

# good NAME IDS: a run that ends well and has applied these.
good() {
	run_job Notes
	expect_status "$1: the run ends well" 0
	expect "$1: every item, in order" "$2" "$(notes)"
	forget
}

# broken NAME IDS CODE: a run whose client fails after these.
broken() {
	run_job Notes
	expect_status "$1: the client fails" 1
	expect "$1: the items before it are applied" "$2" "$(notes)"
	expect "$1: and the exception says what is wrong" "fetch|$3" "$(exceptions)"
	forget
}

records 1 5 | put_records records 1 10
small_job '.Fetch.Path = "{Route}/ndjson" | .Fetch.Format = "ndjson"'
good "ndjson as it comes" 1,2,3,4,5
answers $'{"id":1}\n\n\n{"id":2}\n   \n\t\n{"id":3}\n'
good "ndjson with blank lines" 1,2,3
answers $'{"id":1}\r\n\r\n{"id":2}\r\n'
good "ndjson with CRLF" 1,2
answers $'{"id":1}\n{"id":2}'
good "ndjson whose last line has no newline" 1,2
answers $' {"id":1} \n\t{"id":2}\t'
good "ndjson with blanks around items" 1,2
answers ''
good "ndjson that is empty" ""
answers $'{"id":1}\n{"id":2}\n{"id":3,}\n{"id":4}\n'
broken "ndjson with a broken line" 1,2 body_malformed
answers $'{"id":1}\n{"id":\n2}\n'
broken "ndjson with an item over two lines" 1 body_malformed
answers $'{"id":1}\n{"id":2} {"id":3}\n'
broken "ndjson with two items on a line" 1 body_malformed
answers $'{"id":1}\n{"id":2'
broken "ndjson that breaks off" 1 body_truncated
answers $'{"id":1}\n\xef\xbb\xbf{"id":2}\n'
broken "ndjson with a byte order mark amid it" 1 body_malformed
clear_faults

small_job '.Fetch.Items = "/data/list~1of~0/1/items"'
answers '{"id":99,"data":{"items":[{"id":98}],"list/of~":[[],{"n":1,"items":[ {"id":1} , {"id":2} ],"more":{}}],"x":1},"y":[]}'
good "items deep inside an envelope, by a pointer with escapes" 1,2
answers '{"data":{"list/of~":[[],{"items":[]}]}}'
good "an envelope without items" ""
answers '{"data":{"list/of~":[[],{"item":[]}]}}'
broken "an envelope that lacks the array" "" body_no_items
answers '{"data":{"list/of~":[[],{"items":[{"id":1}]}]}'
broken "an envelope that breaks off behind its items" 1 body_truncated
clear_faults

small_job '.Fetch.Items = ""'
answers '[{"id":1},{"id":2}] x'
broken "something behind the array" 1,2 body_malformed
answers '{"id":1}'
broken "an object in place of an array" "" body_no_items
answers ''
broken "an empty body" "" body_truncated
clear_faults

small_job '.Fetch = {Method: "POST", Path: "{Route}", Query: {},
	Body: {clientId: "{ClientId}", groupId: "{GroupId}", days: "{Days}", "note": "for {ClientId}/{Absent}."}}'
good "a POST with the parameters in its body" 1,2,3,4,5
run_job Notes
expect "the request is a POST" "POST|/api/records||1" \
	"$(es_sql "SELECT method, path, coalesce(query, ''), client FROM request_log WHERE path = '/api/records'")"
books_balance
