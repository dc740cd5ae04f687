#!/bin/bash
# A limit on files' sizes, a disk, a folder or a file that may not be written, and places for logs and metrics that are
# full or missing: a run ends with 74 where the database is concerned, and well where it is not.
. "$(dirname "$0")/mounts.sh"
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

mount -t tmpfs -o size=64m,mode=755 none /mnt
mkdir /mnt/db /mnt/full
DB=/mnt/db/jobrun.db
export JOBRUN_DB=$DB
storage_ready

# failed_at WHAT REGEX: the database failed, and says so; nothing was acknowledged that is not applied.
failed_at() {
	((status == 74)) || fail "$1: exit status $status"
	grep -qE "^jobrun: .*$DB.*$2" stderr || fail "$1: does not say so: $(<stderr)"
	checks=$((checks + 1))
}

# RLIMIT_FSIZE: the kernel's signal for it would end the process. Less than a page would leave no room for its last words.
sizes=0
failed=0
step=$(share 24 1)
for ((kib = 4, status = 74; status != 0; kib += 4 * step)); do
	reset
	hurt prlimit "--fsize=$((kib * 1024)):$((kib * 1024))"
	sizes=$((sizes + 1))
	if ((status != 0)); then
		failed_at "files of $kib KiB at most" '(I/O error|File too large|readonly)'
		failed=$((failed + 1))
	fi
	documented "files of $kib KiB at most"
	ended=$status
	healed "files of $kib KiB at most"
	status=$ended
	((sizes < 1000)) || fail "no size is enough"
done
((failed > 1)) || fail "no limit was too low"
count "limits on files' sizes" "$sizes"

# A disk that is mounted read-only before the run, and one that becomes so in the midst of it.
reset
mount -o remount,ro /mnt
hurt env
failed_at "a read-only disk" 'read-?only'
mount -o remount,rw /mnt
documented "a read-only disk"
healed "a read-only disk"

# For someone who is not root, with no rights on one of the files or the folder.
if ((EUID == 0)) && setpriv --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null; then
	install -m 755 "$BINARY" /mnt/jobrun
	chmod 755 "$WORK"
	install -m 600 -o 65534 "$KEY_FILE" /mnt/key
	chown -R 65534:65534 "$WORK/token" /mnt/db
	as_other() {
		status=0
		setpriv --reuid=65534 --regid=65534 --clear-groups timeout "$COMMAND_SECONDS" /mnt/jobrun Complete \
			--key-file /mnt/key >stdout 2>stderr || status=$?
	}
	reset
	chown 65534 "$DB"
	chmod 400 "$DB"
	as_other
	failed_at "a read-only file" 'is read-only for this user'
	chmod 600 "$DB"
	chmod 500 /mnt/db
	as_other
	failed_at "a read-only folder" 'this user must be able to write it, its folder'
	# With a log beside it that another program made, the folder is wanted for the lock alone.
	chmod 700 /mnt/db
	hold_open "BEGIN; SELECT count(*) FROM record"
	chown 65534:65534 "$DB"*
	chmod 500 /mnt/db
	as_other
	failed_at "a lock that cannot be made" '\.job3\.lock: .*Permission denied'
	let_go
	chmod 700 /mnt/db
	as_other
	expect_status "with all rights again" 0
	whole "with all rights again"
	chown -R 0:0 "$WORK/token" /mnt/db
else
	echo "no other user to be: only root's half"
fi

# Where logs and metrics go is no business of the work's.
mount -t tmpfs -o size=4k,mode=755 none /mnt/full
head -c 4096 /dev/zero >/mnt/full/file
# beside NAME STATUS OPTION…: a run that is to do all its work, with stdout and stderr at $out and $log.
beside() {
	local name=$1 expected=$2

	shift 2
	reset
	status=0
	timeout "$COMMAND_SECONDS" "$BINARY" Complete --key-file "$KEY_FILE" "$@" >"$out" 2>"$log" || status=$?
	((status == expected)) || fail "$name: exit status $status"
	whole "$name"
	invariants
	if [[ $log == "$WORK/stderr" ]]; then
		expect_match "$name: is done, and says what it could not write" "${wanted:-warning}" "$(<stderr)"
	else
		ok "$name: is done"
	fi
}
out=$WORK/stdout
log=$WORK/stderr
wanted='warning .*the metrics were not written: .*/nowhere/x.prom.*: No such file'
beside "metrics in no folder" 0 --metrics-file /nowhere/x.prom
wanted='warning .*the metrics were not written: .*/mnt/full/x.prom.*: No space left'
beside "metrics on a full disk" 0 --metrics-file /mnt/full/x.prom
expect "metrics on a full disk: nothing is left behind" file "$(ls /mnt/full)"
mount -o remount,ro /mnt/full
wanted='warning .*the metrics were not written: .*/mnt/full/x.prom.*: Read-only'
beside "metrics on a read-only disk" 0 --metrics-file /mnt/full/x.prom
mount -o remount,rw /mnt/full
mkdir folder.prom
wanted='warning .*the metrics were not written: .*folder.prom.*: Is a directory'
beside "metrics at a folder's name" 0 --metrics-file folder.prom
wanted=
log=/mnt/full/file
beside "a log on a full disk" 0 -v
log=/dev/full
beside "a log on a full device" 0 -vv --log-format json
log=$WORK/stderr
out=/dev/full
wanted='jobrun: cannot write to standard output'
beside "a summary on a full device" 74 --json
out=/mnt/full/summary
beside "a summary on a full disk" 74 --json
count "logs, summaries and metrics that could not be written" 8
