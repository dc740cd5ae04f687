# What the fault tests share, over what all black-box tests do. Sourced first; it brings test/cmd/lib.sh and workflow.sh.
# shellcheck shell=bash

# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/../cmd/lib.sh"
. "$TREE/test/cmd/workflow.sh"

: "${JOBRUN_FAULT:?the binary with crash points}"
# The same in each ordinary run, so that what was green stays so; another one in each full run. A failing test says it,
# and with it the same test goes the same way again.
if [[ -n ${JOBRUN_FULL-} ]]; then
	SEED=${SEED-$RANDOM}
else
	SEED=${SEED-7}
fi
RANDOM=$SEED
echo "SEED=$SEED"

# share FEW ALL: how many to try: few in every run of the tests, all of them in a full one (JOBRUN_FULL).
share() {
	if [[ -n ${JOBRUN_FULL-} ]]; then echo "$2"; else echo "$1"; fi
}

# count WHAT N: says how many were tried, and adds a line to the file $JOBRUN_COUNTS, if it is set: the README's figures.
count() {
	ok "$1: $2"
	[[ -z ${JOBRUN_COUNTS-} ]] || printf '%s\t%s\n' "$1" "$2" >>"$JOBRUN_COUNTS"
}

# invariants [EFFECTS]: they hold now. It says nothing when all is well, so that it can be asked a thousand times.
invariants() {
	local found

	found=$("$TREE/test/fault/invariants" "$DB" "$ES_DB" "$@") || fail "$found"
	checks=$((checks + 1))
}

# crashes_at POINT[:N] [ARGUMENT…]: a run of the job Complete that is killed at a point (test/fault/points.c): 0; 1 it
# ended before.
crashes_at() {
	local at=$1

	shift
	status=0
	# The shell would say that it was killed: that is what is wanted.
	{
		JOBRUN_CRASH_AT=$at timeout --kill-after=5 "$COMMAND_SECONDS" "$JOBRUN_FAULT" Complete \
			--key-file "$KEY_FILE" "$@" >"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	} 2>/dev/null
	((status == 137 || status == 134))
}

# crash_at POINT[:N] [ARGUMENT…]: it must be.
crash_at() {
	crashes_at "$@" || fail "no crash at $1: exit status $status"
}

# shuffled: the lines of standard input, in an order that SEED decides.
shuffled() {
	awk -v seed="$SEED" 'BEGIN { srand(seed) } { printf "%.9f\t%s\n", rand(), $0 }' | sort | cut -f 2-
}

CRASH_RULES="$WORKFLOW_RULES
-- it is in time
SELECT 'too late' WHERE :status = 'LATE';"

# crash_world: three clients of the job Complete, with pages and several acks each, and of each three items that are bad
# for ever, one of them after its rules have written all. The third one's ids are strings.
crash_world() {
	local client

	start_server
	workflow_db
	set_system ris '{"Retries": 0}'
	workflow_job '.Ack.Batch = 10 | .Ack.Rejected = "/rejected" | .MaxAttempts = 1000 |
		.Alerts.MinProcessedRatio = 0 | .Fetch.Path = "{Route}/paged/next" | .Fetch.Items = "/items" |
		.Fetch.Pages = {Next: "/next"} |
		.Fetch.Query = {clientId: "{ClientId}", groupId: "{GroupId}", size: 10, days: "{Days}"}' "$CRASH_RULES"
	know 1 99999
	know 990001 990006
	new_key
	offered=0
	for client in 1 2 3; do
		workflow_client "$client"
		printf '{"id":%d,"status":"%s"}\n' $((900000 + client)) COMPLETED $((990000 + client)) DRAFT \
			$((990003 + client)) LATE | put_records records "$client" 10
	done
}

# more_work N: so many new items for each client of a crash_world, in one go, since it is asked for so often.
more_work() {
	local client first last requests=()

	for client in 1 2 3; do
		first=$((client * 20000 + offered + 1))
		last=$((first + $1 - 1))
		seq -f "{\"id\":$( ((client < 3)) && echo %.0f || echo '"%.0f"'),\"status\":\"COMPLETED\"}" "$first" "$last" \
			>"offer.$client"
		requests+=(--silent --show-error --fail-with-body --noproxy '*' --max-time "$COMMAND_SECONDS"
			--data-binary "@offer.$client" --output offered
			"$URL/_records?kind=records&client=$client&group=10" --next)
	done
	curl "${requests[@]:0:${#requests[@]}-1}" || fail "more work for the external system"
	offered=$((offered + $1))
}

# all_goes_through [ARGUMENT…]: one run that is left alone ends the work: each good item took effect once, and is
# acknowledged.
all_goes_through() {
	local found

	run_job Complete "$@"
	((status == 0)) || fail "a run that is left alone: exit status $status"
	invariants
	found=$(es_sql "SELECT count(*) FROM record WHERE acked_at IS NULL AND CAST(body ->> '\$.id' AS INTEGER) < 900000")
	((found == 0)) || fail "$found good items are not acknowledged"
	found=$(sql "SELECT (SELECT count(*) FROM workflow_trigger) || '|' || (SELECT count(*) || '|' || max(completed)
		FROM record WHERE completed > 0) || '|' || (SELECT count(*) FROM APP_ITEM WHERE State = 'acked') || '|' ||
		(SELECT Owed FROM APP_JOB_RUN ORDER BY RunId DESC LIMIT 1) || '|' ||
		(SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'running')")
	[[ $found == "$((3 * offered))|$((3 * offered))|1|$((3 * offered))|0|0" ]] ||
		fail "of $((3 * offered)) items: triggers, completed, at most, acked, owed, running: $found"
	checks=$((checks + 1))
}

# killed_after SECONDS [ARGUMENT…]: a run of Complete by the binary $JOBRUN, killed after so long: 0; 1 it ended before.
# It is waited for until it is gone: as long as it is amid a sync of the disk, it has its lock.
killed_after() {
	local seconds=$1

	shift
	status=0
	{
		"$JOBRUN" Complete --key-file "$KEY_FILE" "$@" >"$WORK/stdout" 2>"$WORK/stderr" &
		job_pid=$!
		sleep "$seconds"
		kill -KILL "$job_pid" || true
		wait "$job_pid" || status=$?
	} 2>/dev/null
	job_pid=
	((status == 137))
}

# as_workers N COMMAND…: so many of it at once, each with a seed of its own and $WORKER set; all must end well.
as_workers() {
	local n=$1 i pids=()

	shift
	# Those that are left when this ends early end with it.
	trap 'kill "${pids[@]}" 2>/dev/null || true; wait; exit 143' TERM INT
	for ((i = 1; i <= n; i++)); do
		SEED=$((SEED + i)) WORKER=$i "$@" >"worker.$i" 2>&1 &
		pids+=($!)
	done
	for ((i = 1; i <= n; i++)); do
		if ! wait "${pids[i - 1]}"; then
			kill "${pids[@]}" 2>/dev/null || true
			wait "${pids[@]}" || true
			cat "worker.$i" >&2
			fail "worker $i"
		fi
	done
}
