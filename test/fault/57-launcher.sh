#!/bin/bash
# The process that starts commands of Notify for a run in its sandbox: it starts what was configured when the run began
# and nothing else, keeps no lock, and ends with the run, however that ends.
. "$(dirname "$0")/lib.sh"

start_server
workflow_db
set_system
workflow_job '.Alerts = {ConsecutiveFailures: 1} | .MaxAttempts = 1000'
workflow_client 1
workflow_client 2 '{"Route": "/api/nowhere"}'
know 1 1000
new_key
for name in one two; do
	printf '#!/bin/sh\ncat >>%q\n' "$WORK/told.$name" >"$name"
	chmod 755 "$name"
	jq -n --arg it "$WORK/$name" '[{Command: ["/bin/sh", $it]}]' >"$name.json"
done
succeed "$JOBRUN" notify set one.json

# launchers PID: the processes that start commands for that run.
launchers() {
	grep -lsaE "^jobrun: starts commands for $1\b" /proc/[0-9]*/cmdline || true
}
# begin: a run that is held up by the external system; its launcher is there.
next=0
begin() {
	local i

	sql "DELETE FROM APP_ALERT"
	next=$((next + 3))
	offer 1 $((next - 2)) "$next"
	clear_faults
	fault "{\"path\": \"/api/records\", \"client\": \"1\", \"kind\": \"delay\", \"delay_ms\": ${1:-1500}}"
	start_job Complete --force
	for ((i = 0; i < 400; i++)); do
		[[ -z $(launchers "$job_pid") ]] || break
		sleep 0.02
	done
	launcher=$(launchers "$job_pid")
	launcher=${launcher#/proc/}
	launcher=${launcher%/cmdline}
	[[ $launcher =~ ^[0-9]+$ ]] || fail "no process starts commands for $job_pid"
}
gone() {
	local i

	for ((i = 0; i < 400; i++)); do
		[[ -e /proc/$launcher ]] || return 0
		sleep 0.02
	done
	fail "$1: the process that starts commands is still there"
}

begin
files=$(find "/proc/$launcher/fd" -mindepth 1 -printf '%l\n' | sort | uniq -c | awk '{ print $1, $2 }')
expect_match "it holds /dev/null and a socket, and none of the run's files" '^3 /dev/null$' "$files"
expect "nothing else" 2 "$(wc -l <<<"$files")"
expect "it is outside the sandbox, and the run is inside" "0 1" \
	"$(for pid in "$launcher" "$job_pid"; do sed -n 's/^NoNewPrivs:\t//p' "/proc/$pid/status"; done | paste -sd' ')"
for signal in TERM INT HUP; do
	kill -s "$signal" "$launcher"
done
wait "$job_pid" || true
job_pid=
gone "a run that ends"
expect "the command was told" yes "$([[ -s told.one ]] && echo yes)"
expect_empty "and nobody complains" <(grep 'could not be told' job.err || true)

rm -f told.*
begin 2500
succeed "$JOBRUN" notify set two.json
wait "$job_pid" || true
job_pid=
expect_match "a command that is configured in the midst of a run is not started" \
	'alerts could not be told to Notify\[0\] \(/bin/sh\): cannot start it: Operation not permitted' "$(<job.err)"
[[ ! -e told.one && ! -e told.two ]] || fail "a command was started"
sql "DELETE FROM APP_ALERT"
run_job Complete --force
expect "the next run starts it" yes "$([[ -s told.two ]] && echo yes)"

begin 20000
kill -KILL "$launcher"
sleep 0.2
kill -TERM "$job_pid"
wait "$job_pid" || true
job_pid=
expect "without it the run ends as ever" 1 "$(sql "SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'stopped'")"

killed=$(share 5 100)
for ((i = 0; i < killed; i++)); do
	begin 20000
	kill -KILL "$job_pid"
	wait "$job_pid" 2>/dev/null || true
	job_pid=
	gone "a run that is killed"
	clear_faults
	run_job Complete --force
	((status == 1)) || fail "the next run: exit status $status: $(<stderr)"
	invariants
done
count "runs killed beside the process that starts their commands" "$killed"
invariants
