#!/bin/bash
# Killed at the border of each system call that touches a file, a lock or the network: the first call, the second, and so
# on until a run passes. After each the invariants hold, and one run that is left alone ends the work.
. "$(dirname "$0")/lib.sh"

JOBRUN=$JOBRUN_RELEASE
CALLS=(pwrite64 fdatasync sendto write recvfrom read rename unlink openat flock)
METRICS=$WORK/metrics.prom

# A run with work to do, and all that it asks of the system.
crash_world
more_work 12
strace -f -o trace -e "trace=$(IFS=,; echo "${CALLS[*]}"),pread64,socket,connect,fallocate,mmap" \
	"$JOBRUN" Complete --key-file "$KEY_FILE" --metrics-file "$METRICS" 2>stderr ||
	fail "the run that is looked at: $?"
invariants

# made CALL: so many of it.
made() {
	grep -cE "^[0-9]+ +$1\(" trace || true
}

# killed_at CALL N: a run that is killed at the N-th of it: 0, or 1 it ended before.
killed_at() {
	status=0
	{
		ASAN_OPTIONS=detect_leaks=0 strace -f -o injected -e "trace=$1" -e "inject=$1:signal=KILL:when=$2" \
			timeout --foreground "$COMMAND_SECONDS" "$JOBRUN" Complete --key-file "$KEY_FILE" \
			--metrics-file "$METRICS" >stdout 2>stderr || status=$?
	} 2>/dev/null
	((status == 137)) || return 1
	grep -q "killed by SIGKILL" injected || fail "exit status 137, but $1 $2 was not injected"
}

total=0
for call in "${CALLS[@]}"; do
	calls=$(made "$call")
	# What Debian's libraries do not call is not there to be killed at.
	if ((calls == 0)); then
		ok "$call: a run makes none"
		continue
	fi
	killed=0
	tried=0
	if [[ -n ${JOBRUN_FULL-} ]]; then
		at=$(seq 1 $((calls * 2)))
	else
		at=$(seq 1 $(((calls * 3 + 3) / 4)) | shuffled | head -n 3)
	fi
	for n in $at; do
		tried=$((tried + 1))
		more_work 12
		if killed_at "$call" "$n"; then
			killed=$((killed + 1))
			invariants
		elif [[ -n ${JOBRUN_FULL-} ]]; then
			break
		fi
		all_goes_through
	done
	((killed > 0 && killed * 2 >= tried)) || fail "$call: of $tried runs only $killed were killed"
	ok "$call: killed at $killed of $calls"
	total=$((total + killed))
done
count "kills at the border of a system call" "$total"
