#!/bin/bash
# The database on a disk of k KiB, from next to none to enough: a run ends with 74 or is whole, nothing is acknowledged
# that is not kept, and with room the next run finishes the work. The same with too few inodes, and for init.
. "$(dirname "$0")/mounts.sh"
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

DB=/mnt/jobrun.db
export JOBRUN_DB=$DB

# disk OPTIONS: a new disk, with nothing on it.
disk() {
	! mountpoint -q /mnt || umount /mnt
	mount -t tmpfs -o "mode=700,$1" none /mnt
}

enlarge() {
	mount -o remount,size=64m,nr_inodes=0 /mnt
}

disk size=64m
storage_ready
image=$((($(stat -c %s image.db) + 1023) / 1024))
step=$(share 4 1)

# Not even the tables fit.
sizes=0
full=0
for ((k = 4; k <= image; k += 4 * step)); do
	disk "size=${k}k"
	status=0
	"$BINARY" init >stdout 2>stderr || status=$?
	((status == 0 || status == 74)) || fail "init on $k KiB: exit status $status"
	sizes=$((sizes + 1))
	((status == 74)) || continue
	full=$((full + 1))
	grep -qE "^jobrun: .*$DB: .*(full|disk I/O error).*: (make room|check its disk)" stderr || fail "init on $k KiB does not say so"
	enlarge
	"$BINARY" init >stdout 2>stderr || fail "init on $k KiB, with room afterwards: exit status $?"
	expect "init on $k KiB, then with room: whole" ok "$(sql "PRAGMA integrity_check")" >/dev/null
done
((full > 0)) || fail "init found room on every disk"
count "sizes of a disk for init" "$sizes"

# hurt_on DISK WHAT: a run there, and one when there is room again.
hurt_on() {
	disk "$1"
	cp image.db "$DB"
	forget_acks
	hurt env
	((status == 0 || status == 74)) || fail "$2: exit status $status"
	ended=$status
	if ((status == 74)); then
		grep -qE "^jobrun: .*$DB.*: .*(full|I/O error|unable to open|space)" stderr || fail "$2: does not say so"
	fi
	enlarge
	documented "$2"
	healed "$2"
}

sizes=0
full=0
ended=74
for ((k = (image + 3) / 4 * 4; ended != 0; k += 4 * step)); do
	hurt_on "size=${k}k" "$k KiB"
	sizes=$((sizes + 1))
	full=$((full + (ended == 74)))
	((sizes < 1000)) || fail "no disk is large enough"
done
((full > 3)) || fail "only $full runs found their disk full"
ok "$full runs found their disk full; $((k - 4 * step)) KiB are enough for it"
count "sizes of a disk for a run" "$sizes"

ended=74
for ((inodes = 2; ended != 0; inodes++)); do
	hurt_on "size=64m,nr_inodes=$inodes" "$inodes inodes"
done
((inodes > 4)) || fail "$inodes inodes are enough"
ok "too few inodes: the same"
