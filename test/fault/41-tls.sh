#!/bin/bash
# TLS: whatever is wrong with a certificate or a version has its own code, not a byte of a request is sent, and nobody can be
# talked into verifying less. A silent resolver, and a proxy in the environment, are here too.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/hostile.sh"

pids=()
end_servers() {
	local pid

	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
}
trap 'result=$?; trap - ERR; set +eE; end_servers; (exit "$result"); end_test' EXIT

# ca NAME: a CA of its own.
ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" \
		2>>openssl.log || fail "openssl req"
	mkdir -p "$1.d"
	: >"$1.d/index"
	echo 01 >"$1.d/serial"
}

# certificate NAME CA HOST [FROM UNTIL]: a certificate by the CA, its times as YYYYMMDDhhmmssZ.
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$3" -keyout "$1.key" -out "$1.csr" 2>>openssl.log
	printf '[ca]\ndefault_ca=c\n[c]\ndatabase=%s.d/index\nserial=%s.d/serial\nnew_certs_dir=%s.d\ndefault_md=sha256\npolicy=p
unique_subject=no\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=DNS:%s\n' "$2" "$2" "$2" "$3" >"$1.cnf"
	openssl ca -batch -notext -config "$1.cnf" -extensions x -cert "$2.pem" -keyfile "$2.key" -startdate "${4-20200101000000Z}" \
		-enddate "${5-20990101000000Z}" -in "$1.csr" -out "$1.pem" 2>>openssl.log || fail "openssl ca: $(tail -n 3 openssl.log)"
}

# serve NAME OPTION…: openssl s_server with that certificate; its port is in $port. It answers HTTP with a page of its own.
serve() {
	local name=$1 i

	shift
	: >"$name.out"
	openssl s_server -accept 127.0.0.1:0 -cert "$name.pem" -key "$name.key" -www "$@" >"$name.out" 2>&1 </dev/null &
	pids+=($!)
	for ((i = 0; i < 200; i++)); do
		port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$name.out")
		[[ -z $port ]] || return 0
		sleep 0.05
	done
	fail "s_server for $name: $(tail -n 2 "$name.out")"
}

ca ours
ca theirs
certificate good ours localhost
certificate expired ours localhost 20200101000000Z 20200201000000Z
certificate future ours localhost 20980101000000Z 20990101000000Z
certificate elsewhere ours other.example
certificate wildcard ours '*.example'
certificate unknown theirs localhost
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext \
	subjectAltName=DNS:localhost -keyout self.key -out self.pem 2>>openssl.log

start_server --tls-cert "$WORK/good.pem" --tls-key "$WORK/good.key"
workflow_db
set_system ris "{\"CaFile\": \"$WORK/ours.pem\"}"
workflow_job '.Ack = null'
new_key
know 1 10
seq 1 10 | sed 's/.*/{"id":&}/' | put_records records well 10
jq -n "{Retries: 1, ConnectTimeout: 5, CaFile: \"$WORK/ours.pem\", AllowHttp: true}" >bare.json
succeed "$JOBRUN" system set bare bare.json

# case NAME CODE BASEURL: a client of its own.
names=()
client() {
	names+=("('$1', '$2')")
	add_client Complete "$(jq -cn --arg name "$1" --arg url "$3" '{ClientId: $name, GroupId: 10, Route: "/api/records",
		System: "bare", BaseUrl: $url, Auth: {Bearer: "env:CANARY"}}')"
}
export CANARY=can4ry
# with NAME CODE HOST OPTION…: a server with the certificate NAME.
with() {
	local name=$1 code=$2 host=$3

	shift 3
	serve "$name" "$@"
	client "$name${*// /}" "$code" "https://$host:$port"
}
old=(-cipher 'DEFAULT@SECLEVEL=0')
with expired tls_expired localhost
with future tls_not_yet_valid localhost
with elsewhere tls_wrong_host localhost
with wildcard tls_wrong_host localhost
with unknown tls_unknown_ca localhost
with self tls_self_signed localhost
with good tls_version localhost -tls1_1 "${old[@]}"
with good tls_version localhost -tls1 "${old[@]}"
with good tls_wrong_host 127.0.0.1
# What is well: a page of s_server's own comes, which is no JSON.
with good body_malformed localhost -tls1_2
with good body_malformed localhost -tls1_3
with good body_malformed localhost -alpn h2,http/1.1
alpn=$port
add_client Complete '{"ClientId": "well", "GroupId": 10, "Route": "/api/records"}'

run_job Complete -j 20
expect_status "some fail, one is well" 1
expect "each certificate and version has its own code" "" "$(sql "WITH wanted (name, code) AS (VALUES $(IFS=,; echo "${names[*]}"))
	SELECT name, wanted.code, x.Code, x.Message FROM wanted LEFT JOIN APP_EXCEPTION_LOG x ON ClientId = name
	WHERE x.Code IS NOT wanted.code")"
