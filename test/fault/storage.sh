# What the tests of storage share: a job of two clients whose database can be put back as it was, a run of it that is
# hurt, and what must hold of such a run. Sourced after lib.sh.
# shellcheck shell=bash

# What a run is traced and hurt as: the binary that is installed. A sanitizer does not live under strace.
[[ -f ${JOBRUN_RELEASE-} ]] || fail "no release binary in \$JOBRUN_RELEASE (test/build.sh release makes it)"
BINARY=$JOBRUN_RELEASE
RUN_OPTIONS=()
# Items that can be applied, of both clients together.
GOOD_ITEMS=70

# storage_ready: all that a run needs, with five items owed from before and one that no rule accepts; the image of that.
storage_ready() {
	start_server
	workflow_db
	set_system ris '{"Retries": 0}'
	workflow_job '.Ack.Batch = 25 | .Alerts.MinProcessedRatio = 0'
	workflow_client 1
	workflow_client 2
	know 1 200
	new_key
	offer 1 1 5
	fault '{"path": "/api/records/ack", "kind": "status", "status": 503, "times": 1}'
	run_job Complete
	expect "five items are owed from before" "applied 5" "$(ledger)"
	clear_faults
	offer 1 6 40
	offer 1 9001 9001
	offer 2 101 130
	keep_image
}

# keep_image: the database as it is now is the one that reset() puts back.
keep_image() {
	sql "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	[[ ! -e $DB-wal ]] || fail "someone has the database open"
	cp "$DB" "$WORK/image.db"
}

# forget_acks: the external system knows of no ack, and has the same records.
forget_acks() {
	es_sql "DELETE FROM request_log; DELETE FROM ack_log; DELETE FROM idempotency; UPDATE record SET acked_at = NULL"
}

# reset: the database as in the image, with nothing beside it.
reset() {
	rm -f "$DB"-wal "$DB"-shm "$DB".job3.lock
	cp "$WORK/image.db" "$DB"
	forget_acks
}

# hurt PREFIX…: a run of the job under that (strace, prlimit, …): $status, and the files stdout and stderr.
hurt() {
	status=0
	timeout --kill-after=5 "$COMMAND_SECONDS" "$@" "$BINARY" Complete --key-file "$KEY_FILE" "${RUN_OPTIONS[@]}" \
		>"$WORK/stdout" 2>"$WORK/stderr" || status=$?
}

# hold_open SQL: another program that has the database open, and keeps what it began with that until let_go().
hold_open() {
	rm -f holds
	sqlite3 -bail -cmd '.timeout 30000' "$DB" "$1" ".shell touch $WORK/holds; while [ -e $WORK/holds ]; do sleep 0.05; done" \
		>holder.out 2>&1 &
	holder=$!
	until_true "another program has the database open" test -e holds
}

let_go() {
	rm -f holds
	wait "$holder" || fail "the other program: $(<holder.out)"
}

# documented WHAT: that run ended with a status that the manual has, said why if it is one of its own making, and left
# nothing acknowledged that is not applied; with 0 it left nothing undone.
documented() {
	local said

	if grep -qE '(ERROR|WARNING): [A-Z][a-z]+Sanitizer|runtime error:' "$WORK/stderr"; then
		fail "$1: a sanitizer's finding"
	fi
	case $status in
	0 | 1 | 64 | 66 | 69 | 70 | 74 | 75 | 77 | 78) ;;
	*) fail "$1: exit status $status" ;;
	esac
	said=$(<"$WORK/stderr")
	if ((status == 1 || status == 69)); then
		[[ $said == *failed:* || $said == *degraded* ]] || fail "$1: exit status $status, and not a word"
	elif ((status >= 64)); then
		[[ $said == *jobrun:* ]] || fail "$1: exit status $status, and not a word"
		# The file, or what failed.
		[[ $said == */* || $said == *memory* || $said == *libcurl* || $said == *'standard output'* ]] ||
			fail "$1: exit status $status without a file or a call"
	fi
	invariants
	((status != 0)) || whole "$1"
}

# whole WHAT: every item that can be is applied once and acknowledged, and no run is open.
whole() {
	local found

	found=$(sql "SELECT
		(SELECT count(*) FROM APP_ITEM WHERE State = 'acked') || ' acked, ' ||
		(SELECT count(*) FROM APP_ITEM WHERE State = 'applied') || ' owed, ' ||
		(SELECT count(*) FROM workflow_trigger) || ' effects, ' ||
		(SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'running') || ' open runs'")
	[[ $found == "$GOOD_ITEMS acked, 0 owed, $GOOD_ITEMS effects, 0 open runs" ]] || fail "$1: $found"
	checks=$((checks + 1))
}

# healed WHAT: the next run, left alone, finishes all with no hand on the database.
healed() {
	hurt env
	((status == 0)) || fail "$1: the run afterwards: exit status $status"
	documented "$1: the run afterwards"
}

# traced CALLS FAULT: a run in which strace has the call fail; 1: it was made less often than that, so none did.
traced() {
	hurt strace --seccomp-bpf -f -o "$WORK/trace" -e signal=none -e "trace=$1" -e "inject=$1:$2"
	grep -q INJECTED "$WORK/trace"
}
