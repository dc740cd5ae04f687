# Every verb, as a person, cron or a clock tries it: for the tests that leave none out. Sourced after workflow.sh.
# shellcheck shell=bash

# KIND STATUS EMPTY LINE: what it ends with (a pattern), and what with an empty database. KIND is what it prints: see:
# what is laid out for whoever looks; do: what it did; run: nothing, when all is well. One after the other, they leave
# what they need as they found it, so that all can be tried again. CLIENT, ITEM and RUN stand for such as there are, WELL
# for a client that needs nobody, KEYID for the key that key new makes.
EVERY="see 0 0 --version
see 0 0 help
see 0 0 help client
do 0 0 init
do 0 0 system set other one.json
do 0 0 system set other two.json
see 0 0 system list
see 0 64 system show ris
do 0 0 job new Fresh fresh
do 0 0 job test fresh
do 0 78 job install workflow-2
do 0 78 job install workflow
do 0 64 job export Complete exported
see 0 0 job list
see 0 64 job show Complete
do 0 64 client add Complete '{\"ClientId\": 20001, \"GroupId\": 10, \"Route\": \"/api/records\"}'
do 0 64 client disable Complete 20001 10
do 0 64 client enable Complete 20001 10
do 0 64 client pause Complete 20001 10 --reason 'their server moves'
see 0 0 client list
do 0 64 client resume Complete 20001 10
do 0 64 client remove Complete 20001 10
do 0 0 key new --jobs '*' --label every --ttl 90d
see 0 0 key list
do 0 64 key revoke KEYID
do 0 0 notify set notify.json
see 0 0 notify show
do 0 1 notify test
do 0 0 notify remove
see [01] 0 check
run 0 77 run Complete --client WELL --key-file key
run 0 77 Complete --client WELL --key-file key --force --dry-run
see 0 0 status
see 0 0 status --all
see 0 64 status Complete
see 0 0 runs
see 0 64 runs RUN
see 0 0 errors
see 0 0 errors --all
see 0 0 items list
see 0 64 items show Complete CLIENT ITEM
do 0 64 items retry Complete CLIENT ITEM
see 0 0 alerts
see 0 0 alerts --all
run [01] 0 watch
see 0 64 rollout Complete
do 0 64 rollout Complete --advance
do 0 64 hold Complete --reason 'migration until noon'
do 0 64 release Complete
see 0 0 metrics
do 0 0 prune --keep 90d --dry-run
do 0 0 prune --keep 90d
do 0 0 backup copy.db
see 0 0 complete -- jobrun cl"

# every_files: the files that the lines name, and workflow_job's folder in two versions.
every_files() {
	printf '{"BaseUrl": "http://127.0.0.1:1", "Timeout": %d}\n' 1 >one.json
	printf '{"BaseUrl": "http://127.0.0.1:1", "Timeout": %d}\n' 2 >two.json
	echo '{"Command": ["/bin/cat"]}' >notify.json
	cp -R workflow workflow-2
	echo '-- as it was before' >>workflow-2/rules.sql
}

# every_line WELL CLIENT ITEM RUN: the lines, with these in them, in the file lines; nothing stands in the way of those that
# make a file.
every_line() {
	local key

	key=$(sql "SELECT coalesce(max(KeyId), 0) + 1 FROM APP_JOB_KEY")
	rm -rf fresh exported copy.db
	sed -E "s/\bWELL\b/$1/; s/\bCLIENT\b/$2/; s/\bITEM\b/$3/; s/\bRUN\b/$4/; s/\bKEYID\b/$key/" <<<"$EVERY" >lines
}

# every_verb: the program's own list of its verbs, and words of two where they are a family's.
every_verb() {
	local verb

	for verb in $("$JOBRUN" complete -- jobrun help '' | cut -f 1); do
		"$JOBRUN" complete -- jobrun help "$verb" '' | cut -f 1 | sed "s/^/$verb /" | grep . || echo "$verb"
	done | sort
}

# none_left_out: a new verb wants its line.
none_left_out() {
	expect "no verb is left out" "" "$(every_verb | while read -r verb; do
		cut -d' ' -f 4- <<<"$EVERY" | grep -qE "^$verb( |\$)" || echo "$verb"
	done)"
}

# takes_json LINE: is there a --json for it?
takes_json() {
	[[ $1 != -* && $1 != help* ]] && eval "\"\$JOBRUN\" $1 --help" | grep -q -e --json
}
