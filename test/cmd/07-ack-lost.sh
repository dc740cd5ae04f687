#!/bin/bash
# Whatever becomes of an ack, each workflow is started exactly once, and in the end nothing is owed.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job
new_key
client=0

# begin NAME SYSTEM-KEYS FAULT: a new client's 20 items, and its acks meet the fault.
begin() {
	name=$1
	client=$((client + 1))
	set_system ris "$2"
	[[ -z ${3-} ]] || fault "$3"
	[[ $client -eq 1 ]] || succeed "$JOBRUN" client disable Complete $((client - 1)) 10
	workflow_client "$client"
	know $((client * 100 + 1)) $((client * 100 + 20))
	offer "$client" $((client * 100 + 1)) $((client * 100 + 20))
	es_sql "DELETE FROM request_log; DELETE FROM ack_log"
}

# owed STATUS CODE: after a run whose ack failed.
owed() {
	expect_status "$name: the ack fails" "$1"
	expect "$name: all is applied and owed" "failed|20|20|0|20" \
		"$(last_visit "$client" "Status, Received, Processed, Acked, Owed")"
	expect "$name: the exception says so" "ack|$2" "$(sql "SELECT Stage, Code FROM APP_EXCEPTION_LOG
		WHERE ClientId = '$client'")"
	expect "$name: the ledger, too" 20 "$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'applied'")"
	triggered_once "$name" $((client * 20))
}

# healed: a run without a fault mends all.
healed() {
	clear_faults
	run_job Complete
	expect_status "$name: the next run" 0
	settled
}

# settled: nothing is owed, all was told.
settled() {
	expect "$name: nothing is owed" "0|0" \
		"$(last_run Owed)|$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'applied'")"
	triggered_once "$name" $((client * 20))
	es_acked "$name: the external system knows all" $((client * 20))
	expect "$name: the same ids bore the same Idempotency-Key" 1 \
		"$(es_sql "SELECT count(DISTINCT idempotency_key) FROM request_log WHERE method = 'POST'")"
	ids=[$(seq -s , $((client * 100 + 1)) $((client * 100 + 20)))]
	expect "$name: which is that of the job, the client, its group and the ids" \
		"\"$(printf 'Complete\0%s\0%s\0%s' "$client" 10 "$ids" | sha256sum | cut -d ' ' -f 1)\"" \
		"$(es_sql "SELECT DISTINCT idempotency_key FROM request_log WHERE method = 'POST'")"
	acked_is_applied
}

begin "the answer is lost, once" '{}' '{"kind": "drop_after_apply", "path": "/api/records/ack"}'
run_job Complete
expect_status "$name: the run sends it again" 0
expect "$name: two requests, the second one known already" "|1
200|1" "$(es_sql "SELECT nullif(status, 0), count(*) FROM request_log WHERE method = 'POST' GROUP BY n")"
expect "$name: it was done once" 20 "$(es_sql "SELECT count(*) FROM ack_log")"
expect "$name: and counted once" "20|0" "$(last_run "Acked, Owed")"
settled

begin "every answer is lost" '{"Retries": 0}' '{"kind": "drop_after_apply", "path": "/api/records/ack"}'
run_job Complete
owed 1 broken
es_acked "$name: the external system knows already" $((client * 20))
healed
expect "$name: the next run acknowledges without a new item" "ok|0|20" "$(last_run "Status, Received, Acked")"

begin "500 for ever" '{"Retries": 1}' '{"kind": "status", "status": 500, "path": "/api/records/ack", "times": 0}'
run_job Complete
owed 1 http_500
expect "$name: it was tried twice" 2 "$(requests "method = 'POST'")"
run_job Complete
expect "$name: while it lasts, what is offered again is not applied again" "failed|20|0|20|0|20" \
	"$(last_run "Status, Received, Processed, Duplicates, Acked, Owed")"
triggered_once "$name, still" $((client * 20))
healed

begin "an ack that hangs" '{"Retries": 0, "Timeout": 1}' '{"kind": "hang", "path": "/api/records/ack"}'
run_job Complete
owed 1 timeout
healed

begin "it hangs after it was done" '{"Retries": 0, "Timeout": 1}' \
	'{"kind": "delay", "delay_ms": 3000, "path": "/api/records/ack"}'
run_job Complete
owed 1 timeout
healed

begin "the system restarts without what it had not written" '{"Retries": 0}' \
	'{"kind": "reset", "path": "/api/records/ack"}'
run_job Complete
owed 1 broken
stop_server KILL
start_server
healed

books_balance
