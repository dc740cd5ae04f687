# Runs of jobrun whose Nth allocation fails (test/fault/alloc.c). Sourced instead of memory.sh, which it brings.
# shellcheck shell=bash

# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/memory.sh"

: "${JOBRUN_ALLOC:?the binary whose allocations fail}"
tried=0
failures=0
made=0
failed=0

# start_allocator: the process that all runs are forked from; it ends with the test.
start_allocator() {
	coproc ALLOCATOR { exec "$JOBRUN_ALLOC" 2>allocator.err; }
	# shellcheck disable=SC2034  # bash forgets them when the process ends, before we can read why
	exec {to_allocator}>&"${ALLOCATOR[1]}" {from_allocator}<&"${ALLOCATOR[0]}"
}

# attempt FAIL WORD…: jobrun with these words, whose allocations fail as FAIL says: N, N+ or 0. $status; what it $made and
# how many $failed; the files stdout and stderr. No sanitizer may find anything, a leak neither.
attempt() {
	local IFS=$'\t'

	printf '%s\n' "$*" >&"$to_allocator"
	# shellcheck disable=SC2034  # made is for the test
	IFS=' ' read -r status made failed <&"$from_allocator" || fail "no more runs: $(<allocator.err)"
	[[ $(<stderr) != *Sanitizer* && $(<stderr) != *"runtime error:"* ]] || fail "allocation $1: a sanitizer's finding"
	((status < 128)) || fail "allocation $1 of ${*:2}: ended by signal $((status - 128))"
	[[ $1 == 0 ]] || tried=$((tried + 1))
	((failed == 0)) || failures=$((failures + 1))
}

# each_allocation FIRST TOTAL STEP COMMAND [ARGUMENT…]: calls it with N and then with N+, for every STEPth N of about TOTAL,
# from a random one after FIRST on until one passes in which none failed.
each_allocation() {
	local first=$1 total=$2 step=$3 way n

	shift 3
	for way in '' +; do
		n=$((first + 1 + RANDOM % step))
		while :; do
			"$@" "$n$way"
			((failed > 0)) || break
			n=$((n + step))
		done
		((n > total / 2)) || fail "allocation $n$way of about $total passed: nothing failed"
	done
}

# out_of_memory FAIL: the last run failed as a whole, and said so.
out_of_memory() {
	((status == 70)) || fail "allocation $1: exit status $status: $(<stderr)"
	[[ $(<stderr) == *"out of memory"* ]] || fail "allocation $1: exit status 70, and no word about memory: $(<stderr)"
}
