#!/bin/bash
# Acks that are refused: single ids, whole requests that are too large, single items of single requests.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job '.Ack.Rejected = "/rejected"'
workflow_client 1
know 1 100
offer 1 1 10
new_key

fault '{"kind": "reject", "ids": [3, 7], "path": "/api/records/ack", "times": 0}'
run_job Complete
expect_status "two ids are refused" 1
expect "the run is degraded, and the two stay owed" "degraded|10|10|0|8|2" \
	"$(last_run "Status, Received, Processed, Errors, Acked, Owed")"
expect "an exception row for each" "3|ack|ack_rejected
7|ack|ack_rejected" "$(sql "SELECT ItemId, Stage, Code FROM APP_EXCEPTION_LOG ORDER BY ItemId")"
expect_match "and a line" "client 1, group 10, item 3: .*refused" "$(<stderr)"
expect "in the ledger" "acked 8 applied 2" "$(ledger)"
expect "no id was named twice in one pass" 10 "$(es_sql "SELECT count(*) FROM ack_log")"
es_sql "DELETE FROM ack_log"
run_job Complete
expect_status "refused again" 1
expect "they are the same two, and the same ids bear the same key: the second time is answered from memory" "3,7|1" \
	"$(es_sql "SELECT group_concat(id), (SELECT max(replay) FROM request_log)
		FROM (SELECT id FROM ack_log ORDER BY id)")"
clear_faults
# Its memory of keys lasts a day, say.
es_sql "DELETE FROM idempotency"
run_job Complete
expect_status "taken at last" 0
expect "nothing is owed" "2|0" "$(last_run "Acked, Owed")"
triggered_once "all the while" 10

# An answer whose refusals cannot be read leaves everything owed.
offer 1 11 12
fault '{"kind": "body", "body": "<html>", "path": "/api/records/ack"}'
run_job Complete
expect_status "an answer that is no JSON" 1
expect "counts as no ack" "failed|0|2" "$(last_run "Status, Acked, Owed")"
run_job Complete
expect_status "the next run" 0

# Too large: half of it, and half of that.
es_sql "DELETE FROM request_log; DELETE FROM ack_log"
workflow_job '.Ack.Batch = 8'
offer 1 21 30
fault '{"kind": "status", "status": 413, "path": "/api/records/ack", "times": 2}'
run_job Complete
expect_status "413 is no failure" 0
expect "two requests were too large" "413,413,200,200,200,200,200" "$(es_sql "SELECT group_concat(status)
	FROM (SELECT status FROM request_log WHERE method = 'POST' ORDER BY n)")"
expect "batches of 8 and 4 became batches of 2" "2,2,2,2,2" "$(es_sql "SELECT group_concat(n) FROM
	(SELECT count(*) n FROM ack_log GROUP BY request ORDER BY request)")"
expect "all were acknowledged" "10|0" "$(last_run "Acked, Owed")"
fault '{"kind": "status", "status": 413, "path": "/api/records/ack", "times": 0}'
offer 1 31 33
es_sql "DELETE FROM request_log"
run_job Complete
expect_status "413 to a single id, too, is a failure" 1
expect "after 3 ids, 2 and 1: none was sent again that was too large" 3 "$(es_sql "SELECT count(*) FROM request_log
	WHERE method = 'POST'")"
expect "and ends there" "3|http_413" "$(last_run Owed)|$(sql "SELECT Code FROM APP_EXCEPTION_LOG
	ORDER BY Id DESC LIMIT 1")"
clear_faults

# One request an item.
run_job Complete
es_sql "DELETE FROM request_log; DELETE FROM ack_log"
workflow_job '.Ack = {Path: "{Route}/ack/{Id}", Batch: 1, Body: null}'
offer 1 41 45
seq 46 47 | sed 's/.*/{"id":"r\/& ä"}/' | put_records records 1 10
sql "DROP TABLE IF EXISTS known; ALTER TABLE record RENAME TO known; CREATE TABLE record (id, completed DEFAULT 0)"
sql "INSERT INTO record (id) SELECT id FROM known; INSERT INTO record (id) VALUES ('r/46 ä'), ('r/47 ä')"
fault '{"kind": "status", "status": 404, "path": "/api/records/ack/43", "times": 0}'
run_job Complete
expect_status "404 for one item" 1
expect "the others are acknowledged" "degraded|7|6|1" "$(last_run "Status, Processed, Acked, Owed")"
expect "each by a request of its own, its id percent-encoded" 2 \
	"$(es_sql "SELECT count(*) FROM ack_log WHERE id LIKE '%r/4_ ä%' AND known")"
expect "the exception names it" "43|ack|http_404" "$(sql "SELECT ItemId, Stage, Code FROM APP_EXCEPTION_LOG
	ORDER BY Id DESC LIMIT 1")"
expect "it stays owed" 43 "$(sql "SELECT ItemId FROM APP_ITEM WHERE State = 'applied'")"
clear_faults
run_job Complete
expect_status "it is taken at last" 0
expect "nothing is owed" "1|0" "$(last_run "Acked, Owed")"
fault '{"kind": "status", "status": 401, "path": "/api/records/ack", "times": 0}'
know 51 53
offer 1 51 53
es_sql "DELETE FROM request_log"
run_job Complete
expect_status "401 is not about one item" 1
expect "it ends the pass" 1 "$(requests "method = 'POST'")"
clear_faults
fault '{"kind": "status", "status": 429, "path": "/api/records/ack", "times": 0}'
es_sql "DELETE FROM request_log"
run_job Complete
expect_status "nor is 429, which asks for patience" 1
expect "and is not asked again in this visit, after the fetch neither" 1 "$(requests "method = 'POST'")"
expect "the client failed" "failed|3" "$(last_run "Status, Owed")"
clear_faults
fault '{"kind": "status", "status": 500, "path": "/api/records/ack", "times": 0}'
es_sql "DELETE FROM request_log"
run_job Complete
expect_status "nor is 500, which is the system's own trouble" 1
expect "it ends the pass, too" "failed|3|1" "$(last_run "Status, Owed")|$(es_sql "SELECT count(DISTINCT path) FROM request_log
	WHERE method = 'POST'")"
books_balance
