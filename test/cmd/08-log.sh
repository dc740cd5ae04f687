#!/bin/bash
# Start, each failed item, each failed client and the end are told, with totals and the mean time an item.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job '.Alerts.MinProcessedRatio = 0.1'
workflow_client 1
workflow_client 2 '{"Route": "/api/nowhere"}'
workflow_client 3 '{"SendFrequency": 60}'
know 1 20
offer 1 1 18
printf '%s\n' '{"id": 19, "status": "DRAFT"}' '{"id": 8019}' | put_records records 1 10
new_key
before=$(date -u +%Y-%m-%dT%H:%M:%S)

run_job Complete -v
expect_status "a failed client makes the status 1" 1
expect_empty "text: nothing on standard output" stdout
first=$(head -n 1 stderr) last=$(tail -n 1 stderr)
expect_match "text: the start, with time, job and run" \
	'^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z info Complete run 1: run begins, clients 3$' "$first"
expect "text: the time is now, in UTC" 1 "$([[ $before < $first && $first < $(date -u -d +60sec +%FT%T) ]] && echo 1)"
expect_match "text: a failed item has client, group, item, message" \
	'error Complete run 1: client 1, group 10, item 19: .*not completed: DRAFT$' "$(<stderr)"
expect_match "text: so has the other" 'client 1, group 10, item 8019: .*no such record: 8019$' "$(<stderr)"
expect "text: no other item has a line" 2 "$(grep -c ', item ' stderr)"
expect_match "text: the failed client" 'error Complete run 1: client 2, group 10: .*404' "$(<stderr)"
expect_match "text: the end, with totals, clients, duration and the mean" \
	"run 1: run ended degraded: received 20, processed 18, duplicates 0, errors 2, parked 0, acked 18, owed 0; \
clients 3; [0-9]+\.[0-9] s, [0-9]+\.[0-9]{3} ms an item\$" "$last"

run_job Complete
expect "by default only what needs a person is told" "19 8019" \
	"$(grep -oE 'item [0-9]+: ' stderr | grep -oE '[0-9]+' | paste -sd' ')"
expect_no_match "and no start" "run begins" "$(<stderr)"
expect_match "but an end that is not well" "run ended degraded" "$(<stderr)"
run_job Complete -q
expect_no_match "-q: no items" ", item " "$(<stderr)"
expect_match "-q: the failed client is still told" "client 2, group 10" "$(<stderr)"

offer 1 20 20
es_sql "DELETE FROM record WHERE id IN ('19', '8019')"
run_job Complete --client 1
expect_status "all is well" 0
expect_empty "then nothing is told" stderr

printf '%s\n' '{"id": 21, "status": "DRAFT"}' '{"id": "a\u001b[31m\nb\"\\\u00e9"}' | put_records records 1 10
run_job Complete --log-format json -vv --force
expect_status "the same as JSON" 1
expect "json: every line is an object with time, level, event and job" "" \
	"$(jq -cR 'fromjson? // "no JSON: \(.)" | select((type == "object" and .time and .level and .event
		and .job == "Complete") | not)' stderr)"
for event in run_begin client_begin item_failed client_failed client_end run_end; do
	expect_match "json: there is a $event" "^$event\$" "$(jq -r .event stderr)"
done
expect "json: it begins with the start and ends with the end" "run_begin run_end" \
	"$(jq -rs '"\(.[0].event) \(.[-1].event)"' stderr)"
expect "json: the end has the totals" '["degraded",2,0,0,2,0,0,0,3]' "$(jq -c 'select(.event == "run_end") |
	[.status, .received, .processed, .duplicates, .errors, .parked, .acked, .owed, .count]' stderr)"
expect "json: a failed item has who, where and why" '["1","10","21","rules","rule_rejected",1]' \
	"$(jq -c 'select(.item == "21") | [.client, .group, .item, .stage, .code, .attempt]' stderr)"
expect_no_match "no control character of theirs gets out" $'\e' "$(<stderr)"

run_job Complete --force
expect_no_match "nor in text" $'\e|^b' "$(<stderr)"
expect_match "where it stands escaped" 'client 1, group 10, item a.+31m.+b"' "$(<stderr)"

run_job Complete --json --force --strict
expect_status "the summary" 1
expect "is one line" 1 "$(wc -l <stdout)"
expect "with these keys in this order" "run job status exit clients failed_clients skipped received processed \
duplicates errors parked acked owed duration_ms avg_item_ms alerts" "$(jq -r 'keys_unsorted | join(" ")' stdout)"
expect "and these values" '[7,"Complete","degraded",1,3,1,0,2,0,0,2,0,0,0]' "$(jq -c '[.run, .job, .status,
	.exit, .clients, .failed_clients, .skipped, .received, .processed, .duplicates, .errors, .parked, .acked,
	.owed]' stdout)"
expect "the mean is the duration by the items" true \
	"$(jq '(.duration_ms / .received - .avg_item_ms | fabs) < 0.001 and (.alerts | type) == "array"' stdout)"
expect "the run's row says the same" \
	"$(jq -r '"\(.run)|\(.status)|\(.exit)|\(.clients)|\(.received)|\(.errors)"' stdout)" \
	"$(last_run "RunId, Status, ExitCode, Clients, Received, Errors")"
run_job Complete --json
expect "a client that is not due is counted" '[2,1]' "$(jq -c '[.clients, .skipped]' stdout)"
books_balance
