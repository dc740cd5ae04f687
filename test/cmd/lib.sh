# What the black-box tests share: the binary in $JOBRUN against the server in $EXTERNAL_SYSTEM, each test in a folder
# of its own, which is also where it stands. A test says what it checks; the first thing that is not so ends it.
# shellcheck shell=bash
set -Eeuo pipefail

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/jobrun-test.XXXXXX")
DB=$WORK/jobrun.db
ES_DB=$WORK/external.db
KEY_FILE=$WORK/key
# Longer than any test may last (CMake's TIMEOUT), so that a server left behind ends by itself.
TEST_SECONDS=${TEST_SECONDS:-300}
# One command of jobrun's: a test that hangs says so before ctest ends it.
COMMAND_SECONDS=${COMMAND_SECONDS:-60}
server_pid=
PORT=0
URL=
status=none
checks=0

cd "$WORK"
umask 022
export HOME=$WORK LC_ALL=C.UTF-8 TZ=UTC
unset JOBRUN_KEY JOBRUN_KEY_FILE CREDENTIALS_DIRECTORY NO_COLOR http_proxy https_proxy HTTP_PROXY HTTPS_PROXY \
	ALL_PROXY all_proxy SSLKEYLOGFILE XDG_STATE_HOME
export JOBRUN_DB=$DB

. "$TREE/test/cmd/expect.sh"

finish() {
	local result=$?

	trap - EXIT
	stop_server TERM
	if [[ -e $WORK/query-failed ]]; then
		echo "FAILED: a query (above)" >&2
		result=1
	fi
	if ((result == 0 && checks == 0)); then
		echo "FAILED: the test checked nothing" >&2
		result=1
	fi
	if ((result != 0)); then
		show_failure
	fi
	if [[ -n ${KEEP_WORK-} ]]; then
		echo "kept: $WORK"
	else
		rm -rf "$WORK"
	fi
	exit "$result"
}
trap finish EXIT
# A command that fails where nothing was expected of it.
trap 'echo "FAILED: ${BASH_SOURCE[0]##*/} line $LINENO: $BASH_COMMAND" >&2' ERR
trap 'exit 143' TERM INT

# start_server [OPTION…]: an external system on a free port; $URL is where. --generate, --seed and others are passed on.
start_server() {
	local i

	stop_server TERM
	[[ -e $WORK/token ]] || (umask 077 && openssl rand -hex 16 >"$WORK/token")
	rm -f "$WORK/port"
	"${EXTERNAL_SYSTEM:?the server\'s binary}" --db "$ES_DB" --port "$PORT" --port-file "$WORK/port" \
		--token-file "$WORK/token" --max-time "$TEST_SECONDS" "$@" >>"$WORK/server.log" 2>&1 &
	server_pid=$!
	for ((i = 0; i < 600; i++)); do
		if [[ -s $WORK/port ]]; then
			PORT=$(<"$WORK/port")
			URL=http://127.0.0.1:$PORT
			[[ " $* " != *" --tls-cert "* ]] || URL=https://localhost:$PORT
			return 0
		fi
		kill -0 "$server_pid" 2>/dev/null || break
		sleep 0.05
	done
	fail "the external system does not start: $(tail -n 3 "$WORK/server.log")"
}

# stop_server [SIGNAL]: ends it and waits for that. The next start_server takes the same port.
stop_server() {
	[[ -n $server_pid ]] || return 0
	kill -s "${1:-TERM}" "$server_pid" 2>/dev/null || true
	wait "$server_pid" 2>/dev/null || true
	server_pid=
}

# control METHOD PATH [CURL-OPTION…]: a request of the test's own to the server; its answer on standard output.
control() {
	local method=$1 path=$2

	shift 2
	curl --silent --show-error --fail-with-body --insecure --noproxy '*' --max-time "$COMMAND_SECONDS" \
		--request "$method" "$@" "$URL$path" || fail "$method $path at the external system"
}

