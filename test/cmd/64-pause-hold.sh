#!/bin/bash
# A paused client is not visited, and its owed acks wait; a job on hold begins no new run. Both say so, and why.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job
new_key
for client in 1 2 333; do
	workflow_client "$client"
done
workflow_client 333 '{"GroupId": 11}'
know 1 100
offer 1 1 5
offer 2 11 15

# visited ARGUMENT…: "STATUS: CLIENT…" of a run with these.
visited() {
	es_sql "DELETE FROM request_log"
	run_job Complete "$@"
	echo "$status: $(es_sql "SELECT DISTINCT client FROM request_log ORDER BY client" | paste -sd' ')"
}

# Client 1 comes to owe its acks.
fault '{"kind": "status", "path": "/api/records/ack", "client": "1", "status": 500, "times": 1}'
expect "at first everyone is visited" "1: 1 2 333" "$(visited)"
expect "client 1 owes" "1|5" "$(sql "SELECT ClientId, count(*) FROM APP_ITEM WHERE State = 'applied'")"

jobrun client pause Complete 1
expect_status "a pause wants a reason" 64
expect_match "and shows how" "--reason is missing: .*jobrun client pause .* --reason '" "$(<stderr)"
jobrun client pause Complete 1 --reason '  '
expect_status "blanks are none" 64
jobrun client pause Complete 1 --reason "$(printf 'x%.0s' {1..501})"
expect_status "nor is a whole page" 64
jobrun client pause Complete 33 --reason x
expect_status "a client that is not there" 64
expect_match "has a hint" "Complete has no client 33; did you mean 333" "$(<stderr)"
jobrun client pause Complete 333 --reason x
expect_match "in several groups it needs the group" "64 .*name the GROUP" "$status $(<stderr)"
jobrun client pause Complete 333 12 --reason x
expect_match "and the right one" "64 .*no client 333 in group 12, but one in group 1" "$status $(<stderr)"
expect "none of these left anything" 0 "$(sql "SELECT count(*) FROM APP_HOLD")"

jobrun client pause Complete 1 --reason $'their server \e[31mmoves'
expect "it says what it did" "0 Complete: client 1, group 10 paused: no run visits it until it is resumed" "$status $(<stdout)"
held_at=$(sql "SELECT HeldAt FROM APP_HOLD")
jobrun client pause Complete 1 --reason "their server moves, ticket 1234"
expect "once more changes the reason" "0 Complete: client 1, group 10 was paused already; it has the new reason now" \
	"$status $(<stdout)"
expect "and not since when" "3|1|10|their server moves, ticket 1234|$held_at|$(id -u)" "$(sql "SELECT * FROM APP_HOLD")"

expect "a run leaves it out" "0: 2 333" "$(visited)"
expect "and counts it as skipped" "ok|3|1" "$(last_run "Status, Clients, Skipped")"
expect_empty "without a word" stderr
expect "--force does not override it" "0: 2 333" "$(visited --force)"
expect "nor in a dry run" "0: 2 333" "$(visited --dry-run --force)"
expect "what it owes waits" 5 "$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'applied'")"
visited -v >/dev/null
expect_match "with -v there is a line" \
	"info Complete run [0-9]+: client 1, group 10: paused since $held_at: their server moves, ticket 1234; jobrun client resume Complete 1 10" \
	"$(<stderr)"
expect "named, it is left out all the same" "0: " "$(visited --client 1)"
expect_match "with a warning" \
	"warning Complete run [0-9]+: client 1, group 10: paused since $held_at: their server moves, ticket 1234; jobrun client resume Complete 1 10" \
	"$(<stderr)"
expect "which is all there is to tell" 1 "$(wc -l <stderr)"
expect "named with another one" "0: 2" "$(visited --client 1,2)"
expect_match "too" "warning .*client 1, group 10: paused since" "$(<stderr)"
expect "others get none" "0: 2" "$(visited --client 2)"
expect_empty stderr
run_job Complete --client 1 --json -v
expect "the summary counts it" "0 ok 0 1" "$(jq -r '"\(.exit) \(.status) \(.clients) \(.skipped)"' stdout)"
expect_match "and nobody is said to be not due" "no client is to be visited: 1 paused" "$(<stderr)"

# Its entry may change meanwhile: that is a remove and an add.
succeed "$JOBRUN" client remove Complete 1
workflow_client 1
expect "the pause outlives that, and is told of" "Complete: client 1, group 10 added; it is still paused: see jobrun client resume" \
	"$(<stdout)"
expect "it stays paused" "0: 2 333" "$(visited)"

# A pause is ended by its own words, whether its client is configured or not.
succeed "$JOBRUN" client pause 3 333 11 --reason x
expect "the job is told by its name" "Complete: client 333, group 11 paused: no run visits it until it is resumed" "$(<stdout)"
succeed "$JOBRUN" client pause Complete 333 10 --reason x
succeed "$JOBRUN" client remove Complete 333 11
succeed "$JOBRUN" client remove Complete 333 10
jobrun client resume Complete 333
expect_match "paused in several groups, it needs the group" "64 .*paused in several groups: name the GROUP" "$status $(<stderr)"
jobrun client resume 3 333 11
expect "a client that was removed is resumed" "0 Complete: client 333, group 11 resumed: the next run visits it if it is due" \
	"$status $(<stdout)"
