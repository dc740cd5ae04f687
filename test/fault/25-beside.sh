#!/bin/bash
# What stands beside the database: its log and its index are deleted between runs, or left behind when it is copied.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

storage_ready

# dead POINT: a run that died there, its log still beside the database.
dead() {
	reset
	crash_at "$1"
	[[ -s $DB-wal ]] || fail "$1: there is no log"
}

tried=0
points=$(share 3 6)
for ((n = 1; n <= points; n++)); do
	dead "after_db_commit:$n"
	rm -f "$DB-shm"
	invariants
	healed "its index deleted after commit $n"
	dead "after_db_commit:$n"
	head -c 32768 /dev/urandom >"$DB-shm"
	healed "its index spoilt after commit $n"
	tried=$((tried + 2))
done

# Without its log the database is as it was when the log was begun. Nothing of it had been acknowledged: nothing is missed.
# shellcheck disable=SC2016  # expanded when it is done
for how in 'rm -f "$DB-wal"' 'rm -f "$DB-wal" "$DB-shm"' ': >"$DB-wal"' 'truncate --size=-1 "$DB-wal"' \
	'head -c 100000 /dev/urandom >"$DB-wal"' 'cp "$DB" copy.db; rm -f "$DB"*; mv copy.db "$DB"'; do
	dead after_db_commit:2
	expect "nothing is acknowledged but what was owed from before" 0 \
		"$(es_sql "SELECT count(*) FROM ack_log WHERE CAST(id AS INTEGER) > 5")" >/dev/null
	eval "$how"
	invariants
	healed "after: $how"
	tried=$((tried + 1))
done

# An ended run leaves nothing in the log: to delete what is beside the database takes nothing away.
reset
hurt env
expect_status "a run that ends" 0
[[ ! -s $DB-wal ]] || fail "its log is still there"
rm -f "$DB"-* "$DB".*
whole "all beside the database deleted after a run"
invariants
healed "all beside the database deleted after a run"
tried=$((tried + 1))

# Copied in the midst of a run, without its log: another, older database, that is worked on as such.
reset
fault '{"path": "/api/records/ack", "kind": "delay", "delay_ms": 1500, "times": 1}'
start_job Complete
until_true "an ack is on its way" asked /api/records/ack
cp "$DB" older.db
end_job
clear_faults
expect_status "the run that was copied" 0
invariants
expect "the copy is whole" ok "$(sqlite3 older.db "PRAGMA integrity_check")"
forget_acks
status=0
"$BINARY" Complete --key-file "$KEY_FILE" --db older.db >stdout 2>stderr || status=$?
expect_status "a run on the copy" 0
DB=$WORK/older.db
whole "a run on the copy"
invariants
count "logs and indices deleted, spoilt or left behind" $((tried + 1))
