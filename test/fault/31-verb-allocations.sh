#!/bin/bash
# Memory runs out in each verb: it is done wholly or not at all, says so, and leaves no more behind than a good one.
# shellcheck disable=SC1010,SC2119
TEST_SECONDS=20000
. "$(dirname "$0")/alloc.sh"
. "$TREE/test/cmd/every.sh"

mkdir work
cd work
DB=$PWD/jobrun.db
export JOBRUN_DB=$DB
start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job
every_files
for client in 1 2 3; do
	workflow_client "$client"
done
workflow_client 4 '{"BaseUrl": "http://127.0.0.1:1", "Auth": null}'
succeed "$JOBRUN" client pause Complete 2 10 --reason "their server moves"
new_key
cp "$KEY_FILE" key
chmod 600 key
know 1 50
offer 1 1 20
offer 3 21 40
echo '{"id": 9001}' | put_records records 3 10
for _ in 1 2 3; do
	run_job Complete --force
done
start_allocator

# keep, begin: what there is, kept beside and put back: each line begins where the one before it ended.
keep() {
	rm -rf ../kept
	cp -R . ../kept
}

begin() {
	find . -mindepth 1 -delete
	cp -R ../kept/. .
}

# Cut by what differs from one good run to the next: times, durations, keys.
masked() {
	sed -E 's/[A-Za-z0-9_-]{30,}/KEY/g; s/[0-9]+/N/g; s/\b(now|N (m?s|min)( ago)?)\b/N/g; s/ +/ /g' "$@"
}

# state: what there is: the database, and the files beside it.
state() {
	{
		sqlite3 -batch -bail "$DB" .dump
		[[ ! -e new.db ]] || sqlite3 -batch -bail new.db .dump
		find . -path ./new.db-\* -o -name std\* -o -printf '%p %y\n' | sort
	} | masked
}

words=()
amiss=0

# wrong TEXT: one that goes wrong does not keep the others from being tried.
wrong() {
	echo "FAILED: $*" >&2
	amiss=$((amiss + 1))
}

# again: once more without a fault; it must end as it should.
again() {
	attempt 0 "${words[@]}"
	# shellcheck disable=SC2154  # of the line that is tried
	((status == good)) || wrong "after allocation $1 of ${words[*]}: exit status $status, not $good: $(<stderr)"
	[[ $kind != do || $(state) == "$done" ]] ||
		wrong "after allocation $1 of ${words[*]}: $(diff <(echo "$done") <(state))"
}

# try FAIL: the words of the line, with that fault.
try() {
	local was

	begin
	attempt "$1" "${words[@]}"
	was=$failed
	if ((status == good)); then
		[[ $kind == run || ${words[0]} == complete || $(masked stdout) == "$said" ]] ||
			wrong "allocation $1 of ${words[*]}: $(diff <(echo "$said") <(masked stdout))"
		[[ $kind != do || $(state) == "$done" ]] ||
			wrong "allocation $1 of ${words[*]}: done in part: $(diff <(echo "$done") <(state))"
	else
		# Whoever was to be reached or looked at may be what failed. (69: libcurl says so of too large a header, too.)
		if [[ "$kind $status ${words[*]}" != @(run\ 1|run\ 69|see\ 1\ check|do\ 1\ notify\ test)* ]]; then
			(out_of_memory "$1 of ${words[*]}") || amiss=$((amiss + 1))
		fi
		# init keeps each migration that it made, and goes on from there.
		[[ $kind != do || ${words[0]} == init || $(state) == "$before" ]] ||
			wrong "allocation $1 of ${words[*]}: left behind: $(diff <(echo "$before") <(state))"
		again "$1"
	fi
	failed=$was
}

# What opening the database takes is the same for all: it has its turn with the first line that does so alone.
opening=0
every_line 1 3 9001 3
echo 'do 0 0 init --db new.db' >>lines
mapfile -t all <lines
for line in "${all[@]}"; do
	read -r kind wanted _ line <<<"$line"
	eval "words=($line)"
	keep
	before=$(state)
	attempt 0 "${words[@]}"
	[[ $status =~ ^$wanted$ ]] || fail "${words[*]}: exit status $status: $(<stderr)"
	good=$status
	said=$(masked stdout)
	done=$(state)
	total=$made
	((opening < total)) || opening=0
	each_allocation "$opening" "$total" "$(share $((total - opening)) 10)" try
	((total < 1000)) || opening=1000
	begin
	attempt 0 "${words[@]}"
done
invariants
count "allocations that failed in ${#all[@]} calls of all verbs, once or with all that follow" "$tried"
((amiss == 0)) || fail "$amiss went wrong"