expect "the one that is well" "ok|10" "$(last_visit well "Status, Processed")"
expect "no secret went to any of those that could not be verified" "" \
	"$(grep -l can4ry expired.out future.out elsewhere.out wildcard.out unknown.out self.out || true)"
# s_server speaks HTTP/1 whatever it agreed on: had HTTP/2 been asked for, its page would be no answer. So no GOAWAY can come.
cases=${#names[@]}
expect "HTTP/1.1 is spoken where HTTP/2 is on offer" 200 \
	"$(sql "SELECT HttpStatus FROM APP_REQUEST_LOG WHERE ClientId LIKE 'good-alpn%'")"
openssl s_client -connect "127.0.0.1:$alpn" -alpn h2 </dev/null 2>/dev/null | grep -q 'ALPN protocol: h2' ||
	fail "the server would not have spoken HTTP/2"
ok "(which the server would have taken)"
invariants

# A connection that just ends amid a body.
fault '{"kind": "cut", "at_byte": 20, "client": "well", "times": 0}'
run_job Complete --client well
expect "an end amid a body" body_unended "$(sql "SELECT Code FROM APP_EXCEPTION_LOG ORDER BY Id DESC LIMIT 1")"
cases=$((cases + 1))
clear_faults
# The environment's proxies and CAs count for nothing.
sql "DELETE FROM APP_JOB_CONFIG"
add_client Complete '{"ClientId": "well", "GroupId": 10, "Route": "/api/records"}'
for variable in https_proxy HTTPS_PROXY ALL_PROXY all_proxy http_proxy HTTP_PROXY; do
	export "$variable=http://127.0.0.1:1"
done
SSL_CERT_FILE=$WORK/theirs.pem SSL_CERT_DIR=$WORK CURL_CA_BUNDLE=$WORK/theirs.pem no_proxy='' OPENSSL_CONF=/nonexistent \
	run_job Complete
expect_status "proxies and CAs of the environment" 0
unset https_proxy HTTPS_PROXY ALL_PROXY all_proxy http_proxy HTTP_PROXY
cases=$((cases + 1))

# A resolver that never answers holds up its own client, no longer than ConnectTimeout, and nobody else.
if unshare --user --map-root-user --net --mount true 2>/dev/null; then
	stop_server TERM
	printf 'nameserver 127.0.0.53\n' >resolv.conf
	for name in silent-1.example silent-2.example; do
		add_client Complete "{\"ClientId\": \"$name\", \"GroupId\": 10, \"Route\": \"/\", \"System\": \"bare\", \"ConnectTimeout\": 2, \"Retries\": 0,
			\"BaseUrl\": \"https://$name\"}"
	done
	# shellcheck disable=SC2016  # inside
	unshare --user --map-root-user --net --mount bash -c '
		mount --bind "$1/resolv.conf" /etc/resolv.conf && ip link set lo up || exit 99
		perl -MIO::Socket::INET -e '"'"'$s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.53", LocalPort => 53)
			or die; $SIG{ALRM} = sub { exit }; alarm 60; while ($s->recv($b, 2000)) { print STDERR "asked\n" }'"'"' 2>"$1/dns" &
		dns=$!
		"$EXTERNAL_SYSTEM" --db "$1/external.db" --port "$2" --port-file "$1/port" --token-file "$1/token" --max-time 60 \
			--tls-cert "$1/good.pem" --tls-key "$1/good.key" >>"$1/server.log" 2>&1 &
		es=$!
		rm -f "$1/port"
		for i in {1..100}; do [[ -s $1/port ]] && break; sleep 0.1; done
		status=0
		timeout 60 "$JOBRUN" Complete --key-file "$1/key" >"$1/stdout" 2>"$1/stderr" || status=$?
		kill $dns $es
		wait $es
		exit $status' bash "$WORK" "$PORT" || status=$?
	((status != 99)) || fail "no mount of resolv.conf"
	expect "the silent resolver was asked" 1 "$(($(wc -l <dns) > 0))"
	expect "a silent resolver has its own code" "silent-1.example|dns_timeout
silent-2.example|dns_timeout" "$(sql "SELECT ClientId, Code FROM APP_EXCEPTION_LOG WHERE ClientId LIKE 'silent%' ORDER BY 1")"
	expect "it takes no longer than ConnectTimeout and a second" "" "$(sql "SELECT ClientId, DurationMs FROM APP_REQUEST_LOG
		WHERE ClientId LIKE 'silent%' AND DurationMs NOT BETWEEN 1900 AND 3000")"
	expect "and nobody else notices" "ok|1" "$(last_visit well "Status, DurationMs < 1900")"
	cases=$((cases + 2))
else
	echo "# no namespaces here: a silent resolver is left out"
fi
count "faults of TLS, the environment and the resolver" "$cases"
