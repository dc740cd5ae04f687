#!/bin/bash
# In a folder that others can write, something is planted under each name that jobrun uses: it is refused or replaced,
# never followed, never written through, never waited for. And whatever the umask, files are closed to others.
. "$(dirname "$0")/lib.sh"

start_server
mkdir common safe
chmod 1777 common
export DB=$WORK/common/jobrun.db JOBRUN_DB=$WORK/common/jobrun.db
workflow_db
set_system
workflow_job
workflow_client
know 1 1000
new_key
precious=$WORK/safe/precious
planted=0
next=0

# run: offers three more items, and runs the job.
run() {
	next=$((next + 3))
	offer 1 $((next - 2)) "$next"
	run_job Complete --force "$@"
}

# plant WHAT NAME
plant() {
	rm -rf "$2"
	echo "mine alone" >"$precious"
	case $1 in
	symlink) ln -s "$precious" "$2" ;;
	dangling) ln -s "$WORK/safe/new" "$2" ;;
	hardlink) ln "$precious" "$2" ;;
	fifo) mkfifo "$2" ;;
	folder) mkdir "$2" ;;
	socket) perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un($ARGV[0])) or die' "${2#"$WORK"/}" ;;
	device) ln -s /dev/full "$2" ;;
	other) echo "another's" >"$2" && chown nobody "$2" ;;
	esac
	planted=$((planted + 1))
}
# unharmed NAME: what the planted thing leads to is as it was.
unharmed() {
	[[ $(<"$precious") == "mine alone" ]] || fail "$1: it was written through: $(<"$precious")"
	[[ ! -e safe/new ]] || fail "$1: a file was made through it"
}

kinds=(symlink dangling hardlink fifo folder socket device)
for kind in "${kinds[@]}"; do
	plant "$kind" "$DB.job3.lock"
	run
	((status == 66)) || fail "the lock, $kind: exit status $status: $(<stderr)"
	unharmed "the lock, $kind"
	rm -rf "$DB.job3.lock"
done
ok "a lock that is none is refused"
run
expect_status "without it all goes on" 0

((EUID != 0)) || kinds+=(other)
for suffix in wal shm journal; do
	for kind in "${kinds[@]}"; do
		plant "$kind" "$DB-$suffix"
		run
		((status == 66)) || fail "-$suffix, $kind: exit status $status: $(<stderr)"
		grep -q "jobrun.db-$suffix is no file of SQLite's" stderr || fail "-$suffix, $kind: $(<stderr)"
		unharmed "-$suffix, $kind"
		rm -rf "$DB-$suffix"
	done
done
ok "a log that is none is refused"
run
expect_status "without it all goes on" 0
expect "and all that was offered by then is applied" "$next" "$(sql "SELECT count(*) FROM workflow_trigger")"

# A database that several users write has logs of any of them. Its folder has no sticky bit: with one, the kernel keeps
# even root from another's file that is opened to be made (fs.protected_regular).
if ((EUID == 0)); then
	chmod 777 common
	chmod 660 "$DB"
	rm -f "$DB"-wal
	: >"$DB-wal"
	chown nobody "$DB-wal"
	run
	expect_status "a log of another who may write the database is as good as ours" 0
	rm -f "$DB"-wal "$DB"-shm
	chmod 600 "$DB"
	chmod 1777 common
fi

for kind in "${kinds[@]}"; do
	for name in jobrun.prom jobrun.prom.new; do
		plant "$kind" "common/$name"
		run --metrics-file common/jobrun.prom
		((status == 0)) || fail "$name, $kind: exit status $status: $(<stderr)"
		unharmed "$name, $kind"
		if [[ $kind == folder && $name == jobrun.prom ]]; then
			grep -q 'metrics were not written' stderr || fail "no word about the metrics: $(<stderr)"
		else
			[[ -f common/jobrun.prom && ! -L common/jobrun.prom ]] || fail "$name, $kind: no metrics"
		fi
		rm -rf common/jobrun.prom*
	done
	plant "$kind" common/backup.db
	jobrun backup common/backup.db
	((status != 0)) || fail "a backup over a $kind: $(<stdout)"
	unharmed "a backup, $kind"
	rm -rf common/backup.db*
	plant "$kind" common/fresh.db
	jobrun init --db common/fresh.db
	((status != 0)) || [[ $kind == other ]] || fail "init over a $kind: $(<stdout)"
	unharmed "a new database, $kind"
	rm -rf common/fresh.db*
done
ok "neither metrics, backups nor new databases go through what is planted"
count "things planted under names of jobrun's" "$planted"

# Files' modes, whatever the umask; metrics are for others by what they are.
umask 000
export DB=$WORK/open/new/jobrun.db JOBRUN_DB=$WORK/open/new/jobrun.db
mkdir open
workflow_db
set_system
workflow_job
workflow_client
know 1 1000
new_key
fault '{"path": "/api/records", "kind": "delay", "delay_ms": 1500}'
es_sql "UPDATE record SET acked_at = NULL"
start_job Complete --metrics-file open/new/m.prom
until [[ -e $DB.job3.lock && -e $DB-wal && -e $DB-shm ]]; do sleep 0.02; done
for file in "$DB"{,-wal,-shm,.job3.lock}; do
	mode=$(stat -c %a "$file")
	(((0$mode & ~0640) == 0)) || fail "umask 000: $file has mode $mode"
done
wait "$job_pid"
job_pid=
succeed "$JOBRUN" backup open/new/backup.db
for file in open/new/backup.db "$KEY_FILE"; do
	mode=$(stat -c %a "$file")
	(((0$mode & ~0640) == 0)) || fail "umask 000: $file has mode $mode"
done
expect "the folder that init makes" 700 "$(stat -c %a open/new)"
expect "metrics are for the collector, and nobody else may write them" 644 "$(stat -c %a open/new/m.prom)"
expect "nothing else is there" "" "$(find open/new -type f -perm /027 ! -name m.prom)"
invariants
