#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# Alerts reach those whom Notify names, once when they open and once when they resolve. A notifier that fails, hangs or
# is not there is one warning line and changes nothing else; a secret URL is shown nowhere.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
start_other
small_db
set_system
small_job '.Alerts.ConsecutiveFailures = 1 | .Retries = 0'
new_key
small_client
records 1 3 | put_records records 1 10

# told [SQL-CONDITION]: what hooks were told, a line each: the path and the body.
told() {
	sqlite3 -batch -bail -cmd '.timeout 30000' "$OTHER_DB" "SELECT path, body FROM hook_log h JOIN request_log r
		ON r.n = h.request WHERE ${1-1} ORDER BY h.n" | grep . || true
}

forget_told() {
	sqlite3 -batch -bail -cmd '.timeout 30000' "$OTHER_DB" "DELETE FROM hook_log; DELETE FROM request_log"
}

# set_notify JSON: for all jobs.
set_notify() {
	printf '%s\n' "$1" >notify.json
	succeed "$JOBRUN" notify set notify.json
}

# break_client, mend_client: the next runs' outcome.
break_client() {
	fault '{"path": "/api/records", "method": "GET", "kind": "status", "status": 500, "times": 0}'
}

mend_client() {
	clear_faults
}

# ---- what is set is shown, and checked before
jobrun notify show
expect "nobody is told at first" "0|nobody is told of alerts, but by jobs that say whom (jobrun notify set)" \
	"$status|$(<stdout)"
jobrun notify show --json
expect "which is an empty array" "[]" "$(<stdout)"
jobrun notify remove
expect "there is none to remove" "0|notify: there was none; nothing changed" "$status|$(<stdout)"
jobrun notify test
expect "a test that nobody gets says so" \
	"1|nobody is told of these alerts (jobrun notify set, or Notify in the job)" "$status|$(<stdout)"
set_notify '{"Url": "https://Hooks.example/services/s3cret", "Format": "slack"}'
expect "set says who is told, and no more of the URL than its host" \
	"notify: set; told of alerts: https://hooks.example" "$(<stdout)"
jobrun notify show
expect "it is shown as it was given" "$(<notify.json)" "$(<stdout)"
jobrun notify show --json
expect "or as an array" "https://Hooks.example/services/s3cret" "$(jq -r '.[0].Url' stdout)"
set_notify '{"Url": "https://Hooks.example/services/s3cret", "Format": "slack"}'
expect "the same again changes nothing" "notify: is so already; nothing changed" "$(<stdout)"
jobrun notify set - <<<'[{"Command": ["/bin/true"]}, {"Url": "env:HOOK", "Formt": "slack"}]'
expect_status "a wrong key is refused" 78
expect_match "with its path and a hint" 'Notify\[1\]\.Formt: unknown key; did you mean Format\?' "$(<stderr)"
jobrun notify set - <<<'{"Url": "http://hooks.example/s3cret"}'
expect_status "plain http elsewhere is refused" 78
expect_no_match "without repeating it" s3cret "$(<stderr)"
expect "and what was set stays" "$(<notify.json)" "$("$JOBRUN" notify show)"
jobrun notify set - <<<'[{"Command": ["/bin/true"]}, {"Url": "env:HOOK"}]'
expect "standard input will do" "0|notify: changed; told of alerts: /bin/true, env:HOOK" "$status|$(<stdout)"
jobrun notify remove
expect "removed" "0|notify: removed; only jobs that say whom tell anybody of alerts" "$status|$(<stdout)"

