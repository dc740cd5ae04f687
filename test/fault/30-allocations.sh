#!/bin/bash
# Memory runs out in a run: each allocation fails once, it alone or with all that follow. No crash, no leak, nothing lost,
# nothing twice, and the next run finishes it all.
. "$(dirname "$0")/alloc.sh"

start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job '.Ack.Batch = 5'
workflow_client 1
workflow_client 2
know 1 24
offer 1 1 12
offer 1 9001 9001
offer 2 13 24
new_key
echo '{"Command": ["/bin/cat"]}' >notify.json
succeed "$JOBRUN" notify set notify.json
sql "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
cp "$DB" prepared.db
start_allocator

RUN=(Complete --key-file "$KEY_FILE" --force --json --metrics-file "$WORK/jobrun.prom")

# from_start: nothing was fetched yet, and the external system knows of no ack.
from_start() {
	rm -f "$DB"-wal "$DB"-shm
	cp prepared.db "$DB"
	es_sql "DELETE FROM request_log; DELETE FROM ack_log; DELETE FROM idempotency; UPDATE record SET acked_at = NULL"
}

# all_done: each item that is good took effect and is acknowledged; the alert of the client with a bad one is there.
all_done() {
	[[ $(sql "SELECT (SELECT group_concat(State || n) FROM (SELECT State, count(*) AS n FROM APP_ITEM GROUP BY 1)),
		(SELECT count(*) FROM workflow_trigger), (SELECT count(*) FROM APP_ALERT WHERE ResolvedAt IS NULL),
		(SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'running')") == "acked24,failed1|24|1|0" ]] ||
		fail "allocation $1: unfinished: $(ledger), $(sql "SELECT * FROM APP_ALERT")"
}

# try FAIL: a run in which an allocation fails, and one in which none does.
try() {
	local lost

	from_start
	attempt "$1" "${RUN[@]}"
	# 1: the bad item, or a client that was out of memory; the other went on.
	((status == 1)) || out_of_memory "$1"
	invariants
	# libcurl calls a header that is too large "out of memory", too: jobrun cannot tell, and says both.
	lost=$(sql "SELECT Stage, Code, Message FROM APP_EXCEPTION_LOG WHERE coalesce(ItemId, '') <> '9001'
		AND Code <> 'no_memory' AND Message NOT LIKE '%or there is no memory%'")
	[[ -z $lost ]] || fail "allocation $1: $lost"
	local was=$failed
	attempt 0 "${RUN[@]}"
	((status == 1)) || fail "after allocation $1 a clean run ends with $status"
	all_done "$1"
	invariants
	failed=$was
}

from_start
attempt 0 "${RUN[@]}"
expect_status "a run with enough memory" 1
all_done 0
invariants
total=$made
each_allocation 0 "$total" 60 try
count "allocations of a run that failed once, or with all that follow (a run makes about $total)" "$tried"
