#!/bin/bash
# Reads and writes that take less than they were asked for, at random: all are gone on with, and nothing is lost.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

storage_ready
RUN_OPTIONS=(--json --metrics-file "$WORK/x.prom" -v)

# under PROBABILITY: sets $fiu, the command under which each read and write is so often cut short.
under() {
	local call

	fiu=(fiu-run -x)
	for call in read pread readv preadv write pwrite writev pwritev; do
		fiu+=(-c "enable_random name=posix/io/rw/$call/reduce,probability=$1")
	done
}

# calls_made PREFIX…: sets $calls: so many reads and writes are made by a run under that.
calls_made() {
	reset
	hurt strace -f --seccomp-bpf -o trace -e signal=none -e trace=pread64,pwrite64 "$@"
	((status == 0)) || fail "a run of which calls are counted: exit status $status"
	calls=$(wc -l <trace)
}

# That it takes effect: what is cut short is asked for again.
calls_made env
usual=$calls
metrics=$(sed 's/ [^ ]*$//' x.prom)
whole "a run with none of this"
under 0.7
calls_made "${fiu[@]}"
((calls > usual + usual / 4)) || fail "$calls reads and writes instead of $usual: libfiu does nothing"
ok "it takes effect: $calls reads and writes instead of $usual"

runs=$(share 15 500)
for ((i = 0; i < runs; i++)); do
	reset
	rm -f x.prom
	under "0.$((RANDOM % 9 + 1))"
	hurt "${fiu[@]}"
	((status == 0)) || fail "short reads and writes, run $i: exit status $status"
	documented "short reads and writes, run $i"
	jq -e .status stdout >/dev/null || fail "run $i: no summary"
	[[ $(sed 's/ [^ ]*$//' x.prom) == "$metrics" ]] || fail "run $i: metrics are missing"
done
count "runs with short reads and writes" "$runs"
