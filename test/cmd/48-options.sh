#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# The command line: what is misspelt is refused with a hint, help is at hand for all, and no value is ever repeated.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

small_db
PORT=9 URL=http://127.0.0.1:9
(umask 077 && echo token >token)
set_system
small_job
small_client
new_key

# usage NAME REGEX ARGUMENT…: wrong usage, said in one line that holds none of the values.
usage() {
	local name=$1 regex=$2

	shift 2
	jobrun "$@"
	((status == 64)) || fail "$name: exit status $status, not 64"
	[[ ! -s stdout && $(wc -l <stderr) == 1 ]] || fail "$name: a line on standard error is wanted, and nothing else"
	! grep -q SECRET stderr || fail "$name: a value is repeated: $(<stderr)"
	expect_match "$name" "^jobrun: $regex" "$(<stderr)"
}

usage "an unknown option has a hint" 'unknown option --forse; did you mean --force' run Notes --forse
usage "also with a value" 'unknown option --clinet; did you mean --client' run Notes --clinet=SECRET
usage "an unknown letter" 'unknown option -x' run Notes -x
usage "--key-fil is not --key-file" 'unknown option --key-fil; did you mean --key-file' Notes --key-fil SECRET
usage "--ke is not --key" 'unknown option --ke;' Notes --ke SECRET
usage "--verb is not --verbose" 'unknown option --verb;' Notes --verb
usage "--par is not --parallel" 'unknown option --par' Notes --par 3
usage "--dry is not --dry-run" 'unknown option --dry' Notes --dry
usage "--key needs a value" '--key needs a value' Notes --key
usage "--key-file needs a value" '--key-file needs a value' Notes --key-file
usage "-j needs a value" '-j needs a value' Notes -j
usage "--json takes none" '--json takes no value' Notes --json=SECRET
usage "an option of another verb" '--ttl means nothing to jobrun run' Notes --ttl SECRET
usage "an option of the main job" '--force means nothing to jobrun init' init --force
for number in 0 1025 -1 +3 ' 3' 3x 0x3 '' 99999999999999999999 SECRET; do
	usage "--parallel '${number/SECRET/word}'" '--parallel: give a whole number from 1 to 1024' Notes --parallel "$number" --key-file key
done
usage "-j0" '--parallel: give a whole number' Notes -j0 --key-file key
usage "--days" '--days: give a whole number' Notes --days -1 --key-file key
usage "--year" '--year: give a whole number' Notes --year 10000 --key-file key
usage "--wait" '--wait: give a whole number' Notes --wait 1.5 --key-file key
usage "--max-time" '--max-time: give a whole number' Notes --max-time 0 --key-file key
usage "--color" '--color: give one of .*always' Notes --color SECRET
usage "--color with a hint" '--color: .*did you mean never' Notes --color nver
usage "--progress" '--progress: give one of' Notes --progress SECRET
usage "--log-format" '--log-format: give one of text\|json' Notes --log-format SECRET
usage "--client with an empty id" '--client: an id is empty' Notes --client 1,,2 --key-file key
usage "--client that nobody is" '--client: Notes has no client 11; did you mean 1' Notes --client 11 --key-file key
usage "--group that nobody is in" '--group: Notes has no such client in group 11' Notes --client 1 --group 11 --key-file key
usage "--db without a name" '--db: the file.s name is empty' Notes --db ''
usage "an unknown second word has a hint" 'there is no jobrun job instal; did you mean jobrun job install' job instal notes
usage "an unknown second word without one" 'there is no jobrun key SHOWN; there are: ' key SHOWN
usage "a family alone" 'jobrun key needs one of: new, list, revoke' key
usage "help of no verb has a hint" 'there is no verb instal|there is no jobrun|there is no verb' help inti
usage "too many words" 'too many words for jobrun init' init SECRET
usage "too many words for the main job" 'too many words for jobrun run' Notes SECRET
usage "too few words" 'usage: jobrun system set NAME FILE' system set ris
usage "--ttl that is none" '--ttl: give a time such as 90d' key new --jobs Notes --ttl SECRET
usage "--jobs is missing" '--jobs is missing' key new
usage "--jobs that is not installed" 'there is no job type Nots; did you mean Notes' key new --jobs Nots
usage "a job that is not installed, with a valid key" 'there is no job type Nots' Nots --key-file key
usage "a key id that is no number" 'jobrun key revoke takes a KeyId' key revoke SECRET

jobrun instal --key-file absent
expect_status "a mistyped verb is a job's name to jobrun: the key comes first" 66
jobrun inti
expect_status "a mistyped verb without a key" 77
expect_match "has a hint all the same" 'did you mean jobrun init\?' "$(<stderr)"
jobrun -- --version
expect_status "behind -- there are words only" 77

# Help.
jobrun
expect_status "jobrun alone shows the help" 0
cp stdout help
jobrun --help
expect_status "so does --help" 0
expect "the same" "$(<help)" "$(<stdout)"
expect_empty "on standard output alone" stderr
jobrun help
expect "and help" "$(<help)" "$(<stdout)"
jobrun -h
expect "and -h" "$(<help)" "$(<stdout)"
# The verbs as the help lists them, without their parameters.
mapfile -t verbs < <(sed -n '/^usage:/,/^Each verb/p' help | grep '^  [a-z]' | sed 's/^  //; s/ [ A-Z[].*//')
((${#verbs[@]} >= 17)) || fail "the help lists ${#verbs[@]} verbs"
for verb in "${verbs[@]}"; do
	read -ra words <<<"$verb"
	jobrun "${words[@]}" --help
	((status == 0)) || fail "jobrun $verb --help ends with $status"
	[[ ! -s stderr ]] || fail "jobrun $verb --help writes to standard error"
	grep -q "^usage: jobrun $verb" stdout || fail "jobrun $verb --help: no usage"
	grep -q '^  .*jobrun ' stdout || fail "jobrun $verb --help: no example"
	cp stdout help
	jobrun help "${words[@]}"
	expect "jobrun $verb --help and jobrun help $verb: usage and examples" "$(<help)" "$(<stdout)"
done
jobrun --version
expect_status "--version" 0
expect_match "says ours, and the libraries'" '^jobrun [0-9]+\.[0-9]+\.[0-9]+$' "$(<stdout)"
expect_match "those in use" 'libcurl [0-9.]+ .*SQLite 3\.[0-9.]+, cJSON [0-9.]+' "$(<stdout)"
if jobrun --version && "$JOBRUN" --help >/dev/full 2>stderr; then
	fail "help into a full disk ends with 0"
fi
ok "output that cannot be written is an error"

# Lists as JSON.
lists=0
for verb in "${verbs[@]}"; do
	[[ $verb == *list || $verb =~ ^(status|runs|errors|alerts)$ ]] || continue
	read -ra words <<<"$verb"
	lists=$((lists + 1))
	jobrun "${words[@]}" --json
	((status == 0)) || fail "jobrun $verb --json ends with $status"
	jq -e 'type == "array" and all(.[]; type == "object")' stdout >/dev/null || fail "jobrun $verb --json: $(<stdout)"
	ok "jobrun $verb --json is an array of objects"
	jobrun "${words[@]}"
	((status == 0)) || fail "jobrun $verb ends with $status"
done
((lists >= 4)) || fail "only $lists lists"
jobrun job list --json
expect "with the columns as keys" 'Held,InstalledAt,JobType,Name,Stage,Version' "$(jq -r '.[0] | keys | join(",")' stdout)"
sql "DELETE FROM APP_JOB_CONFIG"
jobrun client list --json
expect "an empty table is an empty array" "[]" "$(jq -c . stdout)"
