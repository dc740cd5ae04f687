#!/bin/bash
# One run of a job at a time: the kernel's lock says so, and dies with its holder.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job
write_workflow '.JobType = 4 | .Name = "Other"'
succeed "$JOBRUN" job install workflow
workflow_client 1
know 1 100
offer 1 1 5
new_key

# slow MS: the first answer takes so long.
slow() {
	fault '{"kind": "delay", "path": "/api/records", "method": "GET", "delay_ms": '"$1"', "times": 1}'
}

slow 4000
start_job Complete
until_true "the first run asks" asked /api/records
sql "SELECT Pid, StartedAt FROM APP_JOB_RUN WHERE Status = 'running'" >running
run_job Complete
expect_status "a second run while the first one is at it" 75
expect_match "it says who holds the lock, and since when" \
	"another run of this job is under way \(pid $job_pid since $(date -u +%Y-%m-%dT)[0-9:.]+Z\)" "$(<stderr)"
expect_empty stdout
expect "which is also the run's row" "$job_pid" "$(cut -d'|' -f1 running)"
expect "the second one has none" 1 "$(sql "SELECT count(*) FROM APP_JOB_RUN")"
run_job Complete -n
expect_status "a dry run may look on beside it" 0
run_job Other
expect_status "another job may run beside it" 0
run_job Complete --wait 20
expect_status "--wait waits for its end" 0
until_true "the first one is over" eval "! kill -0 $job_pid 2>/dev/null"
end_job
expect_status "which was undisturbed" 0
expect "both did their work" "3|ok|5
3|ok|0" "$(sql "SELECT JobType, Status, Processed FROM APP_JOB_RUN WHERE JobType = 3 ORDER BY RunId")"
triggered_once "after both" 5

# Longer than a slow machine takes to wait for a second: this one does not see its end.
clear_faults
slow 60000
es_sql "DELETE FROM request_log"
start_job Complete
until_true "the next run asks" asked /api/records
begun=$(now_ms)
run_job Complete --wait 1
expect_status "a wait that is too short" 75
(($(now_ms) - begun >= 1000)) || fail "it did not wait"
ok "it waited all the same"
end_job KILL
expect_status "the holder is killed" 137
run_job Complete -v
expect_status "and the lock is free, without any help" 0
expect_match "the next run says what it found" "earlier run\(s\) had died" "$(<stderr)"
expect "and sets it right" "crashed 1 ok 3" \
	"$(sql "SELECT Status || ' ' || count(*) FROM APP_JOB_RUN WHERE JobType = 3 GROUP BY Status" | paste -sd' ')"

# Two at once, ten times.
for round in 1 2 3 4 5 6 7 8 9 10; do
	clear_faults
	fault '{"kind": "delay", "path": "/api/records", "method": "GET", "delay_ms": 250, "times": 0}'
	offer 1 $((round * 5 + 1)) $((round * 5 + 5))
	start_job Complete
	run_job Complete
	first=$status
	end_job
	[[ " $first $status " == *" 0 "* && " $first $status " == *" 75 "* ]] ||
		fail "round $round: the two ended with $first and $status"
done
ok "of two runs at once exactly one works, ten times of ten"
triggered_once "in the end" 55
expect "a run's row for each that worked" 15 "$(sql "SELECT count(*) FROM APP_JOB_RUN")"
expect "none is left running" 0 "$(sql "SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'running'")"
es_acked "all acknowledged" 55
books_balance
