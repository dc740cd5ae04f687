#!/bin/bash
# The Nth write of the database fails for want of room, quota or a sound disk, and the Nth sync: nothing of that
# transaction counts, nothing of it is acknowledged, the run ends with 74, and the next one finishes the work.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

storage_ready

# row_tells WHAT: the run's own row says how it ended; or says nothing, if that could not be written either.
row_tells() {
	local row

	row=$(last_run "Status, coalesce(ExitCode, '')")
	case $status:$row in
	74:failed\|74 | 74:running\| | 0:ok\|0) ;;
	# Written, and perhaps not kept: it is that very row, at the end of a run that had done all.
	74:ok\|0) grep -q "^jobrun: logging the run's end: " "$WORK/stderr" || fail "$1: the run's row says $row" ;;
	*) fail "$1: exit status $status, and the run's row says $row" ;;
	esac
	rows[$row]=$((${rows[$row]-0} + 1))
}
declare -A rows

# each CALL ERRNO HOW STEP: the Nth call fails, once, or with a "+" in HOW it and all that follow.
each() {
	local call=$1 errno=$2 how=$3 step=$4 n what

	for ((n = 1 + RANDOM % step; ; n += step)); do
		what="$call $n$how: $errno"
		reset
		traced "$call" "error=$errno:when=$n$how" || break
		tried=$((tried + 1))
		((status == 0 || status == 74)) || fail "$what: exit status $status"
		if ((status == 74)); then
			failed=$((failed + 1))
			grep -q "^jobrun: .*$DB: .*SQLite.*: .*disk" "$WORK/stderr" || fail "$what: the message does not say so"
			[[ $(last_run RunId) == 1 ]] || row_tells "$what"
		fi
		documented "$what"
		healed "$what"
	done
	((n > 1)) || fail "$call is never made"
	documented "none of $call failed"
	whole "none of $call failed"
}

tried=0
failed=0
step=$(share 13 1)
each pwrite64 ENOSPC '' "$step"
each pwrite64 ENOSPC + "$step"
each pwrite64 EIO '' "$step"
each pwrite64 EIO + "$step"
each pwrite64 EDQUOT '' "$step"
count "failed writes of the database" "$tried"
writes=$failed
tried=0
step=$(share 3 1)
each fdatasync EIO '' "$step"
each fdatasync EIO + "$step"
each fdatasync ENOSPC '' "$step"
count "failed syncs of the database" "$tried"
((writes > 0 && failed > writes)) || fail "of the failed writes $writes ended a run, of the syncs $((failed - writes))"
ok "of those, $writes and $((failed - writes)) ended the run with 74"
((${rows["failed|74"]-0} > 0)) || fail "no run's row told of it"
ok "its row says so in ${rows["failed|74"]-0} runs; in ${rows["running|"]-0} it could not be written"
