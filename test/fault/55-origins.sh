#!/bin/bash
# shellcheck disable=SC1003 # a backslash alone
# Wherever an answer or a configuration points, nothing is sent to another origin, and no name of one is looked up: every
# address that a run connects to is seen (strace). And nothing from a configuration or an item breaks out of its place in
# a request.
. "$(dirname "$0")/lib.sh"

# Attached to a tracer, LeakSanitizer cannot look.
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
start_server
workflow_db
set_system ris '{"Retries": 0}'
workflow_job '.Fetch.Items = "/items" | .Fetch.Pages = {Next: "/next"} | .MaxAttempts = 1000'
workflow_client 1
know 1 10
new_key
tried=0

# only_home WHAT: all that was connected to since is the external system.
only_home() {
	local elsewhere

	elsewhere=$(grep -E 'connect\(|sendto\(|sendmsg\(|sendmmsg\(' trace | grep -E 'sa_family=AF_(INET|INET6|UNIX)' |
		grep -vF "sin_port=htons($PORT), sin_addr=inet_addr(\"127.0.0.1\")" || true)
	[[ -z $elsewhere ]] || fail "$1: it went elsewhere: $elsewhere"
	grep -q "sin_port=htons($PORT)" trace || fail "$1: it did not even go home"
	tried=$((tried + 1))
}

traced() {
	status=0
	timeout --kill-after=5 "$COMMAND_SECONDS" strace -f -qq -o trace -e trace=connect,sendto,sendmsg,sendmmsg,openat \
		"$JOBRUN" Complete --force --key-file "$KEY_FILE" "$@" >stdout 2>stderr || status=$?
}

targets=(
	# This machine, as it may be spelt, and its network.
	"http://127.0.0.1:1/api/records" "http://localhost:$PORT/api/records" "http://127.1:$PORT/api/records"
	"http://0x7f000001:$PORT/api/records" "http://2130706433:$PORT/api/records" "http://0177.0.0.1:$PORT/api/records"
	"http://127.0.1:$PORT/api/records" "http://0:$PORT/api/records" "http://0.0.0.0:$PORT/api/records"
	"http://127.0.0.2:$PORT/api/records" "http://[::1]:$PORT/api/records" "http://[::ffff:127.0.0.1]:$PORT/api/records"
	"http://[::ffff:7f00:1]:$PORT/x" "http://169.254.169.254/latest/meta-data/" "http://10.0.0.1/x" "http://192.168.0.1/x"
	"http://127.0.0.1/api/records" "https://127.0.0.1:$PORT/api/records" "http://ip6-localhost:$PORT/x"
	# Others, dressed up.
	"http://evil.example/x" "//evil.example/x" "/\\\\evil.example/x" "\\\\\\\\evil.example/x" "http:\\\\\\\\evil.example/x"
	"http://127.0.0.1:$PORT@evil.example/x" "http://evil.example#@127.0.0.1:$PORT/x" "http://evil.example?@127.0.0.1:$PORT/x"
	"http://127.0.0.1:$PORT.evil.example/x" "http://127.0.0.1.evil.example:$PORT/x" "http://evil.example\\\\@127.0.0.1:$PORT/x"
	"http://user:pw@127.0.0.1:$PORT/x" "http:///evil.example/x" "http:evil.example/x" "http://127.0.0.1%00.evil.example:$PORT/"
	# Other protocols.
	"file:///etc/passwd" "FILE:///etc/passwd" "gopher://127.0.0.1:$PORT/_x" "ftp://127.0.0.1:$PORT/x" "dict://127.0.0.1:$PORT/x"
	"scp://127.0.0.1/x" "ldap://127.0.0.1/x" "javascript:alert(1)" "data:application/json,[]" "ws://127.0.0.1:$PORT/x"
)
# send HOW TARGET: the next answer points there.
send() {
	local target=\"$2\"

	clear_faults
	case $1 in
	redirect-*) fault '{"path": "/api/records", "kind": "redirect", "status": '"${1#*-}"', "location": '"$target"', "times": 0}' ;;
	next) fault '{"path": "/api/records", "kind": "body", "body": {"items": [], "next": '"$target"'}, "times": 1}' ;;
	esac
}
for how in next redirect-302 redirect-307 redirect-308; do
	for target in "${targets[@]}"; do
		((RANDOM % $(share 6 1) == 0)) || continue
		send "$how" "$target"
		traced
		only_home "$how to $target"
		# Of what may be a path here, the external system has nothing.
		((status == 1 || status == 69)) || fail "$how to $target: exit status $status: $(<stderr)"
		! grep -q '"/etc/passwd"' trace || fail "$how to $target: the file was opened"
	done
done
clear_faults
count "places that an answer may not lead to" "$tried"
expect "none of their paths was asked for with a credential" 0 "$(es_sql "SELECT count(*) FROM request_log WHERE path LIKE '%meta-data%'")"

