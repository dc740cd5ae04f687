#!/bin/bash
# Runs the server and checks every endpoint, kind of page and fault: selftest.sh PATH/TO/external-system
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: $0 PATH/TO/external-system" >&2; exit 64; }
bin=$(realpath "$1")
dir=$(mktemp -d)
server=
url=

stop_server() {
	[ -n "$server" ] || return 0
	kill -TERM "$server" 2>/dev/null || true
	wait "$server" || { echo "not ok: the server ended with $?" >&2; server=; return 1; }
	server=
}

clean_up() {
	local status=$?
	stop_server || status=1
	rm -rf "$dir"
	exit "$status"
}
trap clean_up EXIT

# start_server [OPTION...]: on a free port, with $dir/es.db; sets url.
start_server() {
	rm -f "$dir/port"
	"$bin" --db "$dir/es.db" --port-file "$dir/port" --log "$dir/log" --max-time 60 "$@" &
	server=$!
	for _ in $(seq 200); do
		[ -s "$dir/port" ] && break
		sleep 0.02
	done
	url=http://127.0.0.1:$(cat "$dir/port")
}

# is NAME WANTED GOT
is() {
	if [ "$2" != "$3" ]; then
		printf 'not ok: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3" >&2
		exit 1
	fi
	echo "ok $1"
}

sql() { sqlite3 -cmd '.timeout 5000' "$dir/es.db" "$1"; }

get() { curl -sS --max-time 10 "$url$1" "${@:2}"; }

# The HTTP status of a request; the body is dropped.
code() { curl -s --max-time 10 -o /dev/null -w '%{http_code}' "$url$1" "${@:2}" || true; }

# The curl exit status of a request; the body goes to $dir/body.
curl_rc() { local rc=0; curl -s --max-time 10 -o "$dir/body" "$url$1" "${@:2}" || rc=$?; echo "$rc"; }

# fault JSON: in place of all others.
fault() { get /_faults -X DELETE > /dev/null; get /_faults -d "$1" > /dev/null; }

# ids JSON...: the values of "id", one a line.
ids() { grep -o '"id":[^,}]*,"v"' | sed 's/^"id"://; s/,"v"$//'; }

last() { sql "SELECT $1 FROM request_log ORDER BY n DESC LIMIT 1"; }

# ---- generated records
start_server --seed 7 --generate kind=records,client=1,group=10,count=40,bad=8 \
	--generate kind=appointments,client=1,group=10,count=9,bad=3 \
	--generate kind=cancellations,client=1,group=10,count=6,bad=2
is "generated records" 40 "$(get '/api/records?clientId=1&groupId=10' | grep -o '"recordNumber"' | wc -l)"
is "the k-th bad record is at ceil(k*count/bad)" "5 900000000005|10 |15 1000015|20 1000020" \
	"$(sql "SELECT number||' '||ifnull(id,'') FROM record WHERE kind='records' AND number IN (5,10,15,20)" |
		paste -sd'|')"
is "of four bad records the third is a draft" "15 35" \
	"$(sql "SELECT number FROM record WHERE kind='records' AND body LIKE '%\"DRAFT\"%'" | paste -sd' ')"
is "and the fourth has its id twice" "20 40" \
	"$(sql "SELECT number FROM record WHERE kind='records' AND body LIKE '%\"id\":10000%\"id\":10000%'" |
		paste -sd' ')"
is "a bad appointment takes a slot that is taken" "3 6 9" \
	"$(sql "SELECT a.number FROM record a JOIN record b ON b.kind = a.kind AND b.seq < a.seq
		WHERE a.kind = 'appointments' AND a.body ->> '\$.slot' = b.body ->> '\$.slot'" | paste -sd' ')"
is "a bad cancellation names no appointment" "A-1-9000003 A-1-9000006" \
	"$(sql "SELECT body ->> '\$.appointmentId' FROM record WHERE kind='cancellations' AND number % 3 = 0" |
		paste -sd' ')"
