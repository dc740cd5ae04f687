#!/bin/bash
# An attacker whose code runs inside a run (escape.c) does not get out of the sandbox: not to other files, not into other
# programs, processes or ports. Without it each of these ways leads out, which is what makes the test see.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

: "${JOBRUN_ESCAPER:?the binary with the attacker in it}"
# Attached to a tracer, LeakSanitizer cannot look.
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0

OUTSIDE=$(mktemp -d "${TMPDIR:-/tmp}/jobrun-outside.XXXXXX")
trap 'result=$?; rm -rf "$OUTSIDE"; kill_left; set +eE; trap - ERR; (exit "$result"); finish' EXIT
mkdir db
export DB=$WORK/db/jobrun.db JOBRUN_DB=$WORK/db/jobrun.db JOBRUN_ESCAPE=$WORK/db/report JOBRUN_OUTSIDE=$OUTSIDE
export JOBRUN_ABSTRACT=jobrun-test-$$ JOBRUN_SECRET=$WORK/token

# Whoever is asked for it outside.
perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un("\0$ARGV[0]")) or die; listen($s, 100);
	$SIG{ALRM} = sub { exit }; alarm($ARGV[1]); sleep 1 while 1' "$JOBRUN_ABSTRACT" "$TEST_SECONDS" &
job_pid=$!
disown

start_server
workflow_db
set_system
workflow_job
workflow_client
know 1 1000
new_key

# outside: all that is there to be found.
outside() {
	rm -rf "${OUTSIDE:?}"/* "$JOBRUN_ESCAPE".*
	echo mine >"$OUTSIDE/file"
	sqlite3 "$OUTSIDE/db" 'CREATE TABLE t (x)'
	printf '#!/bin/sh\n' >"$OUTSIDE/run"
	ln -s /etc/passwd "$JOBRUN_ESCAPE.link"
}

offered=0
# attack NAME ARGUMENT…: a run with the attacker in it, which does its work all the same.
attack() {
	local name=$1

	shift
	outside
	rm -f "$JOBRUN_ESCAPE"
	offered=$((offered + 3))
	offer 1 $((offered - 2)) "$offered"
	status=0
	timeout --kill-after=5 "$COMMAND_SECONDS" "$@" "$JOBRUN_ESCAPER" Complete --key-file "$KEY_FILE" -v "${options[@]}" \
		>"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	expect_status "$name: the run itself ends well" 0
	[[ $(tail -n 1 "$JOBRUN_ESCAPE") == keep:urandom* ]] || fail "$name: not every way was tried: $(<"$JOBRUN_ESCAPE")"
}

# out: the ways that led out; refused ABI: those that should not have, with such a kernel.
out() {
	awk '$1 !~ /^keep:/ && $3 == "out" { print $1 }' "$JOBRUN_ESCAPE"
}
refused_not() {
	awk -v abi="$1" '$1 !~ /^keep:/ && $2 <= abi && $3 == "out" { print $1 }' "$JOBRUN_ESCAPE"
}
kept_not() {
	awk '$1 ~ /^keep:/ && $3 != "out"' "$JOBRUN_ESCAPE"
}

options=(--no-sandbox)
attack "without a sandbox"
# But for memory of another process, where the kernel keeps all users but root from it (Yama).
((EUID == 0)) || sed -i '/^ptrace:/d' "$JOBRUN_ESCAPE"
ways=$(grep -vc '^keep:' "$JOBRUN_ESCAPE")
expect "without a sandbox each way leads out" "$ways" "$(out | wc -l)"
expect_match "which is said at -v" 'no sandbox \(--no-sandbox\)$' "$(<stderr)"
invariants

options=()
attack "in the sandbox"
if ! grep -q 'in a sandbox (Landlock, ABI [0-9]*)$' stderr; then
	expect_match "a kernel without Landlock: the run goes on, and says so" 'no sandbox: this kernel has no Landlock' "$(<stderr)"
	invariants
	exit 0
fi
abi=$(sed -n 's/.*Landlock, ABI \([0-9]*\).*/\1/p' stderr)
expect "in the sandbox (ABI $abi) none does" "" "$(refused_not "$abi")"
expect "and all that a run needs it can do" "" "$(kept_not)"
expect "nothing was changed outside" "db file run mine" \
	"$(find "$OUTSIDE" -type f -printf '%f\n' | sort | paste -sd' ') $(<"$OUTSIDE/file")"
count "ways out of the sandbox that are refused" "$ways"
invariants
options=(--dry-run)
offered=$((offered - 3))
attack "in a dry run"
expect "in a dry run none does either" "" "$(refused_not "$abi")"
options=()

# Older kernels: as much as they can.
for old in 1 2 3 4 5 6; do
	((old < abi)) || break
	attack "a kernel with ABI $old" strace -f -qq -o /dev/null -e trace=landlock_create_ruleset \
		-e inject=landlock_create_ruleset:retval=$old:when=1
	expect_match "ABI $old is told" "in a sandbox \(Landlock, ABI $old\)$" "$(<stderr)"
	expect "ABI $old: what it can refuse is refused" "" "$(refused_not $old | grep -v '^ptrace' || true)"
	expect "ABI $old: and what is needed goes on" "" "$(kept_not)"
	invariants
done
# Or none, or none for us.
for none in ENOSYS EOPNOTSUPP EPERM; do
	attack "a kernel that says $none" strace -f -qq -o /dev/null -e trace=landlock_create_ruleset \
		-e inject=landlock_create_ruleset:error=$none
	expect_match "which is said at -v" 'no sandbox: (this kernel has no Landlock|a filter on system calls)' "$(<stderr)"
	invariants
done
# But a sandbox that fails to close is no sandbox: the run does not begin.
before=$(last_run RunId)
for call in landlock_create_ruleset:error=ENOMEM:when=2 landlock_add_rule:error=ENOMEM:when=5 \
	landlock_restrict_self:error=E2BIG prctl:error=EINVAL:when=2+; do
	status=0
	timeout --kill-after=5 "$COMMAND_SECONDS" strace -f -qq -o trace -e "trace=${call%%:*}" -e "inject=$call" \
		"$JOBRUN" Complete --key-file "$KEY_FILE" >stdout 2>stderr || status=$?
	grep -q INJECTED trace || fail "$call: nothing was injected"
	expect_status "$call: no run" 70
	expect_match "which says why" 'sandbox' "$(<stderr)"
done
expect "none of them is on record" "$before" "$(last_run RunId)"
invariants

# Where the database may be.
mkdir home real
ln -s "$WORK/real" link
for place in "$WORK/home/x.db" "$WORK/link/x.db" "real/../real/y.db" "plain.db"; do
	(
		export HOME=$WORK/home DB=$place JOBRUN_DB=$place
		workflow_db
		set_system
		workflow_job
		workflow_client 1
		know 1 1000
		es_sql "UPDATE record SET acked_at = NULL"
		new_key
		run_job Complete -v --metrics-file "$WORK/home/m.prom"
		expect_status "a database at $place" 0
		expect_match "in its sandbox" 'in a sandbox' "$(<stderr)"
		expect "all is applied" "$offered" "$(sqlite3 "$place" "SELECT count(*) FROM APP_ITEM WHERE State = 'acked'")"
		[[ -s home/m.prom ]] || fail "no metrics"
		[[ ! -e $place-wal ]] || fail "its log is left behind"
	)
done
count "ABIs of Landlock, missing and failing ones included" 13
