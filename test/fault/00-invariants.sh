#!/bin/bash
# The checker itself: after a good run it finds nothing, and each thing that it looks for it finds when it is there.
. "$(dirname "$0")/lib.sh"

crash_world
more_work 25
run_job Complete
expect_status "a run with nine bad items" 0
invariants
more_work 10
crash_at before_db_commit:3
invariants
expect "what the crash left in the write-ahead log is still there" 1 "$(($(stat -c %s "$DB-wal") > 0))"
crash_at after_db_commit:3!
invariants
all_goes_through

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

# Where the item stands that they are tried on, and a string's.
seven="ClientId = '1' AND ItemId = '20007'"
string="ClientId = '3' AND ItemId = '60007'"
broken "acknowledged, but not applied" db "DELETE FROM APP_ITEM WHERE $seven"
broken "acknowledged, but not applied" db "DELETE FROM APP_ITEM WHERE $string"
broken "acknowledged, but not applied" db "UPDATE APP_ITEM SET IdQuoted = 0 WHERE $string"
broken "acknowledged, but not applied" db "UPDATE APP_ITEM SET ClientId = '2' WHERE $seven"
broken "acknowledged, but it never took effect" db "DELETE FROM workflow_trigger WHERE record = 20007"
broken "marked acknowledged, but the external system does not know" es "DELETE FROM ack_log WHERE id = '20007'"
broken "marked acknowledged, but the external system does not know" es "UPDATE ack_log SET refused = 1 WHERE id = '20007'"
broken "an error that was acknowledged" db "UPDATE APP_ITEM SET State = 'failed' WHERE $seven"
broken "an error that was acknowledged" es "INSERT INTO ack_log (request, kind, client, groupid, id, known, first, refused)
	VALUES (1, 'records', '1', '10', '990001', 1, 1, 0)"
broken "effects other than one: 2" db "INSERT INTO workflow_trigger (client, groupid, record) VALUES (1, 10, 20007)"
broken "effects other than one: 0" db "DELETE FROM workflow_trigger WHERE record = '60007'"
broken "an effect without a row in the ledger" db \
	"INSERT INTO workflow_trigger (client, groupid, record) VALUES (1, 10, 8888)"
broken "an effect without a row in the ledger" db \
	"INSERT INTO workflow_trigger (client, groupid, record) VALUES (1, 10, 990001)"
broken "an error without an exception row" db "DELETE FROM APP_EXCEPTION_LOG WHERE ItemId = '990001'"
broken "a row of the ledger without its run" db "UPDATE APP_ITEM SET RunId = 777 WHERE $seven"
broken "two runs at once" db "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status)
	VALUES (3, '2026', 'running'), (3, '2026', 'running')"
broken "two runs at once" db "UPDATE APP_JOB_RUN SET FinishedAt = '2099-01-01T00:00:00.000Z' WHERE RunId = 1"
broken "two runs at once" db "UPDATE APP_JOB_RUN SET Status = 'running', FinishedAt = NULL WHERE RunId = 2"
broken "a run that neither ended nor is under way" db "UPDATE APP_JOB_RUN SET FinishedAt = NULL WHERE RunId = 4"
broken "books that do not balance: a run" db "UPDATE APP_JOB_RUN SET Received = Received + 1 WHERE RunId = 1"
broken "books that do not balance: a client" db "UPDATE APP_REQUEST_LOG SET Errors = Errors + 1"
broken "a run that is not the sum of its clients" db "UPDATE APP_JOB_RUN SET Acked = Acked + 1 WHERE Status <> 'crashed'"
broken "a run that is not the sum of its clients" db "DELETE FROM APP_REQUEST_LOG WHERE RunId = 1"
broken "books that are not the ledger: processed" db \
	"UPDATE APP_REQUEST_LOG SET Processed = Processed + 1, Received = Received + 1 WHERE RunId = 1 AND ClientId = '2'"
broken "books that are not the ledger: processed" db "UPDATE APP_ITEM SET RunId = 2 WHERE $seven"
broken "books that are not the log: errors" db "DELETE FROM APP_EXCEPTION_LOG WHERE RunId = 1 AND ItemId = '990001'"
broken "books that are not the ledger: owed" db "UPDATE APP_REQUEST_LOG SET Owed = 1 WHERE RunId = 4"
broken "foreign key" db "INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, Stage, Code, Message)
	VALUES ('2026', 777, 3, '1', 'fetch', 'x', 'x')"
dd if=/dev/zero of="$DB" bs=4096 seek=5 count=1 conv=notrunc status=none
found=$("$TREE/test/fault/invariants" "$DB" "$ES_DB" 2>&1 || true)
expect_match "found: pages that are no pages" "integrity|malformed" "$found"
count "violations that the checker finds" 29

# Versions, and an id that is a number and a string: each is an item of its own. And acks that name no group.
workflow_db
es_sql "DELETE FROM record; DELETE FROM ack_log"
set_system
workflow_job '.Fetch.ItemVersion = "/v" | .Ack.Body = {clientId: "{ClientId}", ids: "{Ids}"} |
	.Alerts.MinProcessedRatio = 0'
workflow_client 1
know 1 9
new_key
printf '{"id":%s,"v":%s,"status":"COMPLETED"}\n' 7 1 7 2 '"7"' 1 8 1 77 1 | put_records records 1 10
run_job Complete
expect_status "items with versions" 0
expect "they are applied, each once" "acked 4 failed 1" "$(ledger)"
invariants
printf '{"id":%s,"v":%s,"status":"DRAFT"}\n' 8 2 | put_records records 1 10
run_job Complete
invariants
broken "effects other than one: 3" db "DELETE FROM APP_ITEM WHERE ItemId = '7' AND ItemVersion = '2'"
broken "acknowledged, but not applied" db "DELETE FROM APP_ITEM WHERE ItemId = '7' AND IdQuoted"
