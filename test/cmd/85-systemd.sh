#!/bin/bash
# The package's units under a systemd that lives: one of the test's own, in namespaces, over a view of this machine that
# takes no writes. Their timers start a job and its watch, hardened as they stand, with the key and a secret as credentials.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

# skip WHY: this machine cannot have a second systemd.
skip() {
	trap - EXIT
	stop_server TERM
	rm -rf "$WORK"
	echo "skipped: $1"
	exit 77
}

((EUID == 0)) || skip "only root may start a systemd"

JOBRUN=$JOBRUN_RELEASE
start_server
workflow_db
set_system ris '{"Auth": {"Bearer": "cred:ris.token"}}'
workflow_job
workflow_client
new_key
know 1 9
offer 1 1 9
sql "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
dpkg-deb -x "$(ls "$TREE"/build/package/jobrun_*.deb)" package

# The machine as it is, below what is written here; the test's folder is at /mnt.
cat >boot.sh <<'END'
set -e
mount --make-rprivate /
root=$WORK/over/root
mkdir over
mount -t tmpfs none over
mkdir over/{changes,work,root}
mount -t overlay -o "lowerdir=/,upperdir=$WORK/over/changes,workdir=$WORK/over/work" none "$root"
cp -R package/. "$root"
mount -t proc none "$root/proc"
mount --rbind /dev "$root/dev"
mount -t sysfs -o ro none "$root/sys"
for folder in run tmp; do
	mount -t tmpfs -o mode=755 none "$root/$folder"
done
if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
	mount -t cgroup2 none "$root/sys/fs/cgroup"
else
	mount -t tmpfs none "$root/sys/fs/cgroup"
	mkdir "$root/sys/fs/cgroup/"{systemd,unified}
	mount -t cgroup -o none,name=systemd none "$root/sys/fs/cgroup/systemd"
	mount -t cgroup2 none "$root/sys/fs/cgroup/unified"
fi
# What it would set at boot is the kernel's, and so this machine's, too.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
rm -r "$root/lib/systemd/system/sysinit.target.wants"
echo 'jobrun:x:64123:64123::/var/lib/jobrun:/usr/sbin/nologin' >>"$root/etc/passwd"
echo 'jobrun:x:64123:' >>"$root/etc/group"
install -d -m 0700 "$root/etc/jobrun"
install -d -m 0700 -o 64123 -g 64123 "$root/var/lib/jobrun"
install -m 0600 -o 64123 -g 64123 jobrun.db "$root/var/lib/jobrun/jobrun.db"
install -m 0600 key "$root/etc/jobrun/Complete.key"
install -m 0600 token "$root/etc/jobrun/ris.token"
units=$root/etc/systemd/system
rm -rf "$units"
mkdir -p "$units/jobrun@.service.d" "$units/jobrun@.timer.d" "$units/jobrun-watch.timer.d"
printf '[Service]\nLoadCredential=ris.token:/etc/jobrun/ris.token\n' >"$units/jobrun@.service.d/secret.conf"
printf '[Timer]\nOnCalendar=\nOnCalendar=*:*:0/1\nRandomizedDelaySec=0\n' |
	tee "$units/jobrun@.timer.d/often.conf" >"$units/jobrun-watch.timer.d/often.conf"
printf '[Unit]\nRequires=basic.target\nWants=jobrun@Complete.timer jobrun-watch.timer test.service\n' >"$units/test.target"
printf '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/bash /mnt/within.sh\n' >"$units/test.service"
mount --bind "$WORK" "$root/mnt"
cd "$root"
mkdir old
pivot_root . old
umount -l /old
# Credentials are mounted in a namespace of their own, and reach the service from there.
mount --make-rshared /
exec env -i container=lxc /lib/systemd/systemd --system --unit=test.target --log-target=null
END
# Until the timers have started each twice, or long enough; then what there is to be seen from outside.
cat >within.sh <<'END'
cd /mnt
touch up
runs() {
	sqlite3 /var/lib/jobrun/jobrun.db "SELECT count(*) FROM APP_JOB_RUN WHERE Status = 'ok'"
}
for ((i = 0; i < 300 && $(runs) < 2; i++)); do
	sleep 0.1
done
systemctl stop jobrun@Complete.timer jobrun-watch.timer
jobrun hold Complete --reason "a test" --db /var/lib/jobrun/jobrun.db
systemctl start jobrun@Complete.service >held 2>&1
echo $? >>held
rm /etc/jobrun/Complete.key
systemctl start jobrun@Complete.service >keyless 2>&1
echo $? >>keyless
systemctl show -p Result --value jobrun-watch.service >watched
systemctl show -p LastTriggerUSec --value jobrun-watch.timer >>watched
sqlite3 /var/lib/jobrun/jobrun.db '.backup after.db'
touch over-now
systemctl poweroff --force --force
END
WORK=$WORK timeout --kill-after=5 100 unshare --pid --fork --mount --ipc --uts --cgroup bash boot.sh >boot.log 2>&1 </dev/null || true
[[ -e up ]] || skip "no second systemd here: $(tail -n 1 boot.log)"
[[ -e over-now ]] || fail "it did not end: $(tail -n 20 boot.log)"
mv after.db "$DB"
expect "the timer started the job, as its user, with its key and its secret" "9|9" \
	"$(sql "SELECT sum(Processed), sum(Acked) FROM APP_JOB_RUN")"
expect_match "more than once" '^[2-9]|^..' "$(sql "SELECT count(*) FROM APP_JOB_RUN")"
expect "all well" ok "$(sql "SELECT DISTINCT Status FROM APP_JOB_RUN")"
expect_match "the watch ran, and found nothing" '^success
.*20[0-9]{2}-' "$(<watched)"
expect "a job on hold is no failure of its unit" 0 "$(<held)"
expect_match "one without its key is" '1$' "$(<keyless)"
triggered_once "and the rules were applied" 9
