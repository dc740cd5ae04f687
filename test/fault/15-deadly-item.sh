#!/bin/bash
# An item whose rules kill the process: three runs die of it, each is known by the next, and then it is parked, without a
# hand on anything; all that stand before and behind it go through. An item that was only there when somebody killed the
# process loses nothing by it.
. "$(dirname "$0")/lib.sh"

# The binary whose rules may call die(), also to install them.
JOBRUN=$JOBRUN_FAULT
crash_world

# deadly ITEM HOW: with this item the process dies.
deadly() {
	local how=$2

	write_workflow "$(jq -c 'del(.JobType, .Name, .System)' workflow/job.json | sed 's/^/. + /')" \
		"-- what kills the process
SELECT NULL WHERE die(iif(:id = $1, '$how', NULL)) IS NOT NULL;
$CRASH_RULES"
	succeed "$JOBRUN" job install workflow
}

# runs_until_one_lives: as cron would, run after run: how many died.
runs_until_one_lives() {
	died=0
	while ((died < 10)); do
		status=0
		{ "$JOBRUN" Complete --key-file "$KEY_FILE" >stdout 2>stderr || status=$?; } 2>/dev/null
		invariants
		((status != 0)) || return 0
		((status == 137 || status == 134)) || fail "exit status $status"
		died=$((died + 1))
	done
	fail "run after run dies"
}

# crashes ITEM: its rows of the log, "run attempt" each.
crashes() {
	sql "SELECT Attempt FROM APP_EXCEPTION_LOG WHERE ItemId = '$1' AND Code = 'rule_crash' AND Stage = 'rules' AND RunId IN
		(SELECT RunId FROM APP_JOB_RUN WHERE Status = 'crashed') ORDER BY Id" | paste -sd' '
}

# parked_alone CLIENT ITEM: it, and nothing else that is good, is left.
parked_alone() {
	expect "it died of $2 three times, and of nothing else" "3|1 2 3" "$died|$(crashes "$2")"
	expect "$2 is parked" "parked|3" "$(sql "SELECT State, Attempts FROM APP_ITEM WHERE ClientId = '$1' AND ItemId = '$2'")"
	expect "and every other good item is applied and acknowledged" "$((3 * offered - ++parked))" \
		"$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'acked'")"
	expect "it took no effect" 0 "$(sql "SELECT count(*) FROM workflow_trigger WHERE record = '$2'")"
	expect "the run that got through says so" "1" "$(grep -c "client $1, group 10, item $2: .*: parked" stderr)"
}

parked=0
more_work 30
deadly 40013 kill
runs_until_one_lives
parked_alone 2 40013
expect "its books hold it" "1" "$(last_run Parked)"
jobrun items list Complete --state parked --json
expect "it is listed, with what is known of it" \
	"40013|3|rules|the process of run 3 died while the rules were at work on this item, as others did before it in a \
row: parked" \
	"$(jq -r '.[] | "\(.ItemId)|\(.Attempts)|\(.Stage)|\(.Message)"' stdout)"
jobrun items show Complete 2 40013
expect_match "and shown" "parked after 3 attempts, the last in run 3 at" "$(tr '\n' ' ' <stdout | tr -s ' ')"
runs_until_one_lives
expect "later runs leave it alone" "0|1" "$died|$(last_run Parked)"

# A string, the last of its client's; and an abort is a death, too.
more_work 10
deadly "'60040'" abort
runs_until_one_lives
parked_alone 3 60040

# Tried anew it has three lives again; and once its rules are mended it goes through.
succeed "$JOBRUN" items retry Complete 3 60040
runs_until_one_lives
expect "after a retry it dies three times once more" "3|1 2 3 1 2 3" "$died|$(crashes 60040)"
succeed "$JOBRUN" items retry Complete
workflow_job "$(jq -c 'del(.JobType, .Name, .System)' workflow/job.json | sed 's/^/. + /')" "$CRASH_RULES"
all_goes_through
count "deaths of a process by an item's rules" "$(sql "SELECT count(*) FROM APP_EXCEPTION_LOG WHERE Code = 'rule_crash'")"

# Killed from outside, in an item's rules or beside them: a row in the log, or none, and no attempt.
more_work 10
deaths=$(sql "SELECT count(*) FROM APP_EXCEPTION_LOG WHERE Code = 'rule_crash'")
while read -r point in_rules; do
	crash_at "$point"
	invariants
	# The healing dies, too, before and after it is committed.
	for again in before_heal_write:1 after_heal_write:1 before_db_commit:1 after_db_commit:1 before_fetch_next:1; do
		crash_at "$again"
		invariants
	done
	deaths=$((deaths + in_rules))
	expect "$point: however often the healing dies, there are $in_rules rows of it" "$deaths" \
		"$(sql "SELECT count(*) FROM APP_EXCEPTION_LOG WHERE Code = 'rule_crash'")"
	all_goes_through
	expect "$point: no attempt is used up by it" 0 \
		"$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'acked' AND Attempts <> 0")"
	more_work 10
done <<'END'
before_suspect_begin:5 0
after_suspect_begin:5 1
before_rules_apply:5 1
after_rules_apply:5! 1
before_suspect_end:5 1
after_suspect_end:5 0
END

# The same item again and again, but each time it went through in between, or failed as items do: never parked.
workflow_job '. + {Ack: null, Alerts: {MinProcessedRatio: 0}} | .MaxAttempts = 1000' "$CRASH_RULES"
for ((round = 0; round < 4; round++)); do
	es_sql "UPDATE record SET acked_at = '2026' WHERE CAST(body ->> '\$.id' AS INTEGER) <> 990001"
	crash_at after_rules_apply:1
	crash_at after_rules_apply:1
	run_job Complete
	expect_status "round $round" 0
done
expect "eight deaths, two at a time: it failed, and is not parked" "failed|2" \
	"$(sql "SELECT State, (SELECT max(Attempt) FROM APP_EXCEPTION_LOG WHERE ItemId = '990001' AND Code = 'rule_crash')
	FROM APP_ITEM WHERE ItemId = '990001'")"

# Whatever stands in the lock's file: the run goes on, and nobody is accused. (test/lib/run/test_suspect.c tears more.)
deaths=$(sql "SELECT count(*) FROM APP_EXCEPTION_LOG WHERE Code = 'rule_crash'")
for garbage in "head -c 9999 /dev/urandom" "head -c 70 /dev/zero" "echo pid 1 since ever" "true"; do
	crash_at after_rules_apply:1
	$garbage >"$DB.job3.lock"
	run_job Complete
	expect_status "the lock's file holds: $garbage" 0
done
invariants
expect "nobody was accused" "$deaths" "$(sql "SELECT count(*) FROM APP_EXCEPTION_LOG WHERE Code = 'rule_crash'")"
