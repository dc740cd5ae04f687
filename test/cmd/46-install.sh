#!/bin/bash
# shellcheck disable=SC2016,SC2119 # $parameters are SQL's; the functions of the harness have optional parameters
# What job install refuses, where it says the mistake is, and that nothing is stored then.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

small_db
PORT=9 URL=http://127.0.0.1:9
(umask 077 && echo token >token)
set_system

# stored: all that is installed.
stored() {
	sql "SELECT JobType, Name, Version, Definition, Rules FROM APP_JOB_TYPE ORDER BY JobType"
}

# refused NAME REGEX: the folder notes, with 78 and this message on one line.
refused() {
	jobrun job install notes
	((status == 78)) || fail "$1: exit status $status, not 78"
	[[ ! -s stdout && $(wc -l <stderr) == 1 ]] || fail "$1: a line on standard error is wanted, and nothing else"
	expect_match "refused, saying where and what: $1" "^jobrun: (notes/)?$2" "$(<stderr)"
}

# definition NAME REGEX JQ-FILTER
definition() {
	write_job "$3"
	refused "$1" "$2"
}

# text NAME REGEX JSON: job.json byte for byte.
text() {
	write_job
	printf '%s' "$3" >notes/job.json
	refused "$1" "$2"
}

# rules NAME REGEX SQL
rules() {
	write_job . "$3"
	refused "$1" "$2"
}

text "JSON that breaks off" 'job\.json: no valid JSON at line 2, column [0-9]+' $'{"JobType": 7,\n"Name": '
text "a comma too many" 'job\.json: no valid JSON at line 3, column 1' $'{"JobType": 7,\n"Name": "Notes",\n}'
text "a comment that never ends" 'job\.json: ' '{"JobType": 7 /* , "Name": "Notes"}'
text "an array" 'job\.json' '[]'
text "an empty file" 'job\.json' ''
text "no UTF-8" 'job\.json' $'{"JobType": 7, "Name": "N\xff"}'
text "a key that is there twice" 'job\.json: Name: given twice' '{"JobType": 7, "Name": "A", "Name": "B", "Rules": "rules.sql"}'
definition "an unknown key" 'job\.json: MaxAttempt: .*MaxAttempts' '.MaxAttempt = 3'
definition "an unknown key inside" 'job\.json: Fetch\.ItemID: .*ItemId' '.Fetch.ItemID = "/id"'
definition "a settings key that is misspelt" 'job\.json: BaseURL: .*BaseUrl' '.BaseURL = "https://ris.example"'
definition "a number as text" 'job\.json: JobType: ' '.JobType = "7"'
definition "a text as a number" 'job\.json: Name: ' '.Name = 7'
definition "no name" 'job\.json: Name: missing' 'del(.Name)'
definition "no number" 'job\.json: JobType: missing' 'del(.JobType)'
definition "no rules" 'job\.json: Rules: missing' 'del(.Rules)'
definition "a number out of range" 'job\.json: MaxDegreeOfParallelism: ' '.MaxDegreeOfParallelism = 0'
definition "a number with a fraction" 'job\.json: MaxAttempts: ' '.MaxAttempts = 1.5'
definition "a pointer that is none" 'job\.json: Fetch\.ItemId: ' '.Fetch.ItemId = "id"'
definition "two kinds of page" 'job\.json: Fetch\.Pages: ' '.Fetch.Items = "/items" | .Fetch.Pages = {Next: "/next", Link: true}'
definition "a key of another kind of page" 'job\.json: Fetch\.Pages\.Size: does not go with Link' '.Fetch.Pages = {Link: true, Size: 3}'
definition "an unknown method" 'job\.json: Fetch\.Method: ' '.Fetch.Method = "DELETE"'
definition "a body with GET" 'job\.json: Fetch\.Body: ' '.Fetch.Body = {}'
definition "{Ids} in a fetch" 'job\.json: Fetch\.Path: .*\{Ids\}' '.Fetch.Path = "/{Ids}"'
definition "{Id} in a batch" 'job\.json: Ack\.Path' '.Ack.Path = "/ack/{Id}"'
definition "a ratio above one" 'job\.json: Alerts\.MinProcessedRatio: ' '.Alerts.MinProcessedRatio = 95'
definition "a rules file elsewhere" 'job\.json: Rules: ' '.Rules = "../rules.sql"'
definition "a secret in place of a reference" 'job\.json: Auth\.Bearer' '.Auth = {Bearer: "SECRET-IN-PLACE"}'
expect_no_match "and it is not repeated" SECRET-IN-PLACE "$(<stderr)"
definition "an unknown system" 'job\.json: System: there is no external system pacs.*jobrun system set pacs' '.System = "pacs"'

