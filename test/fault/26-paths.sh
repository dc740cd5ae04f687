#!/bin/bash
# Where the database is: names that mean something to SQLite, to the shell or to a terminal mean nothing to jobrun. And
# how it is opened: for writing once.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

storage_ready

# A name of the database, as it is given and as its file is called.
try() {
	local given=$1 file=$2 before

	rm -f "$given"*
	before=$(ls -A)
	succeed "$BINARY" init --db "$given"
	[[ -f $file ]] || fail "$given: init made no $file, but: $(ls -A)"
	cp image.db "$file"
	forget_acks
	DB=$file
	status=0
	"$BINARY" Complete --key-file "$KEY_FILE" --db "$given" >stdout 2>stderr || status=$?
	expect_status "a database called $given" 0
	whole "a database called $given"
	invariants
	rm -f "$file.backup"
	succeed "$BINARY" backup "$file.backup" --db "$given"
	[[ $(sqlite3 "./${file#"$WORK"/}.backup" "PRAGMA integrity_check") == ok ]] || fail "$given: its backup"
	rm -f "$file" "$file".* "$file"-*
	expect "$given: no file of another name was made" "$before" "$(ls -A)" >/dev/null
}
# shellcheck disable=SC2016  # meant as it stands
names=('a b.db' 'x%20y.db' 'what?mode=memory' 'no#fragment.db' 'file:x.db' 'file:x.db?mode=ro&vfs=none' '100%.db' ':memory:'
	"it's.db" 'a"b.db' 'a;b.db' '$(x).db' $'new\nline.db' '-db' 'ümläut.db' 'x.db-wal')
for name in "${names[@]}"; do
	try "./$name" "$WORK/$name"
	[[ $name == -* ]] || try "$name" "$WORK/$name"
	try "$WORK/$name" "$WORK/$name"
done
count "names of a database" $((3 * ${#names[@]} - 1))

# A link to it, and one to its folder: the log and the lock are beside the file itself.
mkdir real
ln -s real folder
cp image.db 'real/x?.db'
ln -s '../x/../folder/x?.db' real/link
mkdir x
for name in 'folder/x?.db' real/link folder/link; do
	cp image.db 'real/x?.db'
	rm -f real/*.lock
	forget_acks
	DB="$WORK/real/x?.db"
	status=0
	"$BINARY" Complete --key-file "$KEY_FILE" --db "$name" >stdout 2>stderr || status=$?
	expect_status "by the link $name" 0
	whole "by the link $name"
	expect "by the link $name: the lock is beside the file" 'link x?.db x?.db.job3.lock' "$(cd real && echo *)"
done

# One connection writes: the log is opened once, and all that is written to either goes through one descriptor.
DB=$WORK/jobrun.db
reset
RUN_OPTIONS=(--json --metrics-file x.prom)
hurt strace -f -yy --seccomp-bpf -o trace -e signal=none -e trace=openat,pwrite64
expect_status "a run that is looked at" 0
expect "it opens the database's log once" 1 "$(grep -c 'jobrun\.db-wal", O_RDWR' trace)"
expect "and writes to the database and its log by one descriptor each" "jobrun.db jobrun.db-wal" \
	"$(grep -oE 'pwrite64\([0-9]+<[^>]*jobrun\.db(-wal)?>' trace | sort -u | sed -E 's/.*(jobrun\.db[^>]*)>/\1/' | xargs)"
expect "from one thread" 1 "$(grep -E 'pwrite64\(.*jobrun\.db(-wal)?>' trace | cut -d ' ' -f 1 | sort -u | wc -l)"

# A log that is there may be of a process that died before its name was synced: the run does that before it writes.
reset
sqlite3 "$DB" "CREATE TABLE killed (x)" ".shell kill -9 \$PPID" 2>/dev/null || true
[[ -s $DB-wal ]] || fail "no log was left behind"
hurt strace -f -yy --seccomp-bpf -o trace -e signal=none -e trace=fsync,pwrite64
expect_status "a run that finds a log" 0
expect_match "it syncs the folder before it writes" "fsync\([0-9]+<$WORK>\) = 0" \
	"$(grep -E "fsync\([0-9]+<$WORK>|pwrite64\(.*jobrun\.db(-wal)?>" trace | head -1)"

# And of a SQLite with the WAL-reset bug --version warns.
succeed "$BINARY" --version
version=$(sqlite3 :memory: "SELECT sqlite_version()")
if printf '%s\n3.44.6\n' "$version" | sort -VC; then
	expect_match "--version warns of SQLite $version" 'WAL-reset' "$(cat stdout stderr)"
fi
