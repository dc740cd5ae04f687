#!/bin/bash
# A new job type with pilots runs those alone, until each had two clean cycles in a row and somebody advances it.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Retries": 0}'
know 1 100
new_key

# visited ARGUMENT…: "STATUS: CLIENT…" of a run with these.
visited() {
	es_sql "DELETE FROM request_log"
	run_job Complete "$@"
	echo "$status: $(es_sql "SELECT DISTINCT client FROM request_log ORDER BY client" | paste -sd' ')"
}

# stage: of the installed job.
stage() {
	sql "SELECT Stage FROM APP_JOB_TYPE"
}

# Without a pilot all run from the start, and that is told.
workflow_job
expect "no client is a pilot" "job Complete (3): version 1 installed" "$(<stdout)"
expect_match "there is a warning, with what would help" \
	'warning Complete: no client of it is marked "Pilot": true, so all run from the start; .*install it again before its first run' \
	"$(<stderr)"
expect "it is at full" full "$(stage)"
workflow_job
expect "the same again changes nothing" "job Complete (3): version 1 is installed already; nothing changed" "$(<stdout)"
expect_empty stderr
for client in 1 2 3; do
	sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration)
		VALUES (3, '/api/records', '[{\"ClientId\": $client, \"GroupId\": 10, \"Pilot\": $((client < 3))}]')"
done
sql "UPDATE APP_JOB_CONFIG SET Configuration = replace(replace(Configuration, ': 1}', ': true}'), ': 0}', ': false}')"
workflow_job
expect "before its first run it may begin anew, with pilots" "job Complete (3): version 1 is installed already
job Complete: stage pilot: 2 pilots run, the others wait for jobrun rollout Complete --advance" "$(<stdout)"
expect_empty stderr
expect "it is at pilot" pilot "$(stage)"

expect "the pilots run, nobody else" "0: 1 2" "$(visited)"
expect_empty "without a word" stderr
expect "the others are skipped ones" "ok|2|1" "$(last_run "Status, Clients, Skipped")"
expect "named, another one does not" "0: " "$(visited --client 3)"
expect_match "with a warning" \
	"warning Complete run [0-9]+: client 3, group 10: not visited: the job is at stage pilot, .* --force visits it" "$(<stderr)"
expect "--force visits it" "0: 3" "$(visited --client 3 --force)"

jobrun rollout Complete
expect_status "the rollout is shown" 0
expect_match "the stage, and since when" "^Complete \(3\), version 1: stage pilot since $(sql "SELECT StageAt FROM APP_JOB_TYPE")\$" \
	"$(<stdout)"
expect_match "the cycles" "^1 +10 +1 +20[-0-9TZ:]+ +ok +0 +0 +0 +true" "$(<stdout)"
expect_match "and what they come to" "^client 1, group 10: 1 of 2 clean cycles\$" "$(<stdout)"
expect_match "in all" "^0 of 2 pilots ready; 1 other client waits\$" "$(<stdout)"
sql .dump >before
jobrun rollout Complete --advance
expect_status "once is not twice" 1
expect_match "it says who is not ready" "client 1, group 10: 1 of 2 clean cycles" "$(<stderr)"
expect_match "each of them" "client 2, group 10: 1 of 2 clean cycles" "$(<stderr)"
expect_match "and that nothing changed" "Complete stays at stage pilot: 0 of 2 pilots ready" "$(<stderr)"
expect_empty stdout
unchanged "which is so" before

fault '{"client": "2", "kind": "status", "status": 500, "times": 1}'
expect "client 1 is clean, client 2 fails" "1: 1 2" "$(visited)"
expect_match "with -v one line tells of the others" \
	"info Complete run [0-9]+: held by the rollout: 1 client; jobrun rollout Complete\$" "$(visited -v >&2; cat stderr)"
jobrun rollout Complete --advance
expect_status "clean, failed, clean is not two in a row" 1
expect_match "it says so" "client 2, group 10: 1 of 2 clean cycles" "$(<stderr)"
expect_no_match "client 1 is ready" "client 1," "$(<stderr)"
expect "as JSON: cycles" "1 true 2|1 true 2|1 true 2|2 true 1|2 false 1|2 true 1" "$(jobrun rollout Complete --json &&
	jq -r '.[] | "\(.ClientId) \(.Clean) \(.CleanInARow)"' stdout | paste -sd'|')"
expect "as JSON: the job" "3 Complete pilot null" \
	"$(jq -r '.[0] | "\(.JobType) \(.Job) \(.Stage) \(.Missing)"' stdout)"

succeed "$JOBRUN" client pause Complete 1 --reason 'their server moves'
expect "a paused pilot is left out" "0: 2" "$(visited)"
jobrun rollout Complete --advance
expect_status "and holds the rollout up" 1
expect_match "with words" "client 1, group 10: paused: their server moves; jobrun client resume Complete 1 10" "$(<stderr)"
expect_match "of all" "1 of 2 pilots ready" "$(<stderr)"
succeed "$JOBRUN" client resume Complete 1

