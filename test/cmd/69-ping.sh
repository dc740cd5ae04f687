#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# A job's Ping hears of each run's start and end, with its exit status and last lines; of dry runs, and of runs that
# were not let begin, nothing. A ping that fails is one warning line and changes nothing else.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
start_other
small_db
set_system
new_key
records 1 3 | put_records records 1 10

# ping_job URL [JQ-FILTER]: the job with this Ping.
ping_job() {
	small_job '.Retries = 0 | .Alerts.ConsecutiveFailures = 1000000 | .Ping = "'"$1"'"'"${2-}"
}

# heard COLUMNS: of each ping, in order; a body has a newline of its own at the end.
heard() {
	sqlite3 -batch -bail -cmd '.timeout 30000' "$OTHER_DB" "SELECT $1 FROM request_log r
		LEFT JOIN hook_log h ON r.n = h.request ORDER BY r.n" | grep . || true
}

forget_heard() {
	sqlite3 -batch -bail -cmd '.timeout 30000' "$OTHER_DB" "DELETE FROM hook_log; DELETE FROM request_log"
}

hook=$OTHER_URL/hook/0d5-uuid
ping_job "$hook"
small_client

# ---- a run that goes well
run_job Notes
expect_status "the run ends well" 0
expect_empty "without a word" stderr
expect "its start and its end are heard" "POST /hook/0d5-uuid/start
POST /hook/0d5-uuid" "$(heard "method || ' ' || path")"
expect_match "with an id" '^rid=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' \
	"$(heard query | sed -n 1p)"
expect "the same for both" 1 "$(heard query | sort -u | wc -l)"
expect_match "the start says who begins" '^Notes begins, process [0-9]+$' "$(heard body | sed -n 1p)"
expect_match "the end how it went" \
	'^20[^ ]+Z info Notes run 1: run ended ok: received 3, processed 3,.* acked 3.*clients 1; ' "$(heard body | tail -n +2)"
expect "and no more" 2 "$(heard body | wc -l)"
first=$(heard query | head -n 1)
forget_heard
run_job Notes -q
expect "the next run has another id" 2 "$(printf '%s\n' "$first" "$(heard query | head -n 1)" | sort -u | wc -l)"
expect_match "-q hides nothing from it" 'run ended ok' "$(heard body)"
forget_heard

# ---- a run that fails
records 4 60 | put_records records 1 10
ping_job "$hook?create=1" ' | .Alerts.MinProcessedRatio = 1'
write_job '.Retries = 0 | .Alerts.MinProcessedRatio = 1 | .Ping = "'"$hook?create=1"'"' "-- no note is welcome
SELECT 'unwelcome \"' || char(27) || '[31m' || :id WHERE :id > 0;"
succeed "$JOBRUN" job install notes
run_job Notes -vv --color always
expect_status "items fail" 1
expect "the end says with what status, and the query stays" "/hook/0d5-uuid/start create=1
/hook/0d5-uuid/1 create=1" "$(heard "path || ' ' || query" | sed 's/&rid=.*//')"
heard body | tail -n +2 >lines
expect_match "the failed items are there" 'error Notes run 3: client 1, group 10, item 4: .*unwelcome' "$(<lines)"
expect_match "the limit on them, too" 'more failed items are not shown' "$(<lines)"
expect_match "last comes how it ended" 'warning Notes run 3: run ended degraded: received 57, ' "$(tail -n 1 lines)"
expect_no_match "not what more verbosity shows" 'run begins|begins$' "$(<lines)"
expect "no colour, and nothing that moves a cursor" "" "$(grep -P '[\x00-\x09\x0b-\x1f\x7f]' lines || true)"
forget_heard
run_job Notes --log-format json
expect_match "it is text, also where the log is JSON" '^20[^ ]+Z warning Notes run 4: run ended degraded' "$(heard body)"
forget_heard

# Many lines: the last ones are told.
for i in $(seq 2 40); do
	add_client 7 "{\"ClientId\": $i, \"GroupId\": 10, \"Route\": \"/api/nowhere/$(printf '%0300d' "$i")\"}"
done
run_job Notes
expect_status "forty clients fail" 1
heard body | tail -n +2 >lines
expect_match "how it ended is among the last lines" 'run ended degraded' "$(tail -n 1 lines)"
count=$(wc -l <lines) bytes=$(wc -c <lines)
((count > 5 && count <= 20 && bytes <= 8192)) || fail "not some twenty lines of 8 KiB: $count, $bytes"
ok "what is told is a glance"
forget_heard
sql "DELETE FROM APP_JOB_CONFIG"
small_client

# ---- who is slow to hear of its alerts does not keep its end back
small_job '.Retries = 0 | .Alerts.ConsecutiveFailures = 1 | .Ping = "'"$hook"'" | .Notify = {Url: "'"$OTHER_URL"'/hook/alerts"}'
fault '{"path": "/api/records", "method": "GET", "kind": "status", "status": 500, "times": 1}'
run_job Notes
expect_status "the client fails" 1
expect "the end is heard before the alert" "/hook/0d5-uuid/start
/hook/0d5-uuid/1
/hook/alerts" "$(heard path)"
sql "DELETE FROM APP_ALERT; DELETE FROM APP_CLIENT"
forget_heard