sum=$(sql "SELECT body FROM record ORDER BY kind, number" | sha256sum)
get /api/appointments/ack/A-1-1 -X POST > /dev/null
stop_server
start_server --seed 7 --generate kind=records,client=1,group=10,count=40,bad=8 \
	--generate kind=appointments,client=1,group=10,count=9,bad=3
is "a restart keeps records and acks, and generates nothing twice" \
	'{"records":55,"acked":1,"requests":2,"acks":1}' "$(get /_state)"
stop_server
rm -f "$dir"/es.db*
start_server --seed 7 --generate kind=cancellations,client=1,group=10,count=6,bad=2 \
	--generate kind=appointments,client=1,group=10,count=9,bad=3 \
	--generate kind=records,client=1,group=10,count=40,bad=8
is "the same seed gives the same records" "$sum" "$(sql "SELECT body FROM record ORDER BY kind, number" | sha256sum)"
stop_server
rm -f "$dir"/es.db*

# ---- fetching
start_server
seq 1 25 | sed 's/.*/{"id":&,"v":0}/' > "$dir/lines"
is "posted NDJSON" '{"inserted":25}' "$(get '/_records?kind=records&client=1&group=10' --data-binary @"$dir/lines")"
all=$(seq 1 25 | paste -sd' ')
is "an array" "[$(paste -sd, "$dir/lines")]" \
	"$(get '/api/records?clientId=1&groupId=10&days=30&year=2026&script=x%20y')"
is "an array by POST" "$all" "$(get /api/records -d '{"clientId":1,"groupId":"10"}' | ids | paste -sd' ')"
is "NDJSON" "$(cat "$dir/lines")" "$(get '/api/records/ndjson?clientId=1')"
is "NDJSON's type" application/x-ndjson "$(get '/api/records/ndjson?clientId=1' -o /dev/null -w '%{content_type}')"
is "nobody's records" "[]" "$(get '/api/records?clientId=2')"
is "another group's records" "[]" "$(get '/api/records?clientId=1&groupId=11')"
is "no clientId is 400" 400 "$(code /api/records)"
is "no such path is 404" 404 "$(code '/api/nothing?clientId=1')"
is "no such method is 405" 405 "$(code '/api/records?clientId=1' -X PUT)"

# walk FIRST NEXT: follows pages until the shell function NEXT prints nothing; prints the ids.
walk() {
	local at=$1
	while [ -n "$at" ]; do
		get "$at" -D "$dir/head" > "$dir/page"
		ids < "$dir/page"
		at=$($2)
	done
}
next_field() { sed -n 's/.*"next":"\([^"]*\)".*/\1/p' "$dir/page"; }
next_link() { sed -n 's/^Link: <\(.*\)>; rel="next".*/\1/p' "$dir/head"; }
next_cursor() {
	local cursor
	cursor=$(sed -n 's/.*"cursor":"\([^"]*\)".*/\1/p' "$dir/page" | sed 's/+/%2B/; s,/,%2F,; s/=/%3D/')
	[ -z "$cursor" ] || echo "/api/records/paged/cursor?clientId=1&size=10&cursor=$cursor"
}
is "pages by a next URL" "$all" "$(walk '/api/records/paged/next?clientId=1&size=10' next_field | paste -sd' ')"
is "the last page's next is null" '{"items":[],"next":null}' "$(get '/api/records/paged/next?clientId=9')"
is "pages by a Link header" "$all" \
	"$(walk '/api/records/paged/link?clientId=1&size=12&script=a%26b' next_link | paste -sd' ')"
is "a link keeps the parameters" '/api/records/paged/link?clientId=1&size=12&script=a%26b&after=12' \
	"$(get '/api/records/paged/link?clientId=1&size=12&script=a%26b' -D "$dir/head" -o /dev/null; next_link)"
is "pages by a cursor" "$all" "$(walk '/api/records/paged/cursor?clientId=1&size=10' next_cursor | paste -sd' ')"
is "a cursor that was not encoded is 400" 400 \
	"$(code '/api/records/paged/cursor?clientId=1&cursor=5bd1e995a3c49f1d+/=')"
