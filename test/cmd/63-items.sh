#!/bin/bash
# items: what waits for a person is listed, one item's history is told, and what was mended is tried anew, once.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job '.MaxAttempts = 2 | .Alerts.MinProcessedRatio = 0'
workflow_client 1
workflow_client 2
know 1 3
know 11 11
offer 1 1 5
offer 2 11 12
new_key

# column NAMES…: these of each row of JSON, a line each.
columns() {
	jq -r "map([$(printf '.%s,' "$@" | sed 's/,$//')] | map(tostring) | join(\" \"))[]" stdout
}

succeed "$JOBRUN" items list
expect "at first nothing waits" "no failed or parked items" "$(<stdout)"
succeed "$JOBRUN" items list --json
expect "in JSON, too" "[]" "$(<stdout)"

run_job Complete
expect_status "three records are unknown" 0
succeed "$JOBRUN" items list --json
expect "they are listed, with the last error of each" \
	"1 10 4 failed 1 rules the record is known: no such record: 4 1 false
1 10 5 failed 1 rules the record is known: no such record: 5 1 false
2 10 12 failed 1 rules the record is known: no such record: 12 1 false" \
	"$(columns ClientId GroupId ItemId State Attempts Stage Message RunId IdQuoted)"
succeed "$JOBRUN" items show Complete 1 4
expect_match "one is shown: what will be" '^item 4: failed 1 of 2 attempts, the last in run 1 at 20.*; tried again when the external system sends it again$' \
	"$(<stdout)"

# Client 2's acks fail: what is applied stays owed.
fault '{"path": "/api/records/ack", "client": "2", "kind": "status", "status": 500, "times": 0}'
know 12 12
run_job Complete
expect_status "a second time; an ack fails" 1
succeed "$JOBRUN" items list Complete --state owed --json
expect "what is owed, without what is over" "2 12 owed 1 null" "$(columns ClientId ItemId State Attempts Stage)"
succeed "$JOBRUN" items show Complete 2 12
expect_match "it is known what becomes of it" '^item 12: applied in run 2 at .*; owed: the next run acknowledges it before it fetches$' "$(<stdout)"
clear_faults

NO_COLOR=1 HOME='' succeed "$JOBRUN" items list Complete --state parked
expect_match "two are parked by now" '^Complete +1 +10 +4 +- +parked +2 +.* rules +the record is known: no such record: 4$' "$(<stdout)"
expect_no_match "no colour in a pipe" $'\033' "$(<stdout)"
succeed "$JOBRUN" items show Complete 1 4
expect_match "and wait for a person" '^item 4: parked after 2 attempts, the last in run 2 at .*; left alone until: jobrun items retry Complete 1 4$' "$(<stdout)"
expect "each attempt is told, newest first" "2 2
1 1" "$(grep 'no such record' stdout | awk '{ print $2, $3 }')"
succeed "$JOBRUN" items show Complete 1 1
expect_match "one that went well" '^item 1: applied in run 1, acknowledged at ' "$(<stdout)"
expect_match "has no errors" '^no error of it is known$' "$(<stdout)"
succeed "$JOBRUN" items show Complete 1 4 --json
expect "as JSON" 'Complete 1 10 4 false null parked 2 2 [2,1]' \
	"$(jq -r '.[0] | .Errors |= map(.RunId)' stdout | jq -s . >s && mv s stdout && columns Job ClientId GroupId ItemId IdQuoted ItemVersion State Attempts RunId Errors)"

COLUMNS=80 TERM=xterm script -qec "$(printf '%q' "$JOBRUN") items show Complete 1 4" /dev/null </dev/null | tr -d '\r' >screen
(($(wc --max-line-length <screen) <= 80)) || fail "wider than 80 columns: $(<screen)"
expect_match "on a terminal it is broken, but not the command" '^  jobrun items retry Complete 1 4$' "$(<screen)"

succeed "$JOBRUN" client pause Complete 1 --reason 'their server moves'
succeed "$JOBRUN" hold Complete --reason 'platform migration'
succeed "$JOBRUN" items list
expect "whose items wait for that is told" "held: Complete: platform migration
paused: client 1, group 10 of Complete: their server moves" "$(grep -E '^(held|paused)' stdout)"
succeed "$JOBRUN" release Complete
succeed "$JOBRUN" client resume Complete 1

# Lists that choose.
while IFS='|' read -r name words expected; do
	# shellcheck disable=SC2086
	succeed "$JOBRUN" items list --json $words
	expect "$name" "$expected" "$(columns ItemId | paste -sd' ')"
done <<'END'
of a client|--client 1|4 5
of clients|--client 1,2 --job Complete|4 5
of another|--client 2|
of a group|--group 11|
younger than an hour|--since 1h|4 5
younger than nothing|--since 2099-01-01|
acknowledged ones|Complete --state acked --client 1|1 2 3
failed ones|Complete --state failed|
one of two|--limit 1|4
END
succeed "$JOBRUN" items list --limit 1
expect_match "a limit says what it hides" '^1 more; --limit shows more$' "$(<stdout)"
succeed "$JOBRUN" items list --limit 1 --state acked --client 1
expect_match "for acknowledged ones, that it hides some" '^there are more; --limit shows more$' "$(<stdout)"

# What cannot be, is refused, and nothing changes.
before=$(sql "SELECT * FROM APP_ITEM")
while IFS='|' read -r name regex words; do
	# shellcheck disable=SC2086
	jobrun items $words
	expect_status "$name" 64
	expect_match "$name: says why" "$regex" "$(<stderr)"
	expect_empty "$name: and nothing else" stdout
