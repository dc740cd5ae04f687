#!/bin/bash
# Each fault of an external system that a fetch can meet has its own code, hits its own client, leaves applied what came
# whole, is tried again or not as it should be, and delays nobody else. The cases are tables in C (hostile.h).
. "$(dirname "$0")/lib.sh"

. "$TREE/test/fault/hostile.sh"

hostile_files
"$HOSTILE" list >cases
start_hostile
start_server

workflow_db
set_system
# A busy machine is no fault: only who is kept waiting on purpose has 2 s.
jq -n '{Retries: 1, Timeout: 25, ConnectTimeout: 25, AllowHttp: true, Auth: {Bearer: "env:HOSTILE_SECRET"}}' >hostile.json
succeed "$JOBRUN" system set hostile hostile.json
export HOSTILE_SECRET=s3cret
new_key

# The effect goes by the id as it was written.
# shellcheck disable=SC2016 # $item is a parameter of SQL's
rules='INSERT INTO workflow_trigger (client, groupid, record, run)
SELECT @ClientId, @GroupId, iif(json_type($item, '"'$.id'"') = '"'text'"', :id, substr(tail, 1,
	min(instr(tail || '"','"', '"','"'), instr(tail || '"'}'"', '"'}'"')) - 1)), $run
FROM (SELECT substr($item, 7) AS tail);'
job() {
	workflow_job ".JobType = $1 | .Name = \"Fetch$1\" | .Ack = null | $2" "$rules"
}
job 40 .
job 41 '.Fetch.Items = "/items" | .Fetch.Pages = {"Next": "/next"}'
job 42 '.Fetch.Pages = {"Link": true}'
job 43 '.Fetch.Format = "ndjson"'
# What takes long to read, in a run of its own.
job 44 .

# A client a case, at an origin of its own, and among them three that are well.
jq -R -s 'split("\n") | map(select(. != "") | split("\t"))' cases >cases.json
sql "CREATE TABLE fault_case (n INTEGER PRIMARY KEY, family, job INTEGER, code, asked INTEGER, applied INTEGER, failed INTEGER,
		duplicates INTEGER, item_code, least_ms INTEGER, client, what, seen INTEGER);
	INSERT INTO fault_case SELECT value ->> 0, value ->> 1, value ->> 2, nullif(value ->> 3, '-'), value ->> 4, value ->> 5,
		value ->> 6, value ->> 7, nullif(value ->> 8, '-'), value ->> 9, nullif(value ->> 10, '-'), value ->> 11, NULL
	FROM json_each(readfile('cases.json'));
	WITH one (job, at, entry) AS (
		SELECT job, n, json_patch(json_object('ClientId', n, 'GroupId', 10, 'Route', '/c/' || n, 'System', 'hostile',
			'BaseUrl', 'http://c' || n || '.localhost:$port', 'Timeout', iif(least_ms >= 1900, 2, 25)),
			'{' || replace(replace(replace(replace(coalesce(client, ''), '%PORT%', '$port'), '%FULL%', '$full'),
				'%SILENT%', '$silent'), '%PLAIN%', '$plain') || '}')
		FROM fault_case
		UNION ALL SELECT j.value, w.value, json_object('ClientId', 'well-' || w.value, 'GroupId', 10, 'Route',
			'/api/records' || iif(j.value IN (0, 4), '', '/' || (json('[\"\",\"paged/next\",\"paged/link\",\"ndjson\",\"\"]') ->> j.value)))
		FROM json_each('[0, 1, 2, 3, 4]') j, json_each('[0, 200, 1000]') w)
	INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration)
	SELECT 40 + job, '', json_group_array(json(entry)) FROM (SELECT * FROM one ORDER BY job, at) GROUP BY job"
cases=$(sql "SELECT count(*) FROM fault_case")
((cases >= 150)) || fail "only $cases cases"
for client in well-0 well-200 well-1000; do
	seq 1 20 | sed 's/.*/{"id":&}/' | put_records records "$client" 10
