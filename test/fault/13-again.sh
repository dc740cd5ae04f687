#!/bin/bash
# Killed again while it heals what the last crash left; and fifty runs in a row that all die. Then one that is left alone.
. "$(dirname "$0")/lib.sh"

# Each leaves something behind: items that nobody has acknowledged, acks that are not marked, a row that is open.
FIRST=(after_db_commit:2 before_ack_next:5 before_visit_request:5 after_visit_request:5 before_refused_read:1
	after_refused_read:2 before_ack_write:1 before_ledger_acked:2 after_ledger_acked:3 after_ack_write:2
	before_runlog_request:1 after_rules_apply:9)
# Before the second run fetches anything.
SECOND=(before_lock_take:1 after_lock_take:1 before_heal_write:1 after_heal_write:1 before_runlog_begin:1
	after_runlog_begin:1 before_db_commit:1 after_db_commit:1 before_visit_new:1 after_visit_new:3
	before_ledger_owed_read:1 after_ledger_owed_read:1 before_fetch_next:1 after_fetch_next:2)
OWED=(after_visit_request:1 before_visit_count:1 before_refused_read:1 before_ack_write:1 before_ledger_acked:1
	after_ledger_acked:2 before_ack_settled:1 after_ack_settled:1)

# owed_goes_first DAYS: a run that is left alone acknowledges all that a client is owed, ten at a time, before it fetches
# for it. Its fetches are told by their days from one that the run before it sent when it was killed.
owed_goes_first() {
	local client n last since made

	last=$(es_sql "SELECT coalesce(max(n), 0) FROM request_log")
	sql "SELECT ClientId, count(*) FROM APP_ITEM WHERE State = 'applied' GROUP BY ClientId" >owed
	all_goes_through --days "$1"
	while IFS='|' read -r client n; do
		since="FROM request_log WHERE client = '$client' AND n > $last"
		made=$(es_sql "SELECT count(*) $since AND method = 'POST' AND n <
			(SELECT min(n) $since AND method = 'GET' AND query LIKE '%days=$1%')")
		((made >= (n + 9) / 10)) || fail "client $client was owed $n acks, and $made came before its first fetch"
		first_acks=$((first_acks + n))
	done <owed
}

JOBRUN=$JOBRUN_RELEASE
crash_world
twice=0
first_acks=0
times=$(share 40 200)
while ((twice < times)); do
	more_work 12
	crash_at "${FIRST[twice % ${#FIRST[@]}]}"
	invariants
	if (($(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'applied'") > 0 && RANDOM % 2)); then
		crash_at "${OWED[RANDOM % ${#OWED[@]}]}"
	else
		crash_at "${SECOND[RANDOM % ${#SECOND[@]}]}"
	fi
	invariants
	owed_goes_first $((1000 + twice))
	twice=$((twice + 1))
done
((first_acks > twice)) || fail "only $first_acks items were owed after $twice crashes"
count "crashes while a crash is healed" "$twice"

# A crash loop. How long a run takes depends on the machine: the kill comes sooner when it came too late.
loop=0
rounds=0
window=150
while ((loop < 50)); do
	((rounds++ % 5 > 0)) || more_work 12
	((rounds < 500)) || fail "only $loop of $rounds runs could be killed"
	if killed_after "0.$(printf '%03d' $((1 + RANDOM % window)))"; then
		loop=$((loop + 1))
		window=$((window + 1))
		invariants
	else
		window=$((window * 3 / 4 + 1))
	fi
done
all_goes_through
count "runs in a row that are killed, before one that is not" "$loop"
