#!/bin/bash
# Clocks that are wrong, jump, or change their zone in the middle of a run: stamps are UTC, durations are those of a clock
# that never jumps, and nobody waits for years. The release binary: a sanitizer and faketime do not go together.
. "$(dirname "$0")/lib.sh"

[[ -x ${JOBRUN_RELEASE-} ]] || fail "no release binary in \$JOBRUN_RELEASE (test/build.sh release makes it)"
JOBRUN=$JOBRUN_RELEASE
start_server
workflow_db
set_system
workflow_job
workflow_client 1 '{"SendFrequency": 60}'
know 1 100000
new_key
next=1
clocks=0
library=$(dpkg-query -L libfaketime 2>/dev/null | grep -m 1 '/libfaketime\.so\.1$') || fail "no libfaketime: apt-get install faketime"
echo '+0' >clock

# at WHEN COMMAND…: with the clock there; only the one that people read. A write to the file clock sets it meanwhile.
at() {
	echo "$1" >clock
	shift
	LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$WORK/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \
		DONT_FAKE_MONOTONIC=1 TZ="${ZONE-UTC}" "$@"
}

# run_at WHEN ARGUMENT…: a run then, of one new record.
run_at() {
	local when=$1

	shift
	offer 1 "$next" "$next"
	next=$((next + 1))
	status=0
	at "$when" timeout 60 "$JOBRUN" Complete --key-file "$KEY_FILE" "$@" >stdout 2>stderr || status=$?
	clocks=$((clocks + 1))
}

# Each with the stamp that its rows must have, by UTC, whatever the zone; a minute early or late is the machine's.
while IFS='|' read -r name zone when utc; do
	ZONE=$zone run_at "@$when" --force -v
	expect_status "$name" 0
	expect "$name: the stamps are UTC" 1 "$(last_run "abs(julianday(StartedAt) - julianday('$utc')) < 1.0 / 1440
		AND StartedAt LIKE '____-__-__T__:__:__.___Z' AND FinishedAt >= StartedAt AND DurationMs BETWEEN 0 AND 59000")"
	expect "$name: in the ledger, too" 1 "$(sql "SELECT count(*) FROM APP_ITEM
		WHERE ItemId = '$((next - 1))' AND abs(julianday(At) - julianday('$utc')) < 1.0 / 1440")"
	later=$(date -u -d "@$(($(date -u -d "$utc" +%s) + 60))" +%Y-%m-%dT%H)
	expect_match "$name: and in what it says" "^(${utc:0:13}|$later)" "$(<stderr)"
	expect_no_match "$name: in nothing else" "^(${utc:0:4}|[12][0-9]{3})-[0-9-]+ |[+-][0-9]{2}:?[0-9]{2} (error|warning|info)" "$(<stderr)"
done <<'END'
ten years ago|UTC|2016-11-26 12:00:00|2016-11-26T12:00:00.000Z
before 1970 plus a day|UTC|1970-01-03 00:00:00|1970-01-03T00:00:00.000Z
the end of 32 bits|UTC|2038-01-19 03:14:05|2038-01-19T03:14:05.000Z
behind it|UTC|2038-01-19 03:14:08|2038-01-19T03:14:08.000Z
the year 2100, which is no leap year|UTC|2100-02-28 23:59:58|2100-02-28T23:59:58.000Z
a leap day|UTC|2028-02-29 23:59:58|2028-02-29T23:59:58.000Z
a leap second|UTC|2016-12-31 23:59:59|2016-12-31T23:59:59.000Z
a leap second, in a zone that counts them|right/UTC|2016-12-31 23:59:59|2016-12-31T23:59:32.000Z
Berlin, the hour that is not there|Europe/Berlin|2026-03-29 01:59:58|2026-03-29T00:59:58.000Z
Berlin, the hour that comes twice|Europe/Berlin|2026-10-25 01:59:58|2026-10-24T23:59:58.000Z
New York, the hour that is not there|America/New_York|2026-03-08 01:59:58|2026-03-08T06:59:58.000Z
New York, the hour that comes twice|America/New_York|2026-11-01 00:59:58|2026-11-01T04:59:58.000Z
Lord Howe, half an hour that is not there|Australia/Lord_Howe|2026-10-04 01:59:58|2026-10-03T15:29:58.000Z
Lord Howe, half an hour that comes twice|Australia/Lord_Howe|2026-04-05 01:29:58|2026-04-04T14:29:58.000Z
END
expect "no client was left out, and nothing is owed" "$((next - 1))|0" \
	"$(sql "SELECT count(*) FROM workflow_trigger")|$(last_run Owed)"

