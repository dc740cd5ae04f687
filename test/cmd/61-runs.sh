#!/bin/bash
# runs: past runs, newest first; one client's visits; one run client by client, what failed on top. All of it as JSON.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

is_running() {
	[[ $(last_run Status) == running ]]
}

# rows FILTER ARGUMENT…: of runs --json ARGUMENT…, one a line, compact.
rows() {
	local filter=$1

	shift
	jobrun runs --json "$@"
	expect_status "runs --json $*" 0 >/dev/null
	jq -c ".[] | $filter" stdout
}

start_server
workflow_db
jobrun runs
expect_status "before any run" 0
expect "it says so" "no runs yet" "$(<stdout)"
jobrun runs --json
expect "as JSON it is an empty array" "[]" "$(<stdout)"
jobrun runs --client 1
expect "and nobody was visited" "no visit of such a client is on record" "$(<stdout)"

set_system
workflow_job
write_workflow '.JobType = 4 | .Name = "Other"'
succeed "$JOBRUN" job install workflow
workflow_client 1
workflow_client 2
workflow_client 3 '{"Route": "/api/broken"}'
add_client Other '{"ClientId": 1, "GroupId": 20, "Route": "/api/records"}'
new_key
know 1 100
offer 1 1 10
offer 2 99 105
fault '{"kind": "status", "path": "/api/broken", "status": 404}'
run_job Complete
run_job Complete --client 1
run_job Other

expect "runs are listed, the newest first" '[3,4,"Other",null,"ok",0,1,0,0,0,0,0,0,0,0]
[2,3,"Complete",null,"ok",0,1,0,0,0,0,0,0,0,0]
[1,3,"Complete",null,"degraded",1,3,0,17,12,0,5,0,12,0]' "$(rows '[.Run, .JobType, .Job, .ClientId, .Status, .ExitCode,
	.Clients, .Skipped, .Received, .Processed, .Duplicates, .Errors, .Parked, .Acked, .Owed]')"
expect "with when, where and who" 'true' "$(rows '(.FinishedAt > .StartedAt) and .DurationMs > 0 and .Pid > 0 and
	.KeyId == 1 and .Host != null and .UserId != null' | sort -u)"
expect "the mean time of an item is what the books say" true \
	"$(rows 'select(.Run == 1) | ((.AvgItemMs * .Received - .DurationMs) | fabs) < 1')"
expect "--limit" 3 "$(rows .Run --limit 1)"
expect "--job by name" "2 1" "$(rows .Run --job Complete | paste -sd' ')"
expect "--job by number" 3 "$(rows .Run --job 4)"
expect "--since" "" "$(rows .Run --since 2030-01-01)"
expect "--since an hour ago" "3 2 1" "$(rows .Run --since 1h | paste -sd' ')"
jobrun runs
expect_match "for people, too" '^ +1  Complete +20[0-9-]+T[0-9:]+Z  degraded +17 +12 +5 +3 +[0-9]+ +1 ' "$(<stdout)"
jobrun runs --job Complete --since 2030-01-01
expect "none is a sentence" "no runs of that job since 2030-01-01 00:00:00 UTC" "$(<stdout)"
for _ in $(seq 20); do
	echo "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status) VALUES (9, '2020-01-01T00:00:00.000Z', 'ok');"
done | sqlite3 "$DB"
expect "twenty, unless told otherwise" "20 9" "$(rows .JobType | uniq -c | tr -s ' ' | sed 's/^ //')"
sql "DELETE FROM APP_JOB_RUN WHERE JobType = 9"

expect "a client's visits, in all jobs" '[3,"Other","1","20","ok",0] [2,"Complete","1","10","ok",0] [1,"Complete","1","10","ok",10]' \
	"$(rows '[.Run, .Job, .ClientId, .GroupId, .Status, .Received]' --client 1 | paste -sd' ')"
expect "in one job" "2 1" "$(rows .Run --client 1 --job Complete | paste -sd' ')"
expect "of two clients" '[1,"2"] [1,"3"]' "$(rows '[.Run, .ClientId]' --client 2,3 | sort | paste -sd' ')"
expect "in a group" "3" "$(rows .Run --group 20)"
expect "of a client in a group" "2 1" "$(rows .Run --client 1 --group 10 | paste -sd' ')"
jobrun runs --client 3
expect_match "with why it failed" '^ +1  Complete +20[0-9-]+T[0-9:]+Z  3 +10 +failed .* answered 404' "$(<stdout)"

