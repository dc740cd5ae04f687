#!/bin/bash
# Two runs of one job never work at once, whatever becomes of the lock's file and by whatever name they open the database.
. "$(dirname "$0")/lib.sh"

start_server
workflow_db
set_system
workflow_job
workflow_client 1
know 1 100000
offer 1 1 5
new_key
lock=$DB.job3.lock

# slow MS: each answer takes so long.
slow() {
	clear_faults
	es_sql "DELETE FROM request_log"
	fault '{"kind": "delay", "path": "/api/records", "method": "GET", "delay_ms": '"$1"', "times": 0}'
}

# second NAME [DB]: beside the run under way a second one is refused, and changes nothing.
second() {
	local before

	before=$(sql "SELECT count(*), max(RunId) FROM APP_JOB_RUN")
	run_job Complete --db "${2:-$DB}"
	((status == 75)) || fail "$1: a second run ended with $status"
	grep -qF 'another run of this job is under way' stderr || fail "$1: the second run says: $(<stderr)"
	[[ $(sql "SELECT count(*), max(RunId) FROM APP_JOB_RUN") == "$before" ]] || fail "$1: the second run is on record"
	kill -0 "$job_pid" || fail "$1: the first run is gone"
	tried=$((tried + 1))
}

# Two at once, by turns the one or the other a moment earlier, or with --wait.
tried=0
slow 30
for ((round = 0; round < $(share 12 100); round++)); do
	offer 1 $((round * 5 + 6)) $((round * 5 + 10))
	wait=()
	((round % 3)) || wait=(--wait 30)
	start_job Complete
	[[ $((RANDOM % 2)) == 0 ]] || sleep "0.0$((RANDOM % 10))"
	run_job Complete "${wait[@]}"
	first=$status
	grep -hoE 'pid [0-9]+ since [0-9TZ:.-]+' stderr >named || true
	[[ ${#wait[@]} == 0 || $first == 0 || $first == 75 ]] || fail "round $round: with --wait it ended with $first"
	pid=$job_pid
	end_job
	case $first/$status in
	0/0 | 0/75 | 75/0) ;;
	*) fail "round $round: they ended with $first and $status" ;;
	esac
	# Both worked: then one after the other, which the books prove; whoever was refused could name the other.
	((first != 75)) || [[ $(<named) =~ ^pid\ $pid\ since\ 20 ]] || fail "round $round: it named '$(<named)', not $pid"
	invariants
	tried=$((tried + 1))
done
expect "all was done, once" "$((round * 5 + 5))" "$(sql "SELECT count(*) FROM workflow_trigger")"
count "pairs of runs at once" "$tried"

# The lock's file is removed, replaced, moved, or made a link, in the middle.
tried=0
for done in "rm $lock" "rm $lock; touch $lock" "mv $lock $lock.old; cp $lock.old $lock" ": >$lock" "rm $lock; mkfifo $lock" \
	"chmod 000 $lock" "rm $lock; mkdir $lock" "rm $lock; ln -s nowhere $lock"; do
	slow 60000
	start_job Complete
	until_true "the first run asks" asked /api/records
	eval "$done"
	second "$done"
	expect_match "$done: and who looks sees that it lives" 'running' \
		"$("$JOBRUN" runs --json | jq -r '.[0].Status')"
	end_job TERM
	expect_status "$done: the first run ends as ever" 143
	rm -rf "$lock" "$lock".old
done
clear_faults
run_job Complete
expect_status "and the next one has the lock" 0
invariants

# One database by many names.
mkdir -p sub folder
ln -s "$DB" link.db
ln -s ../jobrun.db sub/link.db
ln -s . here
slow 60000
start_job Complete
until_true "the first run asks" asked /api/records
for name in jobrun.db ./jobrun.db link.db sub/link.db here/jobrun.db sub/../jobrun.db "$WORK//jobrun.db" "/proc/self/cwd/jobrun.db"; do
	second "by the name $name" "$name"
done
# A bind mount is another name that no path tells.
if unshare --mount true 2>/dev/null; then
	status=0
	unshare --mount bash -c 'mount --bind . folder && exec "$@"' bash \
		"$JOBRUN" Complete --key-file "$KEY_FILE" --db folder/jobrun.db >stdout 2>stderr || status=$?
	expect_status "by a bind mount of its folder" 75
	touch sub/bound.db
	unshare --mount bash -c 'mount --bind jobrun.db sub/bound.db && exec "$@"' bash \
		"$JOBRUN" Complete --key-file "$KEY_FILE" --db sub/bound.db >stdout 2>stderr || status=$?
	expect_status "by a bind mount of the file" 75
	expect_match "which is locked all the same" 'another run of this job is under way' "$(<stderr)"
	rm -f sub/bound.db*
	tried=$((tried + 2))
else
	echo "no bind mounts for this user: they were not tried"
fi
# SQLite would keep another log beside another hard link: it is refused, whoever asks, and while there is one.
ln "$DB" hard.db
run_job Complete --db hard.db
expect_status "by a hard link" 66
expect_match "it says why" 'has 2 names \(hard links\)' "$(<stderr)"
jobrun status --db "$DB"
expect_status "nor by its first name, as long as there are two" 66
rm hard.db
second "with one name again"
count "ways round the lock" "$tried"

# Its database is taken away: what it fetches now would be acknowledged and lost.
mv "$DB" away.db
cp away.db "$DB"
clear_faults
es_sql "DELETE FROM ack_log"
stop_server TERM
start_server
end_job
expect_status "the database was replaced during a run" 74
expect_match "it says so" 'was removed or replaced while it was in use' "$(<stderr)"
expect "and acknowledges nothing" 0 "$(es_sql "SELECT count(*) FROM ack_log")"