# ---- a run that cannot begin
ping_job "$hook"
sql "UPDATE APP_JOB_TYPE SET Rules = 'INSERT INTO nowhere VALUES (1);'"
run_job Notes
expect_status "the rules are broken" 78
expect "it is heard" "/hook/0d5-uuid/start
/hook/0d5-uuid/78" "$(heard path)"
expect_match "with what is wrong" '^jobrun: job Notes: .*nowhere' "$(heard body)"
forget_heard
ping_job "$hook"

# ---- what was not let begin is not told
run_job Notes -n
expect_status "a dry run" 0
jobrun Notes --key wrong
expect_status "a wrong key" 77
succeed "$JOBRUN" hold Notes --reason "the platform moves"
run_job Notes
expect_status "a job on hold" 75
succeed "$JOBRUN" release Notes
expect "none of them is heard" "" "$(heard path)"
fault '{"path": "/api/records", "method": "GET", "kind": "hang", "times": 1}'
"$JOBRUN" Notes --key-file "$KEY_FILE" >other.out 2>&1 &
other_run=$!
for ((i = 0; i < 1000; i++)); do
	(($(requests "path = '/api/records' AND fault = 'hang'") == 0)) || break
	sleep 0.02
done
run_job Notes
expect_status "another run is at it" 75
expect "only the one that runs is heard" "/hook/0d5-uuid/start" "$(heard path)"

# ---- a signal ends it
kill -TERM "$other_run"
status=0
wait "$other_run" || status=$?
expect_status "it is ended by SIGTERM" 143
expect "which is heard" "/hook/0d5-uuid/start
/hook/0d5-uuid/143" "$(heard path)"
forget_heard
clear_faults
run_job Notes
expect_status "the next one goes well" 0

# ---- a ping that fails
# leave: what a run leaves that ends well, but for the times.
leave() {
	forget
	run_job Notes --json
	printf 'status %s\n' "$status"
	jq -cS 'del(.run, .duration_ms, .avg_item_ms)' stdout
	sql "SELECT Status, ExitCode, Clients, Received, Processed, Errors, Acked, Owed FROM APP_JOB_RUN;
		SELECT ClientId, Status, HttpStatus, Requests, Message FROM APP_REQUEST_LOG;
		SELECT State, count(*) FROM APP_ITEM GROUP BY State"
	grep -v 'could not be told' stderr || true
}
small_job '.Retries = 0'
leave >before
expect_match "the run to compare with ends well" '^status 0$' "$(<before)"

# changes_nothing NAME start|end WARNING PING
changes_nothing() {
	small_job ".Retries = 0 | .Ping = $4"
	leave >after
	expect "$1: all is as without it" "" "$(diff before after || true)"
	expect_match "$1: it is a warning" \
		"^[^ ]+ warning Notes( run [0-9]+)?: the run's $2 could not be told to Ping \\($3" "$(<stderr)"
	expect "$1: one line alone" 1 "$(wc -l <stderr)"
}
changes_nothing "nobody listens" start 'http://127.0.0.1:1\): POST http://127.0.0.1:1: no connection' \
	'"http://127.0.0.1:1/s3cret"'
changes_nothing "no such check" start "$OTHER_URL\\): POST $OTHER_URL answered 404\$" "\"$OTHER_URL/s3cret\""
changes_nothing "a URL that is not there" start 'env:PING\): env:PING: no such variable' '{"Url": "env:PING"}'
# The first one that matches meets it: a start is answered.
URL=$OTHER_URL fault '{"path": "/hook/slow/start", "kind": "delay", "delay_ms": 1, "times": 0}'
URL=$OTHER_URL fault '{"path": "/hook/slow", "kind": "hang", "times": 0}'
changes_nothing "an end that is never answered" end "$OTHER_URL\\): POST $OTHER_URL: no answer" \
	"{\"Url\": \"$OTHER_URL/hook/slow\", \"Timeout\": 1}"
URL=$OTHER_URL clear_faults
small_job '.Retries = 0 | .Ping = "env:PING"'
run_job Notes -q
expect_empty "-q hides it" stderr

# ---- a secret URL is shown nowhere
(umask 077 && echo "$OTHER_URL/hook/s3cret" >ping.url)
forget_heard
small_job ".Retries = 0 | .Ping = \"file:$WORK/ping.url\""
shown() {
	run_job Notes -vv --json
	cat stdout stderr
	sql .dump
	jobrun job show Notes
	cat stdout stderr
}
shown >all
expect "it was heard" "/hook/s3cret/start
/hook/s3cret" "$(heard path)"
URL=$OTHER_URL fault '{"path": "/hook/s3cret", "kind": "status", "status": 400, "body": "no /hook/s3cret", "times": 0}'
shown >>all
expect_match "then refused" "could not be told to Ping \(file:$WORK/ping.url\): POST file:$WORK/ping.url answered 400" "$(<all)"
expect_no_match "and nothing shows it" "s3cret|$OTHER_URL" "$(<all)"
jobrun job install notes
write_job '.Ping = "http://hooks.example/s3cret"'
jobrun job install notes
expect_status "plain http elsewhere is refused" 78
expect_match "by its path" 'Ping: plain http is refused' "$(<stderr)"
expect_no_match "without repeating it" s3cret "$(<stderr)"
books_balance
