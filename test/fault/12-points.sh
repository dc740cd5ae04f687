#!/bin/bash
# Killed at named points: before and after each step of a run, at its first call and at a later one, by SIGKILL and by
# abort(). After each the invariants hold, and one run that is left alone ends the work.
. "$(dirname "$0")/lib.sh"

METRICS=$WORK/metrics.prom
JOBRUN=$JOBRUN_RELEASE
crash_world
more_work 22
JOBRUN_POINTS=$WORK/passed "$JOBRUN_FAULT" Complete --key-file "$KEY_FILE" --metrics-file "$METRICS" 2>stderr ||
	fail "the run that is looked at: $?"
invariants
# Each point, and how often it is passed.
sed 's/:[0-9]*$//' passed | sort | uniq -c | awk '{print $2, $1}' >points
points=$(wc -l <points)
expect "every function that is wrapped is met" "" \
	"$(sed 's/--wrap=//' "$TREE/test/fault/points.ld" | while read -r name; do
		grep -q "^before_$name " points || echo "$name"
	done)"
((points >= 40)) || fail "only $points points"

# Each point times first and later, kill and abort: all of them, or of some points one.
while read -r point calls; do
	for which in first later; do
		n=1
		# Not the last ones: how often a point is met depends on how the bytes come in, and there is less work then.
		[[ $which == first ]] || ((calls < 4)) || n=$((2 + RANDOM % (calls / 2)))
		[[ $which == first ]] || ((n > 1)) || continue
		echo "$point:$n"
		echo "$point:$n!"
	done
done <points >all
if [[ -n ${JOBRUN_FULL-} ]]; then
	cp all chosen
else
	shuffled <all | sort -t: -k1,1 -u | shuffled | head -n 30 >chosen
fi
while read -r at; do
	more_work 12
	until crashes_at "$at" --metrics-file "$METRICS"; do
		# It came less often this time: an earlier call, then.
		n=${at#*:}
		abort=${n//[0-9]/}
		n=${n%!}
		((status == 0 && n > 1)) || fail "no crash at $at: exit status $status"
		at=${at%:*}:$((n / 2))$abort
		more_work 12
	done
	invariants
	all_goes_through
done <chosen
expect "so many different points" "$(share 30 "$points")" "$(cut -d: -f1 chosen | sort -u | wc -l)"
count "crashes at named points" "$(wc -l <chosen)"
