#!/bin/bash
# An alert opens once, after so many failed runs in a row or below the ratio; it is reminded of after RemindAfter, and
# resolves by itself. It is a line, a row, and stands in the summary and in jobrun alerts.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

# alerts COLUMNS: of all that were ever opened.
alerts() {
	sql "SELECT $1 FROM APP_ALERT ORDER BY AlertId"
}

# told: the lines of the last run that tell of alerts, without their times.
told() {
	grep -E ': alert ' stderr | sed -E 's/^[^ ]+ //' || true
}

# told_ago MINUTES: the open alerts were told of that long ago.
told_ago() {
	sql "UPDATE APP_ALERT SET RemindedAt = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-$1 minutes') WHERE ResolvedAt IS NULL"
}

start_server
small_db
set_system ris '{"Retries": 0}'
small_job '.Alerts = {RemindAfter: 60}' "SELECT 'it is bad' WHERE :bad IS NOT NULL; $RULES"
new_key
jobrun alerts
expect "nothing to warn of is one sentence" "no open alerts" "$(<stdout)"
jobrun alerts --json
expect "or an empty list" "[]" "$(<stdout)"

for client in 1 2 3; do
	small_client "{\"ClientId\": $client}"
	put_records records "$client" 10 <<<'{"id": 1}'
done

# Three in a row.
fault '{"client": "2", "kind": "status", "status": 503, "method": "GET", "times": 0}'
run_job Notes
run_job Notes
expect "two failed runs in a row are no alert yet" "0|" "$(sql "SELECT count(*), '' FROM APP_ALERT")$(told)"
run_job Notes --json
expect_status "the third" 1
expect_match "opens one, with a line" '^warning Notes run 3: client 2, group 10: alert opened: 3 failed visits in a row, never a success; the last: .*503' "$(told)"
expect "one line" 1 "$(told | wc -l)"
expect "one row" "7|2|10|consecutive_failures|3|" "$(alerts "JobType, ClientId, GroupId, Kind, RunId, ResolvedAt")"
expect "and one place in the summary" "consecutive_failures|2|10|opened|kind,client,group,message,since,change" "$(jq -r \
	'.alerts[] | [.kind, .client, .group, .change, (keys_unsorted | join(","))] | join("|")' stdout)"
expect "the summary's words are the row's" "$(alerts "Message || OpenedAt")" "$(jq -r '.alerts[0] | .message + .since' stdout)"
run_job Notes --json
expect "a fourth opens no other" "1||4 failed" "$(alerts "count(*)")|$(told)|$(alerts "substr(Message, 1, 8)")"
expect "which is still in the summary" "consecutive_failures null" "$(jq -r '.alerts[] | "\(.kind) \(.change)"' stdout)"
jobrun alerts --json
expect "nobody was reminded of it yet" null "$(jq '.[0].RemindedAt' stdout)"
told_ago 6000
before=$(alerts "Message || RemindedAt")
run_job Notes --dry-run
expect "a dry run touches none" "$before" "$(alerts "Message || RemindedAt")"
expect "nor tells of any" "" "$(told)"
told_ago 0
run_job Notes --client 1,3 --json
expect "nor does a run that leaves the client out" "4 failed|consecutive_failures" \
	"$(alerts "substr(Message, 1, 8)")|$(jq -r '.alerts[].kind' stdout)"

# Reminded, once, after RemindAfter.
told_ago 58
run_job Notes
expect "before that nobody is reminded" "" "$(told)"
told_ago 60
run_job Notes
expect_match "then there is a line again" 'alert reminded: 6 failed visits in a row' "$(told)"
expect "and RemindedAt says so" 1 "$(sql "SELECT count(*) FROM APP_ALERT WHERE RemindedAt > OpenedAt")"
run_job Notes
expect "once" "" "$(told)"
jobrun alerts --json
expect "it is in the list" true "$(jq '.[0] | .RemindedAt > .Since' stdout)"
told_ago 6000
small_job '.Alerts = {RemindAfter: 0}' "SELECT 'it is bad' WHERE :bad IS NOT NULL; $RULES"
run_job Notes
expect "with 0 never" "" "$(told)"
small_job '.Alerts = {RemindAfter: 60}' "SELECT 'it is bad' WHERE :bad IS NOT NULL; $RULES"
run_job Notes --quiet
expect_no_match "and not with --quiet" 'alert ' "$(<stderr)"

# Several clients; an alert each.
fault '{"client": "3", "kind": "status", "status": 503, "method": "GET", "times": 0}'
run_job Notes
run_job Notes
run_job Notes
expect "another client has its own" "2|3" "$(alerts "group_concat(ClientId, '|')")"
jobrun alerts --json
expect "jobrun alerts lists the open ones, the newest first" "3|2" "$(jq -r '[.[].ClientId] | join("|")' stdout)"
expect "with these columns" "Since,Job,ClientId,GroupId,Kind,Message,RemindedAt,ResolvedAt" \
	"$(jq -r '.[0] | keys_unsorted | join(",")' stdout)"
