#!/bin/bash
# How many clients are in flight: those that have a request under way. Who waits for a commit leaves his place to another.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

CLIENTS=30
start_server
workflow_db
set_system ris
workflow_job
know 1 $((2 * CLIENTS))
for ((client = 1; client <= CLIENTS; client++)); do
	workflow_client "$client"
	offer "$client" $((2 * client - 1)) $((2 * client))
done
new_key

# watched_run IN-FLIGHT: its syncs and what it sends and receives are in the file calls.
watched_run() {
	status=0
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -r -qq -e signal=none -e trace=fdatasync,recvfrom,sendto \
		-o calls "$JOBRUN" Complete --parallel "$1" --key-file "$KEY_FILE" >stdout 2>stderr || status=$?
}

# One after the other, and yet a commit serves many: the next is asked for its records before this one's ack, and while
# anything is under way there is one sync in 50 ms, and one when nothing came for 10; beside those of the run's begin and end.
watched_run 1
expect_status "one at a time" 0
syncs=$(grep -c 'fdatasync(' calls)
silences=$(awk '$2 >= 0.01' calls | wc -l)
most=$(($(last_run "CAST((julianday(FinishedAt) - julianday(StartedAt)) * 86400000 / 50 AS INTEGER)") + silences + 10))
((syncs <= most)) || fail "$syncs syncs, and at most $most were due"
ok "a sync serves many: $syncs for $CLIENTS clients"
expect "all is done" "acked $((2 * CLIENTS))" "$(sql "SELECT State || ' ' || count(*) FROM APP_ITEM GROUP BY State")"
follow=$(es_sql "SELECT count(*) FROM request_log r JOIN request_log next ON next.n = r.n + 1
	WHERE r.method = 'GET' AND next.method = 'GET'")
((follow >= CLIENTS / 4)) || fail "only $follow of $CLIENTS clients did not wait for the one before them to be committed"
ok "most clients do not wait for the commit of the one before them"

# Each answer takes a while, so that those under way together are those that come within it.
fault '{"kind": "delay", "delay_ms": 200, "path": "/api/records", "times": 0}'
fault '{"kind": "delay", "delay_ms": 200, "path": "/api/records/ack", "times": 0}'
sql "DELETE FROM APP_JOB_CONFIG WHERE Id > 9"

# from_new: three at a time, all anew; $waited: how many requests for which there was room were sent behind a commit.
from_new() {
	es_sql "DELETE FROM request_log; DELETE FROM ack_log; DELETE FROM idempotency; UPDATE record SET acked_at = NULL"
	sql "DELETE FROM APP_ITEM; DELETE FROM workflow_trigger"
	watched_run 3
	waited=$(awk '/fdatasync\(/ { if (answered) synced = 1 } /recvfrom\(.*"HTTP/ { answered = 1 }
		/sendto\(/ { if (synced && /"GET/) n++; answered = synced = 0 } END { print n + 0 }' calls)
}
from_new
expect_status "three at a time" 0
expect "requests that were made" 18 "$(es_sql "SELECT count(*) FROM request_log")"
expect "never more than three under way, and three of them" 3 "$(es_sql "SELECT max(together) FROM (SELECT count(*) AS together
	FROM request_log r JOIN request_log other ON julianday(other.at) - julianday(r.at) BETWEEN 0 AND 0.19 / 86400
	GROUP BY r.n)")"

# A commit that is due when answers come is made while the server is at work on what they made room for. On a machine that
# is slow an answer may come just as it begins.
for ((try = 1; waited > 0 && try < 5; try++)); do
	from_new
done
expect "requests that could be sent, and waited for a commit" 0 "$waited"