is "a page by offset" "21 22 23 24 25" \
	"$(get '/api/records/paged/offset?clientId=1&offset=20&limit=10' | ids | paste -sd' ')"
is "a page by number" "11 12 13 14 15" \
	"$(get '/api/records/paged/page?clientId=1&page=3&per_page=5' | ids | paste -sd' ')"
is "a page past the end" "[]" "$(get '/api/records/paged/page?clientId=1&page=9&per_page=5')"
is "a limit of nothing is 400" 400 "$(code '/api/records/paged/offset?clientId=1&limit=0')"
seq 1 1200 | sed 's/.*/{"id":&,"v":0}/' > "$dir/many"
get '/_records?kind=records&client=3&group=0' --data-binary @"$dir/many" > /dev/null
is "a page has 500 by default" 500 "$(get '/api/records/paged/offset?clientId=3' | ids | wc -l)"
is "a page has 1000 at most" 1000 "$(get '/api/records/paged/offset?clientId=3&limit=5000' | ids | wc -l)"

# ---- raw records and exact ids
printf '%s\n' '{"id":9007199254740993,"v":0}' '{"id":18446744073709551615,"v":0}' '{"id":1.0,"v":0}' \
	'{"id":"\u0041\ud83d\ude00","v":0}' '{"id":"a/b %","v":0}' '{ "id" : null }' '{"none":{"id":1}}' > "$dir/raw"
get '/_records?kind=records&client=4&group=0' --data-binary @"$dir/raw" > /dev/null
is "records come back byte for byte" "$(cat "$dir/raw")" "$(get '/api/records/ndjson?clientId=4')"
is "the id's token" '9007199254740993|18446744073709551615|1.0|"\u0041\ud83d\ude00"|"a/b %"|null|-' \
	"$(sql "SELECT ifnull(id,'-') FROM record WHERE client = '4' ORDER BY seq" | paste -sd'|')"
is "a broken record is refused" 400 "$(code '/_records?kind=records&client=5' --data-binary '{"id":1')"
is "and kept with raw=1" '{"inserted":1}' "$(get '/_records?kind=records&client=5&raw=1' --data-binary '{"id":1,,')"
is "and served" '[{"id":1,,]' "$(get '/api/records?clientId=5')"
is "records as a JSON object" '{"inserted":2}' \
	"$(get /_records -d '{"kind":"appointments","client":6,"group":"g","bodies":[{"id":"x"}, {"id": 1e2 }]}')"
is "keep their bytes too" '[{"id":"x"},{"id": 1e2 }]' "$(get '/api/appointments?clientId=6&groupId=g')"

# ---- acknowledging
is "ids are compared by text and by characters" '{"acknowledged":3,"rejected":[1,18446744073709551616,"nobody"]}' \
	"$(get /api/records/ack -d '{"clientId":4,"groupId":0,"ids":
		[9007199254740993,1,18446744073709551616,1.0,"A\uD83D\uDE00","nobody"]}')"
is "what is acknowledged is gone" 4 "$(get '/api/records/ndjson?clientId=4' | wc -l)"
is "one by path" '{"acknowledged":1,"rejected":[]}' "$(get '/api/records/ack/a%2Fb%20%25?clientId=4' -X POST)"
is "one by path, a number" 200 "$(code '/api/records/ack/18446744073709551615' -d '{"clientId":4}')"
is "one by path that is unknown" 404 "$(code '/api/records/ack/zzz?clientId=4' -X POST)"
is "again is no error" '{"acknowledged":1,"rejected":[]}' "$(get /api/records/ack -d '{"clientId":4,"ids":[1.0]}')"
is "ack log" '1.0|1|0' "$(sql "SELECT id, known, first FROM ack_log ORDER BY n DESC LIMIT 1")"
is "an ack without ids is 400" 400 "$(code /api/records/ack -d '{"clientId":4}')"
key=(-H 'Idempotency-Key: "k-1"')
first=$(get /api/records/ack -d '{"clientId":1,"ids":[1,2,99]}' "${key[@]}")
acks=$(sql 'SELECT count(*) FROM ack_log')
is "the same key again answers the same" "$first" \
	"$(get /api/records/ack -d '{"clientId":1,"ids":[1,2,99]}' "${key[@]}")"
