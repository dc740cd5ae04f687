#!/bin/bash
# shellcheck disable=SC2119 # the harness's functions have optional parameters
# Every kind of page, four pages of it: all items once, all acknowledged, not one request too many; links stay at home.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db
set_system
new_key
records 1 10 | put_records records 1 10
small_client

# pages KIND REQUESTS JQ-FILTER [PATH]: 10 records, 3 a page, by this kind.
pages() {
	local kind=$1 requests=$2 filter=$3 path=/api/records/paged/$1

	forget
	small_job ".Fetch.Path = \"$path\" | .Fetch.Query = {clientId: \"{ClientId}\", size: 3} |
		.Ack.Path = \"/api/records/ack\" | $filter"
	run_job Notes
	expect_status "$kind: the run ends well" 0
	expect_empty "$kind: and says nothing" stderr
	expect "$kind: all items once, in their order" "1,2,3,4,5,6,7,8,9,10" "$(sql "SELECT group_concat(id) FROM
		(SELECT id FROM note ORDER BY seq)")"
	expect "$kind: all acknowledged" "10|acked" "$(sql "SELECT count(*), State FROM APP_ITEM GROUP BY State")"
	es_acked "$kind: also for the external system" 10
	expect "$kind: as many requests as there are pages" "$requests" "$(requests "path = '$path' AND status = 200")"
	expect "$kind: and one ack" 1 "$(requests "path = '/api/records/ack'")"
	expect "$kind: the request log counts them" "$((requests + 1))|10" \
		"$(sql "SELECT Requests, Received FROM APP_REQUEST_LOG")"
}

pages next 4 '.Fetch.Items = "/items" | .Fetch.Pages = {Next: "/next"}'
pages link 4 '.Fetch.Pages = {Link: true}'
pages cursor 4 '.Fetch.Items = "/data/items" | .Fetch.Pages = {Cursor: "/cursor", Param: "cursor"}'
# An array says nothing of more: the empty page behind the last one is the end.
pages offset 5 '.Fetch.Query = {clientId: "{ClientId}"} | .Fetch.Pages = {Offset: "offset", Limit: "limit", Size: 3}'
expect "offset: each page begins where the last one ended" "0,3,6,9,10" "$(es_sql "SELECT group_concat(o) FROM
	(SELECT substr(query, instr(query, 'offset=') + 7, instr(query || '&', '&limit') - instr(query, 'offset=') - 7) o
	FROM request_log WHERE path LIKE '%/offset' ORDER BY n)")"
pages page 5 '.Fetch.Query = {clientId: "{ClientId}"} | .Fetch.Pages = {Page: "page", First: 1, Limit: "per_page", Size: 3}'
books_balance

# wrong NAME CODE REQUESTS APPLIED: a run whose pages go wrong after items came.
wrong() {
	run_job Notes
	expect_status "$1: the client fails" 1
	expect "$1: and the exception says why" "fetch|$2" "$(exceptions)"
	expect "$1: what had come is applied and acknowledged" "$4|acked" \
		"$(sql "SELECT count(*), State FROM APP_ITEM GROUP BY State")"
	expect "$1: nothing more was asked for" "$3" "$(requests "path LIKE '/api/records/paged/%'")"
	forget
	clear_faults
}

small_job '.Fetch.Path = "/api/records/paged/next" | .Fetch.Items = "/items" | .Fetch.Pages = {Next: "/next"} |
	.Ack.Path = "/api/records/ack"'
forget

# answer NEXT: the first page's, with this as the next one.
answer() {
	fault "$(jq -cn --arg next "$1" '{kind: "body", path: "/api/records/paged", times: 0,
		body: {items: [{id: 1}, {id: 2}], next: $next}}')"
}

answer "http://localhost:$PORT/api/records/paged/next?clientId=1"
wrong "a next link to another host" link_other_origin 1 2
answer "https://127.0.0.1:$PORT/api/records/paged/next?clientId=1"
wrong "a next link to another scheme" link_other_origin 1 2
answer "//127.0.0.1:1/api/records/paged/next"
wrong "a next link to another port" link_other_origin 1 2
answer "http://user:pass@127.0.0.1:$PORT/api/records/paged/next"
wrong "a next link with a password in it" link_invalid 1 2
answer "/api/records/paged/next?clientId=1&groupId=10"
wrong "a page that names itself" page_loop 1 2
fault '{"kind": "body", "path": "/api/records/paged", "times": 1,
	"body": {"items": [{"id": 1}], "next": "/api/records/paged/next?p=2"}}'
fault '{"kind": "body", "path": "/api/records/paged", "times": 0,
	"body": {"items": [{"id": 2}], "next": "/api/records/paged/next?p=2"}}'
wrong "a later page that names itself" page_loop 2 2

small_job '.Fetch.Path = "/api/records/paged/link" | .Fetch.Pages = {Link: true} | .Ack.Path = "/api/records/ack"'
fault "{\"kind\": \"body\", \"path\": \"/api/records/paged\", \"times\": 0, \"body\": [{\"id\": 1}, {\"id\": 2}],
	\"headers\": {\"Link\": \"<http://localhost:$PORT/api/records/paged/link>; rel=\\\"next\\\"\"}}"
wrong "a Link header to another host" link_other_origin 1 2