rules "no statement at all" 'rules\.sql: not one statement' '-- nothing yet'
rules "SQL that does not parse" 'rules\.sql:3:6: .*syntax error' $'-- one\nSELECT :id\nFORM note;'
rules "a table that is not there" 'rules\.sql:2:[0-9]+: no such table: notes' $'SELECT 1 WHERE 0;\nINSERT INTO notes (id) VALUES (:id);'
rules "a column that is not there" 'rules\.sql:1:[0-9]+: no such column' 'UPDATE note SET x = 1;'
rules "a text in double quotes" 'rules\.sql:1:' 'SELECT "reason" WHERE :id IS NULL;'
rules "an open comment" 'rules\.sql:2:1: .*never ends' $'SELECT 1 WHERE 0;\n/* for ever'
rules "a parameter without a name" 'rules\.sql:2:' $'SELECT 1\nWHERE ? IS NULL;'
rules "an unknown \$parameter" 'rules\.sql:1:[0-9]+: .*\$itme.*\$item' 'SELECT 1 WHERE $itme IS NULL;'
for statement in "ATTACH 'other.db' AS other" "DETACH main" "PRAGMA user_version = 9" "BEGIN" "COMMIT" "END" "ROLLBACK" \
	"SAVEPOINT mine" "RELEASE jobrun_item" "CREATE TABLE mine (a)" \
	"CREATE TEMP TRIGGER t AFTER INSERT ON note BEGIN SELECT 1; END" \
	"DROP TABLE note" "ALTER TABLE note ADD COLUMN more" "VACUUM" "VACUUM INTO 'copy.db'" "REINDEX" "ANALYZE" \
	"EXPLAIN SELECT 1"; do
	rules "$statement" 'rules\.sql:2:1: ' $'SELECT 1 WHERE 0;\n'"$statement;"
done
expect "nothing of all that was stored" "" "$(stored)"
[[ ! -e copy.db && ! -e other.db ]] || fail "a file was made"
for statement in "INSERT INTO APP_ITEM SELECT * FROM APP_ITEM" "DELETE FROM APP_JOB_RUN" \
	"UPDATE APP_JOB_TYPE SET Version = 9" \
	"REPLACE INTO app_external_system VALUES ('a', 'b')" "DELETE FROM sqlite_sequence" \
	"WITH a AS (SELECT 1) DELETE FROM APP_JOB_CONFIG"; do
	rules "$statement" 'rules\.sql:2:[0-9]+: rules may not (write|read) ' $'SELECT 1 WHERE 0;\n'"$statement;"
done
for expression in "SELECT hex(Hash) FROM APP_JOB_KEY" "SELECT Definition FROM APP_EXTERNAL_SYSTEM" \
	"SELECT count(*) FROM APP_JOB_KEY" "SELECT 1 FROM app_job_key" "SELECT Configuration FROM APP_JOB_CONFIG" \
	"SELECT load_extension('x')" "SELECT * FROM pragma_user_version"; do
	rules "$expression" 'rules\.sql:1:[0-9]+: ' "$expression;"
done
sqlite3 "$DB" "CREATE VIEW keys AS SELECT Hash FROM APP_JOB_KEY;
	CREATE TRIGGER forge AFTER UPDATE ON note BEGIN DELETE FROM APP_ITEM; END"
rules "APP_JOB_KEY through a view" 'rules\.sql:1:[0-9]+: rules may not read APP_JOB_KEY.*keys' 'SELECT 1 FROM keys;'
rules "APP_ITEM through a trigger" 'rules\.sql:1:[0-9]+: rules may not write APP_ITEM.*forge' 'UPDATE note SET item = :id;'
rm notes/rules.sql
jobrun job install notes
expect_status "a rules file that is not there" 66
jobrun job install nowhere
expect_status "a folder that is not there" 66

# What is good, and what changes.
write_job '.MaxAttempts = 3'
{
	echo '// A comment, with a "string" in it'
	sed 's|"Name"|/* and another { */ "Name"|; s|"rules.sql"|// on a line of its own\n"rules.sql"|' notes/job.json
	echo '// the end'
} >with && mv with notes/job.json
succeed "$JOBRUN" job install notes
expect "comments are allowed" "job Notes (7): version 1 installed" "$(<stdout)"
succeed "$JOBRUN" job install notes
expect_match "the same again is the same version" "version 1 is installed already" "$(<stdout)"
expect "also in the table" 1 "$(sql "SELECT Version FROM APP_JOB_TYPE")"
echo "-- a further thought" >>notes/rules.sql
succeed "$JOBRUN" job install notes
expect "changed rules are version 2" 2 "$(sql "SELECT Version FROM APP_JOB_TYPE")"
write_job '.MaxAttempts = 4' "$(<notes/rules.sql)"
succeed "$JOBRUN" job install notes
expect "a changed definition is version 3" 3 "$(sql "SELECT Version FROM APP_JOB_TYPE")"
definition "another job's number" 'job type 7 is already installed as Notes' '.Name = "Other"'
definition "another job's name" 'job type 7 is already installed as Notes' '.JobType = 8'
rules "bad rules over good ones" 'rules\.sql:1:' 'INSERT INTO nowhere VALUES (1);'
succeed "$JOBRUN" job show Notes --json
expect "the stored one is still the last good one" "3|4" \
	"$(jq -r '.[] | "\(.Version)|\(.Definition | fromjson | .MaxAttempts)"' stdout)"