done <<'END'
all that was ever acknowledged|--state acked needs --client|list --state acked
a state that is none|give one of failed.parked.owed.acked; did you mean parked|list --state parkd
the job twice|give the job once|list Complete --job Complete
an item that nobody knows|no item 99 of client 1 is known; those that are: jobrun items list Complete --client 1 --state acked|show Complete 1 99
in a group where the client is not|client 1 has no items in group 11, but in group 10|show Complete 1 4 --group 11
a client that nobody knows|Complete has no client 11; did you mean 1|show Complete 11 4
a job that is not there|no job type Complet; did you mean Complete|retry Complet
retrying what is acknowledged|item 1 of client 1 was applied in run 1 and is acknowledged: it is never applied twice|retry Complete 1 1
retrying what is owed|item 12 of client 2 was applied in run 2: it is never applied twice|retry Complete 2 12
retrying what nobody knows|no item 99 of client 1 is known|retry Complete 1 99
retrying for nobody|Complete has no client 11|retry Complete 11
retrying in a group of nobody's|client 1 has no items in group 99, but in group 10|retry Complete 1 --group 99
END
expect "nothing was changed by all that" "$before" "$(sql "SELECT * FROM APP_ITEM")"
succeed "$JOBRUN" items retry Complete 2
expect "there may be nothing to do" "Complete, client 2: nothing to change: nothing is parked, or failed since the last retry" \
	"$(<stdout)"

# A record is there now, and the rules are mended: they take record 5 as it is. Only what was retried is tried.
know 4 4
run_job Complete
expect_status "parked items stay parked" 0
expect "they were not tried" "acked 5 parked 2" "$(ledger)"
succeed "$JOBRUN" items retry Complete 1 4
expect "retry says what comes of it, and how to have it now" \
	"Complete, client 1, item 4: 1 item is tried anew when the external system sends it again; now: jobrun Complete --client 1 --force --key-file FILE" \
	"$(<stdout)"
succeed "$JOBRUN" items show Complete 1 4
expect_match "so does show" '^item 4: to be tried anew since 20.*: when the external system sends it again$' "$(<stdout)"
# The command that it names.
run_job Complete --client 1 --force
expect_status "the run after that" 0
expect "the one is processed and acknowledged, the other left alone" "1|1|acked 6 parked 1" \
	"$(last_run "Processed, Acked")|$(ledger)"
succeed "$JOBRUN" items show Complete 1 4
expect_match "its history says so" '^item 4: applied in run 4, acknowledged at ' "$(<stdout)"
expect "and keeps the errors" 2 "$(grep -c 'no such record' stdout)"

workflow_job '.MaxAttempts = 2' "${WORKFLOW_RULES/WHERE NOT EXISTS*id = :id);/WHERE 0;}"
succeed "$JOBRUN" items retry Complete
expect_match "all of a job's" '^Complete: 1 item is tried anew .*; now: jobrun Complete --force --key-file FILE$' "$(<stdout)"
run_job Complete
expect_status "with the mended rules" 0
expect "it is applied at last" "acked 7" "$(ledger)"
triggered_once "all the while" 7
acked_is_applied
books_balance

# Failed in the newest run, tried anew by the next: from the first attempt on.
workflow_job '.MaxAttempts = 2 | .Alerts.MinProcessedRatio = 0'
offer 1 6 6
run_job Complete
succeed "$JOBRUN" items retry Complete 1 6
run_job Complete
expect "the first attempt again" "failed|1" "$(sql "SELECT State, Attempts FROM APP_ITEM WHERE ItemId = '6'")"

# The same id as a string, and in another group.
echo '{"id": "6", "status": "COMPLETED"}' | put_records records 1 10
workflow_client 1 '{"GroupId": 11}'
echo '{"id": 6, "status": "COMPLETED"}' | put_records records 1 11
run_job Complete
for verb in show retry; do
	jobrun items "$verb" Complete 1 6
	expect_status "$verb: an item in two groups" 64
	expect_match "$verb: says so" 'client 1 has it in several groups \(10, 11\): name one with --group' "$(<stderr)"
done
succeed "$JOBRUN" items show Complete 1 6 --group 10
expect "each that bears the id is shown" 'item 6: parked
item "6": failed' "$(grep -oE '^item [^ ]+: [a-z]+' stdout)"
succeed "$JOBRUN" items retry Complete 1 6 --group 10
expect_match "and retried, in this group alone" '^Complete, client 1, group 10, item 6: 2 items are tried anew .* --client 1 --group 10 --force' "$(<stdout)"
expect "the other group's is as it was" "10 0
10 0
11 1" "$(sql "SELECT GroupId || ' ' || Attempts FROM APP_ITEM WHERE ItemId = '6' ORDER BY GroupId")"

# A job that acknowledges nothing owes nothing.
know 8 8
workflow_job '.Ack = null | .MaxAttempts = 2 | .Alerts.MinProcessedRatio = 0'
offer 1 8 8
run_job Complete
expect "it is applied" applied "$(sql "SELECT State FROM APP_ITEM WHERE ItemId = '8'")"
succeed "$JOBRUN" items list --state owed
expect "and nothing is owed" "no owed items" "$(<stdout)"
succeed "$JOBRUN" items show Complete 1 8
expect_match "ever" '^item 8: applied in run [0-9]+ at 20.*; this job acknowledges nothing$' "$(<stdout)"

# Another program writes: what only reads does not wait for it.
coproc WRITER { sqlite3 "$DB"; }
echo "BEGIN IMMEDIATE; SELECT 'locked';" >&"${WRITER[1]}"
read -r locked <&"${WRITER[0]}"
expect "another program holds the write lock" locked "$locked"
succeed "$JOBRUN" items list
succeed "$JOBRUN" items show Complete 1 4
echo ".quit" >&"${WRITER[1]}"
