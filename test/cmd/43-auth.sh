#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# Credentials: each way to send them and to keep them, a wrong one, and that they never leave their system's origin.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
start_other
small_db
set_system
small_job
new_key
small_client
records 1 3 | put_records records 1 10
token=$(<token)
mkdir credentials
cp token credentials/ris.token

# accepted NAME HEADER AUTH: the system with this Auth; the external system must have seen such a header, and no other.
accepted() {
	set_system ris "{\"Auth\": $3}"
	run_job Notes
	expect_status "$1: the run ends well" 0
	expect "$1: fetch and ack bear the right credential" "$2|1|2" \
		"$(es_sql "SELECT auth, auth_ok, count(*) FROM request_log GROUP BY auth, auth_ok")"
	forget
}

accepted "Bearer from a file" Bearer "{\"Bearer\": \"file:$WORK/token\"}"
RIS_TOKEN=$token accepted "Bearer from the environment" Bearer '{"Bearer": "env:RIS_TOKEN"}'
CREDENTIALS_DIRECTORY=$WORK/credentials accepted "Bearer from systemd's credentials" Bearer '{"Bearer": "cred:ris.token"}'
accepted "Basic" Basic "{\"Basic\": {\"User\": \"jobrün\", \"Password\": \"file:$WORK/token\"}}"
accepted "a header of its own" X-Api-Key "{\"Header\": {\"Name\": \"X-Api-Key\", \"Value\": \"file:$WORK/token\"}}"

# refused NAME STAGE CODE REQUESTS [STATUS]: the client fails, without anything being tried twice.
refused() {
	run_job Notes
	expect_status "$1: the client fails" "${5:-1}"
	expect "$1: and the exception says why" "$2|$3" "$(exceptions)"
	expect "$1: nothing is applied" 0 "$(sql "SELECT count(*) FROM APP_ITEM")"
	expect "$1: so many requests" "$4" "$(requests 1)"
	expect_no_match "$1: the secret is not in the message" "$token" "$(<stderr)$(sql "SELECT Message FROM APP_EXCEPTION_LOG")"
	forget
}

(umask 077 && echo "not-${token:4}" >wrong)
set_system ris "{\"Auth\": {\"Bearer\": \"file:$WORK/wrong\"}}"
refused "a wrong token" fetch http_401 1
expect_match "a wrong token: the status is told, and what to look at" 'answered 401.*check Auth and its secret' "$(<stderr)"
set_system ris '{"Auth": null}'
refused "no Auth at all" fetch http_401 1
set_system ris '{"Auth": {"Bearer": "env:RIS_ABSENT"}}'
refused "a variable that is not set" config secret 0
set_system ris "{\"Auth\": {\"Bearer\": \"file:$WORK/absent\"}}"
refused "a file that is not there" config secret 0
(umask 022 && cp token open)
chmod 644 open
set_system ris "{\"Auth\": {\"Bearer\": \"file:$WORK/open\"}}"
refused "a file that others can read" config secret 0
set_system ris '{"Auth": {"Bearer": "cred:ris.token"}}'
refused "credentials without systemd" config secret 0
jq -n --arg url "$URL" --arg token "$token" '{BaseUrl: $url, Auth: {Bearer: $token}}' >literal.json
jobrun system set ris literal.json
expect_status "a secret in place of a reference is refused" 78
expect_no_match "and not repeated" "$token" "$(<stderr)"

# The client's own BaseUrl does not take the system's secret along.
set_system
sql "DELETE FROM APP_JOB_CONFIG"
small_client "{\"BaseUrl\": \"$OTHER_URL\"}"
refused "a client's BaseUrl at another origin" config config 0
expect "it got not one request" 0 "$(other_requests)"
sql "DELETE FROM APP_JOB_CONFIG"
small_client "{\"BaseUrl\": \"http://localhost:$PORT\"}"
refused "a client's BaseUrl with another name for the same host" config config 0
sql "DELETE FROM APP_JOB_CONFIG"
small_client "{\"BaseUrl\": \"$OTHER_URL\", \"Auth\": null}"
run_job Notes
expect_status "with Auth: null it is the client's own affair" 0
expect "and it went there without a credential" "1|0" "$(sqlite3 "$OTHER_DB" "SELECT count(*), count(auth) FROM request_log")"
expect "and only there" 0 "$(requests 1)"
sqlite3 "$OTHER_DB" "DELETE FROM request_log"
sql "DELETE FROM APP_JOB_CONFIG"
forget
small_client "{\"BaseUrl\": \"$URL/\"}"
run_job Notes
expect_status "a BaseUrl of the same origin takes it along" 0
forget

# Redirects.
redirect() {
	clear_faults
	fault "$(jq -cn --arg to "$1" --argjson status "${2:-302}" \
		'{kind: "redirect", path: "/api/records", status: $status, location: $to, times: 1}')"
}
sql "DELETE FROM APP_JOB_CONFIG"
small_client
redirect "$OTHER_URL/api/records?clientId=1&groupId=10"
refused "a redirect to another origin" fetch redirect_other_origin 1
redirect "http://localhost:$PORT/api/records?clientId=1"
refused "a redirect to another name of the host" fetch redirect_other_origin 1
redirect "file:///etc/passwd"
refused "a redirect to a file" fetch redirect_invalid 1
expect "the other origin got not one request" 0 "$(other_requests)"
redirect "/api/records/paged/offset?clientId=1&groupId=10&offset=0"
run_job Notes
expect_status "a redirect within the origin is followed" 0
expect "with the credential" "302|1
200|1" "$(es_sql "SELECT status, auth_ok FROM request_log WHERE method = 'GET' ORDER BY n")"
expect "and its items are applied" 3 "$(sql "SELECT count(*) FROM note")"
forget
redirect "$URL/api/records?clientId=1&groupId=10" 308
run_job Notes
expect_status "an absolute one, too" 0
forget
clear_faults
fault "$(jq -cn '{kind: "redirect", path: "/api/records", location: "/api/records?clientId=1", times: 0}')"
refused "a redirect that never ends" fetch redirect_loop 6
books_balance
