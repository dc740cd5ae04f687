#!/bin/bash
# Killed again while it heals what the last crash left; and fifty runs in a row that all die. Then one that is left alone.
. "$(dirname "$0")/lib.sh"

# Each leaves something behind: items that nobody has acknowledged, acks that are not marked, a row that is open.
FIRST=(after_db_commit:2 before_ack_next:5 before_visit_request:5 after_visit_request:5 before_refused_read:1
	after_refused_read:2 before_ack_write:1 before_ledger_acked:4 after_ledger_acked:7 after_ack_write:2
	before_runlog_request:1 after_rules_apply:9)
# Before the second run fetches anything.
SECOND=(before_lock_take:1 after_lock_take:1 before_heal_write:1 after_heal_write:1 before_runlog_begin:1
	after_runlog_begin:1 before_db_commit:1 after_db_commit:1 before_visit_new:1 after_visit_new:3
	before_ledger_owed_read:1 after_ledger_owed_read:1 before_fetch_next:1 after_fetch_next:2)
OWED=(after_visit_request:1 before_visit_count:1 before_refused_read:1 before_ack_write:1 before_ledger_acked:1
	after_ledger_acked:2 before_ack_settled:1 after_ack_settled:1)

JOBRUN=$JOBRUN_RELEASE
crash_world
twice=0
times=$(share 40 200)
while ((twice < times)); do
	more_work 12
	first=${FIRST[twice % ${#FIRST[@]}]}
	crash_at "$first"
	invariants
	owed=$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'applied'")
	if ((owed > 0 && RANDOM % 2)); then
		second=${OWED[RANDOM % ${#OWED[@]}]}
	else
		second=${SECOND[RANDOM % ${#SECOND[@]}]}
	fi
	crash_at "$second"
	invariants
	# What was owed before the first fetch is acknowledged before it.
	all_goes_through
	twice=$((twice + 1))
done
count "crashes while a crash is healed" "$twice"

# What a crash left is acknowledged before anything is fetched, also by the run after the next.
more_work 12
crash_at before_ack_write:1
crash_at before_visit_new:1
es_sql "DELETE FROM request_log"
all_goes_through
expect "each client's first request is an ack, if anything of it was owed" "" "$(es_sql "
	SELECT client, path FROM request_log WHERE n IN (SELECT min(n) FROM request_log GROUP BY client)
		AND method <> 'POST'" | while IFS='|' read -r client _; do
		[[ $(sql "SELECT count(*) FROM APP_ITEM WHERE ClientId = '$client' AND At <
			(SELECT max(StartedAt) FROM APP_JOB_RUN) AND State = 'acked' AND RunId =
			(SELECT max(RunId) - 2 FROM APP_JOB_RUN)") == 0 ]] || echo "$client fetched first"
	done)"

# A crash loop.
loop=0
rounds=0
while ((loop < 50)); do
	((rounds++ % 5 > 0)) || more_work 12
	((rounds < 500)) || fail "only $loop of $rounds runs could be killed"
	if killed_after "0.$(printf '%03d' $((30 + RANDOM % 150)))"; then
		loop=$((loop + 1))
		invariants
	fi
done
all_goes_through
count "runs in a row that are killed, before one that is not" "$loop"
