#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# The metrics reach a real Prometheus by way of node_exporter, and its rules make alerts of them.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

daemons=()
# shellcheck disable=SC2154  # pid is assigned there
trap 'result=$?; for pid in "${daemons[@]}"; do kill "$pid"; wait "$pid"; done 2>/dev/null || true
	set +eE; trap - ERR; (exit "$result"); finish' EXIT

start_server
small_db
set_system
small_job
small_client
small_client '{"ClientId": "o\"dd\\"}'
new_key
records 1 3 | put_records records 1 10
mkdir textfiles
FILE=textfiles/jobrun.prom

# series NAME-WITH-LABELS: its value in the file.
series() {
	grep -F "$1 " "$FILE" | sed 's/.* //'
}

run_job Notes --metrics-file "$FILE"
expect_status "a run writes its metrics" 0
expect "its file is for all to read" 644 "$(stat -c %a "$FILE")"
expect "and the only one there" jobrun.prom "$(ls textfiles)"
expect "promtool finds nothing" "" "$(promtool check metrics <"$FILE" 2>&1)"
expect "received" 3 "$(series 'jobrun_job_last_run_received_items{job_name="Notes"}')"
expect "processed, for the client" 3 "$(series 'jobrun_client_last_run_processed_items{job_name="Notes",client="1",group="10"}')"
for name in last_run_duration_seconds last_run_mean_item_seconds last_success_timestamp_seconds; do
	expect_match "$name, for the job" '^[0-9]+[.][0-9]+$' "$(series "jobrun_job_$name{job_name=\"Notes\"}")"
	expect_match "$name, for the client" '^[0-9]+[.][0-9]+$' \
		"$(series "jobrun_client_$name{job_name=\"Notes\",client=\"1\",group=\"10\"}")"
done
expect "an odd id is escaped" 0 "$(series 'jobrun_client_last_run_received_items{job_name="Notes",client="o\"dd\\",group="10"}')"
expect "how it ended" 1 "$(series 'jobrun_job_last_run_status{job_name="Notes",status="ok"}')"
expect_no_match "no timestamps" '} [^ ]+ ' "$(<"$FILE")"
succeed "$JOBRUN" metrics
expect "the verb prints the same" "$(grep -v _seconds "$FILE")" "$(grep -v _seconds stdout)"
jobrun metrics --job Nots
expect_status "a job that is not there" 64

fault '{"path": "/api/records", "kind": "status", "status": 403, "times": 9}'
run_job Notes --metrics-file "$FILE"
expect_status "a run that fails" 1
expect "writes its metrics, too" "1 1" "$(series 'jobrun_job_last_run_status{job_name="Notes",status="failed"}') \
$(series 'jobrun_client_consecutive_failures{job_name="Notes",client="1",group="10"}')"
clear_faults
succeed "$JOBRUN" hold Notes --reason test
run_job Notes --metrics-file "$FILE"
expect_status "a run that may not begin" 75
expect "does, too" 1 "$(series 'jobrun_job_held{job_name="Notes"}')"
succeed "$JOBRUN" release Notes
# All that there can be at once: promtool has an eye on each name.
add_client 7 '{"ClientId": 2, "Route": "/api/records", "SendFrequency": 60}'
run_job Notes --client 2
expect_status "a run of one client" 0
sql "UPDATE APP_ITEM SET State = 'applied' WHERE ItemId = '1'; UPDATE APP_ITEM SET State = 'parked' WHERE ItemId = '2'"
sql "INSERT INTO APP_ALERT (JobType, ClientId, GroupId, Kind, Message, OpenedAt, RemindedAt) VALUES
	(7, '1', '10', 'owed', 'm', '2026-11-23T07:00:00.000Z', '2026-11-23T07:00:00.000Z')"
succeed "$JOBRUN" client pause Notes 1 --reason test
succeed "$JOBRUN" metrics --job Notes
expect "promtool finds nothing in all that there can be" "" "$(promtool check metrics <stdout 2>&1)"
cp stdout "$FILE"
expect "an alert that is open" 1 "$(series 'jobrun_alert_open{job_name="Notes",client="1",group="10",kind="owed"}')"
expect "owed and parked, for job and client" "1 1 1 1" "$(for name in owed parked; do
	series "jobrun_job_${name}_items{job_name=\"Notes\"}"
	series "jobrun_client_${name}_items{job_name=\"Notes\",client=\"1\",group=\"10\"}"
done | paste -sd' ')"
expect_match "when a client is due" '^jobrun_client_next_due_timestamp_seconds\{job_name="Notes",client="2",group="0"\} [0-9.]+$' \
	"$(<"$FILE")"
