#!/bin/bash
# Wherever a run waits: --max-time and a signal end it tidily; stopped for a while and continued, it goes on; and its
# terminal may go away.
. "$(dirname "$0")/lib.sh"

start_server
workflow_db
set_system ris '{"Timeout": 60, "Retries": 3}'
workflow_job
workflow_client 1
workflow_client 2
know 1 100000
new_key
next=1
ways=0
trap 'result=$?; tmux -S "$WORK/tmux" kill-server 2>/dev/null || true; kill_left; set +eE; trap - ERR; (exit "$result"); finish' EXIT

# phase NAME: what the run waits for from now on: an order for the external system, or another's write lock.
phase() {
	clear_faults
	es_sql "DELETE FROM request_log"
	offer 1 "$next" $((next + 9))
	next=$((next + 10))
	case $1 in
	'the answer') fault '{"kind": "hang", "client": "1", "path": "/api/records", "method": "GET", "times": 0}' ;;
	'a body') fault '{"kind": "drip", "every_ms": 50, "client": "1", "path": "/api/records", "method": "GET", "times": 0}' ;;
	'the next try') fault '{"kind": "status", "status": 503, "client": "1", "headers": {"Retry-After": "30"}, "path": "/api/records", "method": "GET", "times": 0}' ;;
	'an ack') fault '{"kind": "delay", "delay_ms": 2500, "path": "/api/records/ack", "times": 0}' ;;
	'an ack of what is owed')
		fault '{"kind": "status", "status": 400, "path": "/api/records/ack", "times": 1}'
		run_job Complete --client 1
		expect_match "$1: the run before it fails" '^(1|69)$' "$status"
		clear_faults
		es_sql "DELETE FROM request_log"
		fault '{"kind": "delay", "delay_ms": 2500, "path": "/api/records/ack", "times": 0}'
		;;
	esac
}

# ended WHAT STATUS…: one of these, its row says so, and nothing that was committed is owed.
ended() {
	local what=$1

	shift
	[[ " $* " == *" $status "* ]] || fail "$what: exit status $status, not $*"
	[[ $(last_run "ExitCode, Owed") == "$status|0" ]] || fail "$what: its row says $(last_run "Status, ExitCode, Owed")"
	invariants
	ways=$((ways + 1))
}

for wait in 'the answer' 'a body' 'the next try' 'an ack' 'an ack of what is owed'; do
	late=(75)
	# Its work is done but for the ack that is waited for: then it ended in time.
	[[ $wait != 'an ack' ]] || late=(75 0)
	phase "$wait"
	run_job Complete --max-time 1
	ended "--max-time, and it waits for $wait" "${late[@]}"
	for signal in $(share INT 'TERM INT HUP'); do
		phase "$wait"
		start_job Complete
		until_true "it asks" asked /api/records "$([[ $wait == 'an ack' ]] && echo 3 || echo 1)"
		end_job "$signal"
		ended "SIG$signal, and it waits for $wait" $((128 + $(kill -l "$signal")))
	done
done
clear_faults
run_job Complete
expect_status "the next run does the rest" 0
expect "all of it, once" "$((next - 1))" "$(sql "SELECT count(*) FROM workflow_trigger")"
invariants

# Before it is on record: the key at its standard input, and the lock.
mkfifo slow
exec 9<>slow
"$JOBRUN" Complete --key-file - <slow >job.out 2>job.err &
job_pid=$!
sleep 0.5
end_job INT
expect_status "SIGINT, and it waits for its key" 130
exec 9>&-
ways=$((ways + 1))

# Rules that take long: what is applied is applied, the rest comes again; a thousand items are not waited for.
sql "UPDATE APP_JOB_TYPE SET Rules = '$(printf '%s\n' "$WORKFLOW_RULES" "-- long
SELECT 1 FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) AS m FROM n) WHERE m < 0;" |
	sed "s/'/''/g")'"