done

# Whoever takes all of them at once shows that none waits for another.
for type in 40 41 42 43 44; do
	run_job "$type" -j 400
	expect_status "job $type: some fail, some are well" 1
done
end_hostile
jq -Rn '[inputs | split(" ") | {(.[0]): .[1] | tonumber}] | add' asked >asked.json
sql "UPDATE fault_case SET seen = readfile('asked.json') ->> ('\$.\"' || n || '\"')"

expect "nobody was led elsewhere: not one connection, so no secret either" 0 "$(jq .elsewhere asked.json)"
# What became of each case, where it is otherwise than the table says. A request that nobody counts at the server, as one
# that was never answered, is counted by jobrun alone.
sql "CREATE VIEW became AS SELECT c.*, l.Status AS status, l.Requests AS requests, l.Processed AS processed, l.Errors AS errors,
	l.Duplicates AS dups, l.DurationMs AS took, l.Id AS ended, l.Message AS message,
	(SELECT group_concat(Stage || ' ' || Code) FROM APP_EXCEPTION_LOG x WHERE x.ClientId = l.ClientId AND x.ItemId IS NULL) AS codes,
	(SELECT group_concat(DISTINCT Code) FROM APP_EXCEPTION_LOG x WHERE x.ClientId = l.ClientId AND x.ItemId IS NOT NULL)
		AS item_codes
	FROM fault_case c LEFT JOIN APP_REQUEST_LOG l ON l.ClientId = CAST(c.n AS TEXT)"
otherwise=$(sql "SELECT n, family, what, 'expected', code, item_code, asked, applied, failed, duplicates, least_ms, 'became', status, codes,
	item_codes, seen, requests, processed, errors, dups, took, substr(message, 1, 200) FROM became
	WHERE codes IS NOT 'fetch ' || code OR item_codes IS NOT item_code OR seen IS NOT asked OR applied IS NOT processed
		OR failed IS NOT errors OR duplicates IS NOT dups OR took < least_ms
		OR status IS NOT CASE WHEN code IS NOT NULL THEN 'failed' WHEN failed > 0 THEN 'degraded' ELSE 'ok' END")
[[ -z ${SHOW_CASES-} ]] || sql "SELECT n, family, what, codes, item_codes, message FROM became"
expect "each case became what its row says" "" "$otherwise"
expect "those who are well are so, in each of the five runs" "15|300" "$(sql "SELECT count(*), sum(Processed) FROM APP_REQUEST_LOG
	WHERE ClientId LIKE 'well-%' AND Status = 'ok'")"
expect "and waited for nobody: they ended before any that hung" "" "$(sql "SELECT w.ClientId, w.DurationMs, s.what, s.took
	FROM APP_REQUEST_LOG w, became s WHERE w.ClientId LIKE 'well-%' AND w.JobType = 40 AND s.least_ms >= 3900 AND w.Id > s.ended")"
expect "no secret stands in any message" "" "$(sql "SELECT Message FROM APP_EXCEPTION_LOG WHERE Message LIKE '%s3cret%'")"
# Whoever meets a code finds it in the manual.
codes=$(sql "SELECT DISTINCT Code FROM APP_EXCEPTION_LOG" && sed -nE 's/.*(CONNECT|BROKEN|BODY|REFUSED)\("([a-z_]+)".*/\2/p' \
	"$TREE/lib/http/fault.c")
((${#codes} > 400)) || fail "the codes were not found"
unknown=
for code in $codes; do
	[[ $code == http_* ]] || grep -qE "^\.It Cm (.* )?$code( |\$)" "$TREE/cmd/jobrun/man/jobrun-errors.1" || unknown+="$code "
done
expect "each code stands in the manual" "" "$unknown"
books_balance
invariants

families=$(sql "SELECT count(DISTINCT family) FROM fault_case")
count "families of fetch faults, in one run" "$families"
count "fetch faults, each with its own code" "$cases"
