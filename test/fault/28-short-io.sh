#!/bin/bash
# Reads and writes that take less than they were asked for, at random: all are gone on with, and nothing is lost.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

storage_ready
RUN_OPTIONS=(--json --metrics-file "$WORK/x.prom" -v)

# short NAME PROBABILITY: a run under that.
short() {
	reset
	rm -f x.prom
	hurt fiu-run -x -c "enable_random name=$1,probability=$2"
}

# That it takes effect: of a hundred pages written, some are not whole.
short 'posix/io/rw/*' 0.5
((status != 0)) || fail "libfiu does nothing"
hurt strace -f --seccomp-bpf -o trace -e signal=none -e trace=pread64,pwrite64 \
	fiu-run -x -c "enable_random name=posix/io/rw/*/reduce,probability=0.5"
((status == 0)) || fail "half of all short: exit status $status"
pieces=$(grep -cE '= ([1-9]|[1-9][0-9]|[1-9][0-9][0-9]|[1-3][0-9][0-9][0-9])$' trace)
((pieces > 20)) || fail "only $pieces short reads and writes"
ok "half of all are cut short: $pieces of them in one run"

runs=$(share 15 500)
done=0
for ((i = 0; i < runs; i++)); do
	short 'posix/io/rw/*/reduce' "0.$((RANDOM % 9 + 1))"
	((status == 0)) || fail "short reads and writes, run $i: exit status $status"
	documented "short reads and writes, run $i"
	jq -e .status stdout >/dev/null || fail "run $i: no summary"
	[[ -s x.prom ]] || fail "run $i: no metrics"
	done=$((done + 1))
done
count "runs with short reads and writes" "$done"
