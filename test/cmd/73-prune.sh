#!/bin/bash
# prune deletes what is old and done with, and never what is owed, failed, parked or may be offered again.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job '.MaxAttempts = 1 | .Alerts.MinProcessedRatio = 0'
workflow_client 1 '{"Days": 30}'
know 1 4
offer 1 1 5
new_key

for case in "missing|--keep is missing.*jobrun prune --keep 90d" "90|90 seconds are too short" "soon|give an age"; do
	if [[ ${case%%|*} == missing ]]; then jobrun prune; else jobrun prune --keep "${case%%|*}"; fi
	expect_status "--keep ${case%%|*}" 64
	expect_match "says what it wants" "${case#*|}" "$(<stderr)"
done
succeed "$JOBRUN" prune --keep 1h
expect_match "without anything there" '^deleted 0 runs, 0 request rows, .*0 ledger rows; kept 0 runs and 0 ledger rows$' "$(<stdout)"

# age DAYS: all that is logged so far becomes so much older, the ledger too.
age() {
	local time
	for time in APP_JOB_RUN.StartedAt APP_JOB_RUN.FinishedAt APP_REQUEST_LOG.StartedAt APP_EXCEPTION_LOG.At APP_ITEM.At; do
		sql "UPDATE ${time%.*} SET ${time#*.} = strftime('%Y-%m-%dT%H:%M:%fZ', ${time#*.}, '-$1 days')"
	done
}

run_job Complete
expect_status "the first run, of which an item failed" 0
expect "it is parked" "acked 4 parked 1" "$(ledger)"
run_job Complete
expect_status "a second one" 0
fault '{"kind": "status", "status": 403, "path": "/api/records", "times": 1}'
run_job Complete
expect_status "a third one that fails" 1
run_job Complete
expect_status "a fourth one" 0
fault '{"kind": "status", "status": 403, "path": "/api/records", "times": 1}'
run_job Complete
expect_status "and a fifth one that fails" 1
sql "INSERT INTO APP_ALERT (JobType, Kind, Message, OpenedAt, RemindedAt, ResolvedAt) VALUES
	(3, 'old', '', '2020-01-01T00:00:00.000Z', '', '2020-01-01T00:00:00.000Z'),
	(3, 'still open', '', '2020-01-01T00:00:00.000Z', '', NULL)"
sql "DELETE FROM APP_ALERT WHERE Kind NOT IN ('old', 'still open')"
age 20
# It asks for 30 days, so that the acknowledged items are still offered.
sql .dump >before
succeed "$JOBRUN" prune --keep 10d --dry-run
expect_match "--dry-run says what would go" \
	'would delete 2 runs, 2 request rows, 1 error row, 1 resolved alert, 0 ledger rows; would keep 3 runs and 5 ledger rows$' "$(<stdout)"
expect_match "and why the ledger is kept" 'Complete: .*since client 1, group 10 has Days 30$' "$(<stdout)"
unchanged "it changed nothing" before
succeed "$JOBRUN" prune --keep 10d
expect_match "the same is then deleted" \
	'^deleted 2 runs, 2 request rows, 1 error row, 1 resolved alert, 0 ledger rows; kept 3 runs and 5 ledger rows$' "$(<stdout)"
expect "the newest run stays, the newest good one, and the one that says why an item is parked" "1 4 5" \
	"$(sql "SELECT RunId FROM APP_JOB_RUN ORDER BY RunId" | paste -sd' ')"
expect "with their rows, and no others" "1 4 5|1 5" "$(sql "SELECT RunId FROM APP_REQUEST_LOG ORDER BY RunId" | paste -sd' ')|$(
	sql "SELECT RunId FROM APP_EXCEPTION_LOG ORDER BY RunId" | paste -sd' ')"
expect "an alert that is open stays" "still open" "$(sql "SELECT Kind FROM APP_ALERT")"
es_sql "UPDATE record SET acked_at = NULL; DELETE FROM idempotency"
run_job Complete
expect "what is offered again is not applied again" "4|0|4|1" "$(last_run "Acked, Processed, Duplicates, Parked")"
triggered_once "after that" 4
books_balance

age 32
sql "UPDATE APP_ITEM SET State = CASE ItemId WHEN '1' THEN 'applied' WHEN '2' THEN 'failed' ELSE State END"
succeed "$JOBRUN" prune --keep 10d
expect "beyond the Days acknowledged items go, and owed, failed and parked ones never" "applied 1 failed 1 parked 1" "$(ledger)"
expect_match "in so many words" '^Complete: deleted .* 2 ledger rows; kept .* and 3 ledger rows' "$(<stdout)"
expect_match "the file keeps its size" 'VACUUM' "$(<stdout)"

