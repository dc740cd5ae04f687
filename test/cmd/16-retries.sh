#!/bin/bash
# What passes is tried again, in the server's own time if it names one; what is final is not.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Retries": 2}'
workflow_job
workflow_client 1
know 1 100
new_key
n=0

# attempt NAME FAULT EXPECTED: with one more item to fetch; EXPECTED: the run's status and its requests' statuses.
attempt() {
	clear_faults
	fault "$2"
	es_sql "DELETE FROM request_log"
	n=$((n + 1))
	offer 1 "$n" "$n"
	begun=$(now_ms)
	run_job Complete -v
	took=$(($(now_ms) - begun))
	expect "$1" "$3" "$status: $(es_sql "SELECT group_concat(status) FROM
		(SELECT status FROM request_log WHERE path LIKE '${4:-/api/records}' ORDER BY n)")"
}

# within NAME LEAST MOST: milliseconds that the last run took.
within() {
	((took >= $2 && took <= $3 * ${SLOWER:-1})) || fail "$1: it took $took ms, not $2 to $3"
	ok "$1 ($took ms)"
}

get='"method": "GET", "path": "/api/records"'
attempt "503 twice, then well" "{$get, \"kind\": \"status\", \"status\": 503, \"times\": 2}" "0: 503,503,200"
expect_match "the wait is told" 'answered 503.*attempt 1, again in [01]\.[0-9] s' "$(<stderr)"
expect "the row counts every request" "ok|4" "$(last_visit 1 "Status, Requests")"
attempt "503 for ever: once, and Retries times" "{$get, \"kind\": \"status\", \"status\": 503, \"times\": 0}" \
	"1: 503,503,503"
expect "the message says how often" 1 "$(last_visit 1 "Message LIKE '%503 (gave up after 3 attempts)%'")"
for code in 408 425 504; do
	attempt "$code passes" "{$get, \"kind\": \"status\", \"status\": $code}" "0: $code,200"
done
attempt "429, and Retry-After: 1 is obeyed" \
	"{$get, \"kind\": \"status\", \"status\": 429, \"headers\": {\"Retry-After\": \"1\"}}" "0: 429,200"
within "the wait is the one that was asked for" 1000 2500
attempt "Retry-After: 0 leaves the wait to us" \
	"{$get, \"kind\": \"status\", \"status\": 503, \"headers\": {\"Retry-After\": \"0\"}}" "0: 503,200"
attempt "an hour is left to the next run" \
	"{$get, \"kind\": \"status\", \"status\": 503, \"headers\": {\"Retry-After\": \"3600\"}}" "1: 503"
within "at once" 0 1500
attempt "a date is obeyed, too" "$(jq -cn --arg at "$(date -u -d '+2 sec' '+%a, %d %b %Y %H:%M:%S GMT')" '{
	method: "GET", path: "/api/records", kind: "status", status: 503, headers: {"Retry-After": $at}}')" "0: 503,200"
within "to the second" 500 3500
for code in 400 401 404 422; do
	attempt "$code is final" "{$get, \"kind\": \"status\", \"status\": $code, \"times\": 0}" "1: $code"
done
attempt "a connection that is reset passes" "{$get, \"kind\": \"reset\"}" "0: 0,200"
attempt "an ack is tried again as well" '{"path": "/api/records/ack", "kind": "status", "status": 503, "times": 2}' \
	"0: 503,503,200" /api/records/ack
attempt "and 404 to it is final" '{"path": "/api/records/ack", "kind": "status", "status": 404, "times": 0}' \
	"1: 404" /api/records/ack
set_system ris '{"Retries": 2, "Timeout": 1}'
attempt "a timeout passes" "{$get, \"kind\": \"hang\"}" "0: 0,200"
within "after that second" 1000 3500
set_system ris '{"Retries": 0}'
attempt "Retries 0: one request" "{$get, \"kind\": \"status\", \"status\": 503, \"times\": 0}" "1: 503"
clear_faults
run_job Complete
triggered_once "all the while" "$n"
es_acked "all acknowledged" "$n"
books_balance
