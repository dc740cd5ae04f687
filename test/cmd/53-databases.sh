#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# Databases: what is not ours is never touched, what is broken is said in one line, and what is ours is closed to others.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

mkdir db
export JOBRUN_DB=$WORK/db/x.db
DB=$JOBRUN_DB

# refused NAME STATUS REGEX ARGUMENT…: one clear line; the file and its folder are as before.
refused() {
	local name=$1 expected=$2 regex=$3 before

	shift 3
	before=$(shasum_all)
	jobrun "$@"
	((status == expected)) || fail "$name: jobrun $*: exit status $status, not $expected: $(<stderr)"
	[[ ! -s stdout && $(wc -l <stderr) == 1 ]] || fail "$name: jobrun $*: a line on standard error is wanted, and nothing else"
	[[ $before == "$(shasum_all)" ]] || fail "$name: jobrun $* has changed a file, or made one: $(ls -la db)"
	expect_match "$name: jobrun $* is refused, and touches nothing" "^jobrun: .*$regex" "$(<stderr)"
}

shasum_all() {
	find db -type f -exec sha256sum {} + | sort
	find db | sort
}

all() {
	local name=$1 expected=$2 regex=$3

	refused "$name" "$expected" "$regex" job list
	refused "$name" "$expected" "$regex" Notes --key k
}

all "no file" 66 'jobrun init creates it'
mkdir db/x.db
all "a folder" 66 'no regular file'
refused "a folder" 66 'no regular file' init
rmdir db/x.db
mkfifo db/x.db
all "a FIFO" 66 'no regular file'
rm db/x.db
echo "a text, and long enough for a header of a hundred bytes, so that its length alone does not give it away at all" >db/x.db
all "a text" 78 'is no SQLite database'
refused "a text" 78 'is no SQLite database' init
head -c 50 /dev/urandom >db/x.db
all "fifty bytes" 78 'is no SQLite database'
: >db/x.db
all "an empty file" 78 'is empty: jobrun init'
succeed "$JOBRUN" init
ok "an empty file is made a database by init"
sql "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
cp db/x.db good.db

# as SQL: a copy of the good one, changed, without a log beside it.
as() {
	rm -f db/x.db*
	cp good.db db/x.db
	sqlite3 db/x.db "$1; PRAGMA journal_mode = ${2:-wal}" >/dev/null
}

as "PRAGMA user_version = 999"
all "a newer schema" 78 'schema version 999.*use the newer jobrun'
refused "a newer schema" 78 'schema version 999' init
refused "a newer schema" 78 'schema version 999' client add 7 '{"ClientId": 1}'
as "PRAGMA user_version = 999" delete
all "a newer schema, not even its journal's mode" 78 'schema version 999'
as "PRAGMA application_id = 12345"
all "another program's" 78 "another program's database \(application_id 12345\)"
refused "another program's" 78 "another program's database" init
rm -f db/x.db*
sqlite3 db/x.db "CREATE TABLE patient (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO patient VALUES (1, 'A'); PRAGMA user_version = 4"
all "a platform's own without our tables" 78 'no tables of jobrun.s yet: jobrun init adds them'
refused "a platform that uses user_version" 78 'user_version 4 of another program' init
sqlite3 db/x.db "PRAGMA user_version = 0; CREATE TABLE app_item (x)"
refused "a platform with a table in our way" 78 'app_item|APP_ITEM' init
sqlite3 db/x.db "DROP TABLE app_item"
succeed "$JOBRUN" init
expect_match "init on a platform's database adds to it" 'created, schema version 2' "$(<stdout)"
expect "and leaves its rows" "1|A" "$(sql "SELECT * FROM patient")"
succeed "$JOBRUN" init
expect_match "init once more changes nothing" 'schema version 2 already; nothing changed' "$(<stdout)"

# Broken ones: told in one line, with the database's status, whatever is left of them.
size=$(stat -c %s good.db)
for cut in 100 512 4096 $((size / 2)) $((size - 4096)) $((size - 1)); do
	rm -f db/x.db*
	head -c "$cut" good.db >db/x.db
	jobrun job list
	((status == 74 || status == 78 || (status == 0 && cut >= size / 2))) || fail "cut at $cut: exit status $status: $(<stderr)"
	jobrun Notes --key k
	((status == 74 || status == 77 || status == 78)) || fail "cut at $cut: exit status $status: $(<stderr)"
	expect "cut at $cut of $size bytes: one line" 1 "$(wc -l <stderr)"
