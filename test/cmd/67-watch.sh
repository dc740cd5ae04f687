#!/bin/bash
# watch is silent and ends with 0 when all is well; else it ends with 1 and a line for each thing that did not happen or
# takes too long, says so each time it is asked, and opens, reminds and resolves alerts by it.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

# ago MINUTES: that long ago, as the tables have times.
ago() {
	date -u -d "-$1 minutes" +%Y-%m-%dT%H:%M:%S.000Z
}

# silent NAME: jobrun watch finds nothing, and prints nothing.
silent() {
	jobrun watch
	expect_status "$1" 0
	expect_empty "$1: silent" stdout
	expect_empty stderr
}

# finds NAME REGEX: it finds one thing, which matches, and ends with 1.
finds() {
	jobrun watch
	expect_status "$1" 1
	expect_match "$1: said" "$2" "$(<stdout)"
	expect "$1: in one line" 1 "$(wc -l <stdout)"
	expect_empty stderr
}

# open: the kinds of the open alerts.
open() {
	sql "SELECT group_concat(Kind, ' ') FROM (SELECT Kind FROM APP_ALERT WHERE ResolvedAt IS NULL ORDER BY Kind)"
}

small_db
silent "an empty database"
start_server
set_system
small_client '{"SendFrequency": 60}'
silent "a client before its job is there"
small_job
new_key
silent "a job that was installed just now"

# A job that never ran, or no more.
sql "UPDATE APP_JOB_TYPE SET InstalledAt = '$(ago 121)'"
finds "a job that never ran" '^Notes: has never run since it was installed at .*; is its crontab line there'
expect "is an alert of the job's own" "no_run|||" "$(sql "SELECT Kind, ClientId, GroupId, RunId FROM APP_ALERT")"
put_records records 1 10 < <(records 1 5)
run_job Notes
expect_status "it runs" 0
silent "then all is well"
expect "and the alert is over" "" "$(open)"
sql "UPDATE APP_JOB_RUN SET StartedAt = '$(ago 121)'"
finds "two hours without a run of an hourly job" '^Notes: has not run since .*; .*jobrun runs --job Notes$'
sql "UPDATE APP_JOB_RUN SET StartedAt = '$(ago 1)'"
silent "one that ran"

# Overdue clients.
sql "UPDATE APP_CLIENT SET LastSuccessAt = '$(ago 74)'"
silent "a client within the grace"
sql "UPDATE APP_CLIENT SET LastSuccessAt = '$(ago 76)'"
finds "one that is overdue" \
	'^Notes: client 1, group 10: overdue since [^ ]*: last success [^ ]*, SendFrequency 60 min; jobrun runs --job Notes --client 1$'
expect "is an alert of the client's" "overdue|1|10" "$(sql "SELECT Kind, ClientId, GroupId FROM APP_ALERT WHERE ResolvedAt IS NULL")"
finds "it says so each time" '^Notes: client 1'
expect "and opens no other alert" 1 "$(sql "SELECT count(*) FROM APP_ALERT WHERE Kind = 'overdue'")"
jobrun watch --quiet
expect_status "with --quiet it is the exit status alone" 1
expect_empty "and nothing is printed" stdout
jobrun watch --json
expect_status "as JSON" 1
expect "it is a row" "Notes|1|10|overdue|Job,ClientId,GroupId,Kind,Since,Message,Advice" "$(jq -r \
	'.[] | [.Job, .ClientId, .GroupId, .Kind, (keys_unsorted | join(","))] | join("|")' stdout)"
sql "UPDATE APP_ALERT SET RemindedAt = '$(ago 2000)' WHERE ResolvedAt IS NULL"
before=$(sql "SELECT * FROM APP_ALERT")
jobrun watch --grace 30m
expect_status "--grace gives it longer" 0
sql "UPDATE APP_CLIENT SET LastSuccessAt = '$(ago 61)'"
jobrun watch --grace 0
expect_status "or no time at all" 1
expect_match "and prints what it then finds" '^Notes: client 1, group 10: overdue' "$(<stdout)"
expect_empty stderr
expect "which is a question: no alert is opened, reminded or resolved" "$before" "$(sql "SELECT * FROM APP_ALERT")"
silent "it is not overdue"
expect "without --grace that is the end of the alert" "" "$(open)"
jobrun watch --grace 0
expect "with it none is opened" "1|" "$status|$(open)"
sql "UPDATE APP_CLIENT SET LastSuccessAt = '$(ago 76)'"
jobrun watch --grace soon
expect_status "--grace takes a time" 64
jobrun watch --job Nothing
expect_status "--job takes a job" 64
jobrun watch --job Notes
expect_status "and looks at that one" 1
sql "UPDATE APP_ALERT SET RemindedAt = '$(ago 2000)' WHERE ResolvedAt IS NULL"
before=$(sql "SELECT RemindedAt FROM APP_ALERT WHERE ResolvedAt IS NULL")
jobrun watch
expect "after RemindAfter it is told again" 1 "$(sql "SELECT RemindedAt > '$before' FROM APP_ALERT WHERE ResolvedAt IS NULL")"
succeed "$JOBRUN" client pause Notes 1 10 --reason 'their server moves'
silent "a paused client is not overdue"
expect "its alert stays" "overdue" "$(open)"
succeed "$JOBRUN" client resume Notes 1 10
succeed "$JOBRUN" hold Notes --reason 'migration'
silent "nor are those of a job on hold"
sql "UPDATE APP_HOLD SET HeldAt = '$(ago 1441)'"
finds "a hold that is forgotten" '^Notes: on hold since [^ ]*: migration; jobrun release Notes$'
succeed "$JOBRUN" release Notes
sql "UPDATE APP_CLIENT SET LastSuccessAt = '$(ago 1)'"
silent "it succeeded"
expect "all alerts are over" "" "$(open)"

