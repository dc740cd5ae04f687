#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# TLS: always verified, whatever the environment says; plain http only to this host itself.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

mkdir tls strange
"$EXTERNAL_SYSTEM" --make-cert "$WORK/tls" >server.log 2>&1 || fail "no certificate"
"$EXTERNAL_SYSTEM" --make-cert "$WORK/strange" >server.log 2>&1 || fail "no certificate"
start_server --tls-cert "$WORK/tls/cert.pem" --tls-key "$WORK/tls/key.pem"
small_db
set_system
small_job
new_key
small_client
records 1 3 | put_records records 1 10

# refused NAME STATUS STAGE CODE-REGEX: the client fails, and the external system has seen no request.
refused() {
	run_job Notes
	expect_status "$1: the client fails" "$2"
	expect_match "$1: and the exception says why" "^$3\|$4\$" "$(exceptions)"
	expect "$1: not one request arrived" 0 "$(requests 1)"
	forget
}

accepted() {
	run_job Notes
	expect_status "$1: the run ends well" 0
	expect "$1: and has fetched and acknowledged" "3|2" "$(sql "SELECT Acked, Requests FROM APP_REQUEST_LOG")"
	forget
}

set_system ris "{\"CaFile\": \"$WORK/tls/cert.pem\"}"
accepted "with the CA's file"
set_system ris "{\"CaFile\": \"$WORK/tls/cert.pem\", \"BaseUrl\": \"https://127.0.0.1:$PORT\"}"
accepted "the certificate's IP address"
https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
	accepted "a proxy in the environment is ignored"
SSLKEYLOGFILE=$WORK/keylog accepted "SSLKEYLOGFILE does not stop it"
[[ ! -e $WORK/keylog ]] || fail "SSLKEYLOGFILE: the session's keys were written"
ok "SSLKEYLOGFILE: no session key was written"

set_system ris '{"Retries": 0}'
refused "no CA's file" 69 fetch tls_self_signed
SSL_CERT_FILE=$WORK/tls/cert.pem CURL_CA_BUNDLE=$WORK/tls/cert.pem SSL_CERT_DIR=$WORK/tls \
	refused "a CA that only the environment names" 69 fetch tls_self_signed
set_system ris "{\"Retries\": 0, \"CaFile\": \"$WORK/strange/cert.pem\"}"
refused "another CA's file" 69 fetch tls_self_signed
set_system ris "{\"Retries\": 0, \"CaFile\": \"$WORK/absent.pem\"}"
refused "a CA's file that is not there" 69 fetch ca_file
set_system ris "{\"Retries\": 0, \"BaseUrl\": \"http://127.0.0.1:$PORT\"}"
refused "http to an https port" 69 fetch no_answer

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=other.example \
	-addext subjectAltName=DNS:other.example -keyout other.key -out other.pem 2>openssl.log || fail "openssl"
start_server --tls-cert "$WORK/other.pem" --tls-key "$WORK/other.key"
set_system ris "{\"Retries\": 0, \"CaFile\": \"$WORK/other.pem\"}"
refused "a trusted certificate for another name" 69 fetch tls_wrong_host

start_server
set_system ris "{\"Retries\": 0, \"BaseUrl\": \"https://127.0.0.1:$PORT\"}"
# That server answers in the clear, or hangs up at once.
refused "https to a plain port" 69 fetch 'tls_(none|connect)'

# Plain http: refused before anything is sent, so that no network is needed here.
for url in http://192.0.2.1 http://ris.example http://10.0.0.1:8080/api http://127.0.0.1.example HTTP://192.0.2.1; do
	jq -n --arg url "$url" '{BaseUrl: $url}' >plain.json
	jobrun system set ris plain.json
	expect_status "$url is refused when the system is set" 78
	expect_match "$url: the message says what to do" 'use https, or say "AllowHttp": true' "$(<stderr)"
	sql "UPDATE APP_EXTERNAL_SYSTEM SET Definition = '$(<plain.json)'"
	run_job Notes
	expect_status "$url is refused in a run" 1
	expect "$url: as an error of configuration, without a request" "config|config|0" "$(sql "
		SELECT e.Stage, e.Code, r.Requests FROM APP_EXCEPTION_LOG e JOIN APP_REQUEST_LOG r USING (RunId)")"
	forget
done
for url in "http://127.0.0.1:$PORT" "http://localhost:$PORT" "HTTP://LOCALHOST:$PORT" "http://127.1:$PORT"; do
	set_system ris "{\"Retries\": 0, \"BaseUrl\": \"$url\"}"
	accepted "$url is this host itself"
done
books_balance
