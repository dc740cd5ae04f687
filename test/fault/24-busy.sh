#!/bin/bash
# Another program has the database: a lock held for a while is waited for, one held for ever ends the run with 75, and a
# reader that never ends its transaction lets the log grow, which is told.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

COMMAND_SECONDS=120
storage_ready

# held_for SECONDS WHAT: the write lock, from before the run on; $took is how long that went on, in ms.
held_for() {
	local begun

	reset
	hold_open "BEGIN IMMEDIATE; UPDATE record SET completed = completed WHERE id = 1"
	begun=$(now_ms)
	(
		sleep "$1"
		rm -f "$WORK/holds"
	) &
	hurt env
	took=$(($(now_ms) - begun))
	wait "$!"
	let_go
	documented "$2"
}
held_for 1 "the write lock held for a second"
((status == 0 && took >= 900)) || fail "the write lock held for a second: exit status $status after $took ms"
ok "the write lock held for a second is waited for"

# In the midst of the run, between its acks.
held_between() {
	reset
	fault '{"path": "/api/records/ack", "kind": "delay", "delay_ms": 700, "times": 1}'
	start_job Complete
	until_true "an ack is on its way" asked /api/records/ack
	hold_open "BEGIN IMMEDIATE; UPDATE record SET completed = completed WHERE id = 1"
	begun=$(now_ms)
}
held_between
sleep 2
let_go
end_job
expect_status "the write lock taken in the midst of a run" 0
whole "the write lock taken in the midst of a run"
invariants
clear_faults

if [[ -n ${JOBRUN_FULL-} ]]; then
	held_for 65 "the write lock held for ever"
	((status == 75 && took < 80000)) || fail "the write lock held for ever: exit status $status after $took ms"
	expect_match "it says so" "^jobrun: beginning a transaction: $DB: database is locked.*try later" "$(<stderr)"
	healed "the write lock held for ever"
	held_between
	status=0
	wait "$job_pid" || status=$?
	job_pid=
	took=$(($(now_ms) - begun))
	cp job.err stderr
	let_go
	((status == 75)) || fail "the write lock taken for ever in the midst of a run: exit status $status"
	((took >= 29000 && took < 45000)) || fail "it ended after $took ms, and not after 30 seconds"
	documented "the write lock taken for ever in the midst of a run"
	clear_faults
	healed "the write lock taken for ever in the midst of a run"
	count "locks held for ever" 2
fi

# A reader. A log of over 64 MiB is told, once; the run is done all the same, and the log is cut back afterwards.
workflow_job '.Fetch.Path = "{Route}" | .Ack = null | .Alerts.MinProcessedRatio = 0' \
	"INSERT INTO workflow_trigger (client, groupid, record, run) VALUES (@ClientId, @GroupId, :id, hex(zeroblob($(share 10000 1500))));"
stop_server TERM
items=$(share 4000 100000)
rm -f "$ES_DB"*
start_server --generate "kind=records,client=1,group=10,count=$items"
sql "DELETE FROM workflow_trigger; DELETE FROM APP_ITEM"
# The platform's own service, which has the database open all day: while it has, the log's file is not deleted.
touch idle
sqlite3 "$DB" "SELECT count(*) FROM APP_ITEM" ".shell while [ -e $WORK/idle ]; do sleep 0.05; done" >/dev/null 2>&1 &
idle=$!
hold_open "BEGIN; SELECT count(*) FROM APP_ITEM"
COMMAND_SECONDS=300
hurt env
expect_status "a reader all through the run: it is done" 0
log=$(stat -c %s "$DB-wal")
((log > 67108864)) || fail "the log has $log bytes only: the test is too small"
expect "the log of $((log / 1048576)) MiB is told, once" 1 \
	"$(grep -c "warning Complete run.*the database's log (-wal) has grown to [0-9]* MiB" stderr)"
let_go
expect "all items are applied" "$items" "$(sql "SELECT count(*) FROM APP_ITEM WHERE State IN ('applied', 'acked')")"
count "items applied beside a reader that does not end" "$items"
hurt env
expect_status "one more run" 0
hurt env
((status == 0)) || fail "one more run: exit status $status"
expect_no_match "it says nothing of the log" 'has grown' "$(<stderr)"
log=$(stat -c %s "$DB-wal")
((log <= 67108864)) || fail "the log still has $log bytes"
ok "the log is cut back"
rm idle
wait "$idle"
