#!/bin/bash
# A job from nothing to installed: job new, job test and what it says of a case that fails or is broken, install that
# refuses a folder whose tests fail, export. All without network, and without a trace in the database.
. "$(dirname "$0")/lib.sh"

new_db
# What a test wrote stands in the database's dump; nothing of a trial does.
sql .dump >before

# unchanged NAME: no verb so far has changed the database.
unchanged() {
	sql .dump >now
	expect "$1: the database is as it was" "" "$(diff before now || true)"
}

# A job from nothing. Nobody is asked, so that it takes no system, no client, no key.
umask 027
succeed "$JOBRUN" job new SyncExams
expect "job new says what it made" \
	"sync-exams: job SyncExams (1) made; next: jobrun job test sync-exams" "$(<stdout)"
expect "with the caller's umask" "drwxr-x--- -rw-r-----" "$(stat -c %A sync-exams sync-exams/rules.sql | paste -sd' ')"
umask 022
succeed "$JOBRUN" job test sync-exams
expect "its tests pass as it is" $'ok       good-record\nok       not-completed\n2 tests passed' "$(<stdout)"
unchanged "job test"
succeed "$JOBRUN" job install sync-exams
expect "it installs as it is" "job SyncExams (1): version 1 installed; 2 tests passed" "$(<stdout)"
jobrun job new Other sync-exams
expect_status "a folder that is there is left alone" 66
expect_match "and that is said" '^jobrun: sync-exams is there already; nothing was changed' "$(<stderr)"
jobrun job new SyncExams other
expect_status "a name that is taken" 64
expect_match "says by whom" '^jobrun: SyncExams is installed already, as job type 1: give the job another name' "$(<stderr)"
[[ ! -e other ]] || fail "a folder was made that cannot be installed"
sql "INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (2, '[]')"
succeed "$JOBRUN" job new HL7_ReportFeed
expect "the lowest number that is neither installed nor configured" \
	"hl7-report-feed: job HL7_ReportFeed (3) made; next: jobrun job test hl7-report-feed" "$(<stdout)"
succeed "$JOBRUN" job new Other some/where/else
expect "it goes by its name and its number alone" "" "$(diff -r some/where/else sync-exams |
	grep -vE '^(diff|[0-9,c]+|---|[<>].*("JobType": |"Name": "|-- )(Other|SyncExams|3|1))' || true)"
for name in 3x 'a"b' status job ''; do
	jobrun job new "$name" folder
	expect_status "no name for a job: '$name'" 64
	[[ ! -e folder ]] || fail "a folder was made all the same"
done
# Root's has a place that is not the test's.
if [[ $EUID != 0 || ! -e /var/lib/jobrun/jobrun.db ]]; then
	succeed env -u HOME -u JOBRUN_DB "$JOBRUN" job new Lonely
	expect "without a database there is none to ask" \
		"lonely: job Lonely (1, there being no database to ask for a free number) made; next: jobrun job test lonely" "$(<stdout)"
	succeed env -u HOME -u JOBRUN_DB "$JOBRUN" job test lonely
	expect "nor tables to take" $'ok       good-record\nok       not-completed\n2 tests passed' "$(<stdout)"
	expect_match "which is said" 'warning: there is no database to take the platform.s tables from: .*--schema FILE' "$(<stderr)"
fi
jobrun job new Somewhere --db "$WORK/nowhere.db"
expect_status "a database that is named must be there" 66

# A test that fails.
cp -R sync-exams exams
sed -i 's/IS NOT/IS/' exams/rules.sql
jobrun job test exams
expect_status "tests that fail" 1
expect "a line a case, and what differs" "$(
	sed 's/^ \$$/ /' <<'DIFF' # no line here ends in a blank
FAILED   good-record
--- exams/test/good-record/after.txt
+++ what came out
@@ -1,9 +1,8 @@
 -- requests
 GET /api/records?clientId=1&groupId=10&days=30
-POST /api/records/ack { "clientId": 1, "groupId": 10, "ids": [101] }
 $
 -- items
-101: applied, acknowledged
+101: rejected: check that it is completed: its status is COMPLETED, not COMPLETED
 $
 -- the ledger
-ItemId '101', State 'acked'
+ItemId '101', State 'failed'
FAILED   not-completed
--- exams/test/not-completed/after.txt
+++ what came out
@@ -1,7 +1,7 @@
 -- requests
 GET /api/records?clientId=1&groupId=10&days=30
-POST /api/records/ack { "clientId": 1, "groupId": 10, "ids": [103] }
+POST /api/records/ack { "clientId": 1, "groupId": 10, "ids": [102] }
 $
 -- items
-102: rejected: check that it is completed: its status is DRAFT, not COMPLETED
-103: applied, acknowledged
+102: applied, acknowledged
+103: rejected: check that it is completed: its status is COMPLETED, not COMPLETED
2 of 2 tests failed
DIFF
)" "$(<stdout)"
expect_empty "nothing to complain about" stderr
jobrun job test exams --color always
expect_match "coloured when asked" $'^\033\\[31m-101: applied, acknowledged\033\\[0m$' "$(<stdout)"
expect_match "coloured when asked" $'^\033\\[32m\\+ItemId .*\033\\[0m$' "$(<stdout)"
jobrun job test exams good-record
expect "one case alone" "1 of 1 test failed" "$(tail -n 1 stdout)"
jobrun job test exams good-recrod
expect_status "a case that is not there" 64
expect_match "which was meant" 'did you mean good-record' "$(<stderr)"