# jump WHILE…: the clock goes somewhere else in the middle of a run.
for jump in -3600 +3600 -315360000 +315360000; do
	es_sql "DELETE FROM request_log"
	offer 1 "$next" "$next"
	next=$((next + 1))
	fault '{"kind": "delay", "delay_ms": 1200, "path": "/api/records", "method": "GET", "times": 1}'
	at +0 "$JOBRUN" Complete --key-file "$KEY_FILE" --force --max-time 30 >job.out 2>job.err &
	job_pid=$!
	until_true "it asks" asked /api/records
	echo "$jump" >clock
	end_job
	expect_status "the clock jumps by $jump seconds during a run" 0
	expect "its duration is the true one" 1 "$(last_run "DurationMs BETWEEN 1000 AND 20000 AND Status = 'ok'")"
	expect "the clock did jump" 1 "$(last_run "abs((julianday(FinishedAt) - julianday(StartedAt)) * 86400) > 3000")"
	expect "and so is the client's" 1 "$(last_visit 1 "DurationMs BETWEEN 1000 AND 20000")"
	clocks=$((clocks + 1))
done
"$TREE/test/fault/invariants" "$DB" "$ES_DB" | grep -vE '^broken|^two runs at once' && fail "more than the stamps is wrong"
ok "nothing but stamps was moved"

# due WHEN NAME: does a client that is due each hour run then?
due() {
	run_at "$1"
	expect_status "$3" 0
	expect "$3" "$2" "$(last_run "CASE Clients WHEN 1 THEN 'runs' ELSE 'waits' END")"
}

sql "DELETE FROM APP_REQUEST_LOG; UPDATE APP_CLIENT SET LastSuccessAt = NULL"
due '@2026-11-26 12:00:00' runs "never before"
due '@2026-11-26 12:30:00' waits "half an hour later"
due '@2026-11-26 13:00:00' runs "an hour later"
due '@2026-11-26 12:00:00' runs "the clock was set back by an hour: it runs at once, and goes by the new clock from then on"
due '@2026-11-26 12:30:00' waits "half an hour later"
due '@2036-11-26 12:00:00' runs "in ten years"
due '@2026-11-26 13:00:00' runs "and back: it does not wait for ten years"
due '@2026-11-26 13:30:00' waits "it goes by that clock again"
due '@2026-11-26 14:00:00' runs "and is due when it should be"

# A key's end, what is kept, and whoever watches.
at '@2026-11-26 12:00:00' "$JOBRUN" key new --jobs '*' --label short --ttl 1h >short.key 2>stderr || fail "no key: $(<stderr)"
chmod 600 short.key
for row in '2026-11-26 12:59:00|0' '2026-11-26 13:01:00|77' '2016-11-26 12:00:00|0' '2038-01-20 00:00:00|77'; do
	status=0
	at "@${row%|*}" "$JOBRUN" Complete --key-file short.key --force >stdout 2>stderr || status=$?
	expect_status "a key of one hour from noon, at ${row%|*}" "${row#*|}"
	clocks=$((clocks + 1))
done
kept=$(sql "SELECT count(*) FROM APP_ITEM")
at '@2016-11-26 12:00:00' "$JOBRUN" prune --keep 30d >stdout 2>stderr || fail "prune: $(<stderr)"
expect "prune with a clock of ten years ago takes what was old then, and nothing that is newer" "$((kept - 1))|0" \
	"$(sql "SELECT count(*), count(*) FILTER (WHERE At < '1971') FROM APP_ITEM")"
for when in '2016-11-26 12:00:00' '2026-11-26 14:10:00' '2036-11-26 12:00:00'; do
	for verb in 'watch --json' 'status --json' 'alerts --json' 'metrics' 'runs --json'; do
		status=0
		# shellcheck disable=SC2086 # words
		at "@$when" "$JOBRUN" $verb >stdout 2>stderr || status=$?
		((status <= 1)) || fail "$verb at $when: exit status $status: $(<stderr)"
		! grep -E -- '(^|[^0-9T:.-])-[0-9]+ (s|min|h|d)\b' stdout || fail "$verb at $when: a time that is less than nothing"
		clocks=$((clocks + 1))
	done
done
ok "watch, status, alerts, metrics and runs read books of the past and of the future"
count "clocks that were wrong" "$clocks"
