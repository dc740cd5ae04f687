# What test/cmd/lib.sh expects, and how it says that something is otherwise.
# shellcheck shell=bash

# fail WHY: ends the test.
fail() {
	printf 'FAILED: %s\n' "$*" >&2
	exit 1
}

# What a person needs to see why: the last command's output, and the servers' last words.
show_failure() {
	local file

	for file in stdout stderr server.log; do
		if [[ -s $WORK/$file ]]; then
			printf -- '--- %s (its last lines)\n' "$file"
			tail -n 40 "$WORK/$file" | cut -c 1-400
		fi
	done >&2
	# shellcheck disable=SC2154  # set by jobrun()
	printf -- '--- last exit status: %s\n' "$status" >&2
}

# ok NAME: counts and prints what was found as expected.
ok() {
	checks=$((checks + 1))
	printf 'ok %d - %s\n' "$checks" "$1"
}

# succeed COMMAND…: it must exit with 0; its output is kept as jobrun() keeps it.
succeed() {
	status=0
	timeout --kill-after=5 "$COMMAND_SECONDS" "$@" >"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	((status == 0)) || fail "exit status $status: $*"
}

# expect NAME EXPECTED ACTUAL
expect() {
	if [[ $2 != "$3" ]]; then
		diff --label expected --label actual -u <(printf '%s\n' "$2") <(printf '%s\n' "$3") >&2 || true
		fail "$1"
	fi
	ok "$1"
}

# expect_status [NAME] EXPECTED: of the last jobrun.
expect_status() {
	local name=$1 expected=${*: -1}

	[[ $# -gt 1 ]] || name="it ends as it should"
	# shellcheck disable=SC2154  # set by jobrun()
	((status == expected)) || fail "$name: exit status $status, not $expected"
	ok "$name (exit status $expected)"
}

# expect_match NAME REGEX TEXT: some line of it matches (extended).
expect_match() {
	grep -qE -e "$2" <<<"$3" || fail "$1: nothing matches /$2/ in:"$'\n'"$(head -c 4000 <<<"$3")"
	ok "$1"
}

# expect_no_match NAME REGEX TEXT
expect_no_match() {
	if grep -nE -e "$2" <<<"$3" >&2; then
		fail "$1: the lines above match /$2/"
	fi
	ok "$1"
}

# expect_empty [NAME] FILE
expect_empty() {
	local name=$1 file=${*: -1}

	[[ $# -gt 1 ]] || name="$(basename "$file") is empty"
	[[ -e $file ]] || fail "$name: there is no $file"
	[[ ! -s $file ]] || fail "$name: $(basename "$file") holds: $(head -c 2000 "$file")"
	ok "$name"
}

# books_balance: for every client and every run that ended, and the clients' books add up to their run's.
books_balance() {
	expect "the books balance, client by client" "" "$(sql "
		SELECT RunId, ClientId, GroupId, Received, Processed, Duplicates, Errors, Parked FROM APP_REQUEST_LOG
		WHERE Received <> Processed + Duplicates + Errors + Parked")"
	expect "the books balance, run by run" "" "$(sql "
		SELECT RunId, Received, Processed, Duplicates, Errors, Parked FROM APP_JOB_RUN
		WHERE Received <> Processed + Duplicates + Errors + Parked")"
	expect "each run is the sum of its clients" "" "$(sql "
		SELECT r.RunId, r.Received, sum(l.Received), r.Processed, sum(l.Processed), r.Errors, sum(l.Errors)
		FROM APP_JOB_RUN r JOIN APP_REQUEST_LOG l ON l.RunId = r.RunId
		WHERE r.Status NOT IN ('running', 'crashed') GROUP BY r.RunId
		HAVING r.Received <> sum(l.Received) OR r.Processed <> sum(l.Processed)
		    OR r.Duplicates <> sum(l.Duplicates) OR r.Errors <> sum(l.Errors) OR r.Parked <> sum(l.Parked)
		    OR r.Acked <> sum(l.Acked) OR r.Owed <> sum(l.Owed)")"
}

# acked_is_applied: what the external system was told is done, is done: every id it logged is in the ledger.
acked_is_applied() {
	expect "only applied items were acknowledged" "" "$(sql "
		ATTACH '$ES_DB' AS es;
		SELECT a.client, a.groupid, a.id FROM es.ack_log a
		WHERE NOT EXISTS (SELECT 1 FROM APP_ITEM i
			WHERE i.State IN ('applied', 'acked') AND i.ClientId = a.client
			AND (a.groupid IS NULL OR i.GroupId = a.groupid) AND i.IdQuoted = (a.id LIKE '\"%')
			AND i.ItemId = CASE WHEN a.id LIKE '\"%' THEN json_extract(a.id, '\$') ELSE a.id END)")"
}

# es_acked NAME COUNT: so many different records were acknowledged at the external system.
es_acked() {
	expect "$1" "$2" "$(es_sql "SELECT count(*) FROM record WHERE acked_at IS NOT NULL")"
}
