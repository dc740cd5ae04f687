#!/bin/bash
# Every system call of a good run, from main() on, fails once with every error that it may have: the run ends with a
# status of the manual, says what failed, keeps the invariants, and the next one finishes the work.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

storage_ready
# By a name, so that the resolver's thread is there; the other client needs none.
sql "UPDATE APP_JOB_CONFIG SET Configuration = json_set(Configuration, '\$[0].BaseUrl', 'http://localhost:$PORT',
	'\$[0].Auth', json_object('Bearer', 'file:$WORK/token')) WHERE Configuration LIKE '%\"ClientId\":2,%'"
expect "one client is at a name" 1 "$(sql "SELECT count(*) FROM APP_JOB_CONFIG WHERE Configuration LIKE '%localhost%'")"
keep_image
METRICS=$WORK/metrics/jobrun.prom
mkdir metrics
RUN_OPTIONS=(--json --metrics-file "$METRICS")

# The errors that each call may have: those of its manual that a sound program can meet.
declare -A errors=(
	[openat]="EACCES EINTR EIO EMFILE ENOMEM ENOSPC"
	[read]="EINTR EIO"
	[pread64]="EINTR EIO"
	[write]="EAGAIN EINTR EIO ENOSPC"
	[pwrite64]="EDQUOT EINTR EIO ENOSPC"
	[fdatasync]="EDQUOT EINTR EIO ENOSPC"
	[fsync]="EDQUOT EINTR EIO ENOSPC"
	[ftruncate]="EINTR EIO ENOSPC"
	[rename]="EACCES EIO ENOSPC"
	[unlink]="EACCES EIO ENOMEM"
	[fcntl_lock]="EAGAIN EINTR EIO ENOLCK"
	[flock]="EAGAIN EINTR ENOLCK"
	[socket]="EACCES EMFILE ENOMEM"
	[socketpair]="EMFILE ENOMEM"
	[connect]="EACCES EAGAIN EINTR ENOMEM"
	[sendto]="EAGAIN EINTR EIO ENOMEM"
	[recvfrom]="EAGAIN EINTR EIO ENOMEM"
	[poll]="EINTR ENOMEM"
	[getrandom]="EINTR ENOSYS"
	[clone3]="EAGAIN ENOMEM"
	[mmap]="EAGAIN ENOMEM"
	[close]="EINTR EIO ENOSPC"
	[newfstatat]="EACCES EIO ENOMEM"
	[getdents64]="EIO ENOMEM"
	[fchmod]="EIO"
	[readlink]="EACCES EIO ENOMEM"
	[munmap]="ENOMEM"
)
# To let go of a lock, or to read or set flags, is never refused.
calls=$(printf '%s,' "${!errors[@]}" | sed 's/_lock//')

reset
hurt strace --seccomp-bpf -f -o good -e signal=none -e "trace=${calls%,}"
expect_status "the good run" 0
whole "the good run"
# Each call of the first process since main(), whose first call this is, with its number among those of its name.
awk '
	NR == 1 { first = $1 }
	$1 != first { next }
	/openat\(AT_FDCWD, "\/dev\/null", O_RDWR\)/ { ours = 1 }
	match($2, /^[a-z0-9_]+\(/) {
		call = substr($2, 1, RLENGTH - 1)
		made[call]++
		if (call == "fcntl")
			call = /F_(RD|WR)LCK/ ? "fcntl_lock" : ""
		if (ours && call != "")
			print call, made[substr($2, 1, RLENGTH - 1)]
	}' good >made
while read -r call n; do
	for errno in ${errors[$call]}; do
		echo "${call%_lock} $errno $n"
	done
done <made >pairs
few=$(share 80 "$(wc -l <pairs)")
awk -v seed="$SEED" 'BEGIN { srand(seed) } { print rand(), $0 }' pairs | sort | cut -d ' ' -f 2- |
	awk -v few="$few" 'NR <= few' >chosen

# told WHAT: the summary and the metrics are there, or it is said that they are not.
told() {
	if ((status < 64)); then
		jq -e .status stdout >/dev/null 2>&1 || fail "$1: exit status $status without a summary"
	fi
	if ((status < 64)) && [[ ! -s $METRICS ]]; then
		grep -q 'metrics were not written.*: ' stderr || fail "$1: no metrics, and not a word of it"
	fi
	[[ $1 == unlink* || -z $(find metrics -name '*.new.*') ]] || fail "$1: a file is left behind: $(ls metrics)"
}

tried=0
missed=0
declare -A statuses
while read -r call errno n; do
	what="$call $n: $errno"
	reset
	rm -f metrics/*
	# How often a socket is looked at depends on the other side's pace.
	if ! traced "$call" "error=$errno:when=$n"; then
		missed=$((missed + 1))
		continue
	fi
	tried=$((tried + 1))
	statuses[$status]=$((${statuses[$status]-0} + 1))
	documented "$what"
	told "$what"
	healed "$what"
done <chosen
((missed * 10 <= tried)) || fail "$missed of $((tried + missed)) faults never happened"
for status in "${!statuses[@]}"; do
	echo "exit status $status: ${statuses[$status]}"
done
status=0
count "system calls that failed" "$tried"
