#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# check --probe: one request for each way of speaking to a system, the one that a run would send; nothing is applied,
# nothing acknowledged, nothing written.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db
set_system ris '{"Headers": {"X-Site": "north"}}'
small_job
new_key
small_client '{"Days": 3}'
records 1 3 | put_records records 1 10

# configure JSON…: these clients over the first, and no others.
configure() {
	sql "DELETE FROM APP_JOB_CONFIG"
	for json in "$@"; do
		small_client "$json"
	done
	es_sql "DELETE FROM request_log"
}

# lines: what was said, but for how long it took.
lines() {
	sed -E 's/, [0-9]+ ms/, N ms/' stdout
}

# untouched NAME: no item, no run, no ack.
untouched() {
	expect "$1: nothing is applied, acknowledged or logged" "0 0 0 0" "$(sql "SELECT (SELECT count(*) FROM note) || ' ' ||
		(SELECT count(*) FROM APP_ITEM) || ' ' || (SELECT count(*) FROM APP_JOB_RUN)") $(es_sql "SELECT count(*) FROM ack_log")"
}

jobrun check --probe
expect_status "all is well" 0
expect "it says what the system answered" "ok       job Notes, client 1, group 10: GET $URL/api/records: 200, 3 items, N ms
checked 1 system, 1 job, 1 client, 1 key, 1 probe: all is well" "$(lines)"
untouched "well"
probe=$(es_sql "SELECT method, path, query, client, auth, auth_ok, bytes FROM request_log")
es_sql "DELETE FROM request_log"
run_job Notes
expect "it is the request that a run sends" "$(es_sql "SELECT method, path, query, client, auth, auth_ok, bytes
	FROM request_log WHERE method = 'GET'")" "$probe"
forget

configure '{}' '{"ClientId": 2}' '{"ClientId": 3, "Headers": {"X-Site": "south"}}' '{"ClientId": 4, "Enabled": false, "Auth": null}' \
	'{"ClientId": 5, "Auth": null}'
succeed "$JOBRUN" client disable Notes 5
jobrun check --probe
expect_status "several clients" 0
expect "one request for each way of speaking to it, none for those who are off" "1 3" \
	"$(es_sql "SELECT group_concat(client, ' ') FROM (SELECT client FROM request_log ORDER BY client)")"
expect_match "each is told" '^checked 1 system, 1 job, 5 clients, 1 key, 2 probes: all is well' "$(<stdout)"
jobrun check --probe Notes --json
expect "as JSON" '["ok","answered","1",true]
["ok","answered","3",true]' "$(jq -c '.[] | select(.Probe) | [.Level, .Code, .ClientId, .Probe]' stdout)"

configure '{}'
set_system ris "{\"Auth\": null, \"Headers\": {\"X-Api-Key\": \"$(<token)\"}}"
jobrun check --probe
expect_status "headers are sent" 0
expect "as they are configured" "X-Api-Key|1" "$(es_sql "SELECT auth, auth_ok FROM request_log")"
set_system

# refused NAME STATUS REGEX: what a probe says, and that it says nothing else.
refused() {
	jobrun check --probe
	expect_status "$1" "$2"
	expect_match "$1: it says so" "^$3" "$(<stdout)"
	expect "$1: and nothing else" 2 "$(wc -l <stdout)"
	expect_no_match "$1: without the secret" "$(<token)" "$(<stdout)$(<stderr)"
	untouched "$1"
	clear_faults
}