# ---- once when it opens, once when it resolves
set_notify "[{\"Url\": \"$OTHER_URL/hook/json\"}, {\"Url\": \"$OTHER_URL/hook/slack\", \"Format\": \"slack\"},
	{\"Url\": \"$OTHER_URL/hook/am\", \"Format\": \"alertmanager\"},
	{\"Command\": [\"/bin/sh\", \"-c\", \"cat >>$WORK/told; env >$WORK/environment\"]}]"
run_job Notes
expect_status "a run that goes well" 0
expect "tells nobody" "" "$(told)"
break_client
LANG=C.UTF-8 RIS_S3CRET=1 run_job Notes
expect_status "the client fails" 1
expect "three hooks were told, once" "/hook/am
/hook/json
/hook/slack" "$(told | cut -d '|' -f 1 | sort)"
told "path = '/hook/json'" | cut -d '|' -f 2- >json
expect "what, of which job and client" 'opened|consecutive_failures|ticket|Notes|7|1|10' "$(jq -r '.alerts[0] |
	[.change, .kind, .severity, .job, .job_type, .client, .group] | join("|")' json)"
expect "with the message and the times of its row" "$(sql "SELECT AlertId, Message, OpenedAt, RunId FROM APP_ALERT")" \
	"$(jq -r '.alerts[0] | [.id, .message, .opened_at, .run] | join("|")' json)"
expect "from here" "$(hostname)|0" "$(jq -r '"\(.host)|\(.omitted)"' json)"
expect "the command got the same" "$(<json)" "$(<told)"
expect "and nothing of our environment" "HOME LANG PATH" \
	"$(grep -v '^\(PWD\|SHLVL\|_\|OLDPWD\)=' environment | cut -d = -f 1 | sort | paste -sd ' ')"
told "path = '/hook/slack'" | cut -d '|' -f 2- >slack
expect_match "the chat got a line" 'opened: Notes, client 1, group 10: ' "$(jq -r .text slack)"
told "path = '/hook/am'" | cut -d '|' -f 2- >am
expect "Alertmanager its labels" "JobrunConsecutiveFailures|Notes|1|10" \
	"$(jq -r '.[0].labels | [.alertname, .job, .client, .group] | join("|")' am)"
expect "and an end to come" true "$(jq '.[0] | (.endsAt | .[:19] + "Z" | fromdateiso8601) > now + 86400' am)"
forget_told
run_job Notes
expect_status "it fails again" 1
expect "nobody is told twice" "" "$(told)"
mend_client
run_job Notes
expect_status "it is well again" 0
expect "all are told that" "/hook/am
/hook/json
/hook/slack" "$(told | cut -d '|' -f 1 | sort)"
told "path = '/hook/json'" | cut -d '|' -f 2- >json
expect "the alert is resolved" "resolved|$(sql "SELECT ResolvedAt FROM APP_ALERT")" \
	"$(jq -r '.alerts[0] | [.change, .resolved_at] | join("|")' json)"
told "path = '/hook/am'" | cut -d '|' -f 2- >am2
expect "Alertmanager sees the same labels" "$(jq -cS '.[0].labels' am)" "$(jq -cS '.[0].labels' am2)"
expect "with an end that is past" true "$(jq '.[0] | (.endsAt | .[:19] + "Z" | fromdateiso8601) <= now' am2)"
forget_told
run_job Notes
expect "and that is all" "" "$(told)"

# ---- a job's own stands in for the one for all
small_job '.Alerts.ConsecutiveFailures = 1 | .Retries = 0 | .Notify = {Url: "'"$OTHER_URL"'/hook/own"}'
break_client
run_job Notes
expect "only its own are told" "/hook/own" "$(told | cut -d '|' -f 1)"
forget_told
jobrun notify test Notes
expect "a test of the job goes there" "0|Notify ($OTHER_URL): took it|/hook/own" \
	"$status|$(<stdout)|$(told | cut -d '|' -f 1)"
told | cut -d '|' -f 2- >json
expect "and says what it is" "test|test|Notes" "$(jq -r '.alerts[0] | [.change, .kind, .job] | join("|")' json)"
small_job '.Alerts.ConsecutiveFailures = 1 | .Retries = 0 | .Notify = null'
forget_told
mend_client
run_job Notes
expect "null is nobody" "" "$(told)"
jobrun notify test Notes
expect_status "which a test says" 1
small_job '.Alerts.ConsecutiveFailures = 1 | .Retries = 0'

# ---- a test says of each whether it took it
set_notify "[{\"Url\": \"$OTHER_URL/hook/json\"}, {\"Command\": [\"/bin/sh\", \"-c\", \"echo no relay >&2; exit 3\"]},
	{\"Url\": \"$OTHER_URL/nowhere\"}]"
jobrun notify test
expect_status "one that fails makes the status 1" 1
expect "each has its line" "Notify[0] ($OTHER_URL): took it
Notify[1] (/bin/sh): FAILED: ended with exit status 3: no relay
Notify[2] ($OTHER_URL): FAILED: POST $OTHER_URL answered 404" "$(sort stdout)"
expect_empty "and there is no warning besides" stderr
set_notify '{"Command": ["/bin/true"]}'
expect "a caller that ignores its children's end spoils nothing" "Notify (/bin/true): took it" \
	"$(env --ignore-signal=CHLD "$JOBRUN" notify test)"
expect "no alert is left of it" 2 "$(sql "SELECT count(*) FROM APP_ALERT")"

# ---- a notifier that fails changes nothing
# outcome: all that a failing run leaves. The same each time, but for the times: nothing is known before it.
outcome() {
	leave | sed -E 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g'
}

leave() {
	mend_client
	forget
	sql "DELETE FROM APP_ALERT; DELETE FROM APP_CLIENT"
	run_job Notes
	break_client
	run_job Notes --json
	printf 'status %s\n' "$status"
	jq -cS 'del(.run, .duration_ms, .avg_item_ms) ' stdout
	sql "SELECT Status, ExitCode, Clients, Received, Processed, Errors, Acked, Owed FROM APP_JOB_RUN ORDER BY RunId;
		SELECT ClientId, Status, HttpStatus, Requests, Message FROM APP_REQUEST_LOG ORDER BY Id;
		SELECT ClientId, Stage, Code, Message FROM APP_EXCEPTION_LOG ORDER BY Id;
		SELECT JobType, ClientId, GroupId, Kind, Message, ResolvedAt FROM APP_ALERT;
		SELECT State, count(*) FROM APP_ITEM GROUP BY State"
	{ grep -v 'could not be told' stderr || true; } | sed -E 's/run [0-9]+//; s/[0-9.]+ s$//'
}
succeed "$JOBRUN" notify remove
outcome >before
expect_match "the run to compare with fails" '^status 1$' "$(<before)"

# changes_nothing NAME WARNING JSON
changes_nothing() {
	set_notify "$3"
	outcome >after
	expect "$1: all is as without it" "" "$(diff before after || true)"
	grep 'could not be told' stderr >warnings || true
	expect "$1: it is one line on standard error" 1 "$(wc -l <warnings)"
	expect_match "$1: that says what happened" "warning Notes run [0-9]+: alerts could not be told to $2" "$(<warnings)"
}
changes_nothing "exit status 1" 'Notify \(/bin/false\): ended with exit status 1$' '{"Command": ["/bin/false"]}'
changes_nothing "no such command" 'Notify \(/nowhere\): cannot start it: No such file' '{"Command": ["/nowhere"]}'
changes_nothing "a command that hangs" 'Notify\[0\] \(/bin/sleep\): ended after 1 s' \
	'[{"Command": ["/bin/sleep", "1000"], "Timeout": 1}]'
changes_nothing "nobody listens" 'Notify \(http://127.0.0.1:1\): POST http://127.0.0.1:1: no connection' \
	'{"Url": "http://127.0.0.1:1/hook"}'
changes_nothing "an answer of 404" "Notify \($OTHER_URL\): POST $OTHER_URL answered 404\$" "{\"Url\": \"$OTHER_URL/x\"}"
URL=$OTHER_URL fault '{"path": "/hook/hang", "kind": "hang", "times": 0}'
changes_nothing "an answer that never comes" "Notify \($OTHER_URL\): POST $OTHER_URL: no answer" \
	"{\"Url\": \"$OTHER_URL/hook/hang\", \"Timeout\": 0.3}"
changes_nothing "a URL that is not there" 'Notify \(env:HOOK\): env:HOOK: no such variable' '{"Url": "env:HOOK"}'

set_notify '{"Command": ["/bin/false"]}'
mend_client
run_job Notes
break_client
run_job Notes -q
expect_match "who is quiet hears of it, too" 'warning Notes run [0-9]+: alerts could not be told to Notify \(/bin/false\)' "$(<stderr)"

# ---- a secret URL is shown nowhere, whether it is heard or not
# shown: all that anybody can see after a failing run with -vv.
shown() {
	mend_client
	run_job Notes
	break_client
	run_job Notes -vv --json
	cat stdout stderr
	run_job Notes -vv --log-format json
	cat stdout stderr
	jobrun notify test
	cat stdout stderr
	jobrun notify show
	cat stdout stderr
	sql .dump
	if [[ -e $WORK/caller ]]; then cat "$WORK/caller"; fi
}
(umask 077 && echo "$OTHER_URL/hook/s3cret" >hook.url)
set_notify "[{\"Url\": \"file:$WORK/hook.url\"},
	{\"Command\": [\"/bin/sh\", \"-c\", \"tr '\\\\0' ' ' </proc/\$PPID/cmdline >$WORK/caller\"]}]"
shown >all
expect_match "it was told" '^/hook/s3cret$' "$(told | cut -d '|' -f 1)"
expect_match "ps was looked at meanwhile" 'jobrun' "$(<caller)"
expect_no_match "heard: nothing shows the URL" "s3cret|$OTHER_URL" "$(<all)"
URL=$OTHER_URL fault '{"path": "/hook/s3cret", "kind": "status", "status": 400, "body": "no /hook/s3cret", "times": 0}'
shown >all
expect_match "now it is refused" "could not be told to Notify\[0\] \(file:$WORK/hook.url\): POST file:$WORK/hook.url answered 400" \
	"$(<all)"
expect_no_match "refused: nothing shows the URL" "s3cret|$OTHER_URL" "$(<all)"
URL=$OTHER_URL clear_faults
set_notify "{\"Url\": \"$OTHER_URL/nothing/s3cret?token=s3cret\"}"
shown >all
expect_no_match "of a URL that stands in the definition, messages show the host alone" s3cret \
	"$(grep -v -e '"Url"' -e 'INSERT INTO APP_SETTING' all)"
books_balance
