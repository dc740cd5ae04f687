#!/bin/bash
# backup copies the database while it is in use: whole, of one moment, and only under a name that nobody has.
# shellcheck disable=SC2010,SC2012,SC2015,SC2016
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

busy_pid=
# Also what a failed test leaves behind: the other program would write for ever.
kill_left() {
	[[ -z $job_pid ]] || kill -KILL "$job_pid" 2>/dev/null || true
	[[ -z $busy_pid ]] || kill "$busy_pid" 2>/dev/null || true
}

start_server
workflow_db
set_system
workflow_job '.Fetch.Path = "{Route}/paged/next" | .Fetch.Items = "/items" | .Fetch.Pages = {Next: "/next"} |
	.Fetch.Query = {clientId: "{ClientId}", groupId: "{GroupId}", size: 20}'
workflow_client 1
know 1 2000
offer 1 1 2000
new_key
mkdir backups
umask 000

succeed "$JOBRUN" backup backups/first.db
expect_match "it says what it copied" "^$WORK/backups/first\.db: [0-9]+ pages, [0-9.]+ MiB, copied and checked$" "$(<stdout)"
expect_empty stderr
expect "the copy is for its owner alone" 600 "$(stat -c %a backups/first.db)"
expect "and all there is: no log beside it, nothing left behind" first.db "$(ls -A backups)"
chmod 400 backups/first.db
expect "it opens read-only, without a folder to write in" "delete|ok|$(sql "SELECT count(*) FROM record")" \
	"$(sqlite3 "file:backups/first.db?mode=ro" "SELECT j.*, c.* FROM pragma_journal_mode j, pragma_quick_check c" \
		)|$(sqlite3 "file:backups/first.db?mode=ro" "SELECT count(*) FROM record")"
chmod 600 backups/first.db
sql .dump >before
expect "and holds the same" "" "$(diff before <(sqlite3 backups/first.db .dump))"

while IFS='|' read -r name file regex; do
	jobrun backup "$file"
	expect_status "refused: $name" 66
	expect_match "refused: $name: says why" "$regex" "$(<stderr)"
done <<END
what is there already|backups/first.db|is there already
the database itself|jobrun.db|a name that the database uses itself
the same by another way|backups/../jobrun.db|a name that the database uses itself
its log|jobrun.db-wal|a name that the database uses itself
its shared memory|jobrun.db-shm|a name that the database uses itself
a lock|jobrun.db.job3.lock|a name that the database uses itself
a folder that is not there|nowhere/x.db|No such file
a folder|backups/|is no file's name
nothing||is no file's name
END
ln -s "$WORK/elsewhere" backups/link.db
jobrun backup backups/link.db
expect_status "refused: a link to nothing" 66
[[ ! -e elsewhere ]] || fail "it followed the link"
expect "nothing of those was left behind" "first.db link.db" "$(ls -A backups | paste -sd' ')"

# While a run writes, and another program without a rest. A copy that began anew at each commit would never end.
sql "CREATE TABLE busy (n); CREATE TABLE large (b);
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
	INSERT INTO large SELECT randomblob(1000000) FROM n"
fault '{"kind": "delay", "delay_ms": 400, "path": "/api/records", "times": 0}'
start_job Complete
until_true "the run has applied something" eval '(($(sql "SELECT count(*) FROM workflow_trigger") > 20))'
yes 'INSERT INTO busy VALUES (1);' 2>/dev/null | sqlite3 -cmd '.timeout 30000' "$DB" >busy.log 2>&1 &
busy_pid=$!
until_true "the other one writes" eval '(($(sql "SELECT count(*) FROM busy") > 20))'
for n in 1 2 3; do
	succeed "$JOBRUN" backup "backups/busy$n.db"
done
kill -0 "$job_pid" && kill "$busy_pid" || fail "the two were over too soon"
clear_faults
wait "$busy_pid" || true
busy_pid=
end_job
expect_status "the run does its work" 0
LIVE=$DB
for n in 1 2 3; do
	DB=$WORK/backups/busy$n.db
	expect "backup $n is sound" ok "$(sql "PRAGMA integrity_check")"
	expect "and of one moment: what the rules did and the ledger agree" "" "$(sql "
		SELECT record FROM workflow_trigger EXCEPT SELECT CAST(ItemId AS INTEGER) FROM APP_ITEM
		UNION ALL SELECT CAST(ItemId AS INTEGER) FROM APP_ITEM EXCEPT SELECT record FROM workflow_trigger")"
done
# The last one in the database's place: the run of then was cut short, as by a crash, and the next one heals.
DB=$LIVE
rm -f "$DB"-wal "$DB"-shm
cp backups/busy3.db "$DB"
clear_faults
es_sql "UPDATE record SET acked_at = NULL; DELETE FROM idempotency"
run_job Complete
expect_status "a run on the restored copy" 0
triggered_once "after that" 2000
books_balance

# A signal.
sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
	INSERT INTO large SELECT randomblob(1000000) FROM n"
"$JOBRUN" backup backups/cut.db >stdout 2>stderr &
pid=$!
until_true "it has begun" eval 'compgen -G "backups/cut.db.tmp.*" >/dev/null || ! kill -0 "$pid" 2>/dev/null'
kill -TERM "$pid" 2>/dev/null || true
status=0
wait "$pid" || status=$?
[[ $status == 143 || $status == 0 ]] || fail "ended by a signal, it exits with $status"
ok "a signal ends it"
expect "and leaves nothing half done" "" "$(ls -A backups | grep tmp || true)"
if [[ $status == 143 ]]; then
	[[ ! -e backups/cut.db ]] || fail "an unfinished copy has its name"
fi

# Damage is found before anybody relies on the copy.
sql "DROP TABLE large; VACUUM"
size=$(stat -c %s "$DB")
perl -e 'open F, "+<", $ARGV[0]; seek F, $ARGV[1] / 2, 0; print F "\0" x 4096 x 3' "$DB" "$((size / 8192 * 8192))"
jobrun backup backups/damaged.db
expect_status "a damaged database" 74
expect_match "is said to be that" 'damaged|malformed' "$(<stderr)"
expect "and nothing is kept" "" "$(ls -A backups | grep damaged || true)"
