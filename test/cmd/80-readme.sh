#!/bin/bash
# The README's eight steps, and what its chapter for the on-call shows: the commands, run as they are written there, print
# what is written there.
. "$(dirname "$0")/lib.sh"

# fences LANGUAGE: what stands between such fences in these chapters of the README, one after the other.
fences() {
	awk -v fence="\`\`\`$1" '
		/^## / { inside = /eight steps|On call/ }
		inside && $0 == fence { copy = 1; next }
		/^```/ { copy = 0 }
		copy' "$TREE/README.md"
}

# plain: what differs from one run to the next is TIME and N, as in the README; ages are as old as the machine is slow,
# and a table's columns as wide as they are.
plain() {
	sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z/TIME/g' -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC/TIME/g' \
		-e 's/\<[0-9]+\.[0-9]+ (s|ms an item)\>/N \1/g' -e 's/\<[0-9]+ ms$/N ms/' -e 's/ [0-9]+ pages, [0-9.]+ MiB,/ N pages, N MiB,/' -e 's/127\.0\.0\.1:[0-9]+/127.0.0.1:N/' \
		-e 's/\<(now|[0-9]+ (s|min) ago)\>/AGE/g' -e 's/  +/  /g' -e 's/ +$//' -e "s|$HOME|~|g"
}

fences sh >commands
fences text | plain >expected
expect_match "the README builds the program first" '^cmake --preset release && cmake --build --preset release$' "$(head -n 1 commands)"

# The build that is under test stands where the README makes one; that step alone is not run again.
build=${JOBRUN%/cmd/jobrun/jobrun}
[[ $build != "$JOBRUN" && $EXTERNAL_SYSTEM == "$build"/examples/external-system/external-system ]] ||
	fail "JOBRUN and EXTERNAL_SYSTEM are not laid out as the README says: $JOBRUN, $EXTERNAL_SYSTEM"
mkdir -p tree/build
ln -s "$build" tree/build/release
cat >run.sh - commands <<'END'
cmake() { :; }
trap '[[ -z ${server-} ]] || kill "$server" 2>/dev/null' EXIT
cd tree
END
# What a terminal shows is both outputs in one.
status=0
env -u JOBRUN_DB timeout --kill-after=5 "$COMMAND_SECONDS" bash run.sh >stdout 2>&1 || status=$?
((status < 124)) || fail "the commands do not end: exit status $status"
expect "the commands print what the README says" "$(<expected)" "$(plain <stdout)"
DB=$WORK/first-job/platform.db
expect "each exam's workflow was started once" "101|1 102|1 104|1" \
	"$(sql "SELECT exam_id, count(*) FROM workflow GROUP BY exam_id" | xargs)"
books_balance
expect "the alert that was tried was told" test "$(jq -r '.alerts[0].kind' first-job/alerts.log)"
expect "the copy is one" 3 "$(sqlite3 first-job/copy.db "SELECT count(*) FROM workflow")"

# The crontab's lines name the reader's own paths; their options and the key are tried, the run's on a client that is not due.
grep -E '^    [^ ]+ \* \* \* \* /usr/local/bin/jobrun ' "$TREE/README.md" >lines || fail "no crontab line in the README"
expect "a line for the runs, and one for what did not happen" "SyncExams watch" "$(awk '{ print $7 }' lines | xargs)"
expect_no_match "no % in them" '%' "$(<lines)"
while read -r line; do
	read -ra words <<<"${line#*/usr/local/bin/jobrun }"
	[[ ${words[0]} != SyncExams ]] || words+=(--client 3)
	jobrun "${words[@]/\/home\/you/$HOME}"
	expect_status "a command that jobrun takes: ${words[0]}" 0
	expect_empty stderr
	expect_empty stdout
done <lines
