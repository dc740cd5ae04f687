#!/bin/bash
# Who is visited: clients that are due, those that the options name; and what the options ask the external system for.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job
new_key
workflow_client 1 '{"SendFrequency": 60}'
workflow_client 2 '{"SendFrequency": 1440, "Days": 7, "Year": 2025}'
workflow_client 3 '{"Days": 30}'
workflow_client 3 '{"GroupId": 11}'
workflow_client 4 '{"SendFrequency": 60}'

# visited ARGUMENT…: "STATUS: CLIENT.GROUP…" of a run with these.
visited() {
	es_sql "DELETE FROM request_log"
	run_job Complete "$@"
	echo "$status: $(es_sql "SELECT client || '.' || substr(query, instr(query, 'groupId=') + 8, 2) FROM request_log
		WHERE method = 'GET' ORDER BY client, query" | paste -sd' ')"
}

# ago CLIENT MINUTES: its last visit that went well began so long ago.
ago() {
	sql "UPDATE APP_CLIENT SET LastSuccessAt = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-$2 minutes')
		WHERE ClientId = '$1'"
}

fault '{"client": "4", "kind": "status", "status": 500, "times": 1}'
expect "the first time everyone is due" "1: 1.10 2.10 3.10 3.11 4.10" "$(visited)"
expect "then those without SendFrequency, and who failed" "0: 3.10 3.11 4.10" "$(visited)"
expect "the run counts who was skipped" "3|2" "$(last_run "Clients, Skipped")"
expect "--force visits all" "0: 1.10 2.10 3.10 3.11 4.10" "$(visited --force)"
expect "and that was a success, too" "0: 3.10 3.11" "$(visited)"
sql "DELETE FROM APP_REQUEST_LOG WHERE Id NOT IN (SELECT max(Id) FROM APP_REQUEST_LOG GROUP BY ClientId, GroupId)"
ago 1 59
ago 2 61
ago 4 61
expect "60 minutes are not 59" "0: 3.10 3.11 4.10" "$(visited)"
ago 1 61
expect "61 are enough" "0: 1.10 3.10 3.11" "$(visited)"
expect "nobody is due among those named" "0: " "$(visited --client 2,4)"
expect "which is well, and counted" "ok|0|0|2" "$(last_run "Status, ExitCode, Clients, Skipped")"
expect_empty "and no news" stderr

expect "--client" "0: 3.10 3.11" "$(visited --client 3)"
expect "--client, several" "0: 1.10 3.10 3.11" "$(visited --client 1,3 --force)"
expect "--group" "0: 3.11" "$(visited --group 11 --force)"
expect "--client and --group" "0: 3.10" "$(visited --client=3 --group=10)"
expect "others are not skipped ones" 0 "$(last_run Skipped)"

# asked_for CLIENT [GROUP]: the days and year in its last request.
asked_for() {
	es_sql "SELECT query FROM request_log WHERE client = '$1' AND query LIKE '%groupId=${2:-10}%'
		ORDER BY n DESC LIMIT 1" | tr '&' '\n' | grep -E '^(days|year)=' | paste -sd' ' || true
}

visited --force >/dev/null
expect "a client's own Days and Year" "days=7 year=2025" "$(asked_for 2)"
expect "one has Days alone: the year is left out" "days=30" "$(asked_for 3)"
expect "one has neither: both are left out" "" "$(asked_for 3 11)"
visited --force --days 90 --year 2024 >/dev/null
for client in 1 2 3; do
	expect "--days and --year stand in for them (client $client)" "days=90 year=2024" "$(asked_for $client)"
done
visited --force --days 0 >/dev/null
expect "0 days is a number, too" "days=0 year=2025" "$(asked_for 2)"
visited --force >/dev/null
expect "in that run alone" "days=7 year=2025" "$(asked_for 2)"

workflow_client 1234
before=$(sql "SELECT count(*) FROM APP_JOB_RUN")
expect "a client that is unknown" "64: " "$(visited --client 1243)"
expect_match "is no quiet day, and there is a hint" "has no client 1243; did you mean 1234" "$(<stderr)"
expect "one unknown among known ones" "64: " "$(visited --client 3,99)"
expect "an unknown group" "64: " "$(visited --group 12)"
expect "known, but not together" "64: " "$(visited --client 1 --group 11)"
for wrong in "--client=" "--client=1,,2" "--days=-1" "--days=x" "--year=99999" "--max-time=0" "-j0" "-j1025" \
	"--wait=1h"; do
	expect "wrong usage: $wrong" "64: " "$(visited "$wrong")"
done
expect "no such run has a row" "$before" "$(sql "SELECT count(*) FROM APP_JOB_RUN")"
books_balance