is "and does nothing" "$acks 1" "$(sql 'SELECT count(*) FROM ack_log') $(last replay)"
is "the same key with another body is 422" 422 "$(code /api/records/ack -d '{"clientId":1,"ids":[3]}' "${key[@]}")"

# ---- web hooks
is "a hook takes any body" '{"ok":true}' "$(get '/hook/a/b?c=1' -d 'no JSON, <and> "all"')"
is "and keeps it" '/hook/a/b c=1 200 no JSON, <and> "all"' "$(sql "SELECT path || ' ' || query || ' ' || status || ' ' ||
	body FROM hook_log JOIN request_log r ON r.n = request")"
is "an empty one too" '{"ok":true}' "$(get /hook/a -X POST)"
is "a hook is told, not asked" 405 "$(code /hook/a)"

# ---- faults
path='/api/records?clientId=1'
fault '{"kind":"status","path":"/api/records","status":503,"headers":{"Retry-After":"1"},"times":2,"skip":1}'
is "a status, after skip, so many times" "200 503 503 200" \
	"$(code "$path") $(code "$path") $(code "$path") $(code "$path")"
is "is logged" "status 503" \
	"$(sql "SELECT fault||' '||status FROM request_log WHERE fault IS NOT NULL ORDER BY n DESC LIMIT 1")"
is "faults are listed" 1 "$(get /_faults | grep -c '"seen":3,"hits":2')"
fault '{"kind":"status","status":429,"headers":{"Retry-After":"7"},"body":"<html>"}'
is "headers and body of a status" "<html>7" "$(get "$path" -w '%header{retry-after}')"
fault '{"kind":"status","client":"2","method":"GET","times":0}'
is "a fault for one client" "200 503" "$(code "$path") $(code '/api/records?clientId=2')"
is "the fault's client in a POSTed body" 200 "$(code /api/records -d '{"clientId":2}')"
fault '{"kind":"delay","delay_ms":700}'
curl -s -o /dev/null -w '%{time_total}\n' "$url$path" > "$dir/slow" &
slow=$!
sleep 0.1
started=$(date +%s%N)
get "$path" > /dev/null
is "a delay holds up nobody else" 1 "$(( ($(date +%s%N) - started) < 500000000 ))"
wait "$slow"
is "a delay" 1 "$(awk '{ print ($1 >= 0.7) }' "$dir/slow")"
fault '{"kind":"cut","at_byte":20}'
is "a cut of a chunked answer" "18 20" "$(curl_rc "$path") $(wc -c < "$dir/body")"
fault '{"kind":"cut","at_byte":20,"length":400}'
is "a cut short of its Content-Length" "18 20" "$(curl_rc "$path") $(wc -c < "$dir/body")"
fault '{"kind":"cut","at_byte":5}'
is "a cut of an ack's answer" "18 1" \
	"$(curl_rc /api/records/ack -d '{"clientId":1,"ids":[3]}') $(sql "SELECT first FROM ack_log WHERE id = '3'")"
fault '{"kind":"cut_eof","at_byte":20}'
is "an answer that just ends" "0 20" "$(curl_rc "$path") $(wc -c < "$dir/body")"
fault '{"kind":"reset"}'
is "a reset" 56 "$(curl_rc "$path")"
fault '{"kind":"body","body":"{\"items\":\"no array\"}"}'
is "another body" '{"items":"no array"}' "$(get "$path")"
fault '{"kind":"drip","every_ms":20}'
is "byte by byte" "[]" "$(get '/api/records?clientId=77')"
fault '{"kind":"hang"}'
is "no answer at all" 28 "$(curl_rc "$path" --max-time 0.3)"
fault '{"kind":"raw","body":"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}'
is "an answer that is no HTTP" 56 "$(curl_rc "$path")"
fault '{"kind":"raw","every_ms":20,"body":"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"}'
is "headers byte by byte" "[]" "$(get "$path")"
fault '{"kind":"redirect","location":"http://127.0.0.1:9/elsewhere","status":307}'
is "a redirect" "307 http://127.0.0.1:9/elsewhere" "$(get "$path" -o /dev/null -w '%{http_code} %{redirect_url}')"
fault '{"kind":"header","headers":{"X-Extra":"yes","Content-Type":"text/html"}}'
is "headers on a good answer" "200 yes text/html" \
	"$(get "$path" -o /dev/null -w '%{http_code} %header{x-extra} %{content_type}')"
