#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# The client verbs change their own entry alone, to the digit.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

small_db
PORT=9 URL=http://127.0.0.1:9
(umask 077 && echo token >token)
set_system
small_job

configuration() {
	sql "SELECT Configuration FROM APP_JOB_CONFIG ORDER BY Id"
}

sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId) VALUES (7, '/api/records',
	'[{\"ClientId\":18446744073709551615,\"Ratio\":1.10,\"Exp\":1E3},{\"ClientId\":9223372036854775807,\"GroupId\":1},'
	|| '{\"ClientId\":9223372036854775807,\"GroupId\":2,\"Big\":123456789012345678901234567890},'
	|| '{\"ClientId\":\"9223372036854775808\",\"Text\":\"\\u0041\\/ü🙂\",\"Deep\":{\"a\":[1.0,-0.0]}}]', 999)"
expect_match "the entries as they are" '18446744073709551615' "$(configuration)"
before=$(configuration)

succeed "$JOBRUN" client disable Notes 9223372036854775807 2
expect_match "disable says what it did" 'Notes: client 9223372036854775807, group [^ ]+ disabled' "$(<stdout)"
expect "and changes that entry alone, to the digit" \
	"${before/1234567890\}/1234567890,\"Enabled\":false\}}" "$(configuration)"
succeed "$JOBRUN" client enable 7 9223372036854775807 2
expect "enable does, too" "${before/1234567890\}/1234567890,\"Enabled\":true\}}" "$(configuration)"
succeed "$JOBRUN" client list Notes --json
expect "the list shows exact ids" '["18446744073709551615","0",true]
["9223372036854775807","1",true]
["9223372036854775807","2",true]
["9223372036854775808","0",true]' "$(jq -c '.[] | [.ClientId, .GroupId, .Enabled]' stdout)"
by_word=$(jq -c "map(del(.Due))" stdout)
succeed "$JOBRUN" client list --job 7 --json
expect "and --job names the job as the word does" "$by_word" "$(jq -c "map(del(.Due))" stdout)"
jobrun client list Notes --job Notes
expect_status "but not both" 64
expect_match "which is said" 'give the job once: as a word or with --job' "$(<stderr)"

jobrun client disable Notes 9223372036854775807
expect_status "a client in several groups needs the group" 64
expect_match "and says so" 'in several groups: name the GROUP' "$(<stderr)"
jobrun client disable Notes 9223372036854775807 3
expect_status "a group that it is not in" 64
jobrun client disable Notes 1844674407370955161
expect_status "a client that is not there" 64
expect_match "has a hint" 'did you mean 18446744073709551615' "$(<stderr)"
jobrun client disable Nots 9223372036854775807
expect_status "a job that is not there" 64
expect_match "has a hint, too" 'did you mean Notes' "$(<stderr)"
expect "nothing was changed by those" "${before/1234567890\}/1234567890,\"Enabled\":true\}}" "$(configuration)"

succeed "$JOBRUN" client remove Notes 9223372036854775807 1
expect_no_match "remove takes its entry away" '"GroupId":1[,}]' "$(configuration)"
expect_match "and leaves the others as they are" '"ClientId":18446744073709551615,"Ratio":1.10,"Exp":1E3.*"Text":"\\u0041\\/ü🙂","Deep":\{"a":\[1.0,-0.0\]' \
	"$(configuration)"
for id in 18446744073709551615 9223372036854775807 9223372036854775808; do
	succeed "$JOBRUN" client remove Notes "$id"
done
expect "with its last client a row goes" 0 "$(sql "SELECT count(*) FROM APP_JOB_CONFIG")"

succeed "$JOBRUN" client add Notes '{"ClientId": 18446744073709551615, "GroupId": "a b", "Days": 7}' --route /api/x --user 999
expect "add keeps the entry, the route and the user" '7|/api/x|999|18446744073709551615|a b' "$(sql "
	SELECT JobType, Route, CreatedByUserId, Configuration -> '\$[0].ClientId', Configuration ->> '\$[0].GroupId' FROM APP_JOB_CONFIG")"
jobrun client add Notes '{"ClientId": 18446744073709551615, "GroupId": "a b"}'
expect_status "the same client twice is refused" 78
succeed "$JOBRUN" client add Notes '{"ClientId": "18446744073709551615", "GroupId": "b"}'
succeed "$JOBRUN" client add 8 '{"ClientId": 1}'
expect "a job type may come later" 8 "$(sql "SELECT max(JobType) FROM APP_JOB_CONFIG")"
succeed "$JOBRUN" client disable 7 18446744073709551615 b
expect_match "a job that is named by its number is told by its name" '^Notes: client 18446744073709551615, group b disabled' "$(<stdout)"
succeed "$JOBRUN" client add 7 '{"ClientId": 3}'
expect "when a client is added, too" "Notes: client 3, group 0 added" "$(<stdout)"
jobrun client disable 7 4
expect_match "and when there is no such client" 'Notes has no client 4' "$(<stderr)"
succeed "$JOBRUN" client remove 7 3
expect_match "or it is removed" '^Notes: client 3, group 0 removed' "$(<stdout)"
count=$(sql "SELECT count(*) FROM APP_JOB_CONFIG")
while IFS='	' read -r name json regex; do
	jobrun client add Notes "$json"
	expect_status "add refuses $name" 78
	expect_match "add refuses $name: says why" "$regex" "$(<stderr)"
done <<'END'
no JSON	{"ClientId": 1	JSON at line 1
an array	[{"ClientId": 1}]	give an object
no ClientId	{"GroupId": 1}	ClientId: missing
a fraction	{"ClientId": 1.5}	ClientId: give a whole number
65 bits	{"ClientId": 18446744073709551616}	ClientId: give a whole number
a wrong type	{"ClientId": 5, "Enabled": 1}	client 5: Enabled: give true or false
a route that is a URL	{"ClientId": 5, "Route": "https://x/y"}	Route: is a URL
a secret in place	{"ClientId": 5, "Auth": {"Bearer": "abc"}}	Auth.Bearer: a secret is never written here
an empty text		JSON
END
expect "and stores none of them" "$count" "$(sql "SELECT count(*) FROM APP_JOB_CONFIG")"
