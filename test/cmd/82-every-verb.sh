#!/bin/bash
# Each verb, as a person would try it: in a real terminal of 80 and of 200 columns, piped, with NO_COLOR, without a home
# directory, with an empty database.
# shellcheck disable=SC1010,SC2086,SC2238
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"
. "$TREE/test/cmd/every.sh"

SESSION=jobrun-test-$$
trap 'tmux -S "$WORK/tmux" kill-server 2>/dev/null || true; finish' EXIT

# Those whose text is a file's or a program's, not a table's: it is shown as it is, however wide.
AS_IT_IS='^(job show|system show|metrics|notify show|check|watch|--version)'

# in_terminal COLUMNS COMMAND…: each of them: what a terminal got of it in the file terminal.N, and its exit status in
# status.N, counted from 1.
in_terminal() {
	local columns=$1 i

	shift
	rm -f done terminal.* status.*
	printf '%s\n' "$@" >commands
	cat >session.sh <<-END
		cd '$WORK'
		export JOBRUN_DB='$DB' LC_ALL=C.UTF-8 TERM=screen-256color
		unset COLUMNS NO_COLOR
		n=0
		while read -r -u 3 command; do
			n=\$((n + 1))
			printf '%s\n' "\$command" >command.sh
			status=0
			script -qec 'bash command.sh' terminal.\$n >/dev/null || status=\$?
			echo \$status >status.\$n
		done 3<commands
		echo >done
	END
	tmux -S "$WORK/tmux" -f /dev/null new-session -d -s "$SESSION" -x "$columns" -y 50 "bash '$WORK/session.sh'"
	for ((i = 0; i < 2400; i++)); do
		[[ -e done ]] && break
		sleep 0.05
	done
	[[ -e done ]] || fail "in a terminal of $columns columns, this does not end: $(<command.sh)"
	tmux -S "$WORK/tmux" kill-session -t "$SESSION" 2>/dev/null || true
}

# as_wanted HOW WANTED STATUS LINE FILE: it ended as wanted; the file is what it said.
as_wanted() {
	[[ $3 =~ ^$2$ ]] || fail "$1, $4: exit status $3, not $2: $(head -c 1000 "$5")"
}

# json_of LINE: what it answers with --json is JSON, of the type in $type; nothing, if there is no such option.
json_of() {
	type=
	takes_json "$1" || return 0
	eval "jobrun $1 --json" </dev/null
	type=$(jq -r type stdout) || fail "$1 --json is no JSON: $(head -c 300 stdout)"
}

none_left_out

workflow_db
write_workflow
every_files
echo "no key of this database" >key
chmod 600 key
cp "$DB" empty.db
every_line 1 1 104 1
while read -r kind _ wanted line; do
	cp empty.db "$DB"
	eval "jobrun $line" </dev/null
	cat stdout stderr >said
	as_wanted "an empty database" "$wanted" "$status" "$line" said
	if ((status == 0)); then
		[[ $kind == do || ! -s stderr ]] || fail "an empty database, $line: $(<stderr)"
	else
		[[ -s said ]] || fail "an empty database, $line: exit status $status without a word"
	fi
	if [[ $kind != do && $wanted == *0* ]]; then
		json_of "$line"
		[[ $type =~ ^(array)?$ ]] || fail "an empty database, $line --json: $(head -c 300 stdout)"
	fi
done <lines
ok "with an empty database every verb ends well or says what is not there, and --json is an array"

start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job
for client in 1 2 3 4; do
	workflow_client "$client" "$( ((client == 4)) && echo '{"BaseUrl": "http://127.0.0.1:1", "Auth": null}' || echo '{}')"
done
workflow_client 5 '{"SendFrequency": 1440, "Route": "/api/records/with/a/path/that/is/quite/long/and/goes/on/and/on"}'
succeed "$JOBRUN" client pause Complete 2 10 --reason "their server moves to another place, which takes a while: ticket 1234"
new_key
know 1 50
offer 1 1 20
offer 3 21 40
printf '%s\n' '{"id": 9001}' '{"id": 9002, "note": "\u001b[31mred"}' | put_records records 3 10
for _ in 1 2 3; do
	run_job Complete --force
done

# at_a_terminal COLUMNS [NO_COLOR=1]: all of them.
at_a_terminal() {
	local columns=$1 environment=${2-} lines commands n kind wanted line wide

	every_line 1 3 9001 3
	mapfile -t lines <lines
	mapfile -t commands < <(cut -d' ' -f 4- lines | sed "s|^|$environment '$JOBRUN' |")
	in_terminal "$columns" "${commands[@]}"
	for ((n = 1; n <= ${#lines[@]}; n++)); do
		read -r kind wanted _ line <<<"${lines[n - 1]}"
		# Without what script(1) adds.
		sed -e '/^Script \(started\|done\)/d' -e 's/\r//g' "terminal.$n" >said
		as_wanted "in a terminal of $columns columns" "$wanted" "$(<"status.$n")" "$line" said
		[[ $kind == run || -s said ]] || fail "$line, in a terminal, says nothing"
		if [[ -n $environment ]] && grep -q $'\033\\[[0-9;]*m' said; then
			fail "$line, with $environment, has colours: $(<said)"
		fi
		[[ $kind == see && ! $line =~ $AS_IT_IS ]] || continue
		wide=$(sed $'s/\033\\[[0-9;]*[mK]//g' said | wc -L)
		((wide <= columns)) || fail "$line, in a terminal of $columns columns, is $wide wide: $(<said)"
	done
	ok "each verb does its work in a terminal of $columns columns and fits it${environment:+, without colours with $environment}"
}

at_a_terminal 80
at_a_terminal 200
at_a_terminal 80 NO_COLOR=1

every_line 1 3 9001 3
while read -r kind wanted _ line; do
	eval "jobrun $line" </dev/null
	as_wanted "piped" "$wanted" "$status" "$line" stderr
	! grep -q $'\033' stdout stderr || fail "$line, piped, prints escapes"
	[[ $kind == run || -s stdout ]] || fail "$line, piped, says nothing"
	[[ $kind != do ]] || continue
	json_of "$line"
	[[ $type =~ ^(array|object|)$ ]] || fail "$line --json is $type"
done <lines
ok "each prints no escape into a pipe, and JSON where it is asked for"

every_line 1 3 9001 3
while read -r kind wanted _ line; do
	(unset HOME && eval "jobrun $line" </dev/null && as_wanted "without a home directory" "$wanted" "$status" "$line" stderr)
done <lines
ok "each does its work without a home directory"

in_terminal 80 "'$JOBRUN' status"
expect_match "colour says status in a terminal" $'\033\\[3[123]m(degraded|failed|paused)' "$(<terminal.1)"
in_terminal 80 "NO_COLOR=1 '$JOBRUN' status"
expect_no_match "and not with NO_COLOR" $'\033\\[3' "$(<terminal.1)"
in_terminal 80 "'$JOBRUN' status --color never"
expect_no_match "nor where it is not wanted" $'\033\\[3' "$(<terminal.1)"
jobrun status --color always
expect_match "or also into a pipe, where it is" $'\033\\[3' "$(<stdout)"
jobrun items list
expect_no_match "what came from outside moves no cursor" $'\033' "$(<stdout)"
