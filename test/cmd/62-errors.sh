#!/bin/bash
# errors: one line a cause, so that one client's system and a rule of ours are told apart; each error on request.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db

succeed "$JOBRUN" errors
expect_match "a new database has none" '^no errors since 20[0-9-]{8} [0-9:]{8} UTC$' "$(<stdout)"
succeed "$JOBRUN" errors --json
expect "nor in JSON" "[]" "$(<stdout)"

set_system ris '{"Retries": 0}'
workflow_job '.MaxAttempts = 2 | .Alerts.MinProcessedRatio = 0'
for client in 1 2 3 7; do
	workflow_client "$client"
	offer "$client" "${client}01" "${client}03"
done
know 101 101
know 201 202
new_key
fault '{"path": "/api/records", "client": "7", "kind": "status", "status": 503, "times": 0}'
run_job Complete
expect_status "one client's system is down, and some records are unknown" 1

# causes JQ-FILTER: of each cause as JSON.
causes() {
	jq -c ".[] | $1" stdout
}

succeed "$JOBRUN" errors --json
expect "our rule and one client's system are two causes" \
	'[6,"open","3 of 4: 1, 2, 3","Complete","rules","rule_rejected","the record is known: no such record: #",3,4,["1","2","3"]]
[1,"open","client 7 only, of 4","Complete","fetch","http_503","7",1,4,["7"]]' \
	"$(causes '[.Count, .State, .Where, .Job, .Stage, .Code, (.Message | if test("^GET") then "7" else . end), .Hit,
		.Visited, .Clients]')"
expect "each with its first and its last time" \
	"$(sql "SELECT min(At), max(At) FROM APP_EXCEPTION_LOG WHERE Stage = 'rules'")" \
	"$(causes '.First + "|" + .Last' | head -n 1 | tr -d '"')"

NO_COLOR=1 HOME='' succeed "$JOBRUN" errors
expect_match "for people, too" '^ +6 +open .* 3 of 4: 1, 2, 3 +Complete +rules +rule_rejected +the record is known: no such record: #$' \
	"$(<stdout)"
expect_match "and since when" '^2 causes since 20[0-9-]{8} [0-9:]{8} UTC, --since for more; --all shows each error$' "$(<stdout)"
expect_no_match "no colour in a pipe" $'\033' "$(<stdout)"
expect_no_match "nor what JSON alone holds" 'Visited' "$(<stdout)"
succeed "$JOBRUN" errors --limit 1
expect_match "a limit says what it hides" '^1 more cause, --limit shows more; 2 causes' "$(<stdout)"

# The system is up again; of the records one is there now.
clear_faults
know 102 102
run_job Complete
succeed "$JOBRUN" errors --json
expect "what no client's newest visit had is over, and last" "14 open rule_rejected
1 over http_503" "$(causes '"\(.Count) \(.State) \(.Code)"' | tr -d '"')"
expect "now the rule hits all" '"all 4 clients"' "$(causes .Where | head -n 1)"

for words in 1 "--since 1h --client 7" "--job Complete --client 7,1" "--group 10 --client 3"; do
	# shellcheck disable=SC2086
	succeed "$JOBRUN" errors --json $words
	causes '"\(.Count) \(.State) \(.Where)"'
done >chosen
expect "of a run, of some clients" '"6 null 3 of 4: 1, 2, 3"
"1 null client 7 only, of 4"
"3 open client 7"
"1 over client 7"
"6 open clients 1, 7"
"1 over client 7"
"6 open client 3"' "$(<chosen)"
succeed "$JOBRUN" errors 1
expect_match "a run is named" '^run 1: 2 causes; --all shows each error$' "$(<stdout)"

# Each error by itself.
succeed "$JOBRUN" errors 1 --client 3 --json
expect "of a run and a client" '["3","10","301",1,1,"rules","the record is known: no such record: 301"]
["3","10","302",1,1,"rules","the record is known: no such record: 302"]
["3","10","303",1,1,"rules","the record is known: no such record: 303"]' \
	"$(causes '[.ClientId, .GroupId, .ItemId, .RunId, .Attempt, .Stage, .Message]' | sort)"
