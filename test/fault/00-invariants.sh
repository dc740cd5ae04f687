#!/bin/bash
# The checker itself: after a good run it finds nothing, and each thing that it looks for it finds when it is there.
. "$(dirname "$0")/lib.sh"

start_server
workflow_db
set_system
workflow_job
workflow_client 1
know 1 30
offer 1 1 25
offer 1 9001 9002
new_key
run_job Complete
expect_status "a run with two bad items" 1
invariants
crash_at before_db_commit:3
crash_at after_db_commit:3!
run_job Complete
invariants

# broken WHAT DATABASE SQL: with that done to a copy of the database, the checker says so.
broken() {
	local copies=$WORK/copy found

	rm -rf "$copies"
	mkdir "$copies"
	sqlite3 "$DB" "VACUUM INTO '$copies/db'"
	sqlite3 "$ES_DB" "VACUUM INTO '$copies/es'"
	sqlite3 -bail "$copies/$2" "PRAGMA foreign_keys = OFF; $3"
	found=$("$TREE/test/fault/invariants" "$copies/db" "$copies/es" || true)
	expect_match "found: $1" "$1" "$found"
}

broken "acknowledged, but not applied" db "DELETE FROM APP_ITEM WHERE ItemId = '7'"
broken "acknowledged, but it never took effect" db "DELETE FROM workflow_trigger WHERE record = 7"
broken "marked acknowledged, but the external system does not know" es "DELETE FROM ack_log WHERE id = '7'"
broken "an error that was acknowledged" db "UPDATE APP_ITEM SET State = 'failed' WHERE ItemId = '7'"
broken "effects other than one: 2" db "INSERT INTO workflow_trigger (client, groupid, record) VALUES (1, 10, 7)"
broken "an effect without a row in the ledger" db \
	"INSERT INTO workflow_trigger (client, groupid, record) VALUES (1, 10, 8888)"
broken "two runs at once" db "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status) VALUES (3, '2026', 'running'), (3, '2026', 'running')"
broken "two runs at once" db "UPDATE APP_JOB_RUN SET FinishedAt = '2099-01-01T00:00:00.000Z' WHERE RunId = 1"
broken "books that do not balance: a run" db "UPDATE APP_JOB_RUN SET Received = Received + 1 WHERE RunId = 1"
broken "books that do not balance: a client" db "UPDATE APP_REQUEST_LOG SET Errors = Errors + 1"
broken "a run that is not the sum of its clients" db "UPDATE APP_JOB_RUN SET Acked = Acked + 1 WHERE Status <> 'crashed'"
broken "foreign key" db "INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, Stage, Code, Message)
	VALUES ('2026', 777, 3, '1', 'fetch', 'x', 'x')"
count "violations that the checker finds" 12
