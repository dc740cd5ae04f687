#!/bin/bash
# Each verb that prints, as a person would try it: in a real terminal of 80 and of 200 columns, piped, with NO_COLOR,
# without a home directory, with an empty database.
# shellcheck disable=SC1010,SC2086,SC2238
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

SESSION=jobrun-test-$$
trap 'tmux -S "$WORK/tmux" kill-server 2>/dev/null || true; finish' EXIT

# What prints tables, or much text. JOB and RUN stand for the fullest there are.
VERBS=("status" "status --all" "status JOB" "runs" "runs RUN" "errors" "errors --all" "items list" "items show JOB 3 9001"
	"alerts" "alerts --all" "watch" "check" "rollout JOB" "job list" "job show JOB" "system list" "system show ris"
	"client list" "key list" "notify show" "metrics" "help" "help client" "--version")
# Those whose text is a file's or a program's, not a table's: it is shown as it is, however wide.
AS_IT_IS='^(job show|system show|metrics|notify show|errors --all|check|watch|items show|--version)'

# all_verbs JOB RUN: the list, filled in.
all_verbs() {
	printf '%s\n' "${VERBS[@]}" | sed "s/JOB/$1/; s/RUN/$2/"
}

# in_terminal COLUMNS COMMAND…: its output as the terminal got it, in the file terminal.COLUMNS.
in_terminal() {
	local columns=$1

	shift
	rm -f done
	printf '%s\n' "#!/bin/bash" "cd '$WORK'" "export JOBRUN_DB='$DB' LC_ALL=C.UTF-8 TERM=screen-256color" \
		"unset COLUMNS NO_COLOR" "script -qec \"$*\" 'terminal.$columns' >/dev/null" "echo >done" >session.sh
	tmux -S "$WORK/tmux" -f /dev/null new-session -d -s "$SESSION" -x "$columns" -y 50 "bash '$WORK/session.sh'"
	for ((i = 0; i < 300; i++)); do
		[[ -e done ]] && break
		sleep 0.05
	done
	[[ -e done ]] || fail "in a terminal of $columns columns, this does not end: $*"
	tmux -S "$WORK/tmux" kill-session -t "$SESSION" 2>/dev/null || true
}

# plain FILE: without what script(1) adds, and without colours.
plain() {
	sed -e '/^Script \(started\|done\)/d' -e 's/\r//g' -e $'s/\033\\[[0-9;]*[mK]//g' "$1"
}

jobrun init
for verb in status runs errors "items list" alerts watch check "job list" "system list" "client list" "key list" \
	"notify show" metrics; do
	# shellcheck disable=SC2086  # a verb of two words
	jobrun $verb
	[[ $status == 0 ]] || fail "an empty database, $verb: exit status $status"
	[[ ! -s stderr ]] || fail "an empty database, $verb: $(<stderr)"
	# shellcheck disable=SC2086
	if "$JOBRUN" $verb --help | grep -q -e --json; then
		jobrun $verb --json
		[[ $(jq -c type stdout) == '"array"' ]] || fail "an empty database, $verb --json: $(head -c 300 stdout)"
	fi
done
ok "with an empty database every verb ends well, and --json is an array"

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

while read -r verb; do
	for columns in 80 200; do
		in_terminal "$columns" "'$JOBRUN' $verb"
		if [[ ! $verb =~ $AS_IT_IS ]]; then
			wide=$(plain "terminal.$columns" | wc -L)
			((wide <= columns)) || fail "$verb, in a terminal of $columns columns, is $wide wide: $(plain "terminal.$columns")"
		fi
	done
	# shellcheck disable=SC2086
	jobrun $verb
	grep -q $'\033' stdout && fail "$verb, piped, prints escapes"
	cp stdout piped
	rest=$(env -u HOME -u XDG_STATE_HOME NO_COLOR=1 timeout 20 "$JOBRUN" $verb 2>&1) || true
	[[ $(wc -l <<<"$rest") -ge 1 && $rest != *"home directory"* ]] || fail "$verb without a home directory: $rest"
	# shellcheck disable=SC2086
	if [[ $verb != --version ]] && "$JOBRUN" ${verb%% --*} --help 2>/dev/null | grep -q -e '--json'; then
		jobrun $verb --json
		jq -e 'type == "array" or type == "object"' stdout >type || fail "$verb --json is no JSON"
	fi
done < <(all_verbs Complete 3)
ok "each verb fits 80 and 200 columns, and prints no escape into a pipe"

in_terminal 80 "'$JOBRUN' status"
expect_match "colour says status in a terminal" $'\033\\[3[123]m(degraded|failed|paused)' "$(<terminal.80)"
in_terminal 80 "NO_COLOR=1 '$JOBRUN' status"
expect_no_match "and not with NO_COLOR" $'\033\\[3' "$(<terminal.80)"
in_terminal 80 "'$JOBRUN' status --color never"
expect_no_match "nor where it is not wanted" $'\033\\[3' "$(<terminal.80)"
jobrun status --color always
expect_match "or also into a pipe, where it is" $'\033\\[3' "$(<stdout)"
jobrun items list
expect_no_match "what came from outside moves no cursor" $'\033' "$(<stdout)"
