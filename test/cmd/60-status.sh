#!/bin/bash
# status: how every job and client stands, from runs against a real server; what is wrong on top, all of it as JSON, and
# never wider than the terminal.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

is_running() {
	[[ $(last_run Status) == running ]]
}

# rows FILTER: of status --json, one a line, compact.
rows() {
	jobrun status --json
	expect_status "status --json" 0 >/dev/null
	jq -c ".[] | $1" stdout
}

# on_terminal COLUMNS COMMAND…: as a terminal of that width shows it, in the file screen. Says how wide it became.
on_terminal() {
	local columns=$1

	shift
	COLUMNS=$columns TERM=xterm script -qec "$(printf '%q ' "$@")" /dev/null </dev/null | tr -d '\r' >screen
	sed 's/\x1b\[[0-9;]*m//g' screen | wc --max-line-length
}

succeed "$JOBRUN" init
jobrun status
expect_status "of an empty database" 0
expect "it says what to do" "no job type is installed yet: jobrun job install DIR" "$(<stdout)"
jobrun status --json
expect "as JSON it is an empty array" "[]" "$(<stdout)"

start_server
workflow_db
set_system
workflow_job
new_key
jobrun status
expect_match "a job that never ran" '^Complete +full +never +- +- ' "$(<stdout)"
expect_match "nor has clients" '^no client is configured: jobrun client add$' "$(<stdout)"

# One client goes well, one degrades, one fails, one is paused, one is off, one cannot be used, one is given twice.
workflow_client 1 '{"SendFrequency": 60}'
workflow_client 2
workflow_client 3 '{"Route": "/api/broken"}'
workflow_client 4
workflow_client 5 '{"Enabled": false}'
sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration) VALUES
	(3, '/api/records', '[{\"ClientId\": 6, \"Days\": \"x\"}, {\"ClientId\": 1, \"GroupId\": 10}]')"
succeed "$JOBRUN" client pause Complete 4 --reason 'their server moves, ticket 1234'
know 1 100
offer 1 1 10
offer 2 99 105
fault '{"kind": "status", "path": "/api/broken", "status": 404}'
for _ in 1 2; do
	run_job Complete --client 3
done
run_job Complete
expect_status "the run went badly for some" 1
workflow_client 7

expect "each client stands as it should" '["1","ok",null]
["2","degraded","degraded: processed 2 of 7, below MinProcessedRatio 0.95"]
["3","failed","failed 3 times in a row (HTTP 404): "]
["4","paused","paused for "]
["5","disabled",null]
["7","new","never visited"]
["6","unusable","configuration row "]
["1","unusable","client 1, group 10 is configured twice "]' \
	"$(rows 'select(.ClientId) | [.ClientId, .State, .Problem] |
		if .[2] then .[2] |= sub("(?<a>in a row .HTTP 404.: |paused for |configuration row |configured twice ).*"; "\(.a)") else . end')"
expect_match "the failure is told with its cause" '404' "$(rows 'select(.ClientId == "3") | .Problem')"
expect_match "a pause with its reason" 'paused for [0-9]+ s: their server moves, ticket 1234' \
	"$(rows 'select(.ClientId == "4") | .Problem')"
expect "its figures are those of the last visit" '[10,10,0,0,10,1,0,0,true]
[7,2,0,5,2,0.286,0,0,true]' "$(rows 'select(.ClientId == "1" and .Run or .ClientId == "2") |
		[.Received, .Processed, .Duplicates, .Errors, .Acked, .Ratio, .Owed, .Failures, .AvgItemMs > 0]')"
expect "a success is dated, a failure is not" '[true,false]' \
	"$(jobrun status --json && jq -c '[.[] | select((.ClientId == "1" and .Run) or .ClientId == "3")] |
		map(.LastSuccessAt != null)' stdout)"
expect "who goes by a frequency is due an hour on, who goes by every run at once, others never" \
	'["1",true]
["2",false]
["3",false]
["4",null]
["5",null]
["7",false]
["6",null]
["1",null]' "$(rows 'select(.ClientId) | [.ClientId, if .Due then (.Due[:19] + "Z" | fromdate) > now + 3000 else null end]')"
expect "and the job as their sum" '["degraded",1,17,12,5,3,true]' \
	"$(rows 'select(.ClientId == null) | [.State, .ExitCode, .Received, .Processed, .Errors, .Run, .Pid > 0]')"

jobrun status
expect_match "the job has a line" '^Complete +full +(now|.* ago) +degraded +17 +12 +5 ' "$(<stdout)"
expect "what is wrong is listed, the worst first" "6 1 3 2 4 7" \
	"$(awk '/^ClientId/ { on = 1; next } on && NF == 0 { exit } on { print $1 }' stdout | paste -sd' ')"