# Who sets how long the ledger remembers. For each: the configuration, and whether an item of 100 days ago goes.
while IFS='|' read -r name configuration goes; do
	sql "DELETE FROM APP_JOB_CONFIG; DELETE FROM APP_ITEM"
	[[ -z $configuration ]] || sql "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (3, '$configuration')"
	sql "INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, State, RunId, At) VALUES
		(3, 1, 10, 7, 'acked', 1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-100 days')),
		(3, 1, 10, 1, 'applied', 1, '2020-01-01T00:00:00.000Z'),
		(3, 1, 10, 2, 'failed', 1, '2020-01-01T00:00:00.000Z'),
		(3, 1, 10, 3, 'parked', 1, '2020-01-01T00:00:00.000Z')"
	succeed "$JOBRUN" prune --keep 90d
	expect "$name" "$goes" "$(sql "SELECT 1 - count(*) FROM APP_ITEM WHERE State = 'acked'")"
	expect "$name: what is owed, failed or parked stays" "3" "$(sql "SELECT count(*) FROM APP_ITEM WHERE State <> 'acked'")"
done <<END
no client is configured||1
a client without Days|[{"ClientId": 1}]|1
Days that are over|[{"ClientId": 1, "Days": 98}]|1
Days and the day on top of them|[{"ClientId": 1, "Days": 100}]|0
the longest Days count, also of who is switched off|[{"ClientId": 1, "Days": 1}, {"ClientId": 2, "Days": 200, "Enabled": false}]|0
Days beyond all times|[{"ClientId": 1, "Days": 9223372036854775807}]|0
a Year that goes on|[{"ClientId": 1, "Year": $(date -u -d '-100 days' +%Y)}]|0
a Year that is to come|[{"ClientId": 1, "Year": 9223372036854775807}]|1
an entry that cannot be read|[{"ClientId": 1, "Days": "many"}]|0
a configuration that is no JSON|[{"ClientId": 1|0
END
expect_match "of which the reason is told" 'ledger is left alone, since nobody knows how far back a client asks: configuration row' "$(<stdout)"

# Many runs and rows, more than one transaction's, while a run is under way.
sql "DELETE FROM APP_JOB_CONFIG; DELETE FROM APP_ITEM; DELETE FROM APP_JOB_RUN"
workflow_client 1
know 5 5
know 100001 100100
offer 1 100001 100100
sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
	INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, IdQuoted, State, RunId, At)
	SELECT 3, 1 + i % 3, 10, iif(i % 4, i, 'x' || i || char(0)), i % 4 = 0, iif(i % 1000, 'acked', 'applied'), 1,
	'2020-01-01T00:00:00.000Z' FROM n;
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
	INSERT INTO APP_JOB_RUN (JobType, StartedAt, FinishedAt, Status)
	SELECT 3, '2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z', 'failed' FROM n;
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
	INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, StartedAt, Status)
	SELECT (SELECT min(RunId) FROM APP_JOB_RUN), 3, i, '2020-01-01T00:00:00.000Z', 'failed' FROM n"
fault '{"kind": "delay", "path": "/api/records", "method": "GET", "delay_ms": 1500, "times": 1}'
start_job Complete
until_true "the run is under way" eval '[[ $(sql "SELECT count(*) FROM APP_JOB_RUN WHERE Status = '"'running'"'") == 1 ]]'
succeed "$JOBRUN" prune --keep 1h
expect_match "beside a run all that is old goes" \
	'^deleted 1200 runs, 2500 request rows, 0 error rows, 0 resolved alerts, 11988 ledger rows; kept 1 run ' "$(<stdout)"
end_job
expect_status "which does its work all the same" 0
expect "what was owed was acknowledged, what came was applied" "100" \
	"$(sql "SELECT count(*) FROM workflow_trigger WHERE record > 100000")"
books_balance
sql "DELETE FROM APP_ITEM" && sql "INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, State, RunId, At)
	VALUES (99, 1, 10, 7, 'acked', 1, '2020-01-01T00:00:00.000Z')"
succeed "$JOBRUN" prune --keep 1h
expect_match "of a job type that is not there any more, too" '^job type 99: deleted 0 runs, .* 1 ledger row;' "$(<stdout)"