# fault JSON: orders a fault, such as '{"path": "/api/records", "kind": "status", "status": 503, "times": 2}'.
fault() {
	control POST /_faults --data-binary "$1" >/dev/null
}

clear_faults() {
	control DELETE /_faults >/dev/null
}

# put_records KIND CLIENT GROUP [raw]: gives the server records, one JSON object a line of standard input.
put_records() {
	control POST "/_records?kind=$1&client=$2&group=$3${4:+&raw=1}" --data-binary @- >/dev/null
}

# new_db: a database with the platform's tables in it.
new_db() {
	rm -f "$DB" "$DB"-wal "$DB"-shm
	succeed "$JOBRUN" init
	sqlite3 -bail "$DB" <"$TREE/examples/platform/schema.sql" >/dev/null || fail "the platform's schema"
}

# set_system [NAME [JSON]]: JSON's keys over the defaults: this server, its token, short waits.
set_system() {
	local name=${1:-ris}

	jq -n --arg url "$URL" --arg token "file:$WORK/token" --argjson more "${2:-{\}}" \
		'{BaseUrl: $url, Auth: {Bearer: $token}, Timeout: 10, ConnectTimeout: 5, Retries: 4} + $more' \
		>"$WORK/system-$name.json"
	succeed "$JOBRUN" system set "$name" "$WORK/system-$name.json"
}

# install_job DIR [JQ-FILTER]: a folder of examples/jobs (or a path), its job.json changed by the filter first; its tests
# hold for what it is unchanged.
install_job() {
	local from=$1 dir test=()

	[[ $from == */* ]] || from=$TREE/examples/jobs/$1
	dir=$WORK/jobs/$(basename "$from")
	mkdir -p "$dir"
	cp -R "$from"/. "$dir"
	if [[ -n ${2-} ]]; then
		test=(--no-test)
		# Comments are allowed in a job.json and unknown to jq; strings may hold what looks like one.
		perl -0pe 's{("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/}{$1 // ""}gse' "$from/job.json" |
			jq "$2" >"$dir/job.json"
	fi
	succeed "$JOBRUN" job install "$dir" "${test[@]}"
}

# add_client JOB JSON
add_client() {
	succeed "$JOBRUN" client add "$1" "$2"
}

# new_key [JOBS]: a key for these jobs (all) in $KEY_FILE.
new_key() {
	(umask 077 && "$JOBRUN" key new --jobs "${1:-*}" --label test >"$KEY_FILE" 2>"$WORK/stderr") ||
		fail "key new: $(<"$WORK/stderr")"
}

# without_counts: a build that counts lines complains where it may not write its counts; that is not jobrun speaking.
without_counts() {
	sed -i '/^profiling:/d' "$WORK/stderr"
}

# jobrun ARGUMENT…: runs it whatever comes of it: $status, and the files stdout and stderr.
jobrun() {
	status=0
	timeout --kill-after=5 "$COMMAND_SECONDS" "$JOBRUN" "$@" >"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	without_counts
	if ((status == 124 || status == 137)); then
		fail "jobrun $* did not end in $COMMAND_SECONDS seconds"
	fi
	if grep -qE '(ERROR|WARNING): [A-Z][a-z]+Sanitizer|runtime error:' "$WORK/stderr"; then
		fail "jobrun $*: a sanitizer's finding"
	fi
}

# run_job ARGUMENT…: the same, with the key.
run_job() {
	jobrun "$@" --key-file "$KEY_FILE"
}

# query FILE TEXT: columns parted by |. One that fails within an argument fails the test, too: nothing is what many expect.
query() {
	sqlite3 -batch -bail -cmd '.timeout 30000' "$1" "$2" || { : >"$WORK/query-failed" && return 1; }
}

# sql TEXT: of jobrun's database; es_sql TEXT: of the external system's.
sql() {
	query "$DB" "$1"
}

es_sql() {
	query "$ES_DB" "$1"
}
