# What the tests of a run without memory share: a job of two clients, one with a bad item. Sourced instead of lib.sh, which it
# brings.
# shellcheck shell=bash

# Thousands of runs, of which none is about the disk.
[[ ! -w /dev/shm ]] || export TMPDIR=/dev/shm
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

RUN=(Complete --key-file "$KEY_FILE" --force --json --metrics-file "$WORK/jobrun.prom")

# memory_world SYSTEM-KEYS: the platform, the job and what the external system offers.
memory_world() {
	workflow_db
	set_system ris "$1"
	workflow_job '.Ack.Batch = 5'
	workflow_client 1
	workflow_client 2
	know 1 24
	offer 1 1 12
	offer 1 9001 9001
	offer 2 13 24
	new_key
}

# keep_start: what there is now is what each run begins with.
keep_start() {
	sql "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	cp "$DB" prepared.db
}

# from_start: nothing was fetched yet, and the external system knows of no ack.
from_start() {
	rm -f "$DB"-wal "$DB"-shm
	cp prepared.db "$DB"
	es_sql "DELETE FROM request_log; DELETE FROM ack_log; DELETE FROM idempotency; UPDATE record SET acked_at = NULL"
}

# all_done WHEN: each item that is good took effect and is acknowledged; the alert of the client with a bad one is there.
all_done() {
	[[ $(sql "SELECT (SELECT group_concat(State || n) FROM (SELECT State, count(*) AS n FROM APP_ITEM GROUP BY 1)),
		(SELECT count(*) FROM workflow_trigger), (SELECT count(*) FROM APP_ALERT WHERE ResolvedAt IS NULL),
		(SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'running')") == "acked24,failed1|24|1|0" ]] ||
		fail "$1: unfinished: $(ledger), $(sql "SELECT * FROM APP_ALERT")"
}

# prepare SYSTEM-KEYS: the world of the installed binary; a run of it ends with 1.
prepare() {
	[[ -f ${JOBRUN_RELEASE-} ]] || fail "no release binary in \$JOBRUN_RELEASE (test/build.sh release makes it)"
	JOBRUN=$JOBRUN_RELEASE
	memory_world "$1"
	keep_start
	healed "with enough memory"
}

# honest WHEN: the last run ended in its own way: with what it could do, or with 70 and why. It counts in $suffered if it
# could not do all.
honest() {
	((status < 128)) || fail "$1: ended by signal $((status - 128)): $(<stderr)"
	case $status in
	1) [[ $(ledger) == "acked 24 failed 1" ]] || suffered=$((suffered + 1)) ;;
	70)
		suffered=$((suffered + 1))
		grep -qi 'memory' stderr || fail "$1: exit status 70, and no word about memory: $(<stderr)"
		;;
	# What OpenSSL lacks memory for it calls by many names, and no client may have got any further.
	69)
		suffered=$((suffered + 1))
		grep -qE 'the TLS handshake failed|memory' stderr || fail "$1: exit status 69: $(<stderr)"
		;;
	*) fail "$1: exit status $status: $(<stderr)" ;;
	esac
	invariants
}

# healed WHEN: a run with enough memory does all the rest.
healed() {
	jobrun "${RUN[@]}"
	((status == 1)) || fail "$1: a clean run ends with $status"
	all_done "$1"
	invariants
}