jobrun runs 1
expect_status "one run" 0
expect_match "has its facts" '^run 1 of Complete \(3\): degraded, exit status 1$' "$(<stdout)"
expect_match "when and where" '^  began    20[0-9-]+T[0-9:]+Z on .*, pid [0-9]+, user [0-9]+, key 1$' "$(<stdout)"
expect_match "its books" '^  items    17 received: 12 processed, 0 duplicates, 5 errors, 0 parked$' "$(<stdout)"
expect_match "its acks" '^  acks     12 acknowledged, 0 owed at its end$' "$(<stdout)"
expect "then client by client, what went badly first" "3 2 1" \
	"$(awk '/^ClientId/ { on = 1; next } on && NF == 0 { exit } on { print $1 }' stdout | paste -sd' ')"
expect_match "and where to look next" 'jobrun errors 1$' "$(<stdout)"
jobrun runs 2
expect_no_match "a run without errors needs no look" 'jobrun errors' "$(<stdout)"
jobrun runs 1 --limit 1
expect_match "--limit" '^and 2 more clients, none of which went worse' "$(<stdout)"
expect "as JSON: the run, and its visits" '[1,null,17] [1,"3",0] [1,"2",7] [1,"1",10]' \
	"$(rows '[.Run, .ClientId, .Received]' 1 | paste -sd' ')"
expect "one client of it" '[null] ["2"]' "$(rows '[.ClientId]' 1 --client 2 | paste -sd' ')"

while IFS='	' read -r name args status regex; do
	# shellcheck disable=SC2086 # several arguments
	jobrun runs $args
	expect_status "$name" "$status"
	expect_match "$name: says why" "$regex" "$(<stderr)"
done <<'END'
a run that is not there	4711	64	there is no run 4711, or it was pruned; see jobrun runs
a run of another job	1 --job Other	64	there is no run 1 of Other
no number	Complete	64	RUN is a run's number; for one job's runs give --job
a run and a time	1 --since 1h	64	--since means nothing to one run
no such job	--job Complet	64	did you mean Complete
a limit of nothing	--limit 0	64	--limit: give a whole number
END

# Under way, dead, and marked so by the next run.
fault '{"kind": "delay", "path": "/api/records", "method": "GET", "delay_ms": 9000, "times": 1}'
start_job Complete --client 2
until_true "the run has begun" is_running
run=$(last_run RunId)
jobrun runs --limit 1
expect_match "a run under way, with its pid" "^ +$run  Complete +.*  running \(pid $job_pid\) +- +- +- " "$(<stdout)"
jobrun runs "$run"
expect_match "and alone" "^run $run of Complete \(3\): running\$" "$(<stdout)"
expect_match "with no client yet" '^it visited no client$' "$(<stdout)"
end_job KILL
expect "a dead one is told from it" '["crashed",null,null]' "$(rows '[.Status, .Received, .ExitCode]' --limit 1)"
clear_faults
run_job Complete --client 1
expect "and is crashed for good" '["ok"] ["crashed"]' "$(rows '[.Status]' --limit 2 | paste -sd' ')"

COLUMNS=80 TERM=xterm script -qec "$(printf '%q' "$JOBRUN") runs 1" /dev/null </dev/null | tr -d '\r' >screen
(($(sed 's/\x1b\[[0-9;]*m//g' screen | wc --max-line-length) <= 80)) || fail "wider than 80 columns: $(<screen)"
ok "it fits a terminal of 80 columns"
expect_match "with what one looks for" '^ClientId .* Received +Processed +Errors ' "$(<screen)"
cause=$(sql "SELECT Message FROM APP_REQUEST_LOG WHERE RunId = 1 AND ClientId = '3'")
[[ ${#cause} -gt 80 && $(tr -d ' \n' <screen) == *"${cause// /}"* ]] || fail "at 80 columns nobody reads why: $(<screen)"
ok "and why, to the end"
COLUMNS=80 TERM=xterm script -qec "$(printf '%q' "$JOBRUN") runs" /dev/null </dev/null | tr -d '\r' >screen
expect_match "a list at 80 columns keeps what went wrong" '^Run .* Processed +Errors' "$(<screen)"

# Who is paused is told below what he did before that, and so is a job on hold.
succeed "$JOBRUN" client pause Complete 2 --reason 'their server moves'
succeed "$JOBRUN" hold Other --reason 'platform migration'
jobrun runs 1
expect "of one run" "paused: client 2, group 10 of Complete: their server moves" "$(grep -E '^(paused|held)' stdout)"
jobrun runs
expect "of all: no client is listed" "held: Other: platform migration" "$(grep -E '^(paused|held)' stdout)"
jobrun runs --client 3
expect_no_match "of another client" '^(paused|held)' "$(<stdout)"
jobrun runs 1 --json
expect "programs have status for that" array "$(jq -r type stdout)"