configure '{}'
(umask 077 && echo "not-the-token" >wrong)
set_system ris "{\"Auth\": {\"Bearer\": \"file:$WORK/wrong\"}}"
refused "a token that is refused" 69 'error    job Notes, client 1, group 10: GET .*/api/records answered 401 \(check Auth and its secret\)'
set_system ris '{"BaseUrl": "http://127.0.0.1:9", "Auth": null}'
refused "a system that is not there" 69 'error    job Notes, client 1, group 10: GET http://127.0.0.1:9/api/records: no connection'
set_system
fault '{"kind": "status", "path": "/api/records", "status": 503, "times": 0}'
refused "a system that is busy" 69 'error    job Notes, client 1, group 10: GET .* answered 503'
expect "is asked once" 1 "$(requests "status = 503")"
fault '{"kind": "body", "path": "/api/records", "body": "<html>"}'
refused "an answer that is no JSON" 69 'error    job Notes, client 1, group 10: the answer is no valid JSON at byte 0'
fault '{"kind": "body", "path": "/api/records", "body": "{\"records\": []}"}'
refused "an answer of another shape" 69 'error    job Notes, client 1, group 10: the answer holds no array of items: the whole answer is an object'
fault '{"kind": "body", "path": "/api/records", "body": "[{\"id\": 1}, {\"ID\": 2}, {\"ID\": 3}]"}'
refused "items without an id" 0 'warning  job Notes, client 1, group 10: .*200, 3 items, [0-9]+ ms, but 2 of them cannot be used; the first: it has no id where Fetch.ItemId'
fault '{"kind": "status", "path": "/api/records", "status": 204, "times": 1}'
refused "no content" 0 'ok       job Notes, client 1, group 10: .*: 204, 0 items'
fault '{"kind": "hang", "path": "/api/records", "times": 1}'
set_system ris '{"Timeout": 1}'
refused "a system that hangs" 69 'error    job Notes, client 1, group 10: GET .*/api/records: no answer within 1 s \(Timeout\)'
set_system

# What cannot be sent is not sent, and is no probe's failure alone.
set_system ris '{"Auth": {"Bearer": "env:RIS_ABSENT"}}'
es_sql "DELETE FROM request_log"
jobrun check --probe
expect_status "a secret that is not there" 78
expect_match "a secret that is not there: the probe says so, too" '^error    job Notes, client 1, group 10: not asked: env:RIS_ABSENT' "$(<stdout)"
expect "a secret that is not there: nobody is asked" 0 "$(requests 1)"
set_system

# The shapes of a fetch: a body, pages, and far more than is wanted.
small_job '.Fetch = {Method: "POST", Path: "{Route}", Query: {},
	Body: {clientId: "{ClientId}", groupId: "{GroupId}", days: "{Days}"}}'
configure '{}'
jobrun check --probe
expect "a POST with its body" "POST|1|200" "$(es_sql "SELECT method, client, status FROM request_log")"
expect_match "and its answer" '^ok .*: POST .*/api/records: 200, 3 items' "$(<stdout)"
small_job '.Fetch.Path = "{Route}/paged/next" | .Fetch.Items = "/items" | .Fetch.Pages = {Next: "/next"} |
	.Fetch.Query = {clientId: "{ClientId}", groupId: "{GroupId}", size: 2}'
configure '{}'
jobrun check --probe
expect "the first page alone" 1 "$(requests 1)"
expect_match "and what is on it" ': 200, 2 items' "$(<stdout)"
small_job
jq -nc '("x" * 100000) as $x | range(1; 41) | {id: ., x: $x}' | put_records records 9 10
configure '{"ClientId": 9}'
jobrun check --probe
expect_status "four million bytes" 0
expect_match "the first of them are enough" ': 200, 1[0-9] items in the first MiB, ' "$(<stdout)"
untouched "shapes"

# Two at once: one that hangs holds up nobody, and a signal ends both.
configure '{}' '{"ClientId": 2, "Timeout": 30}'
fault '{"kind": "hang", "path": "/api/records", "client": "2", "times": 0}'
"$JOBRUN" check --probe >probe.out 2>probe.err &
pid=$!
for ((i = 0; i < 1000 && $(requests "client = '1' AND status = 200") == 0; i++)); do
	kill -0 "$pid" || fail "it ended by itself"
	sleep 0.02
done
expect "the other is answered while the first hangs" 1 "$(requests "client = '1' AND status = 200")"
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
expect "a signal ends it" 143 "$status"
expect "and nothing half is said" "" "$(<probe.out)"