# Owed acks.
sql "UPDATE APP_ITEM SET State = 'applied', At = '$(ago 59)'"
silent "acks that are owed for less than an hour"
sql "UPDATE APP_ITEM SET At = '$(ago 61)' WHERE ItemId = '3'"
finds "for longer" '^Notes: client 1, group 10: 5 applied items not acknowledged, the oldest since [^ ]*; jobrun errors'
expect "are an alert" "owed" "$(open)"
succeed "$JOBRUN" Notes --force --key-file "$KEY_FILE"
silent "the next run acknowledges them"

# Slow and dead runs.
sql "UPDATE APP_JOB_RUN SET DurationMs = 60000;
	INSERT INTO APP_JOB_RUN (JobType, StartedAt, FinishedAt, Status, DurationMs) VALUES
		(7, '$(ago 50)', '$(ago 40)', 'ok', 599999)"
silent "a run of nearly ten minutes"
sql "INSERT INTO APP_JOB_RUN (JobType, StartedAt, FinishedAt, Status, DurationMs) VALUES
		(7, '$(ago 30)', '$(ago 20)', 'ok', 600000)"
finds "one that took ten, where a minute is usual" '^Notes: run 4 of [^ ]* took 10 min, far longer than usual'
sql "INSERT INTO APP_JOB_RUN (JobType, StartedAt, FinishedAt, Status, DurationMs) VALUES
		(7, '$(ago 15)', '$(ago 14)', 'ok', 60000);
	INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status, Pid) VALUES (7, '$(ago 11)', 'running', 4711)"
finds "a run whose process is gone" '^Notes: run 6 of [^ ]* died: its process 4711 is gone'
expect "is an alert" "dead_run" "$(open)"
exec {lock}<"$DB.job7.lock"
flock "$lock"
finds "while the lock is held it is alive, and slow" '^Notes: run 6 is running since [^ ]*, far longer than usual'
expect "which is another alert" "slow_run" "$(open)"
exec {lock}<&-
succeed "$JOBRUN" Notes --force --key-file "$KEY_FILE"
silent "the next run heals it"
expect "and all alerts are over" "" "$(open)"

# Text from outside moves no cursor, and of very many the first ones are shown.
sql "UPDATE APP_JOB_CONFIG SET Configuration = (WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
		SELECT json_group_array(json_object('ClientId', i, 'GroupId', 10, 'SendFrequency', 60)) FROM n);
	WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
	INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, GroupId, StartedAt, Status, Message)
	SELECT 1, 7, i, '10', '$(ago 10)', 'failed', 'HTTP 500: ' || char(27) || '[2J' FROM n;
	UPDATE APP_CLIENT SET LastSuccessAt = '$(ago 100)'"
jobrun watch
expect_status "a thousand that are overdue" 1
expect "a hundred are shown, and the rest counted" 101 "$(wc -l <stdout)"
expect_match "by number" '^Notes: overdue: 900 more; jobrun watch --json$' "$(tail -n 1 stdout)"
expect_match "why each fails is said" '^Notes: client 1, group 10: .*; its last visit failed: HTTP 500: .*; jobrun errors --job Notes --client 1$' \
	"$(head -n 1 stdout)"
expect "no escape reaches the terminal" 0 "$(grep -c $'\e' stdout || true)"
expect "each has its alert" 1000 "$(sql "SELECT count(*) FROM APP_ALERT WHERE ResolvedAt IS NULL")"
jobrun watch --json
expect "as JSON all are there" 1000 "$(jq length stdout)"

# What is wrong is said also when the database cannot be written.
sql "UPDATE APP_CLIENT SET LastSuccessAt = '$(ago 1)' WHERE ClientId <> '5';
	CREATE TRIGGER full BEFORE UPDATE ON APP_ALERT BEGIN SELECT RAISE(ABORT, 'no room'); END"
jobrun watch
expect_status "a database that refuses to be written" 74
expect_match "still has its findings told" '^Notes: client 5, group 10: overdue' "$(<stdout)"
expect_match "and then its own" 'changing an alert' "$(<stderr)"