expect_match "the rest is a line" '^1 client is well, 1 is disabled; --all shows them$' "$(<stdout)"
expect_no_match "without a terminal there is no colour" $'\x1b' "$(<stdout)"
jobrun status --all
expect_match "--all shows those who are well" '^1 +10 +ok ' "$(<stdout)"
expect_match "and who is off" '^5 +10 +disabled ' "$(<stdout)"
expect_no_match "and counts nobody" '--all shows' "$(<stdout)"
succeed "$JOBRUN" status --json
cp stdout all.json
jobrun status --client 1
expect "--client shows that one alone" "1 1" \
	"$(awk 'NR > 1 { print $1 }' stdout | paste -sd' ')"
expect_no_match "with clients there is none to add" 'client add' "$(<stdout)"
jobrun status --client 1,77
expect_status "a client that is nowhere" 64
expect_match "is said so" 'there is no client 77' "$(<stderr)"
jobrun status --group 10 --job Complete --json
expect "--group shows those in it, and no jobs" "$(jq -c '[.[] | select(.Job == "Complete" and .GroupId == "10") | .ClientId]' all.json)" \
	"$(jq -c '[.[].ClientId]' stdout)"
jobrun status --group 10 --client 2
expect "and with --client those who are both" "2 10" "$(awk 'NR > 1 { print $1, $2 }' stdout)"
jobrun status --group 77
expect_status "a group that is nowhere" 64
expect_match "is said so" 'there is no client in group 77' "$(<stderr)"
jobrun status --group 77 --client 1
expect_status "nor one in another group" 64
expect_match "is said so with its group" 'there is no client 1 in group 77' "$(<stderr)"
jobrun status Complet
expect_status "nor a job that is not there" 64
expect_match "has a hint" 'did you mean Complete' "$(<stderr)"
jobrun status 99
expect_status "nor its number" 64

jobrun client list Complete --json
expect "client list has the pauses, what is due, and what is wrong with an entry" \
	'["1",true,null,true,null]
["2",true,null,true,null]
["3",true,null,true,null]
["4",true,"their server moves, ticket 1234",false,null]
["5",false,null,false,null]
["7",true,null,true,null]
["6",null,null,false,"configuration row"]
["1",null,null,false,"configured twice"]' "$(jq -c '.[] | [.ClientId, .Enabled, .Paused, .Due != null,
		(.Problem | if . then capture("(?<a>configured twice|configuration row)").a else . end)]' stdout)"

# Two jobs: each line says whose.
write_workflow '.JobType = 4 | .Name = "Other"'
succeed "$JOBRUN" job install workflow
add_client 9 '{"ClientId": "x"}'
add_client Other '{"ClientId": 10, "Route": "/api/records"}'
succeed "$JOBRUN" hold Other --reason 'platform migration'
jobrun status
expect_match "a job on hold is shown with its reason" '^Other +- +- +held .* held for [0-9]+ s: platform migration' "$(<stdout)"
expect_match "as a stage, too" '^Other +held +never ' "$(<stdout)"
expect_match "a job type that is only configured" '^9 +- +- +unusable .* not installed: jobrun job install' "$(<stdout)"
expect_match "and its client" '^9 +x +0 +new .* never visited' "$(<stdout)"
jobrun status 9
expect_no_match "its number will do" 'Complete|Other' "$(<stdout)"
expect "and as JSON" '[9,null,null,"unusable"] [9,null,"x","new"]' \
	"$(jobrun status --json --job 9 && jq -c '.[] | [.JobType, .Job, .ClientId, .State]' stdout | paste -sd' ')"
expect "held is told in every row of the job, and nobody is due" '[null,"platform migration",null]
["10","platform migration",null]' "$(rows 'select(.Job == "Other") | [.ClientId, .Held, .Due]')"
jobrun status Other
expect_no_match "nor for people" 'next run' "$(<stdout)"
succeed "$JOBRUN" client remove Other 10

# Under way, and dead.
fault '{"kind": "delay", "path": "/api/records", "method": "GET", "delay_ms": 9000, "times": 1}'
start_job Complete --client 2
until_true "the run has begun" is_running
jobrun status Complete
expect_match "a run under way is shown with its pid" "running \(pid $job_pid\)" "$(<stdout)"
expect "and is nobody's trouble" running "$(rows 'select(.Job == "Complete" and .ClientId == null) | .State' | tr -d '"')"
end_job KILL
jobrun status Complete
expect_match "a dead one is not taken for running" ' crashed ' "$(<stdout)"
expect_match "and is told of" '^- +- +crashed .* run [0-9]+ crashed: its process is gone' "$(<stdout)"
expect "though its row still says running" running "$(last_run Status)"
clear_faults