fault '{"kind":"drop_after_apply","path":"/api/records/ack"}'
is "an ack that is applied and not answered" "56 1" \
	"$(curl_rc /api/records/ack -d '{"clientId":1,"ids":[5]}' -H 'Idempotency-Key: drop') $(
		sql "SELECT count(*) FROM ack_log WHERE id = '5'")"
is "and answered when it comes again" '{"acknowledged":1,"rejected":[]} 1' \
	"$(get /api/records/ack -d '{"clientId":1,"ids":[5]}' -H 'Idempotency-Key: drop') $(last replay)"
fault '{"kind":"answer_after_apply","status":500,"body":"late","path":"/api/records/ack"}'
is "an ack that is applied and answered with something else" "late 500 1" \
	"$(get /api/records/ack -d '{"clientId":1,"ids":[5]}' -H 'Idempotency-Key: instead' -w ' %{http_code}') $(
		sql "SELECT count(*) FROM idempotency WHERE key = 'instead'")"
fault '{"kind":"reject","ids":[7]}'
is "an ack that refuses ids" '{"acknowledged":1,"rejected":[7]}' \
	"$(get /api/records/ack -d '{"clientId":1,"ids":[6,7]}')"
is "and keeps their records" 1 "$(get "$path" | ids | grep -cx 7)"
is "a fault that is misspelt is refused" 400 "$(code /_faults -d '{"kind":"status","stauts":500}')"
is "faults are cleared" "[]" "$(get /_faults -X DELETE)"

# ---- durability: what a client saw is there after a SIGKILL
get /api/records/ack -d '{"clientId":1,"ids":[8]}' > /dev/null
kill -KILL "$server"
wait "$server" 2>/dev/null || true
server=
start_server
is "an answered ack survives SIGKILL" "1 0" \
	"$(sql "SELECT first FROM ack_log WHERE id = '8'") $(get "$path" | ids | grep -cx 8 || true)"
stop_server

# ---- who may ask, and TLS
echo s3cret > "$dir/token"
"$bin" --make-cert "$dir"
start_server --token-file "$dir/token" --tls-cert "$dir/cert.pem" --tls-key "$dir/key.pem"
for host in localhost 127.0.0.1; do
	url=https://$host:$(cat "$dir/port")
	is "TLS for $host, with a token" 200 \
		"$(code "$path" --cacert "$dir/cert.pem" -H 'Authorization: Bearer s3cret')"
done
tls=(--cacert "$dir/cert.pem")
is "no token is 401" "401 0" "$(code "$path" "${tls[@]}") $(last auth_ok)"
is "a wrong token is 401" 401 "$(code "$path" "${tls[@]}" -H 'Authorization: Bearer s3cre')"
is "the token as Basic password" "200 Basic" "$(code "$path" "${tls[@]}" -u me:s3cret) $(last auth)"
is "the token as X-Api-Key" 200 "$(code "$path" "${tls[@]}" -H 'X-Api-Key: s3cret')"
is "a certificate that is not trusted" 60 "$(curl_rc "$path" -H 'Authorization: Bearer s3cret')"
is "the key file is private" 600 "$(stat -c %a "$dir/key.pem")"
get /_faults "${tls[@]}" -d '{"kind":"reset"}' > /dev/null
is "a reset under TLS" 56 "$(curl_rc "$path" "${tls[@]}" -H 'Authorization: Bearer s3cret')"
is "no secret in the log" 0 "$(grep -c s3cret "$dir/log" || true)"
echo "ok: all"
