# A platform of one table and a job of a few lines, for tests that need no more. Sourced after lib.sh.
# shellcheck shell=bash

# shellcheck disable=SC2016 # $item is a parameter of SQL's
RULES='-- keep the note
INSERT INTO note (id, item) VALUES (:id, $item);'

# small_db [SQL]: a new database with the platform's one table in it, and what the SQL makes besides.
small_db() {
	rm -f "$DB" "$DB"-wal "$DB"-shm
	succeed "$JOBRUN" init
	sqlite3 -bail "$DB" "CREATE TABLE note (seq INTEGER PRIMARY KEY, id, item TEXT NOT NULL); ${1-}" ||
		fail "the platform's tables"
}

# write_job [JQ-FILTER [RULES]]: the folder notes with the job Notes (7), its job.json changed by the filter first.
write_job() {
	mkdir -p notes
	jq -n '{JobType: 7, Name: "Notes", System: "ris", Fetch: {}, Ack: {}, Rules: "rules.sql"} |
		'"${1:-.}" >notes/job.json
	printf '%s\n' "${2:-$RULES}" >notes/rules.sql
}

# small_job [JQ-FILTER [RULES]]: the same, installed.
small_job() {
	write_job "$@"
	succeed "$JOBRUN" job install notes
}

# small_client [JSON]: the client 1, group 10, at /api/records; JSON's keys over that. The job may come later.
small_client() {
	add_client 7 "$(jq -cn --argjson more "${1:-{\}}" \
		'{ClientId: 1, GroupId: 10, Route: "/api/records"} + $more')"
}

# records FIRST LAST: so many small ones, a line each.
records() {
	jq -nc --argjson a "$1" --argjson z "$2" 'range($a; $z + 1) | {id: .}'
}

# requests SQL-CONDITION: how many of them the external system logged.
requests() {
	es_sql "SELECT count(*) FROM request_log WHERE $1"
}

# exceptions: the client's own rows of the exception log, their stage and code.
exceptions() {
	sql "SELECT Stage, Code FROM APP_EXCEPTION_LOG WHERE ItemId IS NULL ORDER BY Id"
}

# forget: the ledger, the logs, the alerts and the notes; the external system forgets its logs too, and keeps its records.
forget() {
	sql "DELETE FROM note; DELETE FROM APP_ITEM; DELETE FROM APP_EXCEPTION_LOG; DELETE FROM APP_REQUEST_LOG;
		DELETE FROM APP_JOB_RUN; DELETE FROM APP_CLIENT; DELETE FROM APP_ALERT; DELETE FROM APP_HOLD"
	es_sql "DELETE FROM request_log; DELETE FROM ack_log; DELETE FROM idempotency; UPDATE record SET acked_at = NULL"
}

# start_other: a second external system, at another origin: $OTHER_URL, its tables in $OTHER_DB. It ends with the test.
start_other() {
	local i

	OTHER_DB=$WORK/other.db
	"$EXTERNAL_SYSTEM" --db "$OTHER_DB" --port-file "$WORK/other.port" --max-time "$TEST_SECONDS" \
		>>"$WORK/server.log" 2>&1 &
	other_pid=$!
	# shellcheck disable=SC2154 # it is assigned there
	trap 'result=$?; kill "$other_pid" || true; set +eE; trap - ERR; (exit "$result"); finish' EXIT
	for ((i = 0; i < 600; i++)); do
		if [[ -s $WORK/other.port ]]; then
			# shellcheck disable=SC2034  # for the test
			OTHER_URL=http://127.0.0.1:$(<"$WORK/other.port")
			return 0
		fi
		sleep 0.05
	done
	fail "the other external system does not start"
}

# other_requests: how many requests reached it.
other_requests() {
	sqlite3 -batch -bail "$OTHER_DB" "SELECT count(*) FROM request_log"
}