# Another version begins to count anew, at the stage where it was.
workflow_job '.MaxAttempts = 3'
expect "a new version" "job Complete (3): version 2 installed" "$(<stdout)"
expect "stays at its stage" pilot "$(stage)"
jobrun rollout Complete
expect_match "cycles count from there" "stage pilot since .*; cycles count since version 2 came, $(sql "SELECT InstalledAt FROM APP_JOB_TYPE")\$" \
	"$(<stdout)"
expect_match "there is none yet" "^client 1, group 10: 0 of 2 clean cycles; not visited since then" "$(<stdout)"
jobrun rollout Complete --advance
expect_status "so that it is not ready" 1

# Errors within the ratio leave a visit ok; a degraded one is not clean.
offer 1 1 1
offer 1 101 101
expect "half of what came failed" "1: 1 2" "$(visited)"
expect "which is a degraded visit" degraded "$(last_visit 1 Status)"
jobrun rollout Complete
expect_match "and no clean cycle" "^client 1, group 10: 0 of 2 clean cycles; run [0-9]+ ended degraded" "$(<stdout)"
know 101 101
expect "one clean cycle" "0: 1 2" "$(visited)"
expect "two" "0: 1 2" "$(visited)"
jobrun rollout Complete
expect_match "all are ready" "^2 of 2 pilots ready; 1 other client waits: jobrun rollout Complete --advance\$" "$(<stdout)"
jobrun rollout Complete --force
expect_status "--force alone means nothing" 64

# A run that waits for its turn goes by the stage that it finds then: the lock is the test's.
titled() {
	grep -qz "^jobrun: $1" "/proc/$job_pid/cmdline"
}
es_sql "DELETE FROM request_log"
exec 9>>"$DB.job3.lock"
flock 9
start_job Complete --wait 60
until_true "the run waits" titled Complete
jobrun rollout Complete --advance
expect "advanced" "0 Complete: stage full: 1 more client runs from the next run on" "$status $(<stdout)"
expect_empty stderr
flock -u 9
end_job
expect "everyone runs" "0 1 2 3" "$status $(es_sql "SELECT DISTINCT client FROM request_log ORDER BY client" | paste -sd' ')"
expect "nobody is noted to have forced it" "full|" "$(sql "SELECT Stage, StageNote FROM APP_JOB_TYPE")"
jobrun rollout Complete --advance
expect_match "once is enough" "^0 Complete: is at stage full already, since .*; nothing changed" "$status $(<stdout)"
jobrun rollout Complete
expect "the stage alone is shown" "Complete (3), version 2: stage full since $(sql "SELECT StageAt FROM APP_JOB_TYPE")" "$(<stdout)"
jobrun rollout Complete --json
expect "and in JSON" "1 full null" "$(jq -r '"\(length) \(.[0].Stage) \(.[0].ClientId)"' stdout)"
succeed "$JOBRUN" client pause Complete 3 --reason 'their server moves'
succeed "$JOBRUN" hold Complete --reason 'platform migration'
jobrun rollout Complete
expect "but for who is paused, and why nothing runs" "held: Complete: platform migration
paused: client 3, group 10 of Complete: their server moves" "$(tail -n +2 stdout)"
jobrun job list
expect_match "a list of jobs has that, too" '^ +3  Complete +2  full +20[^ ]+  platform migration$' "$(<stdout)"
succeed "$JOBRUN" release Complete
succeed "$JOBRUN" client resume Complete 3
workflow_job '.MaxAttempts = 4'
expect "a new version changes nothing about that" full "$(stage)"
expect "everyone runs it" "0: 1 2 3" "$(visited)"

# Against the rule, and on record.
write_workflow '.JobType = 4 | .Name = "Other"'
add_client 4 '{"ClientId": 1, "Pilot": true, "Route": "/api/records"}'
succeed "$JOBRUN" job install workflow
expect_match "a new job type with a pilot" "stage pilot: 1 pilot runs, " "$(<stdout)"
expect_empty "is no reason to warn" stderr
jobrun rollout Other
expect_match "its cycles count from its begin" "stage pilot since [-0-9T:.]+Z\$" "$(<stdout)"
jobrun rollout Other --advance --force
expect "forced" "0 Other: stage full: 0 more clients run from the next run on" "$status $(<stdout)"
expect_match "it is logged" "warning Other: advanced with --force by user $(id -u) at .*, with 0 of 1 pilots ready" "$(<stderr)"
jobrun rollout Other
expect_match "and shown" "stage full since .*; advanced with --force by user $(id -u) at " "$(<stdout)"
succeed "$JOBRUN" job install workflow
expect "it does not begin anew by itself" full "$(sql "SELECT Stage FROM APP_JOB_TYPE WHERE JobType = 4")"

# A stage pilot that is left without a pilot runs nobody: that is no quiet day.
sql "UPDATE APP_JOB_TYPE SET Stage = 'pilot', StageNote = NULL"
succeed "$JOBRUN" client disable Complete 1 10
succeed "$JOBRUN" client disable Complete 2 10
expect "no pilot is left" "0: " "$(visited)"
expect_match "there is a warning" "warning .*at stage pilot, and no client .* \"Pilot\": true: nobody is visited; jobrun rollout Complete" \
	"$(<stderr)"
jobrun rollout Complete --advance
expect_match "which does not advance it" "^1 .*Complete stays at stage pilot: no client that is switched on says \"Pilot\": true" \
	"$status $(<stderr)"
books_balance
