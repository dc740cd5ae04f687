#!/bin/bash
# A long run shows how far it is: on a terminal as a live line, to everyone in ps; under cron, nowhere.
# shellcheck disable=SC2015
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system ris '{"Timeout": 60}'
workflow_job
for client in 1 2 3 4; do
	workflow_client "$client"
done
new_key
know 1 400
for client in 1 2 3; do
	offer "$client" $((client * 100)) $((client * 100 + 9))
done
# The fourth client hangs, until the test has seen enough.
fault '{"client": "4", "kind": "hang", "method": "GET", "times": 0}'

script -qefc "stty cols 80; exec '$JOBRUN' Complete --key-file '$KEY_FILE'" terminal >/dev/null &
session=$!
title=
for ((i = 0; i < 300; i++)); do
	pid=$(pgrep -n -P "$session" || true)
	title=$([[ -n $pid ]] && tr '\0' ' ' <"/proc/$pid/cmdline" || true)
	[[ $title == *3/4* && $(tr '\r' '\n' <terminal) == *"s left"* ]] && break
	sleep 0.1
done
expect_match "ps shows how far it is" '^jobrun: Complete: 3/4 clients, 30 items, [0-9]+/s, 0 errors' "$title"
kill -TERM "$pid"
wait "$session" || true
expect_match "the line shows clients, items, their rate, errors and the time left" \
	'3/4 clients, 30 items, [0-9]+/s, 0 errors, [0-9]+ (s|min) left' "$(tr '\r' '\n' <terminal)"
expect_match "and is wiped before a log line" $'\r\033\\[K2[0-9-]+T' "$(<terminal)"

clear_faults
run_job Complete --force
expect_empty "no line where there is no terminal" stderr
run_job Complete --force --progress always
expect_status "unless it is asked for" 0
run_job Complete --force --progress never -v
expect_no_match "never is never" '/4 clients' "$(<stderr)"
