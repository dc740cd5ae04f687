#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# Under cron nothing is said when all is well; on a terminal there is a live line, and colour only where it is wanted.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db
set_system
small_job
small_client
new_key
records 1 20 | put_records records 1 10

# quiet NAME COMMAND…: a good run of the 20 records without a word.
quiet() {
	local name=$1

	shift
	forget
	succeed "$@"
	expect_empty "$name: nothing on standard output" stdout
	expect_empty "$name: nothing on standard error" stderr
	expect "$name: and all is done" "ok|20" "$(sql "SELECT Status, Acked FROM APP_JOB_RUN")"
}

run=("$JOBRUN" Notes --key-file "$KEY_FILE")
quiet "as it is" "${run[@]}"
quiet "with the word run" "$JOBRUN" run Notes --key-file "$KEY_FILE"
quiet "by its number" "$JOBRUN" 7 --key-file "$KEY_FILE"
quiet "-q" "${run[@]}" -q
quiet "no HOME" env -u HOME "${run[@]}"
quiet "no TERM" env -u TERM "${run[@]}"
quiet "nothing in the environment but what the sanitizers need" env -i JOBRUN_DB="$DB" \
	ASAN_OPTIONS="${ASAN_OPTIONS-}" UBSAN_OPTIONS="${UBSAN_OPTIONS-}" "${run[@]}"
quiet "standard input closed" bash -c '"$@" <&-' bash "${run[@]}"
quiet "standard output closed" bash -c '"$@" >&-' bash "${run[@]}"
quiet "standard error closed" bash -c '"$@" 2>&-' bash "${run[@]}"
quiet "all of them closed" bash -c '"$@" <&- >&- 2>&-' bash "${run[@]}"
# With much to say: what is opened first must not become its standard error.
forget
succeed bash -c '"$@" -vv --json <&- >&- 2>&-' bash "${run[@]}"
expect "the database is whole after that" ok "$(sql "PRAGMA integrity_check")"
expect_match "the lock's file is, too" '^pid [0-9]+ since [0-9TZ:.-]+$' "$(cat "$DB"*lock*)"
expect "a line of it" 1 "$(cat "$DB"*lock* | wc -l)"
quiet "in a folder that is gone" bash -c 'mkdir gone && cd gone && rmdir ../gone && "$@"' bash "${run[@]}"
quiet "another user's umask" bash -c 'umask 000; "$@"' bash "${run[@]}"
quiet "a terminal, --progress never" script --quiet --return --command "${run[*]} --progress never" /dev/null
quiet "a dumb terminal" env TERM=dumb script --quiet --return --command "${run[*]}" /dev/null

# The live line.
live='[0-9]+/1 clients, [0-9]+ items, [0-9]+/s, [0-9]+ errors'
forget
fault '{"kind": "delay", "path": "/api/records", "delay_ms": 700}'
run_job Notes --progress always
expect_status "--progress always: the run ends well" 0
expect_match "--progress always: clients, items, rate and errors, also where there is no terminal" "$live" "$(<stderr)"
expect "--progress always: the line is wiped in the end" $'\r\e[K' "$(tail -c 4 stderr)"
expect_empty "--progress always: nothing on standard output" stdout
forget
fault '{"kind": "delay", "path": "/api/records", "delay_ms": 700}'
TERM=xterm succeed script --quiet --return --command "${run[*]}" /dev/null
expect_match "on a terminal it is there by itself" "$live" "$(<stdout)"
forget
fault '{"kind": "delay", "path": "/api/records", "delay_ms": 700}'
TERM=xterm succeed script --quiet --return --command "${run[*]} -q" /dev/null
expect_no_match "but not with -q" "$live" "$(<stdout)"

# Colour. A run with something to tell:
es_sql "DELETE FROM record"
forget
printf '{"id":1}\n{}\n' | put_records records 1 10
run_job Notes
expect_status "a run with a bad item" 1
expect_no_match "no colour where there is no terminal" $'\e' "$(<stderr)"
run_job Notes --color always
expect_match "--color always" $'\e\[31merror\e\[0m Notes' "$(<stderr)"
NO_COLOR=1 run_job Notes --color always
expect_match "--color always is nearer than NO_COLOR" $'\e\[31m' "$(<stderr)"

# terminal ENV… [-- OPTION…]: what a terminal gets from this run, which ends with 1.
terminal() {
	local env=()

	while (($# > 0)) && [[ $1 != -- ]]; do
		env+=("$1")
		shift
	done
	status=0
	env "${env[@]}" timeout 60 script --quiet --return --command "${run[*]} --progress never ${*:2}" /dev/null \
		>stdout 2>stderr || status=$?
	((status == 1)) || fail "exit status $status"
	grep -q 'has no id' stdout || fail "the terminal got nothing"
}

terminal TERM=xterm
expect_match "on a terminal there is colour" $'\e\[31merror' "$(<stdout)"
terminal TERM=xterm NO_COLOR=1
expect_no_match "but not with NO_COLOR" $'\e' "$(<stdout)"
terminal TERM=xterm NO_COLOR=
expect_match "an empty NO_COLOR says nothing" $'\e\[31merror' "$(<stdout)"
terminal TERM=dumb
expect_no_match "nor on a dumb one" $'\e' "$(<stdout)"
terminal -u TERM
expect_no_match "nor on one that is unknown" $'\e' "$(<stdout)"
terminal TERM=xterm -- --color never
expect_no_match "nor with --color never" $'\e' "$(<stdout)"
expect_match "lines for a person have a time, a level, the job and the run" \
	'^[0-9-]{10}T[0-9:.]{12}Z error Notes run [0-9]+: client 1, group 10, item #1: it has no id' "$(tr -d '\r' <stdout)"
