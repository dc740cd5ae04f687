#!/bin/bash
# shellcheck disable=SC2016,SC2119 # a path may look like a command; the functions of the harness have optional parameters
# Secrets are nowhere to be found, paths are taken as they are, and text from outside cannot act on a terminal or a log.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db
set_system ris '{"Retries": 0, "Auth": {"Bearer": "env:RIS_TOKEN"}}'
small_job
small_client
new_key
key=$(<"$KEY_FILE")
token=$(<token)
export RIS_TOKEN=$token

# clean NAME FILE…: none of the files holds a secret.
clean() {
	local name=$1

	shift
	! grep -laF -e "$key" -e "$token" "$@" || fail "$name: a secret is in the file above"
	ok "no secret in $name"
}

# watch NAME ARGUMENT…: a run that takes a second, and what the machine shows of it meanwhile.
watch() {
	local name=$1 pid

	shift
	fault '{"kind": "delay", "path": "/api/records", "delay_ms": 1500}'
	"$JOBRUN" Notes "$@" >stdout 2>stderr &
	pid=$!
	until [[ $(requests 1) != 0 ]]; do
		kill -0 "$pid" 2>/dev/null || fail "$name: it ended too soon: $(<stderr)"
		sleep 0.05
	done
	cat "/proc/$pid/cmdline" >cmdline
	cat "/proc/$pid/environ" >environ
	grep 'Max core file size' "/proc/$pid/limits" >limits
	status=0
	wait "$pid" || status=$?
	expect_status "$name: the run ends well" 0
	clean "$name: the command line that ps shows" cmdline
	clean "$name: the environment that /proc shows" environ
	clean "$name: its output" stdout stderr
	expect_match "$name: ps shows what it is" 'jobrun: Notes' "$(tr '\0' ' ' <cmdline)"
	expect_match "$name: no core file" 'Max core file size +0 +0 ' "$(<limits)"
	forget
}

records 1 2 | put_records records 1 10
watch "--key" --key "$key" -vv
watch "--key=" "--key=$key" -vv --log-format json --json
JOBRUN_KEY=$key watch "JOBRUN_KEY" -vv

# The secret comes back in an answer, and a run fails in every way: neither goes on record.
records 3 3 | put_records records 1 10
fault "{\"kind\": \"status\", \"status\": 400, \"path\": \"/api/records\", \"body\": \"no such token: $token, Bearer $token\"}"
run_job Notes -vv
expect_status "an answer that repeats the token" 1
clean "its messages" stdout stderr
jobrun Notes --key "$key" --client 11
jobrun Notes --key "${key}x" -vv
expect_status "a wrong key" 77
clean "its messages" stdout stderr
jobrun "$key"
clean "the messages about a key in the job's place" stdout stderr
jobrun Notes --key-file "$key"
clean "the messages about a key in its file's place" stdout stderr
jobrun Notes --kye "$key"
clean "the messages about a misspelt --key" stdout stderr
jobrun key list --json
clean "the list of keys" stdout
run_job Notes
sqlite3 "$DB" .dump >dump
clean "all the tables" dump
clean "the database's files and the lock's" "$DB"*
expect_match "there is a lock's file" 'lock' "$(ls "$DB"*)"
expect "the key's hash is there, and nothing else of it" 32 "$(sql "SELECT length(Hash) FROM APP_JOB_KEY")"

# Paths.
mkdir paths
for name in 'a space' 'q?mode=memory' 'h#ash' 'per%41cent' "qu'ote\"s" $'new\nline' 'ünïcode🙂' '-dash' '--db' 'file:x' ':memory:' \
	'back\slash' '$(touch made)' '*'; do
	(
		cd paths
		"$JOBRUN" init --db "$name" >../stdout 2>../stderr || fail "init --db '$name': $(<../stderr)"
		[[ $(wc -l <../stdout) == 1 ]] || fail "init --db '$name' says more than one line"
		"$JOBRUN" --db "$name" system set ris ../system-ris.json >../stdout 2>../stderr ||
			fail "system set --db '$name': $(<../stderr)"
		[[ -f ./$name ]] || fail "there is no '$name'"
		JOBRUN_DB=$name "$JOBRUN" system show ris >../stdout 2>../stderr || fail "JOBRUN_DB='$name': $(<../stderr)"
		rm -- "./$name"
		[[ -z $(ls -A) ]] || fail "left behind: $(ls -A)"
	)
done
ok "a database's path is taken as it is, whatever is in it"

