#!/bin/bash
# The exit statuses that no other test meets: 64, 66, 69, 74, 75, 78, and 1 where it is not one of them.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job
know 1 20000
new_key

# Nobody listens there.
echo '{"BaseUrl": "http://127.0.0.1:1", "Retries": 1}' >dead.json
succeed "$JOBRUN" system set dead dead.json
workflow_client 1 '{"System": "dead"}'
workflow_client 2 '{"System": "dead"}'
run_job Complete
expect_status "every client unreachable" 69
expect "failed, and no HTTP status came" "failed|69|fetch connect" \
	"$(last_run "Status, ExitCode")|$(sql "SELECT DISTINCT Stage || ' ' || Code FROM APP_EXCEPTION_LOG")"
expect "each tried again" "2|2" "$(sql "SELECT group_concat(Requests, '|') FROM APP_REQUEST_LOG")"
workflow_client 3
run_job Complete
expect_status "two of three" 1
expect "degraded" "degraded|1" "$(last_run "Status, ExitCode")"
fault '{"client": "3", "kind": "status", "status": 404}'
run_job Complete
expect_status "the third one answers, if only 404" 1
expect "so the run failed, and not for want of reaching anyone" "failed|1" "$(last_run "Status, ExitCode")"
sql "DELETE FROM APP_JOB_CONFIG WHERE Id < 3"

offer 3 1 1
echo '{"id": 0}' | put_records records 3 10
workflow_job '.Alerts.MinProcessedRatio = 0'
run_job Complete
expect_status "a failed item, and no ratio asked for" 0
run_job Complete --strict
expect_status "the same with --strict" 1
es_sql "DELETE FROM record"

jobrun Complete --db nowhere.db --key-file "$KEY_FILE"
expect_status "no database there" 66
expect_match "says how to make one" "jobrun init" "$(<stderr)"
[[ ! -e nowhere.db ]] || fail "the database was made by the way"
ok "and none is made by the way"
jobrun Complete --key-file nowhere
expect_status "no key file there" 66

jobrun Complete --nonsense --key-file "$KEY_FILE"
expect_status "an unknown option" 64
jobrun Complete more --key-file "$KEY_FILE"
expect_status "a word too many" 64
jobrun run
expect_status "no job named" 64

# Another program's short transaction is waited for.
offer 3 2 301
rm -f go
(
	echo "BEGIN IMMEDIATE; INSERT INTO record (id) VALUES (-1);"
	until [[ -e go ]]; do sleep 0.05; done
	sleep 3
	echo "COMMIT;"
) | sqlite3 -batch "$DB" &
writer=$!
until_true "the writer holds the lock" eval "! sqlite3 '$DB' 'BEGIN IMMEDIATE; ROLLBACK' 2>/dev/null"
touch go
begun=$(now_ms)
run_job Complete
took=$(($(now_ms) - begun))
wait "$writer"
expect_status "a database that is busy for three seconds" 0
((took > 2000)) || fail "it did not wait: $took ms"
ok "is waited for ($took ms)"
expect "then all is as ever" "300|300" "$(last_run "Processed, Acked")"

# A full disk, by way of a file that must not grow.
offer 3 1001 9000
kilobytes=$(($(stat -c %s "$DB") / 1024 + 64))
(
	ulimit -f "$kilobytes"
	status=0
	"$JOBRUN" Complete --key-file "$KEY_FILE" >stdout 2>stderr || status=$?
	echo "$status" >status
)
status=$(<status)
expect_status "a full disk" 74
expect_match "says what is wrong" "database|disk" "$(<stderr)"
acked_is_applied
run_job Complete --json
expect_status "with room again" 0
triggered_once "everything" 8301
expect "nothing is owed" 0 "$(jq .owed stdout)"
expect "no run is left open" 0 "$(sql "SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'running'")"
books_balance

# What was changed by hand in the database is checked again before it is used.
sql "CREATE TABLE keep AS SELECT Definition, Rules FROM APP_JOB_TYPE WHERE JobType = 3"
effects() {
	sql ".dump APP_ITEM APP_JOB_CONFIG APP_JOB_TYPE APP_REQUEST_LOG record workflow_trigger"
}
effects >before

# unusable NAME COLUMN TEXT: the job, changed by hand.
unusable() {
	sql "UPDATE APP_JOB_TYPE SET $2 = $3 WHERE JobType = 3"
	es_sql "DELETE FROM request_log"
	run_job Complete
	expect_status "$1" 78
	expect "$1: nothing is asked for" 0 "$(requests 1)"
	sql "UPDATE APP_JOB_TYPE SET Definition = (SELECT Definition FROM keep), Rules = (SELECT Rules FROM keep)
		WHERE JobType = 3"
	effects >after
	cmp before after || fail "$1: nothing else is changed"
	expect "$1: the run is on record, and why it failed" "failed|78|config|" "$(sql "SELECT r.Status, r.ExitCode, x.Stage,
		x.ItemId FROM APP_JOB_RUN r JOIN APP_EXCEPTION_LOG x USING (RunId)
		WHERE RunId = (SELECT max(RunId) FROM APP_JOB_RUN)")"
}

unusable "a definition that is no JSON" Definition "'{'"
unusable "a definition with a wrong key" Definition "json_set(Definition, '\$.Fetch.Pth', '/x')"
unusable "a definition without a name" Definition "json_remove(Definition, '\$.Name')"
unusable "rules that are no SQL" Rules "'SELEC 1;'"
unusable "rules that name a table that is gone" Rules "'INSERT INTO gone VALUES (:id);'"
unusable "rules that write the ledger" Rules "'DELETE FROM APP_ITEM;'"
unusable "rules that end the transaction" Rules "'COMMIT;'"
unusable "no rules" Rules "''"