# What crashed left is owed. What can no longer be asked for is gone, and owed all the same.
sql "UPDATE APP_ITEM SET State = 'applied' WHERE ClientId = '1' AND ItemId = '3';
	UPDATE APP_ITEM SET State = 'parked' WHERE ClientId = '2' AND State = 'failed'"
expect "owed and parked items are counted as they are now" '["1",1,0] ["2",0,5]' \
	"$(rows 'select(.ClientId == "1" and .Run or .ClientId == "2") | [.ClientId, .Owed, .Parked]' | paste -sd' ')"
expect_match "what is owed is trouble" '1 applied, but not acknowledged' "$(rows 'select(.State == "owed") | .Problem')"
sql "DELETE FROM APP_JOB_CONFIG WHERE Configuration LIKE '[{\"ClientId\":2,%'"
expect_match "a client that was removed with items left" 'not configured any more: 0 not acknowledged, 5 parked' \
	"$(rows 'select(.ClientId == "2") | .Problem')"

succeed "$JOBRUN" client remove Complete 3
expect "one that was removed with nothing left is not switched off" '["3","removed",null]' \
	"$(rows 'select(.ClientId == "3") | [.ClientId, .State, .Problem]')"
jobrun status
expect_match "and is counted so" '1 is disabled, 1 is not configured any more; --all shows them$' "$(<stdout)"
workflow_client 3 '{"Route": "/api/broken"}'

# Overdue, by the clock alone.
sql "UPDATE APP_ITEM SET State = 'acked' WHERE State = 'applied';
	UPDATE APP_CLIENT SET LastSuccessAt = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-4 hours')"
expect_match "overdue" 'overdue by 3 h|overdue by 180 min' "$(rows 'select(.State == "overdue") | .Problem')"
expect "it was due then" true "$(rows 'select(.State == "overdue") | .Due[:19] + "Z" | fromdate < now')"
jobrun status
expect_match "and is due at the next run" '^Complete +1 +10 +overdue .* next run .* overdue by' "$(<stdout)"

# Terminals. Here every message must fit.
for columns in 40 80 120 200; do
	width=$(on_terminal "$columns" "$JOBRUN" status --all)
	((width > 30 && width <= columns)) || fail "at $columns columns it is $width wide: $(<screen)"
	ok "it fits $columns columns"
done
expect_match "at 200 nothing is left out" 'AvgItemMs' "$(<screen)"
expect_match "colour says status" $'\x1b\[31mfailed\x1b\[0m' "$(<screen)"
on_terminal 80 "$JOBRUN" status >/dev/null
expect_match "at 80 it says what is left out" $'^\x1b\[2mleft out: .*; --json has all' "$(<screen)"
expect_match "and not what is looked for of each client" \
	'^Job .*ClientId .*LastSuccess +Failures +Errors +Owed +Parked' "$(<screen)"
cause=$(sql "SELECT Message FROM APP_CLIENT WHERE ClientId = '3'")
[[ ${#cause} -gt 80 && $(tr -d ' \n' <screen) == *"${cause// /}"* ]] || fail "at 80 columns nobody reads why: $(<screen)"
ok "nor why, to the end"
NO_COLOR=1 on_terminal 80 "$JOBRUN" status >/dev/null
expect_no_match "NO_COLOR is obeyed" $'\x1b\[' "$(<screen)"
on_terminal 80 "$JOBRUN" status --color never >/dev/null
expect_no_match "so is --color never" $'\x1b\[' "$(<screen)"
jobrun status --color always
expect_match "and --color always, without a terminal" $'\x1b\[31mfailed\x1b\[0m' "$(<stdout)"

# Text from outside stays text.
sql "UPDATE APP_CLIENT SET Message = 'a' || char(27) || '[2J' || char(10) || 'b' WHERE ClientId = '3'"
jobrun status
expect_match "a message is escaped" 'a\\x1b\[2J\\nb' "$(<stdout)"

# It only looks: another program's write lock is nothing to it, and nothing is written.
sql .dump >before
printf 'BEGIN IMMEDIATE;\n.shell env -u HOME "%s" status --db "%s" >locked.out 2>&1\nROLLBACK;\n' "$JOBRUN" "$DB" |
	sqlite3 -batch "$DB"
expect_match "it waits for no write lock, and needs no home" '^Complete +full ' "$(<locked.out)"
unchanged "nothing was changed by looking" before
