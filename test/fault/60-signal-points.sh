#!/bin/bash
# A signal at each named point of a run (test/fault/points.c) and at each system call of it: what is committed is
# acknowledged, the run's row says how it ended, nothing new is begun, and the next run does the rest.
. "$(dirname "$0")/lib.sh"

start_server
workflow_db
set_system
workflow_job '.Ack.Batch = 15 | .Fetch.Path = "{Route}/paged/next" | .Fetch.Items = "/items" |
	.Fetch.Pages = {Next: "/next"} | .Fetch.Query = {clientId: "{ClientId}", groupId: "{GroupId}", size: 20}'
workflow_client 1
workflow_client 2
know 1 2060
offer 1 1 60
offer 2 2001 2060
new_key
cp "$DB" base.db
rounds=0

# again: all is as it was before the first run.
again() {
	rm -f "$DB"-wal "$DB"-shm
	cp base.db "$DB"
	es_sql "DELETE FROM request_log; DELETE FROM ack_log; DELETE FROM idempotency; UPDATE record SET acked_at = NULL"
}

# after WHAT NUMBER: the run that the signal met: its status, its row, its books; and the run that comes after it.
after() {
	local what=$1 expected=$((128 + $2)) row fetched

	if ((status != expected && status != 0)); then
		fail "$what: exit status $status"
	fi
	invariants
	row=$(last_run "Status, ExitCode, FinishedAt IS NOT NULL, Owed, (SELECT count(*) FROM APP_ITEM WHERE State = 'applied')")
	case $status/$row in
	0/ok\|0\|1\|0\|0 | "$expected"/stopped\|"$expected"\|1\|0\|0) ;;
	"$expected"/) [[ ! -s stdout ]] || fail "$what: no run, but a summary" ;; # before it was on record
	*) fail "$what: exit status $status, and the run's row says $row" ;;
	esac
	if ((status == expected)); then
		stopped=$((stopped + 1))
	fi
	# Nobody mends anything.
	"$JOBRUN" Complete --key-file "$KEY_FILE" >stdout 2>stderr || fail "$what: the next run ends with $?"
	[[ $(sql "SELECT count(*) FROM workflow_trigger") == 120 && $(ledger) == "acked 120" ]] ||
		fail "$what: the next run did not finish: $(ledger)"
	invariants
	rounds=$((rounds + 1))
	fetched=$(sql "SELECT count(*) FROM APP_JOB_RUN WHERE Status IN ('running', 'crashed')")
	[[ $fetched == 0 ]] || fail "$what: a run is not closed"
}

# signal_at POINT SIGNALS: the run of the job, with a signal there. False: it never came to that call.
signal_at() {
	again
	status=0
	JOBRUN_SIGNAL_AT=$1=$2 timeout --kill-after=5 "$COMMAND_SECONDS" "$JOBRUN_FAULT" Complete --key-file "$KEY_FILE" \
		--json >stdout 2>stderr || status=$?
	if grep -qE '(ERROR|WARNING): [A-Z][a-z]+Sanitizer|runtime error:' stderr; then
		fail "$1=$2: a sanitizer's finding"
	fi
	grep -q "^raised: $1=$2" stderr
}

# Once to see that the points are there, and what comes last; calls beyond the run's last are no points.
mapfile -t points < <(sed -n 's/^--wrap=//p' "$TREE/test/fault/points.ld")
((${#points[@]} >= 2)) || fail "there are no points"
stopped=0
tried=0
calls=$(share 2 10)
turn=$SEED
for point in "${points[@]}"; do
	for when in before after; do
		for ((call = 1; call <= calls; call++)); do
			signals=(TERM INT)
			# Each signal at each point, or the one or the other.
			[[ -n ${JOBRUN_FULL-} ]] && signals=(TERM INT HUP XCPU) || signals=("${signals[turn++ % 2]}")
			for signal in "${signals[@]}"; do
				signal_at "${when}_$point:$call" "$signal" || break 2
				tried=$((tried + 1))
				after "$signal at ${when}_$point:$call" "$(kill -l "$signal")"
			done
		done
	done
done
((stopped * 2 > tried)) || fail "of $tried signals only $stopped stopped a run"
count "signals at named points" "$tried"

# A run that was told to end before it began asks nobody for anything.
signal_at after_lock_take:1 TERM || fail "it never took the lock"
expect_status "a signal before the first fetch" 143
expect "it fetches nothing" 0 "$(requests 1)"
expect "and its row says that it was stopped" "stopped|143|0|0" "$(last_run "Status, ExitCode, Clients, Received")"
expect "the summary, too" "stopped 143" "$(jq -r '"\(.status) \(.exit)"' stdout)"

# A second one ends it at once, wherever it is: as a crash does, and the next run heals that.
second=0
for ((call = 1; call <= $(share 4 1000); call++)); do
	for when in before after; do
		signal_at "${when}_db_commit:$call" TERM+INT || break 2
		expect_status "SIGTERM and SIGINT ${when} commit $call" 130
		expect_no_match "and no tidy end" 'stopping tidily|run ended' "$(<stderr)"
		expect "nor a word of it in its row" "" "$(sql "SELECT Status FROM APP_JOB_RUN WHERE Status <> 'running'")"
		invariants
		"$JOBRUN" Complete --key-file "$KEY_FILE" >stdout 2>stderr || fail "the next run ends with $?"
		[[ $(ledger) == "acked 120" ]] || fail "the next run did not finish: $(ledger)"
		invariants
		second=$((second + 1))
	done
done
((second >= 6)) || fail "only $second second signals"
count "second signals at named points" "$second"

# And at each system call of the run. LeakSanitizer cannot look while strace does.
watch_calls() {
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 timeout --kill-after=5 "$COMMAND_SECONDS" \
		strace -f -qq -o trace "$@" "$JOBRUN" Complete --key-file "$KEY_FILE" >stdout 2>stderr
}

again
watch_calls -e trace=openat,pread64,pwrite64,fdatasync,fcntl,socket,connect,sendto,recvfrom,poll,write,ftruncate,unlink ||
	fail "a run under strace ends with $?"
awk '{ sub(/\(.*/, "", $2); n[$2]++ } END { for (c in n) print c, n[c] }' trace | sort >calls
while read -r call n; do
	seq "$n" | sed "s/^/$call /"
done <calls >boundaries
(($(wc -l <boundaries) > 200)) || fail "the trace is too short: $(paste -sd, calls)"
# some: those of them that are tried, 20 or all.
some() {
	awk -v seed="$SEED" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' boundaries | sort -n | cut -f 2 |
		sed -n "1,$(share 20 100000)p"
}

injected=0
stopped=0
while read -r call n; do
	signal=TERM
	((turn++ % 2)) || signal=INT
	again
	status=0
	watch_calls -e "trace=$call" -e "inject=$call:signal=$signal:when=$n" || status=$?
	# The waits are not as many each time.
	grep -q "^[0-9]* *--- SIG$signal" trace || continue
	injected=$((injected + 1))
	after "SIG$signal at $call $n" "$(kill -l "$signal")"
done < <(some)
((injected >= $(share 12 200) && stopped > 0)) || fail "only $injected signals met a system call, $stopped stopped a run"
count "signals at system calls" "$injected"
