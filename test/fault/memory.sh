# What the tests of the installed binary without memory share: a job of two clients, one with a bad item. Sourced instead
# of lib.sh, which it brings.
# shellcheck shell=bash

# Hundreds of runs, of which none is about the disk.
[[ ! -w /dev/shm ]] || export TMPDIR=/dev/shm
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ -f ${JOBRUN_RELEASE-} ]] || fail "no release binary in \$JOBRUN_RELEASE (test/build.sh release makes it)"
JOBRUN=$JOBRUN_RELEASE
RUN=(Complete --key-file "$KEY_FILE" --force --json --metrics-file "$WORK/jobrun.prom")

# prepare SYSTEM-KEYS: the platform, the job and what the external system offers; a run of it ends with 1.
prepare() {
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
	sql "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	cp "$DB" prepared.db
	jobrun "${RUN[@]}"
	expect_status "a run with enough memory" 1
	all_done "with enough memory"
	invariants
}

# from_start: nothing was fetched yet, and the external system knows of no ack.
from_start() {
	rm -f "$DB"-wal "$DB"-shm
	cp prepared.db "$DB"
	es_sql "DELETE FROM request_log; DELETE FROM ack_log; DELETE FROM idempotency; UPDATE record SET acked_at = NULL"
}

# all_done WHEN: each item that is good took effect and is acknowledged; the bad one failed.
all_done() {
	[[ $(ledger) == "acked 24 failed 1" && $(sql "SELECT count(*) FROM workflow_trigger") == 24 &&
		$(sql "SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'running'") == 0 ]] ||
		fail "$1: unfinished: $(ledger)"
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
	((status == 1)) || fail "$1: a clean run afterwards ends with $status"
	all_done "$1"
	invariants
}
