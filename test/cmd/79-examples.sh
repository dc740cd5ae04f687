#!/bin/bash
# The units, the crontab and the rotation that ship as examples: each read by the program it is for.
# shellcheck disable=SC2015
. "$(dirname "$0")/lib.sh"

for unit in "$TREE"/examples/systemd/*; do
	name=$(basename "$unit")
	sed "s|/usr/bin/jobrun|$JOBRUN|" "$unit" >"${name/@./@SyncCompletedRecords.}"
done
# A name may hold "-", which %I takes for an escaped "/".
expect_match "the unit runs the job whose name it has" '^ExecStart=/usr/bin/jobrun run %i ' "$(<"$TREE/examples/systemd/jobrun@.service")"
expect_no_match "and none other" '%I' "$(cat "$TREE"/examples/systemd/*)"
for unit in *.service; do
	expect "systemd reads $unit" "" \
		"$(SYSTEMD_UNIT_PATH=$WORK:/usr/lib/systemd/system systemd-analyze verify --man=no "$WORK/$unit" "$WORK/${unit%.service}.timer" 2>&1 |
			grep -F "$WORK" || true)"
	expect "$unit is hardened: exposure at most 1.5" 0 \
		"$(systemd-analyze security --offline=true --threshold=15 "$WORK/$unit" >security.txt 2>&1 && echo 0 || tail -n 1 security.txt)"
done

sed 's/su jobrun adm/su root root/; s/create 0640 jobrun adm/create 0640/' "$TREE/examples/logrotate" >rotate
chmod 644 rotate
succeed /usr/sbin/logrotate --debug --state "$WORK/rotate.state" rotate
expect_no_match "logrotate reads its example" '^error' "$(<stderr)"

# Each line of the crontab: five fields, a user, and a command that jobrun understands as far as its options.
grep -vE '^(#|$|[A-Z_]+=)' "$TREE/examples/crontab" | while read -r minute hour day month weekday user command; do
	[[ "$minute$hour$day$month$weekday" =~ ^[0-9*/,-]+$ && $user == jobrun ]] || fail "crontab: $minute … $user"
	status=0
	PATH=$(dirname "$JOBRUN"):$PATH sh -c "${command//\\%/%}" >stdout 2>stderr || status=$?
	((status == 66)) || fail "crontab: $command: exit status $status: $(<stderr)"
done
ok "every crontab line is a command that jobrun knows"
