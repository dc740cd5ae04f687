#!/bin/bash
# The INSERT of the contract works as it stands on a new database, before its job is installed; then the job runs.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db

# Word for word.
sqlite3 -bail "$DB" <<'SQL' || fail "the contract's INSERT"
    INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId)
    VALUES (2, '/api/Jobs/YourNewJob', '[{"ClientId": 1, "GroupId": 10}]', 999);
SQL
ok "the INSERT works on a new database"
sqlite3 -bail "$DB" <<'SQL' || fail "its like"
    INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId) VALUES
        (2, '/api/Jobs/Second', '[{"ClientId": 2},
            {"ClientId": "north", "GroupId": "ü 1", "Script": "monthly"}]', 999),
        (2, NULL, '[{"ClientId": 9007199254740993, "GroupId": 3, "Route": "/api/Jobs/Own"}]', NULL),
        (8, '/api/Jobs/Another', '[{"ClientId": 5}]', 999);
SQL
ok "several rows a job type, several clients a row, other columns left out or NULL"

new_key
jobrun 2 --key-file "$KEY_FILE"
expect_status "the job is not there yet" 64
jobrun client list 2 --json
expect_status "its clients are listed all the same" 0
expect "with GroupId 0 where none is given" '[["1","10"],["2","0"],["north","ü 1"],["9007199254740993","3"]]' \
	"$(jq -c '[.[] | [.ClientId, .GroupId]]' stdout)"

set_system
fault '{"kind": "body", "path": "/api/Jobs/", "times": 0, "body": [{"id": 1}, {"id": 2}]}'
workflow_job '.JobType = 2 | .Name = "YourNewJob" | .Ack = null' \
	"INSERT INTO workflow_trigger (client, groupid, record, run) VALUES (@ClientId, @GroupId, :id, \$user);"
run_job YourNewJob
expect_status "installed, the job runs" 0
expect_empty "in silence" stderr
expect "for the clients of all its rows, and no others" "1|10|2
2|0|2
9007199254740993|3|2
north|ü 1|2" "$(sql "SELECT ClientId, GroupId, Processed FROM APP_REQUEST_LOG ORDER BY ClientId")"
expect "each at its own path, with its own parameters" \
	"/api/Jobs/Own|clientId=9007199254740993&groupId=3
/api/Jobs/Second|clientId=2&groupId=0
/api/Jobs/Second|clientId=north&groupId=%C3%BC%201&script=monthly
/api/Jobs/YourNewJob|clientId=1&groupId=10" "$(es_sql "SELECT path, query FROM request_log ORDER BY path, query")"
expect "rules see the ids as they are, integers exact" "integer|1
integer|2
integer|9007199254740993
text|north" "$(sql "SELECT DISTINCT typeof(client), client FROM workflow_trigger ORDER BY typeof(client), client")"
expect "and who configured them" "1:999 2:999 9007199254740993: north:999" "$(sql "SELECT DISTINCT client || ':' ||
	coalesce(run, '') FROM workflow_trigger ORDER BY CAST(client AS TEXT)" | paste -sd' ')"

# A new client is one INSERT, and nothing else.
sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId)
	VALUES (2, '/api/Jobs/New', '[{\"ClientId\": 6}]', 999)"
run_job 2
expect_status "one more INSERT, one more client" 0
expect "visited in the next run" "2|2|0" "$(last_visit 6 "Received, Processed, Duplicates")"
expect "the others' items are duplicates" "10|2|8" "$(last_run "Received, Processed, Duplicates")"
books_balance