# Install refuses it, and says why; nothing is stored.
sql .dump >before
jobrun job install exams
expect_status "install refuses what fails" 78
expect_empty "nothing was done" stdout
expect_match "it shows what differs" '^\+ItemId .101., State .failed.$' "$(<stderr)"
expect_match "it says what to do" \
	'^jobrun: 2 of 2 tests of exams failed, so nothing was installed; mend it \(jobrun job test\), or --no-test$' "$(<stderr)"
unchanged "a refused install"
succeed "$JOBRUN" job install exams --no-test
expect "unless it is told not to test" "job SyncExams (1): version 2 installed" "$(<stdout)"

# What came out becomes what is expected.
succeed "$JOBRUN" job test exams --update
expect "updated, and said" $'updated  good-record\nupdated  not-completed\nafter.txt written for 2 cases\n2 tests passed' "$(<stdout)"
succeed "$JOBRUN" job test exams
expect "then they pass" $'ok       good-record\nok       not-completed\n2 tests passed' "$(<stdout)"
succeed "$JOBRUN" job test exams --update
expect "and nothing is written once more" $'ok       good-record\nok       not-completed\n2 tests passed' "$(<stdout)"
succeed "$JOBRUN" job install exams
rm exams/test/*/after.txt
jobrun job test exams
expect_match "what is expected must be there" \
	'^BROKEN   good-record: exams/test/good-record/after.txt is missing: --update writes it' "$(<stdout)"
rm -r exams/test
jobrun job test exams
expect_status "no tests at all" 66
succeed "$JOBRUN" job install exams
expect "a folder without tests is installed as ever" \
	"job SyncExams (1): version 2 is installed already; nothing changed" "$(<stdout)"

# Export, and back.
succeed "$JOBRUN" job install sync-exams
succeed "$JOBRUN" job export SyncExams out
expect "export says what it wrote" \
	"out: job.json and rules.sql of job SyncExams (1), version 3, written" "$(<stdout)"
rm -r sync-exams/test
expect "byte for byte, comments and all" "" "$(diff -r out sync-exams)"
succeed "$JOBRUN" job install out
expect "installed again it is the same" \
	"job SyncExams (1): version 3 is installed already; nothing changed" "$(<stdout)"
rm out/job.json
jobrun job export SyncExams out
expect_status "it writes over nothing" 66
expect "nor half of it" rules.sql "$(ls out)"
rm -r sync-exams
succeed "$JOBRUN" job export 1
expect "by number, into a folder of its name" "job.json rules.sql" "$(cd sync-exams && echo *)"

# The examples' own tests, with the platform's tables from a database, from their file, and without them.
new_db
for job in sync-completed-records sync-appointments sync-cancellations; do
	succeed "$JOBRUN" job test "$TREE/examples/jobs/$job"
	expect_no_match "$job: all pass" '^(FAILED|BROKEN)' "$(<stdout)"
	cp stdout from-database
	succeed "$JOBRUN" job test "$TREE/examples/jobs/$job" --db "$WORK/nowhere.db" --schema "$TREE/examples/platform/schema.sql"
	expect "$job: by their file, too" "$(<from-database)" "$(<stdout)"
done
jobrun job test "$TREE/examples/jobs/sync-appointments" --schema /dev/null
expect_status "without the tables the rules cannot be" 78
expect_match "where and what" 'sync-appointments/rules\.sql:[0-9]+:[0-9]+: no such table: room' "$(<stderr)"
sql .dump >before
succeed "$JOBRUN" job test "$TREE/examples/jobs/sync-appointments"
unchanged "the examples' tests"

# No network: the system that answers at BaseUrl is never asked, nor is a secret read.
start_server --generate kind=records,client=1,group=10,count=3
mkdir -p dialled/test/one
jq -n --arg url "$URL" '{JobType: 9, Name: "Dialled", BaseUrl: $url, Auth: {Bearer: "file:/nowhere"}, Rules: "rules.sql",
	Fetch: {Path: "/api/records"}, Ack: {Path: "/api/records/ack"}}' >dialled/job.json
echo "SELECT 1 WHERE 0;" >dialled/rules.sql
echo '[{"id": 1}]' >dialled/test/one/answer.json
succeed "$JOBRUN" job test dialled --update
expect "the case's answer is what was fetched" "1: applied, acknowledged" "$(grep ^1: dialled/test/one/after.txt)"
expect "nobody was asked" 0 "$(es_sql "SELECT count(*) FROM request_log")"
if strace -o /dev/null true 2>/dev/null; then
	# No leaks can be looked for under strace.
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 succeed strace -f -e trace=connect,sendto -o calls "$JOBRUN" job test dialled
	expect_no_match "no connection is tried" 'AF_INET' "$(<calls)"
fi

# Nothing is left behind, however it ends.
mkdir left
TMPDIR=$WORK/left succeed "$JOBRUN" job test dialled
echo '[' >dialled/test/one/answer.json
TMPDIR=$WORK/left jobrun job test dialled
expect_status "a broken case" 1
expect_match "is told on its line" '^BROKEN   one: dialled/test/one/answer\.json: no valid JSON at line 2' "$(<stdout)"
expect "no file is left" "" "$(ls -A left)"
