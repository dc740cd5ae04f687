#!/bin/bash
# From a real crond, with its short PATH and next to no environment: a run is silent, a watch finds its database, and every
# verb does its work. cron sees folders of the test's own in place of the machine's: that takes root.
# shellcheck disable=SC1010,SC2010,SC2088,SC2238
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"
. "$TREE/test/cmd/every.sh"

if ((EUID != 0)) || ! unshare --mount true 2>/dev/null; then
	trap - EXIT
	rm -rf "$WORK"
	echo "skipped: only root may give cron folders of its own"
	exit 77
fi

start_server
workflow_db
set_system
workflow_job
workflow_client
new_key
know 1 9
offer 1 1 9

none_left_out
every_files
# What the verbs are to find was there before cron came; the run that cron starts first is the second one.
run_job Complete --client 2
every_line 1 2 9001 1
cat >every-line.sh <<END
n=0
while read -r kind wanted empty line; do
	n=\$((n + 1))
	eval "$JOBRUN \$line" >every.\$n.out 2>every.\$n.err </dev/null
	echo \$? >every.\$n.status
done <lines
END

# Not at the next full minute but as cron starts: what it starts then it starts in the same way.
mkdir -m 755 cron.d spool run
cat >cron.d/jobrun <<END
MAILTO=""
@reboot root env >$WORK/env; cd /; $JOBRUN Complete --db $DB --key-file $KEY_FILE >$WORK/out 2>&1; echo \$? >$WORK/run.status; \
	$JOBRUN watch --db $DB --json >$WORK/watch.out 2>&1; echo \$? >$WORK/watch.status; \
	export JOBRUN_DB=$DB; cd $WORK; sh ./every-line.sh; echo done >$WORK/done
END
chmod 644 cron.d/jobrun
: >crontab
unset JOBRUN_DB
cat >crond.sh <<END
mount --bind $WORK/cron.d /etc/cron.d
mount --bind $WORK/crontab /etc/crontab
mount --bind $WORK/spool /var/spool/cron
mount --bind $WORK/run /run
exec cron -f
END
unshare --mount --propagation private timeout --kill-after=5 150 bash crond.sh >crond.log 2>&1 &
crond=$!
# It looks at its tables once a minute.
for ((i = 0; i < 1400; i++)); do
	[[ -s run.status && -s watch.status ]] && break
	kill -0 "$crond" 2>/dev/null || break
	sleep 0.1
done
kill "$crond" 2>/dev/null || true
wait "$crond" || true
[[ -s run.status && -s watch.status ]] || fail "cron ran nothing: $(<crond.log)"
expect "the run ends well" 0 "$(<run.status)"
expect_empty "and says nothing" out
expect_match "though its PATH is cron's" '^PATH=/usr/bin:/bin$' "$(<env)"
expect_no_match "and nothing of ours is in its environment" '^JOBRUN' "$(<env)"
expect "it did its work" "acked 9" "$(ledger)"
expect "watch finds nothing wrong" "0 []" "$(<watch.status) $(<watch.out)"
