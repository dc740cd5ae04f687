#!/bin/bash
# One client's failure never touches another's, and a client that hangs delays no other.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job
know 1 1000
new_key
for client in 1 2 3 4 5 6 7 8; do
	workflow_client "$client" "$( ((client != 6)) || echo '{"Timeout": 2}')"
	offer "$client" $((client * 100 + 1)) $((client * 100 + 20))
done

fault '{"client": "1", "kind": "status", "status": 404, "method": "GET", "times": 0}'
fault '{"client": "2", "kind": "status", "status": 500, "method": "GET", "times": 0}'
fault '{"client": "3", "kind": "body", "method": "GET", "times": 0,
	"body": "[{\"id\": 301}, {\"id\": 302},, {\"id\": 303}]"}'
fault '{"client": "4", "kind": "body", "body": "<!doctype html><title>Sign in</title>", "method": "GET", "times": 0}'
fault '{"client": "5", "kind": "cut", "at_byte": 100, "method": "GET", "times": 0}'
fault '{"client": "6", "kind": "hang", "method": "GET", "times": 0}'
fault '{"client": "8", "kind": "reset", "method": "GET", "times": 0}'

begun=$(now_ms)
run_job Complete
took=$(($(now_ms) - begun))
expect_status "seven fail, one does not" 1
expect "each for its own reason" "1|fetch|http_404
2|fetch|http_500
3|fetch|body_malformed
4|fetch|body_malformed
5|fetch|body_unended
6|fetch|timeout
8|fetch|broken" "$(sql "SELECT ClientId, Stage, Code FROM APP_EXCEPTION_LOG WHERE ItemId IS NULL ORDER BY ClientId")"
expect "each with its own row" "1|failed|404|0
2|failed|500|0
3|failed|200|2
4|failed|200|0
5|failed|200|3
6|failed||0
7|ok|200|20
8|failed||0" "$(sql "SELECT ClientId, Status, HttpStatus, Processed FROM APP_REQUEST_LOG ORDER BY ClientId")"
expect "the row's message is the exception's" 7 "$(sql "SELECT count(*) FROM APP_REQUEST_LOG l JOIN APP_EXCEPTION_LOG x
	USING (RunId, ClientId) WHERE l.Message = x.Message")"
expect "each with its line" 7 "$(grep -cE 'error .*client [1-68], group 10: fetch failed: ' stderr)"
expect "the run counts them" "degraded|8|25" "$(last_run "Status, Clients, Processed")"
expect "the healthy one is complete and acknowledged" "20|0" "$(last_visit 7 "Acked, Owed")"
expect "items that came whole are acknowledged, whatever came of the rest" "5|3
3|2" "$(sql "SELECT ClientId, Acked FROM APP_REQUEST_LOG WHERE ClientId IN ('3', '5') ORDER BY ClientId DESC")"
acked_is_applied
((took >= 1900 && took < 5000)) || fail "the run took $took ms: the one that hangs has 2 s"
ok "it all took as long as the slowest, $took ms"
books_balance

# Two at a time: the one that hangs holds one place, the others go through the other.
clear_faults
fault '{"client": "1", "kind": "hang", "method": "GET", "times": 0}'
set_system ris '{"Retries": 0, "Timeout": 3}'
start_job Complete -j 2 --client 1,2,3,4,5,7,8
all_others_done() {
	(($(sql "SELECT count(*) FROM APP_REQUEST_LOG WHERE RunId = 2") == 6))
}
until_true "all others are done" all_others_done
ok "all others are done while the first one hangs"
expect "whose request is still open" "" "$(sql "SELECT * FROM APP_REQUEST_LOG WHERE RunId = 2 AND ClientId = '1'")"
end_job
expect_status "then it fails" 1
triggered_once "the others" 120
clear_faults
set_system
run_job Complete
expect_status "when all is well again, the rest follows" 0
triggered_once "in the end" 160
es_acked "all acknowledged" 160
books_balance
