# A platform with records and a workflow, and a job that completes records: what it takes to see that each item's
# trigger is there exactly once. Nothing in its tables would stop a second one. Sourced after lib.sh.
# shellcheck shell=bash

WORKFLOW_RULES="-- the record is known
SELECT 'no such record: ' || :id WHERE NOT EXISTS (SELECT 1 FROM record WHERE id = :id);
-- it is completed
SELECT 'not completed: ' || :status WHERE :status = 'DRAFT';
UPDATE record SET completed = completed + 1 WHERE id = :id;
-- start its workflow
INSERT INTO workflow_trigger (client, groupid, record, run) VALUES (@ClientId, @GroupId, :id, \$run);"
job_pid=

# workflow_db: a new database with the platform's tables.
workflow_db() {
	rm -f "$DB" "$DB"-wal "$DB"-shm
	succeed "$JOBRUN" init
	sqlite3 -bail "$DB" "
		CREATE TABLE record (id INTEGER PRIMARY KEY, completed INTEGER NOT NULL DEFAULT 0);
		CREATE TABLE workflow_trigger (seq INTEGER PRIMARY KEY, client, groupid, record, run)" ||
		fail "the platform's tables"
}

# know FIRST LAST: the platform has these records.
know() {
	sql "WITH RECURSIVE n (id) AS (SELECT $1 UNION ALL SELECT id + 1 FROM n WHERE id < $2)
		INSERT INTO record (id) SELECT id FROM n"
}

# write_workflow [JQ-FILTER [RULES]]: the folder workflow with the job Complete (3), its job.json changed by the filter.
write_workflow() {
	mkdir -p workflow
	jq -n '{JobType: 3, Name: "Complete", System: "ris", Fetch: {}, Ack: {}, Rules: "rules.sql"} |
		'"${1:-.}" >workflow/job.json
	printf '%s\n' "${2:-$WORKFLOW_RULES}" >workflow/rules.sql
}

# workflow_job [JQ-FILTER [RULES]]: the same, installed.
workflow_job() {
	write_workflow "$@"
	succeed "$JOBRUN" job install workflow
}

# workflow_client [ID [JSON]]: the client ID (1), group 10, at /api/records; JSON's keys over that.
workflow_client() {
	add_client Complete "$(jq -cn --argjson id "${1:-1}" --argjson more "${2:-{\}}" \
		'{ClientId: $id, GroupId: 10, Route: "/api/records"} + $more')"
}

# offer CLIENT FIRST LAST: the external system has these records for the client.
offer() {
	seq "$2" "$3" | sed 's/.*/{"id":&,"status":"COMPLETED"}/' | put_records records "$1" 10
}

# start_job ARGUMENT…: jobrun with the key, beside the test: $job_pid, and the files job.out and job.err.
start_job() {
	"$JOBRUN" "$@" --key-file "$KEY_FILE" >job.out 2>job.err &
	job_pid=$!
}

# end_job [SIGNAL]: waits for it, having sent the signal; its exit status is $status.
end_job() {
	[[ $# -eq 0 ]] || kill -s "$1" "$job_pid" 2>/dev/null || true
	status=0
	# shellcheck disable=SC2034  # read by whoever called
	wait "$job_pid" 2>/dev/null || status=$?
	job_pid=
	cp job.out stdout
	cp job.err stderr
	if grep -qE '(ERROR|WARNING): [A-Z][a-z]+Sanitizer|runtime error:' stderr; then
		fail "a sanitizer's finding"
	fi
}

# until_true WHAT COMMAND…: tries it again and again, for ten seconds.
until_true() {
	local what=$1 i

	shift
	for ((i = 0; i < 500; i++)); do
		if "$@"; then
			return 0
		fi
		sleep 0.02
	done
	fail "waited in vain: $what"
}

# asked PATH [N]: the external system got as many requests for paths that begin so.
asked() {
	(($(requests "path LIKE '$1%'") >= ${2:-1}))
}

# requests SQL-CONDITION: how many of them the external system logged.
requests() {
	es_sql "SELECT count(*) FROM request_log WHERE $1"
}

# now_ms: for how long something takes.
now_ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

# last_run COLUMNS: of the last run's row.
last_run() {
	sql "SELECT $1 FROM APP_JOB_RUN ORDER BY RunId DESC LIMIT 1"
}

# last_visit CLIENT COLUMNS: of the client's last request row.
last_visit() {
	sql "SELECT $2 FROM APP_REQUEST_LOG WHERE ClientId = '$1' ORDER BY Id DESC LIMIT 1"
}

# ledger: what became of how many items: "acked 3 failed 1".
ledger() {
	sql "SELECT State || ' ' || count(*) FROM APP_ITEM GROUP BY State ORDER BY State" | paste -sd' '
}

# unchanged NAME FILE: the database still holds what its .dump in the file says.
unchanged() {
	sql .dump >now
	expect "$1" "" "$(diff "$2" now || true)"
}

# triggered_once NAME COUNT: so many workflows were started, each for an applied item, and none of them twice.
triggered_once() {
	expect "$1: $2 workflows were started" "$2" "$(sql "SELECT count(*) FROM workflow_trigger")"
	expect "$1: none of them twice" "" "$(sql "SELECT client, groupid, record, count(*) FROM workflow_trigger
		GROUP BY client, groupid, record HAVING count(*) > 1")"
	expect "$1: each one of an item in the ledger, and the other way round" "" "$(sql "
		WITH applied (client, record) AS
			(SELECT ClientId, ItemId FROM APP_ITEM WHERE State IN ('applied', 'acked')),
		started (client, record) AS (SELECT CAST(client AS TEXT), CAST(record AS TEXT) FROM workflow_trigger)
		SELECT * FROM (SELECT * FROM applied EXCEPT SELECT * FROM started)
		UNION ALL SELECT * FROM (SELECT * FROM started EXCEPT SELECT * FROM applied)")"
}

# A run that a failed test leaves behind ends here.
kill_left() {
	[[ -z $job_pid ]] || kill -KILL "$job_pid" 2>/dev/null || true
}
result=0
trap 'result=$?; kill_left; set +eE; trap - ERR; (exit "$result"); finish' EXIT