done
for page in 2 3 5 8 13; do
	rm -f db/x.db*
	cp good.db db/x.db
	dd if=/dev/urandom of=db/x.db bs=4096 seek=$((page - 1)) count=1 conv=notrunc status=none
	jobrun Notes --key k
	((status == 74 || status == 77 || status == 78)) || fail "page $page overwritten: exit status $status: $(<stderr)"
	expect "page $page overwritten: one line" 1 "$(wc -l <stderr)"
done
rm -f db/x.db*
cp good.db db/x.db
dd if=/dev/zero of=db/x.db bs=1 seek=100 count=3996 conv=notrunc status=none
sha256sum db/x.db >sum
jobrun job list
expect_status "its first page blanked: the database failed" 74
expect_match "its first page blanked: says what it is" 'malformed.*restore a backup' "$(<stderr)"
expect "its first page blanked: one line" 1 "$(wc -l <stderr)"
succeed sha256sum --check sum

# Read-only, for someone who is not root.
rm -f db/x.db*
cp good.db db/x.db
chmod 400 db/x.db
if ((EUID == 0)); then
	cp "$JOBRUN" jobrun
	chmod 755 . jobrun
	chown -R 65534:65534 db
	become=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	program=$WORK/jobrun
else
	become=()
	program=$JOBRUN
fi
# as_other: lists the jobs as that user.
as_other() {
	status=0
	"${become[@]}" "$program" job list >stdout 2>stderr || status=$?
	without_counts
}
as_other
expect_status "a read-only file" 74
expect_match "a read-only file: is called so" 'read-only' "$(<stderr)"
chmod 600 db/x.db
rm -f db/x.db-*
chmod 500 db
as_other
((status == 74 || status == 66)) || fail "a read-only folder: exit status $status: $(<stderr)"
expect "a read-only folder: one line" 1 "$(wc -l <stderr)"
chmod 000 db/x.db
chmod 700 db
as_other
expect_status "a file that may not be read" 66
chmod 600 db/x.db
((EUID != 0)) || chown -R 0:0 db

# Modes, and one lock whatever the name.
umask 000
rm -rf db
start_server
small_db
set_system
small_job
small_client
new_key
chmod 600 "$KEY_FILE"
records 1 3 | put_records records 1 10
ln -s x.db db/link.db
ln -s db folder
fault '{"kind": "delay", "path": "/api/records", "delay_ms": 5000}'
"$JOBRUN" Notes --key-file "$KEY_FILE" >first.out 2>first.err &
first=$!
until [[ $(requests 1) != 0 ]]; do
	kill -0 "$first" 2>/dev/null || fail "the run ended too soon: $(<first.err)"
	sleep 0.05
done
expect "every file beside the database is closed to others" "" "$(find db -type f -not -perm 600)"
expect "as is a folder that init made" 700 "$(stat -c %a db)"
((4 == $(find db -type f | wc -l))) || fail "the database, its two companions and the lock are wanted: $(ls db)"
for name in db/x.db db/link.db folder/x.db ./db/../folder/link.db; do
	jobrun Notes --key-file "$KEY_FILE" --db "$name"
	expect_status "$name: another run holds the lock" 75
	expect_match "$name: whose" "pid $first since 2" "$(<stderr)"
done
status=0
wait "$first" || status=$?
expect_status "the first run ends well" 0
jobrun Notes --key-file "$KEY_FILE" --db folder/link.db
expect_status "the lock is free again" 0
ln -s nowhere db/dangling.db
refused "a symbolic link to nothing" 66 'symbolic link to nothing' init --db db/dangling.db
succeed "$JOBRUN" init --db db/deep/er/new.db
expect "folders that init makes are closed, too" "700 700 600" \
	"$(stat -c %a db/deep db/deep/er db/deep/er/new.db | xargs)"
