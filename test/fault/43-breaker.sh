#!/bin/bash
# A host that is down for many clients costs one round of timeouts, not one each; others lose nothing by it, and an answer of
# any kind, or one client's slow script, is no host that is down.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/hostile.sh"

hostile_files
start_hostile
start_server
workflow_db
set_system
jq -n '{AllowHttp: true}' >bare.json
succeed "$JOBRUN" system set bare bare.json
workflow_job '.Ack = null'
new_key
know 1 1000
share=$(share 60 300)

# clients PREFIX COUNT JSON [FIRST]: so many of them, in this order, with these keys.
clients() {
	sql "WITH RECURSIVE n (i) AS (SELECT ${4-1} UNION ALL SELECT i + 1 FROM n WHERE i < ${4-1} + $2 - 1)
		INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration)
		SELECT 3, '/api/records', json_group_array(json_patch(json_object('ClientId', '$1-' || i, 'GroupId', 10), '$3')) FROM n"
}

# well COUNT [FIRST]: so many clients of the external system, with an item each.
well() {
	local i first=${2-1}

	clients well "$1" '{}' "$first"
	for ((i = first; i < first + $1; i++)); do
		echo "{\"id\":$i,\"status\":\"COMPLETED\"}" | put_records records "well-$i" 10
	done
}

# anew: no clients, no errors, nothing done; the external system well and without records.
anew() {
	sql "DELETE FROM APP_JOB_CONFIG; DELETE FROM APP_EXCEPTION_LOG; DELETE FROM APP_REQUEST_LOG; DELETE FROM APP_ITEM;
		DELETE FROM APP_JOB_RUN; DELETE FROM workflow_trigger; DELETE FROM APP_CLIENT; DELETE FROM APP_ALERT"
	clear_faults
	es_sql "DELETE FROM record; DELETE FROM request_log"
}

# timed ARGUMENT…: runs the job, $took is how long.
timed() {
	local begun

	begun=$(now_ms)
	run_job Complete "$@"
	took=$(($(now_ms) - begun))
	echo "# $took ms"
}

# codes: of the clients' own errors, with how many clients of each kind have them.
codes() {
	sql "SELECT Code FROM APP_EXCEPTION_LOG WHERE ItemId IS NULL GROUP BY 1 ORDER BY 1" | paste -sd' '
}
well_ones() {
	sql "SELECT Status, count(*), sum(Processed) FROM APP_REQUEST_LOG WHERE ClientId LIKE 'well-%' GROUP BY 1"
}
T='"Timeout": 2, "ConnectTimeout": 2, "Retries": 4, "System": "bare"'

# down NAME CODE URL MOST: many clients of one dead host, alone and among others.
down() {
	local name=$1 code=$2 most=$4

	anew
	clients dead "$share" "{\"BaseUrl\": \"$3\", $T}"
	timed
	expect_status "$name: nobody was reached" 69
	((took < most)) || fail "$name: $took ms for $share clients"
	ok "$name: $share clients cost $took ms, less than $most"
	expect "$name: those who tried have its code, the others their own" "$(printf '%s\n' "$code" host_down | sort | paste -sd' ')" "$(codes)"
	expect "$name: each client's failure is on record" "$share" "$(sql "SELECT count(DISTINCT ClientId) FROM APP_EXCEPTION_LOG")"
	expect "$name: the log says once that the host is down" 1 "$(grep -c "warning Complete run .*: $3 is down: " stderr)"
	expect_match "$name: a client says since when, and why" "^GET $3/api/records: not asked: $3 has given nobody an answer since 20" \
		"$(sql "SELECT Message FROM APP_EXCEPTION_LOG WHERE Code = 'host_down'")"
	expect "$name: most were not even tried" 1 "$(sql "SELECT count(*) * 10 < $share * 5 FROM APP_REQUEST_LOG WHERE Requests > 0")"
	books_balance >/dev/null

	anew
	well 5
	clients dead "$share" "{\"BaseUrl\": \"$3\", $T}"
	well 5 6
	timed
	expect_status "$name: among others" 1
	expect "$name: the others, first and last, are all well" "ok|10|10" "$(well_ones)"
	((took < most)) || fail "$name: among others, $took ms"
	ok "$name: and all of it took $took ms"
	invariants
	hosts=$((hosts + 2))
}
hosts=0

