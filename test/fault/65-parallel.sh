#!/bin/bash
# Many clients at once end as one after the other does, whatever order the answers come in; and one that hangs holds
# nobody up.
. "$(dirname "$0")/lib.sh"

CLIENTS=12
start_server
workflow_db
set_system ris '{"Timeout": 3, "Retries": 2}'
workflow_job '.Ack.Batch = 7 | .Fetch.Path = "{Route}/paged/next" | .Fetch.Items = "/items" |
	.Fetch.Pages = {Next: "/next"} | .Fetch.Query = {clientId: "{ClientId}", groupId: "{GroupId}", size: 5} | .MaxAttempts = 3'
sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration) SELECT 3, '/api/records',
	json_group_array(json_object('ClientId', value, 'GroupId', 10)) FROM json_each('$(jq -nc "[range(1; $CLIENTS + 1)]")')"
know 1 2000
for ((client = 1; client <= CLIENTS; client++)); do
	{
		seq $((client * 100)) $((client * 100 + client * 2)) | sed 's/.*/{"id":&,"status":"COMPLETED"}/'
		# One twice, one that is unknown, one that is no good.
		printf '{"id":%d,"status":"%s"}\n' $((client * 100)) COMPLETED $((900000 + client)) COMPLETED $((client * 100 + 90)) DRAFT
	} | put_records records "$client" 10
done
new_key
cp "$DB" base.db

# result: all that a run leaves, but for its times and the order of it.
result() {
	sql "SELECT 'item', ClientId, ItemId, State, Attempts FROM APP_ITEM
		UNION ALL SELECT 'trigger', client, record, groupid, count(*) FROM workflow_trigger GROUP BY client, record
		UNION ALL SELECT 'client', ClientId, Status, Received || ' ' || Processed || ' ' || Duplicates || ' ' || Errors, Acked || ' ' || Owed FROM APP_REQUEST_LOG
		UNION ALL SELECT 'error', ClientId, ItemId, Stage || ' ' || Code, Message FROM APP_EXCEPTION_LOG WHERE ItemId IS NOT NULL
		UNION ALL SELECT 'run', Status, ExitCode, Received || ' ' || Processed || ' ' || Errors, Acked || ' ' || Owed FROM APP_JOB_RUN
		ORDER BY 1, 2, 3, 4, 5"
	es_sql "SELECT 'acked', client, id, count(DISTINCT id) FROM ack_log WHERE NOT refused GROUP BY client, id ORDER BY 1, 2, 3"
}

# again PARALLEL: from the beginning, so many at once.
again() {
	rm -f "$DB"-wal "$DB"-shm
	cp base.db "$DB"
	es_sql "DELETE FROM request_log; DELETE FROM ack_log; DELETE FROM idempotency; UPDATE record SET acked_at = NULL"
	run_job Complete --parallel "$1"
}

again 1
expect_status "one after the other" 1
result >serial
(($(wc -l <serial) > 300)) || fail "the serial run left too little: $(wc -l <serial) rows"
seeds=0
reordered=0
for ((round = 0; round < $(share 20 1000); round++)); do
	seed=$((SEED + round))
	RANDOM=$((seed % 32768))
	clear_faults
	for ((client = 1; client <= CLIENTS; client++)); do
		case $((RANDOM % 4)) in
		0) fault '{"kind": "delay", "client": "'$client'", "path": "/api/records", "delay_ms": '$((RANDOM % 120))', "times": '$((RANDOM % 4))'}' ;;
		1) fault '{"kind": "delay", "client": "'$client'", "path": "/api/records/ack", "delay_ms": '$((RANDOM % 120))', "times": 2}' ;;
		2) fault '{"kind": "drip", "client": "'$client'", "path": "/api/records", "method": "GET", "every_ms": 1, "times": 1}' ;;
		esac
	done
	parallel=$((1 + RANDOM % 64))
	again "$parallel"
	((status == 1)) || fail "seed $seed, $parallel at once: exit status $status"
	result >parallel
	diff serial parallel >differs || fail "seed $seed, $parallel at once: $(head -n 20 differs)"
	invariants
	order=$(es_sql "SELECT group_concat(client, ' ') FROM request_log")
	[[ $order == "${last-}" ]] || reordered=$((reordered + 1))
	last=$order
	seeds=$((seeds + 1))
done
((reordered > seeds / 2)) || fail "the answers came in the same order each time"
count "schedules that end as the serial run does" "$seeds"

# One hangs for ever: it costs the run its own time-outs, and the others nothing.
set_system ris '{"Timeout": 2, "Retries": 0}'
sql "UPDATE APP_JOB_TYPE SET Definition = json_remove(Definition, '\$.Fetch.Pages')" # one request, one time-out
cp "$DB" base.db
sql "DELETE FROM APP_ITEM; DELETE FROM workflow_trigger; DELETE FROM APP_REQUEST_LOG; DELETE FROM APP_EXCEPTION_LOG;
	DELETE FROM APP_JOB_RUN; DELETE FROM APP_CLIENT; DELETE FROM APP_ALERT; PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
cp "$DB" base.db
hangs=0
for ((round = 0; round < $(share 2 20); round++)); do
	for kind in hang drip; do
		clear_faults
		fault '{"kind": "'$kind'", "every_ms": 1500, "client": "3", "path": "/api/records", "method": "GET", "times": 0}'
		again 2
		expect_status "client 3: $kind" 1
		expect "it alone fails" "3" "$(sql "SELECT group_concat(ClientId) FROM APP_REQUEST_LOG WHERE Status = 'failed'")"
		expect "its time is its time-out, more or less" 1 \
			"$(sql "SELECT DurationMs BETWEEN 1900 AND 20000 FROM APP_REQUEST_LOG WHERE ClientId = '3'")"
		expect "nobody else waited for it" "" "$(sql "SELECT a.ClientId, a.StartedAt, a.DurationMs FROM APP_REQUEST_LOG a
			WHERE a.ClientId <> '3' AND julianday(a.StartedAt) + a.DurationMs / 86400000.0 >=
				(SELECT julianday(h.StartedAt) + h.DurationMs / 86400000.0 FROM APP_REQUEST_LOG h WHERE h.ClientId = '3')")"
		invariants
		hangs=$((hangs + 1))
	done
done
count "clients that hang" "$hangs"
