#!/bin/sh
# Runs the example jobs one after another. A job that fails does not keep the next from running; a signal does.
# The exit status is the worst of theirs. All arguments are passed on to each:
#
#   examples/run-all-jobs.sh --key-file /etc/jobrun/key -v
#
# JOBRUN names the program if it is not in the PATH.
set -u

# Appointments before cancellations: what is to be cancelled must be there.
jobs='SyncCompletedRecords SyncAppointments SyncCancellations'
worst=0

# Worse is what a person must look at sooner: 75 (try later) mends itself, 1 is some client's or item's fault, and
# the rest of the codes, 64 to 78, are about the whole job.
rank() {
	case $1 in
	0) echo 0 ;;
	75) echo 1 ;;
	1) echo 2 ;;
	*) echo "$(($1 + 100))" ;;
	esac
}

for job in $jobs; do
	status=0
	"${JOBRUN:-jobrun}" run "$job" "$@" || status=$?
	if [ "$(rank "$status")" -gt "$(rank "$worst")" ]; then
		worst=$status
	fi
	# Ended by a signal: whoever sent it meant all of them.
	if [ "$status" -ge 128 ]; then
		break
	fi
done
exit "$worst"