offer 1 "$next" $((next + 999))
es_sql "DELETE FROM request_log"
triggers=$(sql "SELECT count(*) FROM workflow_trigger")
more_triggers() {
	(($(sql "SELECT count(*) FROM workflow_trigger") > triggers))
}
start_job Complete --client 1
until_true "some are applied" more_triggers
end_job TERM
ended "SIGTERM, and a thousand items of slow rules wait" 143
expect "some of them are applied and acknowledged, and most are not" 1 \
	"$(last_run "Status = 'stopped' AND Received = Processed AND Acked = Processed AND Processed BETWEEN 1 AND 900")"
sql "UPDATE APP_JOB_TYPE SET Rules = '${WORKFLOW_RULES//\'/\'\'}'"
run_job Complete
expect_status "the next run does the rest" 0
next=$((next + 1000))
expect "all of it, once" "$((next - 1))" "$(sql "SELECT count(*) FROM workflow_trigger")"
expect "in its order" "" "$(sql "SELECT a.record FROM workflow_trigger a JOIN workflow_trigger b ON b.seq = a.seq + 1
	WHERE a.client = '1' AND b.record < a.record AND a.record >= $((next - 1000))")"
count "ways to end where it waits" "$ways"

# Stopped for longer than any time-out, while the server closes its connections.
stops=0
set_system ris '{"Timeout": 1, "ConnectTimeout": 1, "Retries": 3}'
for wait in GET POST; do
	for kind in delay drip restart; do
		[[ $wait/$kind != POST/drip ]] || continue
		clear_faults
		es_sql "DELETE FROM request_log"
		offer 1 "$next" $((next + 9))
		next=$((next + 10))
		[[ $kind == drip ]] || fault '{"kind": "delay", "delay_ms": 700, "path": "/api/records", "method": "'$wait'", "times": 1}'
		[[ $kind != drip ]] || fault '{"kind": "drip", "every_ms": 2, "path": "/api/records", "method": "GET", "times": 1}'
		start_job Complete --client 1
		until_true "it asks" asked /api/records "$([[ $wait == POST ]] && echo 2 || echo 1)"
		kill -STOP "$job_pid"
		[[ $kind == restart ]] || sleep 1.5
		[[ $kind != restart ]] || { stop_server KILL && start_server; }
		kill -CONT "$job_pid"
		end_job
		expect_status "stopped in a $wait ($kind), and continued" 0
		expect "and all is done" "$((next - 1))|0" "$(sql "SELECT count(*) FROM workflow_trigger")|$(last_run Owed)"
		invariants
		stops=$((stops + 1))
	done
done
count "runs that were stopped and continued" "$stops"

# A terminal that is closed: the kernel's own SIGHUP, and nobody to read what the run says.
on_record() {
	[[ $(last_run Status) == running ]]
}
gone() {
	! kill -0 "$1" 2>/dev/null
}
terminals=0
for ((i = 0; i < $(share 2 20); i++)); do
	clear_faults
	es_sql "DELETE FROM request_log"
	offer 1 "$next" $((next + 9))
	next=$((next + 10))
	fault '{"kind": "delay", "delay_ms": 30000, "client": "2", "path": "/api/records", "method": "GET", "times": 0}'
	printf '#!/bin/bash\ncd %q && exec %q Complete --key-file %q --progress always -vv --db %q\n' "$WORK" "$JOBRUN" "$KEY_FILE" "$DB" >session.sh
	tmux -S "$WORK/tmux" -f /dev/null new-session -d -x 80 -y 24 "bash session.sh"
	until_true "it asks" asked /api/records 2
	until_true "and is on record" on_record
	pid=$(last_run Pid)
	tmux -S "$WORK/tmux" kill-server
	until_true "it ends" gone "$pid"
	expect "its terminal is closed: it ends tidily" "stopped|129|0" "$(last_run "Status, ExitCode, Owed")"
	invariants
	terminals=$((terminals + 1))
done
clear_faults
run_job Complete
expect_status "and the next run does the rest" 0
expect "all of it, once" "$((next - 1))" "$(sql "SELECT count(*) FROM workflow_trigger")"
invariants
count "terminals that went away" "$terminals"
