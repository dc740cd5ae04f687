#!/bin/bash
# Memory runs out in a run: each allocation fails once, it alone or with all that follow. No crash, no leak, nothing lost,
# nothing twice, and the next run finishes it all.
. "$(dirname "$0")/alloc.sh"

start_server
memory_world '{"Retries": 0}'
echo '{"Command": ["/bin/cat"]}' >notify.json
succeed "$JOBRUN" notify set notify.json
keep_start
start_allocator

# try FAIL: a run in which an allocation fails, and one in which none does.
try() {
	local lost

	from_start
	attempt "$1" "${RUN[@]}"
	# 1: the bad item, or a client that was out of memory; the other went on.
	((status == 1)) || out_of_memory "$1"
	invariants
	# libcurl calls a header that is too large "out of memory", too: jobrun cannot tell, and says both.
	lost=$(sql "SELECT Stage, Code, Message FROM APP_EXCEPTION_LOG WHERE coalesce(ItemId, '') <> '9001'
		AND Code <> 'no_memory' AND Message NOT LIKE '%or there is no memory%'")
	[[ -z $lost ]] || fail "allocation $1: $lost"
	local was=$failed
	attempt 0 "${RUN[@]}"
	((status == 1)) || fail "after allocation $1 a clean run ends with $status"
	all_done "allocation $1"
	invariants
	failed=$was
}

from_start
attempt 0 "${RUN[@]}"
expect_status "a run with enough memory" 1
all_done "with enough memory"
invariants
total=$made
each_allocation 0 "$total" "$(share $((total / 60)) 1)" try
count "allocations of a run that failed once, or with all that follow (a run makes about $total)" "$tried"