succeed "$JOBRUN" errors --all --limit 2 --json
expect "the newest first" "$(sql "SELECT ItemId FROM APP_EXCEPTION_LOG ORDER BY At DESC, Id DESC LIMIT 2")" \
	"$(causes .ItemId | tr -d '"')"
succeed "$JOBRUN" errors --all --limit 2
expect_match "a limit says that there are more" '^there are more; --limit shows more$' "$(<stdout)"
succeed "$JOBRUN" errors 1 --all --limit 7
expect_no_match "or nothing, where all are shown" 'more' "$(<stdout)"
expect "all seven" 8 "$(wc -l <stdout)"

while IFS='|' read -r name regex words; do
	# shellcheck disable=SC2086
	jobrun errors $words
	expect_status "$name" 64
	expect_match "$name: says why" "$regex" "$(<stderr)"
	expect_empty "$name: and nothing else" stdout
done <<'END'
a run that never was|there is no run 99, or it was pruned; see jobrun runs|99
a job in place of a run|RUN is a run's number; for one job's errors give --job|Complete
a job that is not there|there is no job type Complet; did you mean Complete|--job Complet
an empty client|--client: an id is empty|--client 7,
a limit of nothing|--limit: give a whole number from 1|--limit 0
a time that is none|--since: give an age|--since yesterday
END
succeed "$JOBRUN" errors --client $'\xff"' --since 1d
expect_match "a client that nobody knows has no errors" '^no errors since' "$(<stdout)"

# In a terminal nobody has to widen it.
COLUMNS=80 TERM=xterm script -qec "$(printf '%q' "$JOBRUN") errors" /dev/null </dev/null | tr -d '\r' >screen
expect_match "at 80 columns it says how often, since when and where" '^Count +State +First +Last +Where ' "$(<screen)"
succeed "$JOBRUN" errors --json
cause=$(jq -r '.[] | select(.Code == "http_503") | .Message' stdout)
[[ ${#cause} -gt 80 && $(tr -d ' \n' <screen) == *"${cause// /}"* ]] || fail "at 80 columns nobody reads why: $(<screen)"
ok "and why, to the end"

succeed "$JOBRUN" client pause Complete 7 --reason 'their server moves'
succeed "$JOBRUN" hold Complete --reason 'platform migration'
for words in "" --all; do
	# shellcheck disable=SC2086
	succeed "$JOBRUN" errors $words
	expect "a client that is paused is told, and the job that is held: $words" "held: Complete: platform migration
paused: client 7, group 10 of Complete: their server moves" "$(grep -E '^(held|paused)' stdout)"
done
succeed "$JOBRUN" errors --client 3
expect_no_match "where he is shown" '^paused' "$(<stdout)"
succeed "$JOBRUN" release Complete
succeed "$JOBRUN" client resume Complete 7

# Text from outside moves no cursor.
sql "INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, ItemId, Stage, Code, Message) SELECT max(At), 2, 3,
	'evil' || char(27) || '[2J', char(55, 0, 27), 'rules', 'c', 'x' || char(27) || '[31m' FROM APP_EXCEPTION_LOG"
succeed "$JOBRUN" errors
expect_match "it is escaped" 'evil\\x1b\[2J only.* x\\x1b\[' "$(<stdout)"
succeed "$JOBRUN" errors --all
expect_match "in the list of errors, too" '7\\x00\\x1b' "$(<stdout)"
expect_no_match "everywhere" $'\033' "$(<stdout)"

# Another program writes: it is not waited for. Nor does a long log take long.
sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
	INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, GroupId, ItemId, Stage, Code, Message)
	SELECT (SELECT max(At) FROM APP_EXCEPTION_LOG), 2, 3, i, '10', i, 'rules', 'many', 'no such thing: ' || i FROM n"
coproc WRITER { sqlite3 "$DB"; }
echo "BEGIN IMMEDIATE; SELECT 'locked';" >&"${WRITER[1]}"
read -r locked <&"${WRITER[0]}"
expect "another program holds the write lock" locked "$locked"
succeed "$JOBRUN" errors --json
echo ".quit" >&"${WRITER[1]}"
expect "ten thousand clients are one line" "10000 10000 of 10001 clients" \
	"$(causes 'select(.Code == "many") | "\(.Count) \(.Where)"' | tr -d '"')"