# One round is 2 s; without a breaker it would be a hundred clients' five attempts, six at once: more than a minute.
down refused connect "http://127.0.0.1:1" 15000
down "no connection" connect_timeout "http://127.0.0.1:$full" 15000
down silence timeout "http://127.0.0.1:$silent" 15000

# The same as JSON, and not a word of it in what cron mails of the events that are not shown.
anew
clients dead 20 "{\"BaseUrl\": \"http://127.0.0.1:1\", $T}"
timed --log-format json
expect "an event in the JSON log" "warning" "$(jq -r 'select(.event == "host_down") | .level' stderr)"
expect "client_failed has the code" 1 "$(jq -s 'map(select(.event == "client_failed" and .code == "host_down")) | length > 0' stderr |
	grep -c true)"

# Answers, whatever they say, are no host that is down.
for answer in '"kind": "status", "status": 503' '"kind": "status", "status": 404' '"kind": "cut", "at_byte": 5'; do
	anew
	fault "{$answer, \"method\": \"GET\", \"times\": 0}"
	set_system ris '{"Timeout": 10, "ConnectTimeout": 2, "Retries": 1}'
	clients well 10 '{}'
	timed
	expect "answers such as $answer: no client is turned away" 0 \
		"$(sql "SELECT count(*) FROM APP_EXCEPTION_LOG WHERE Code = 'host_down'")"
	expect "answers such as $answer: each was asked" 10 "$(sql "SELECT count(*) FROM APP_REQUEST_LOG WHERE Requests > 0")"
done

# Slow scripts, first in the row and as many as are visited at once, and more: the others of the same host are all served.
anew
set_system ris '{"Timeout": 20, "ConnectTimeout": 1, "Retries": 1}'
for i in {1..9}; do
	fault "{\"kind\": \"hang\", \"client\": \"slow-$i\", \"times\": 0}"
done
clients slow 9 '{"Timeout": 1}'
well 20
timed
expect_status "slow scripts: they fail" 1
expect "slow scripts: nobody else does" "ok|20|20" "$(well_ones)"
expect "slow scripts: the host is never said to be down" 0 "$(grep -c ' is down: ' stderr || true)"
expect "slow scripts: they fail for what they are, or since nobody was answered" "" "$(sql "SELECT ClientId, Code
	FROM APP_EXCEPTION_LOG WHERE ClientId NOT LIKE 'slow-%' OR Code NOT IN ('timeout', 'host_down')")"
invariants

# A restart that is shorter than the timeout costs nobody anything.
anew
set_system ris '{"Timeout": 5, "ConnectTimeout": 5, "Retries": 6}'
well 10
stop_server TERM
start_job Complete
sleep 1
start_server
end_job
expect_status "a restart of a second: all is well" 0
expect "a restart of a second: everyone" "ok|10|10" "$(well_ones)"

# The host comes back: one asks, and then all are served. Somebody else's silence is what the run lasts so long for.
anew
set_system ris '{"Timeout": 10, "ConnectTimeout": 1, "Retries": 1}'
clients first 30 '{}'
clients slow 1 "{\"BaseUrl\": \"http://127.0.0.1:$silent\", \"Timeout\": 11, \"Retries\": 0, \"System\": \"bare\"}"
well 10
stop_server TERM
start_job Complete -j 1 --log-format json
until_true "the host is given up" grep -q host_down job.err
start_server
end_job
expect_status "back again" 1
expect "back again: who comes then is served" "ok|10|10" "$(well_ones)"
expect "back again: the log says so" "host_down host_up" "$(jq -r 'select(.event | startswith("host_")) | .event' stderr | paste -sd' ')"
expect_match "back again: which one, and after how long" "^$URL answers again, after [0-9]+ s" \
	"$(jq -r 'select(.event == "host_up") | .message' stderr)"
books_balance
invariants
end_hostile
count "clients of a host that is down" $((share * hosts))