jobrun client resume Complete 333
expect "without its group, if it is paused in one alone" "0 Complete: client 333, group 10 resumed: the next run visits it if it is due" \
	"$status $(<stdout)"
jobrun client resume Complete 333
expect_match "and then nobody knows it" "64 .*Complete has no client 333" "$status $(<stderr)"
workflow_client 333
jobrun client resume Complete 11
expect_status "a client that is not there cannot be resumed" 64
jobrun client resume Complete 2
expect "nor one that is not paused" "0 Complete: client 2, group 10 was not paused; nothing changed" "$status $(<stdout)"
jobrun client resume Complete 1
expect "resumed" "0 Complete: client 1, group 10 resumed: the next run visits it if it is due" "$status $(<stdout)"
expect "the next run visits it" "0: 1 2 333" "$(visited)"
expect "and acknowledges what was owed" "acked 10" "$(ledger)"
expect_empty stderr

# Clients may be configured, and paused, before their job is there.
succeed "$JOBRUN" client add 8 '{"ClientId": "a b"}'
jobrun client pause 8 "a b" 0 --reason x
expect "a client of a job type to come" "0 8: client a b, group 0 paused: no run visits it until it is resumed" \
	"$status $(<stdout)"

jobrun hold Complete
expect_status "a hold wants a reason, too" 64
expect_match "and shows how" "--reason is missing: .*jobrun hold .* --reason '" "$(<stderr)"
jobrun hold Compleet --reason x
expect_match "a job that is not there" "64 .*did you mean Complete" "$status $(<stderr)"
jobrun hold 3 --reason 'platform migration'
expect "held" "0 Complete: on hold: no new run begins until it is released; one that is under way goes on" \
	"$status $(<stdout)"
jobrun hold Complete --reason 'platform migration until noon'
expect "a second time" "0 Complete: was on hold already; it has the new reason now" "$status $(<stdout)"
held_at=$(sql "SELECT HeldAt FROM APP_HOLD WHERE JobType = 3")
runs=$(sql "SELECT count(*) FROM APP_JOB_RUN")
for options in "" "--force" "--client=2 -q" "--json"; do
	# shellcheck disable=SC2086 # none, or several
	expect "no run begins: $options" "75: " "$(visited $options)"
	expect "it says since when and why, and what ends it: $options" \
		"jobrun: Complete is on hold since $held_at (jobrun release Complete lets it run again): platform migration until noon" \
		"$(<stderr)"
	expect_empty stdout
done
jobrun Complete --key-file /dev/null
expect_status "who has no key is told nothing of it" 77
expect_no_match "not even that it is on hold" "hold" "$(<stderr)"
run_job Complete -v --log-format json
expect "in JSON" held "$(jq -r .code stderr)"
expect "none of them has a row" "$runs" "$(sql "SELECT count(*) FROM APP_JOB_RUN")"
sql .dump >before
expect "a dry run may look on" "0: 1 2 333" "$(visited --dry-run)"
unchanged "since it changes nothing" before

jobrun release Complete
expect "released" "0 Complete: released: it may run again" "$status $(<stdout)"
jobrun release Complete
expect "once is enough" "0 Complete: was not on hold; nothing changed" "$status $(<stdout)"
expect "other pauses stay" "8" "$(sql "SELECT JobType FROM APP_HOLD")"
expect "it runs again" "0: 1 2 333" "$(visited)"

# titled WORD: so ps shows the job beside the test; it has read its key by then.
titled() {
	grep -qz "^jobrun: $1" "/proc/$job_pid/cmdline"
}

# The job is held while a run waits for its turn: the lock is the test's.
exec 9>>"$DB.job3.lock"
flock 9
succeed "$JOBRUN" hold Complete --reason 'at once'
run_job Complete --wait 60
expect_match "a job on hold is not even waited for" "^75 .*on hold since .*: at once" "$status $(<stderr)"
succeed "$JOBRUN" release Complete
start_job Complete --wait 60
until_true "the run waits" titled Complete
succeed "$JOBRUN" hold Complete --reason 'just now'
flock -u 9
end_job
expect_status "a run that waited for the lock" 75
expect_match "sees the hold" "Complete is on hold since .*: just now" "$(<stderr)"
succeed "$JOBRUN" release Complete

# A hold does not touch a run that is under way.
es_sql "DELETE FROM request_log"
fault '{"kind": "delay", "path": "/api/records", "method": "GET", "client": "2", "delay_ms": 1000, "times": 1}'
start_job Complete
until_true "the run asks" asked /api/records
succeed "$JOBRUN" hold Complete --reason 'too late'
end_job
expect_status "one under way goes on" 0
books_balance