succeed "$JOBRUN" client resume Notes 1
sql "DELETE FROM APP_ALERT; UPDATE APP_ITEM SET State = 'acked'; DELETE FROM APP_CLIENT WHERE ClientId = '2'"
succeed "$JOBRUN" client remove Notes 2
before=$(<"$FILE")
run_job Notes --dry-run --metrics-file "$FILE"
expect "a dry run does not" "$before" "$(<"$FILE")"
jobrun Notes --key wrong --metrics-file other.prom
expect_status "nor does whoever has no key" 77
[[ ! -e other.prom ]] || fail "it wrote other.prom"
run_job Notes --metrics-file absent/jobrun.prom
expect_status "what cannot be written does not change the result" 0
expect "but is told, in one line" 1 "$(wc -l <stderr)"
expect_match "by name" 'warning.*metrics.*absent/jobrun\.prom.*No such file' "$(<stderr)"
run_job Notes -q --metrics-file absent/jobrun.prom
expect_match "also with -q" 'warning.*metrics were not written' "$(<stderr)"
(umask 077 && run_job Notes --metrics-file private.prom)
expect "whatever the umask, all may read it" 644 "$(stat -c %a private.prom)"
ln -s /etc/hostname linked.prom
run_job Notes --metrics-file linked.prom
expect "a link is replaced, not followed" "regular file" "$(stat -c %F linked.prom)"
expect_match "the rules pass their own tests" SUCCESS \
	"$(cd "$TREE/examples/prometheus" && promtool test rules jobrun.rules.test.yml 2>&1)"
succeed promtool check config --syntax-only "$TREE/examples/prometheus/prometheus.yml"

# free_port: one that nobody listens on just now.
free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'
}

# start_daemon PATH COMMAND…: with PORT in its words replaced by a free one, $port, and once PATH answers there. Another
# program may be quicker to take that port: then it is tried with another.
start_daemon() {
	local path=$1 i try

	shift
	for try in 1 2 3 4 5; do
		port=$(free_port)
		"${@//PORT/$port}" >>"$WORK/server.log" 2>&1 &
		daemons+=($!)
		for ((i = 0; i < 600; i++)); do
			curl --silent --fail --noproxy '*' --max-time 5 "http://127.0.0.1:$port$path" >/dev/null && return 0
			kill -0 "${daemons[-1]}" 2>/dev/null || break
			sleep 0.1
		done
		unset "daemons[-1]"
	done
	fail "$1 does not start (tried $try times)"
}

# A job that failed, so that an alert fires; without the wait that a person wants.
fault '{"path": "/api/records", "kind": "status", "status": 403, "times": 9}'
run_job Notes --metrics-file "$FILE"
expect_status "the last run failed" 1
start_daemon /metrics prometheus-node-exporter --web.listen-address=127.0.0.1:PORT --collector.disable-defaults \
	--collector.textfile --collector.textfile.directory="$WORK/textfiles"
expect_match "node_exporter passes them on" '^jobrun_build_info\{' \
	"$(curl --silent --noproxy '*' "http://127.0.0.1:$port/metrics")"
sed -e '/for: 5m/d' "$TREE/examples/prometheus/jobrun.rules.yml" >jobrun.rules.yml
sed -e "s/localhost:9100/127.0.0.1:$port/" -e 's/: 1m/: 1s/' "$TREE/examples/prometheus/prometheus.yml" >prometheus.yml
start_daemon /-/ready prometheus --config.file=prometheus.yml --storage.tsdb.path="$WORK/tsdb" \
	--web.listen-address=127.0.0.1:PORT

# query EXPRESSION: the labels of what it finds, once it finds something.
query() {
	local i found

	for ((i = 0; i < 600; i++)); do
		found=$(curl --silent --noproxy '*' --data-urlencode "query=$1" "http://127.0.0.1:$port/api/v1/query" |
			jq -c '.data.result[]? | .metric')
		[[ -z $found ]] || break
		sleep 0.1
	done
	printf '%s\n' "$found"
}

expect "Prometheus has the job under its own label" '["Notes","node"]' \
	"$(query 'jobrun_job_last_run_status{status="failed"}' | jq -c '[.job_name, .job]')"
expect_match "and the file's age under the name that the rules look for" 'jobrun\.prom' \
	"$(query 'node_textfile_mtime_seconds{file=~".*jobrun[^/]*\\.prom"}' | jq -r .file)"
expect "and an alert fires" '["firing","Notes","ticket"]' \
	"$(query 'ALERTS{alertname="JobrunJobFailed", alertstate="firing"}' | jq -c '[.alertstate, .job_name, .severity]')"
expect "no other does" "" "$(curl --silent --noproxy '*' "http://127.0.0.1:$port/api/v1/alerts" |
	jq -r '.data.alerts[].labels.alertname' | grep -v JobrunJobFailed || true)"