# Acks are never redirected with what they hold.
offer 1 1 3
workflow_job
fault '{"path": "/api/records/ack", "kind": "redirect", "status": 307, "location": "http://127.0.0.1:1/steal", "times": 0}'
traced
only_home "an ack that is redirected"
clear_faults
run_job Complete --force
expect_status "the next run acknowledges" 0
invariants

# Configurations.
configured=0
refused() {
	jobrun system set bad "$1"
	((status == 78)) || fail "$(<"$1"): exit status $status: $(<stdout)"
	[[ $(wc -l <stderr) == 1 ]] || fail "$(<"$1"): not one line: $(<stderr)"
	configured=$((configured + 1))
}
for url in ftp://a.example file:///etc/passwd http://a.example http://127.0.0.1.evil.example http://127.0.0.1@evil.example/ \
	http://localhost.evil.example https://user@a.example https://user:pw@a.example 'https://a.example/?q=1' 'https://a.example/#f' \
	http://167772161 http://169.254.169.254 http://10.0.0.1 'http://[::ffff:10.0.0.1]' 'http://[fe80::1]' http://0.0.0.0 '//a.example' \
	a.example 'https://' 'https://a.example:99999' 'https://a.example:0x50' $'https://a.example/\r\nHost: b' 'https://a b' \
	$'https://a.example/\tx' 'https://a.example\@b.example' gopher://a.example 'javascript:1'; do
	jq -n --arg url "$url" '{BaseUrl: $url}' >bad.json
	refused bad.json
done
printf '{"BaseUrl": "https://a.example/\\u0000x"}' >bad.json && refused bad.json
for header in '{"X\r\nY": "a"}' '{"X": "a\r\nEvil: b"}' '{"X": "a\nb"}' '{"X": "a\u0000b"}' '{"X Y": "a"}' '{"": "a"}' '{"X:": "a"}' \
	'{"Host": "evil.example"}' '{"Content-Length": "1"}' '{"Transfer-Encoding": "chunked"}' '{"X": "\u007f"}'; do
	echo "{\"BaseUrl\": \"https://a.example\", \"Headers\": $header}" >bad.json
	refused bad.json
done
for key in VerifyPeer VerifyHost Verify Insecure SslVerify TlsVerify InsecureSkipVerify SslVersion TlsMin Ciphers Cert FollowRedirects; do
	echo "{\"BaseUrl\": \"https://a.example\", \"$key\": false}" >bad.json
	refused bad.json
done
for proxy in socks5://a.example https://a.example file:///x 'http://u:p@a.example' $'http://a\r\nb'; do
	jq -n --arg proxy "$proxy" '{BaseUrl: "https://a.example", Proxy: $proxy}' >bad.json
	refused bad.json
done
count "configurations that are refused" "$configured"

# A credential is bound to the origin that it was written for.
jobrun client add Complete '{"ClientId": 77, "BaseUrl": "http://127.0.0.1:1"}'
traced --client 77
! grep -q 'htons(1)' trace || fail "a client's BaseUrl got the system's credential"
((status == 1 || status == 78 || status == 69)) || fail "another BaseUrl with the system's secret: exit status $status"
jobrun client remove Complete 77
ok "a secret does not go to another BaseUrl"

# Ids that would break out of a path, a query or a header.
workflow_job '.Fetch.Query = {clientId: "1", groupId: "10", note: "{Note}"}'
injected=0
for note in $'a\r\nEvil: 1' $'a\nGET /evil HTTP/1.1' 'a b' 'a&clientId=9' 'a#b' 'a?b' 'a%0d%0aEvil: 1' 'a%' '../../x' 'a;b' 'é🙂' $'\x01\x1f\x7f' \
	'"' "'" '<x>' '{Script}' '\\' 'a+b'; do
	es_sql "DELETE FROM request_log"
	sql "UPDATE APP_JOB_CONFIG SET Configuration = json_set(Configuration, '\$[0].Note', '${note//\'/\'\'}') WHERE JobType = 3"
	run_job Complete --force --client 1
	((status == 0)) || fail "the note '$note': exit status $status: $(<stderr)"
	[[ $(es_sql "SELECT count(*) FROM request_log WHERE path NOT IN ('/api/records', '/api/records/ack')") == 0 ]] ||
		fail "the note '$note' made another request: $(es_sql "SELECT method, path, query FROM request_log")"
	query=$(es_sql "SELECT query FROM request_log WHERE path = '/api/records'")
	# shellcheck disable=SC2059 # the escapes are what is printed
	decoded=$(printf "$(sed -e 's/.*note=\([^&]*\).*/\1/' -e 's/\\/\\\\/g' -e 's/%\(..\)/\\x\1/g' <<<"$query")")
	[[ $decoded == "$note" ]] || fail "the note '$note' arrived as '$decoded' ($query)"
	injected=$((injected + 1))
done
count "texts that stay in their place in a request" "$injected"