jobrun alerts --client 2 --group 10 --job Notes --since 1h
expect_match "one client's" '^.* Notes +2 +10 +consecutive_failures' "$(<stdout)"
expect "alone, below the columns' names" 2 "$(grep -c . stdout)"
succeed "$JOBRUN" client pause Notes 2 --reason 'their server moves'
jobrun alerts
expect "who is paused meanwhile is told below" "paused: client 2, group 10 of Notes: their server moves" "$(tail -n 1 stdout)"
succeed "$JOBRUN" client resume Notes 2
jobrun alerts --client 1
expect "of a healthy one there is none" "no open alerts" "$(<stdout)"
jobrun alerts --limit 1 --json
expect "so many at the most" 1 "$(jq length stdout)"
sql "UPDATE APP_ALERT SET OpenedAt = '2020-01-01T00:00:00.000Z' WHERE ClientId = '2'"
jobrun alerts --since 1h --json
expect "no older than that" 3 "$(jq -r '.[].ClientId' stdout)"
jobrun alerts --job Nots
expect_status "a job that is not there is said" 64

# Well again.
clear_faults
run_job Notes --json
expect_status "when all is well again" 0
expect_empty "a cron mail holds nothing" stderr
expect "the summary has what was resolved" "2 resolved|3 resolved" \
	"$(jq -r '[.alerts[] | "\(.client) \(.change)"] | join("|")' stdout)"
expect "the rows, too" 2 "$(sql "SELECT count(*) FROM APP_ALERT WHERE ResolvedAt IS NOT NULL
	AND Message LIKE 'well again; it was: % failed visits in a row%'")"
jobrun alerts
expect "none is open" "no open alerts" "$(<stdout)"
jobrun alerts --all --json
expect "all are there" 2 "$(jq '[.[] | select(.ResolvedAt)] | length' stdout)"
run_job Notes --json
expect "the next run has none" 0 "$(jq '.alerts | length' stdout)"
fault '{"client": "2", "kind": "status", "status": 503, "method": "GET", "times": 3}'
run_job Notes
run_job Notes
run_job Notes
run_job Notes -v
expect_match "with -v the end is told" '^info Notes run .*: client 2, group 10: alert resolved: well again; it was: 3 failed' "$(told)"

# Below the ratio.
put_records records 1 10 < <(jq -nc 'range(100; 109) | {id: .}'; echo '{"id": 200, "bad": 1}')
run_job Notes --json
expect_status "nine of ten" 1
expect_match "raise the other kind" 'client 1, group 10: alert opened: processed 9 of 10, below MinProcessedRatio 0\.95' "$(told)"
expect "in the summary" processed_ratio "$(jq -r '.alerts[].kind' stdout)"
put_records records 1 10 < <(records 300 319)
run_job Notes -v
expect_match "twenty of twenty-one resolve it" 'alert resolved: well again; it was: processed' "$(told)"

# Nobody visits it any more.
fault '{"client": "2", "kind": "status", "status": 503, "method": "GET", "times": 0}'
fault '{"client": "3", "kind": "status", "status": 503, "method": "GET", "times": 0}'
run_job Notes
run_job Notes
run_job Notes
succeed "$JOBRUN" client disable Notes 2
succeed "$JOBRUN" client remove Notes 3
run_job Notes -v
expect_match "one that is switched off" 'client 2, group 10: alert resolved: the client is switched off; it was: 3 failed' "$(told)"
expect_match "and one that is removed" 'client 3, group 10: alert resolved: the client is no longer configured' "$(told)"
clear_faults

# An entry that cannot be used fails like any client, and says so in the books.
sql "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (7, '[{\"ClientId\": 9, \"Days\": \"many\"},
	{\"ClientId\": 2, \"GroupId\": 10}, {\"ClientId\": 1, \"GroupId\": 10, \"Days\": \"many\"}, {\"GroupId\": 3}]')"
run_job Notes
run_job Notes
expect "a row for each that says whose it is, and one alone for who has a good entry, too" "1|10|ok|1
9|0|failed|0" "$(sql "SELECT ClientId, GroupId, Status, Requests FROM APP_REQUEST_LOG
	WHERE RunId = (SELECT max(RunId) FROM APP_JOB_RUN) ORDER BY ClientId")"
expect_match "with its message" 'Days' "$(sql "SELECT Message FROM APP_REQUEST_LOG WHERE ClientId = '9'")"
run_job Notes
expect_match "three of them are an alert" 'client 9, group 0: alert opened: 3 failed visits in a row, never a success; the last: configuration row .*Days' "$(told)"
books_balance

# A run that a signal ends keeps its alerts all the same.
fault '{"client": "1", "kind": "hang", "method": "GET", "times": 0}'
succeed "$JOBRUN" client enable Notes 2
run_job Notes --max-time 1
expect_status "a run that is out of time" 75
expect_match "still counts" '^4 failed' "$(sql "SELECT Message FROM APP_ALERT WHERE ClientId = '9'")"
clear_faults

# What cannot be kept is told, and the run's own result stays.
sql "ALTER TABLE APP_ALERT RENAME TO APP_ALERT_GONE"
sql "DELETE FROM APP_JOB_CONFIG WHERE Configuration LIKE '%many%'"
run_job Notes
expect_status "without its table the alerts fail" 74
expect_match "and that is said" 'reading the open alerts' "$(<stderr)"
expect "but the run is on record as it was" "ok|74" \
	"$(sql "SELECT Status, ExitCode FROM APP_JOB_RUN ORDER BY RunId DESC LIMIT 1")"
sql "ALTER TABLE APP_ALERT_GONE RENAME TO APP_ALERT"
