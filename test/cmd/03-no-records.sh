#!/bin/bash
# No records: the run ends well and in silence, with its run row and a request row for each client.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job
workflow_client 1
workflow_client 2
new_key

# nothing NAME HTTP-STATUS: a run in which both clients have nothing.
nothing() {
	run_job Complete
	expect_status "$1" 0
	expect_empty "$1: nothing on standard output" stdout
	expect_empty "$1: nothing on standard error" stderr
	expect "$1: the run's row" "ok|0|2|0|0|0|0|0|0|0|0" \
		"$(last_run "Status, ExitCode, Clients, Skipped, Received, Processed, Duplicates, Errors, Parked, Acked,
			Owed")"
	expect "$1: each client's row" "1|10|ok|$2|1|0||1
2|10|ok|$2|1|0||1" "$(sql "SELECT l.ClientId, l.GroupId, l.Status, l.HttpStatus, l.Requests, l.Received, l.Message,
		l.StartedAt >= r.StartedAt AND l.StartedAt <= r.FinishedAt
		FROM APP_REQUEST_LOG l JOIN APP_JOB_RUN r USING (RunId)
		WHERE RunId = (SELECT max(RunId) FROM APP_JOB_RUN) ORDER BY ClientId")"
}

nothing "an empty array" 200
fault '{"kind": "status", "status": 204, "path": "/api/records", "times": 2}'
nothing "204 No Content" 204
fault '{"kind": "body", "body": " [ \n ] ", "path": "/api/records", "times": 2}'
nothing "an array of blanks" 200
fault '{"kind": "body", "body": {"data": {"items": []}}, "path": "/api/records", "times": 2}'
workflow_job '.Fetch.Items = "/data/items"'
nothing "an empty array in an envelope" 200
fault '{"kind": "body", "body": "", "path": "/api/records", "times": 2}'
workflow_job '.Fetch.Format = "ndjson"'
nothing "no line of NDJSON" 200

workflow_job
run_job Complete --json
expect "the summary's mean time an item is 0, not a division by it" 0 "$(jq .avg_item_ms stdout)"
expect "no error was logged" 0 "$(sql "SELECT count(*) FROM APP_EXCEPTION_LOG")"
expect "nothing was acknowledged" 0 "$(requests "method = 'POST'")"
books_balance
