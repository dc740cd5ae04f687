#!/bin/bash
# A job that nobody configured ends well and says so; so does one whose clients are all switched off.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job
new_key

run_job Complete
expect_status "no configuration" 0
expect_match "it says so" "no client is configured for this job" "$(<stderr)"
expect_empty stdout
expect "the run is on record" "ok|0|0|0" "$(last_run "Status, ExitCode, Clients, Received")"
expect "and is over" 1 "$(last_run "FinishedAt >= StartedAt")"

run_job Complete -n
expect_status "no configuration, a dry run" 0
expect_match "it says so, too" "no client is configured for this job" "$(<stderr)"

sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId) VALUES (3, '/api/records', '[]', 999)"
run_job Complete --json
expect_status "a configuration without a client" 0
expect_match "it says so" "no client is configured for this job" "$(<stderr)"
expect "the summary has zeros" '["ok",0,0,0]' "$(jq -c '[.status, .exit, .clients, .received]' stdout)"

workflow_client 1
workflow_client 2 '{"Enabled": false}'
succeed "$JOBRUN" client disable Complete 1 10
run_job Complete
expect_status "every client switched off" 0
expect_empty "which is no news" stderr
run_job Complete -v
expect_status "every client switched off, with -v" 0
expect_match "it says so" "every client is switched off" "$(<stderr)"
run_job Complete --force
expect_status "which --force does not change" 0
expect "nothing was asked of the external system" 0 "$(requests 1)"
expect "and no client has a row" 0 "$(sql "SELECT count(*) FROM APP_REQUEST_LOG")"

succeed "$JOBRUN" client enable Complete 1 10
run_job Complete
expect_status "one switched on again" 0
expect "is visited alone" "1" "$(sql "SELECT ClientId FROM APP_REQUEST_LOG")"

# One entry that cannot be used is that client's failure, and no other's.
sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId)
	VALUES (3, '/api/records', '[{\"ClientId\": 3, \"Days\": \"many\"}, {\"GroupId\": 7}, 12,
		{\"ClientId\": 4}]', 999),
	(3, '/api/records', 'no JSON', 999)"
run_job Complete
expect_status "bad entries" 1
expect "an exception row for each" "config|3
config|
config|
config|" "$(sql "SELECT Stage, ClientId FROM APP_EXCEPTION_LOG ORDER BY ClientId = '', Id")"
expect "the others run" "1|ok
4|ok" "$(sql "SELECT ClientId, Status FROM APP_REQUEST_LOG
	WHERE RunId = (SELECT max(RunId) FROM APP_JOB_RUN) AND Status = 'ok' ORDER BY ClientId")"
expect_match "a line names the key that is wrong" "ClientId 3.*Days" "$(<stderr)"
expect "the run counts all" "degraded|1|6" "$(last_run "Status, ExitCode, Clients")"
