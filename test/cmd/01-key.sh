#!/bin/bash
# A key that is missing, wrong, expired, revoked or another job's is refused in one way, and leaves no trace.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/workflow.sh"

start_server
workflow_db
set_system
workflow_job
write_workflow '.JobType = 4 | .Name = "Other"'
succeed "$JOBRUN" job install workflow
workflow_client
know 1 3
offer 1 1 3

# key NAME [JOBS]: a key in a file of that name, which only its owner may read.
key() {
	(umask 077 && "$JOBRUN" key new --jobs "${2:-Complete}" --label "$1" >"key.$1" 2>stderr) || fail "key new"
}

key valid
key expired
key revoked
key other Other
sql "UPDATE APP_JOB_KEY SET ExpiresAt = '2026-01-01T00:00:00.000Z' WHERE Label = 'expired'"
succeed "$JOBRUN" key revoke "$(sql "SELECT KeyId FROM APP_JOB_KEY WHERE Label = 'revoked'")"
(umask 077 && sed 's/.$/x/; t' key.valid | tr 'a-w' 'b-x' >key.wrong)
sql .dump >before

# refused NAME JOB ARGUMENT…: 77 with the one text, which is in the file refusal from the first time on.
refused() {
	local name=$1

	shift
	jobrun "$@"
	expect_status "$name" 77
	expect_empty "$name: nothing on standard output" stdout
	[[ -e refusal ]] || cp stderr refusal
	expect "$name: the words are the same as for the others" "$(<refusal)" "$(<stderr)"
}

refused "no key" Complete
refused "a wrong key" Complete --key-file key.wrong
refused "a wrong key on the command line" Complete --key "$(<key.wrong)"
refused "an expired key" Complete --key-file key.expired
refused "a revoked key" Complete --key-file key.revoked
refused "another job's key" Complete --key-file key.other
refused "the same, the job named by its number" 3 --key-file key.other
refused "a wrong key, the verb spelled out" run Complete --key-file key.wrong
refused "no key for no such job" Nowhere
refused "a wrong key for no such job" Nowhere --key-file key.wrong
refused "a wrong key and a dry run" Complete --dry-run --key-file key.wrong
refused "a wrong key and --json" Complete --json --key-file key.wrong
JOBRUN_KEY=$(<key.revoked) refused "a revoked key from the environment" Complete
expect_match "the words name the mending" "refused.*--key-file" "$(<refusal)"
expect_no_match "and not the key" "$(<key.wrong)" "$(<refusal)"

unchanged "nothing was written to any table" before
expect "nothing was asked of the external system" 0 "$(requests "1")"

key every '*'
for which in every valid; do
	jobrun Nowhere --key-file "key.$which"
	expect_status "no such job, said to the holder of a valid key ($which)" 64
	expect_match "in words" "no job type Nowhere" "$(<stderr)"
done
jobrun Complete --key-file key.valid
expect_status "the valid key opens its job" 0
jobrun 4 --key-file key.every
expect_status "and the key of all jobs opens any, also by number" 0
expect "which the run's row records" "valid|3" "$(sql "SELECT Label, JobType
	FROM APP_JOB_RUN JOIN APP_JOB_KEY USING (KeyId) ORDER BY RunId LIMIT 1")"