# Text that acts: in fields, ids, reasons, errors' bodies, names and messages.
small_job '.MaxAttempts = 1000' "SELECT 'no: ' || :text WHERE :text IS NOT NULL;
INSERT INTO note (id, item) VALUES (:id, \$item);"
evil=$'\e[2J\e]0;title\a\r\n2026-11-23T07:00:00.000Z info forged\x7f\u009b31m\u202eright\u2028\u200b\ufeff'

# tame NAME [EVENTS]: standard error holds so many lines, each with its time or its brace, and nothing that acts.
tame() {
	local acts=$'[\x01-\x09\x0b-\x1f\x7f\u0080-\u009f\u200b\u2028\u202e\ufeff]'

	[[ -s stderr ]] || fail "$1: nothing on standard error"
	iconv -f UTF-8 -t UTF-8 stderr >/dev/null || fail "$1: standard error is no UTF-8"
	! LC_ALL=C.UTF-8 grep -nP "$acts" stderr || fail "$1: the lines above act on a terminal"
	expect "$1: one event, one line" "" "$(grep -vE '^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z (error|warning|info|debug) Notes|\{.*\}$|jobrun: )' stderr || true)"
	[[ -z ${2-} ]] || expect "$1: so many lines" "$2" "$(wc -l <stderr)"
}

es_sql "DELETE FROM record"
forget
jq -nc --arg evil "$evil" '{id: 1, text: $evil}, {id: $evil, text: "x"}, {id: ($evil + "2"), text: $evil}' |
	put_records records 1 10
run_job Notes
tame "items, as text" 6
run_job Notes --log-format json
tame "items, as JSON" 5
jq -e . stderr >/dev/null || fail "a line is no JSON"
ok "each line is JSON"
for fault in "{\"kind\": \"status\", \"status\": 400, \"body\": $(jq -n --arg evil "$evil" '$evil')}" \
	"{\"kind\": \"body\", \"body\": $(jq -n --arg evil "$evil" '"[{\"id\":1}," + $evil')}" \
	"{\"kind\": \"redirect\", \"location\": \"http://evil\\u001b[2J.example/\"}" \
	"{\"kind\": \"raw\", \"body\": $(jq -n --arg evil "$evil" '"HTTP/1.1 400 " + $evil + "\r\n\r\n" + $evil')}"; do
	forget
	clear_faults
	fault "${fault/\{/\{\"path\": \"/api/records\", \"times\": 0, }"
	run_job Notes -v
	tame "an answer: ${fault:0:30}"
	run_job Notes -v --log-format json
	tame "the same as JSON"
	jq -e . stderr >/dev/null || fail "a line is no JSON"
done
clear_faults
# Bytes that are no UTF-8.
printf '{"id":1,"text":"\xff\xfe\xc3\x1b["}\n' | put_records records 1 10 raw
run_job Notes -v
tame "bytes that are no UTF-8"
expect_match "they are shown by their numbers" '\\xff' "$(<stderr)"
expect "the tables hold nothing but text" "" "$(sql "SELECT Message FROM APP_EXCEPTION_LOG UNION ALL SELECT Message FROM APP_REQUEST_LOG" |
	iconv -f UTF-8 -t UTF-8 2>&1 >/dev/null)"
# Words of the command line, and what the configuration calls itself.
jobrun "$evil" --key-file "$KEY_FILE"
tame "a job's name" 1
jobrun --db "$evil" job list
tame "a path" 1
jobrun client enable Notes "$evil"
tame "a client's name" 1
succeed "$JOBRUN" key new --jobs Notes --label "$evil"
succeed "$JOBRUN" client add Notes "$(jq -nc '{ClientId: "a\u202eb\u200b"}')"
for list in "key list" "client list" "job list" "system list"; do
	# shellcheck disable=SC2086 # two words
	succeed "$JOBRUN" $list
	cp stdout stderr
	! LC_ALL=C.UTF-8 grep -nP $'[\x01-\x09\x0b-\x1f\x7f\u0080-\u009f\u200b\u2028\u202e]' stdout || fail "$list: the lines above act"
	ok "$list shows nothing that acts"
done
printf '{\n\t"BaseUrl": "http://127.0.0.1:9",\r\n  "Headers": {"X-Two": "a  b"}\n}\n\n' >lines.json
succeed "$JOBRUN" system set lines lines.json
succeed "$JOBRUN" system list
expect "a definition of several lines is shown in one" \
	'lines {"BaseUrl":"http://127.0.0.1:9","Headers":{"X-Two":"a  b"}}' \
	"$(sed -nE 's/^lines +//p' stdout | jq -c . | sed 's/^/lines /')"
expect_no_match "without a sign of its line breaks" '\\[nrt]|[[:blank:]]$' "$(grep '^lines' stdout)"
