# What run.sh and grow.sh share: the release binary and the helpers, servers on loopback, a measured run, its check.
# Everything that is made stands below build/bench. Sourced, with TREE set.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what these files share: round, shape, peer, set, db, and what a run came to

BENCH=$TREE/build/bench
SETS=$BENCH/set
JOBRUN=$TREE/build/release/cmd/jobrun/jobrun
CSV=$BENCH/runs.csv
LATENCY_MS=50
# A server that is left behind ends by itself; no run is let go on for longer.
SERVER_SECONDS=14400
RUN_SECONDS=1800
ACK_BATCH=500
nginx_pid=
latency_pid=
platform_pid=

. "$TREE/test/bench/data.sh"

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

need() {
	local tool

	for tool in "$@"; do
		command -v "$tool" >/dev/null || die "no $tool here; examples/packages.sh names what is needed"
	done
}

# build: the release preset as it is now (NO_BUILD: as it stands), and the helpers.
build() {
	local name

	mkdir -p "$BENCH" "$SETS" "$BENCH/run"
	exec 9>"$BENCH/lock"
	flock -n 9 || die "another benchmark is under way"
	if [[ -z ${NO_BUILD-} ]]; then
		"$TREE/test/build.sh" release >"$BENCH/build.log" 2>&1 || die "the build failed: $BENCH/build.log"
	fi
	[[ -x $JOBRUN ]] || die "no $JOBRUN"
	for name in measure latency platform; do
		"${CC:-cc}" -O2 -D_GNU_SOURCE -o "$BENCH/$name" "$TREE/test/bench/$name.c" -lsqlite3 -pthread
	done
	read -r stamp _ < <(cat "$TREE"/test/bench/data.sh "$TREE"/examples/platform/schema.sql "$TREE"/schema/*.sql \
		"$TREE"/examples/jobs/sync-completed-records/* 2>/dev/null | sha256sum)
}

# end_pid PID: a process of ours.
end_pid() {
	[[ -n $1 ]] || return 0
	kill "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

end_all() {
	end_pid "$platform_pid"
	end_pid "$latency_pid"
	end_pid "$nginx_pid"
	rm -rf "$BENCH/run"
}

write_nginx_conf() { # PORT
	local user=

	((EUID != 0)) || user='user root;'
	cat >"$BENCH/nginx/conf" <<-CONF
		$user
		worker_processes 1;
		pid $BENCH/nginx/pid;
		error_log $BENCH/nginx/error.log;
		events { worker_connections 4096; }
		http {
			access_log off;
			log_format ack '\$uri';
			default_type application/json;
			sendfile on;
			tcp_nopush on;
			keepalive_requests 1000000000;
			client_max_body_size 0;
			client_body_buffer_size 64k;
			client_body_temp_path $BENCH/nginx/body;
			fastcgi_temp_path $BENCH/nginx/fastcgi;
			proxy_temp_path $BENCH/nginx/proxy;
			scgi_temp_path $BENCH/nginx/scgi;
			uwsgi_temp_path $BENCH/nginx/uwsgi;
			server {
				listen 127.0.0.1:$1 backlog=4096;
				listen 127.0.0.1:$(($1 + 1)) ssl;
				ssl_certificate $BENCH/nginx/cert.pem;
				ssl_certificate_key $BENCH/nginx/key.pem;
				root $SETS;
				location ~ /ack\$ { access_log $BENCH/nginx/acks.log ack; return 204; }
				location / { }
			}
		}
	CONF
}

# start_nginx: at a free port and the one above it (TLS): $URL and $TLS_URL.
start_nginx() {
	local nginx=nginx port i try

	command -v nginx >/dev/null || nginx=/usr/sbin/nginx
	need "$nginx"
	mkdir -p "$BENCH/nginx"
	[[ -s $BENCH/nginx/cert.pem ]] || openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$BENCH/nginx/key.pem" \
		-out "$BENCH/nginx/cert.pem" 2>/dev/null
	for try in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 10000))
		write_nginx_conf "$port"
		timeout "$SERVER_SECONDS" "$nginx" -e "$BENCH/nginx/error.log" -c "$BENCH/nginx/conf" -g 'daemon off;' &
		nginx_pid=$!
		for ((i = 0; i < 200; i++)); do
			kill -0 "$nginx_pid" 2>/dev/null || break
			if curl -s --noproxy '*' -o /dev/null "http://127.0.0.1:$port/"; then
				URL=http://127.0.0.1:$port
				TLS_URL=https://localhost:$((port + 1))
				return 0
			fi
			sleep 0.05
		done
		end_pid "$nginx_pid"
		nginx_pid=
	done
	die "nginx does not start (tried $try ports): $(tail -n 3 "$BENCH/nginx/error.log")"
}

# start_latency MS: $LATENCY_URL.
start_latency() {
	local i

	rm -f "$BENCH/latency.port"
	"$BENCH/latency" "$BENCH/latency.port" "$SETS" "$1" "$RUN_SECONDS" &
	latency_pid=$!
	for ((i = 0; i < 200; i++)); do
		[[ ! -s $BENCH/latency.port ]] || break
		sleep 0.05
	done
	[[ -s $BENCH/latency.port ]] || die "the server with latency does not start"
	LATENCY_URL=http://127.0.0.1:$(<"$BENCH/latency.port")
}

# make_set CLIENTS RECORDS BAD LEDGER: what such a run needs, kept for the next time: $set, and $SETS/$set.
make_set() {
	set=$1x$2x$3x$4
	[[ -e $SETS/$set/ready && $(<"$SETS/$set/ready") == "$stamp" ]] && return 0
	echo "making $1 clients of $2 records${4/#0/}" >&2
	rm -rf "${SETS:?}/$set"
	mkdir -p "$SETS/$set"
	make_answers "$SETS/$set" "$1" "$2" "$3"
	make_template "$SETS/$set" "$1" "$2" "$4"
	expected_state "$1" "$2" "$3" >"$SETS/$set/expected"
	echo "$stamp" >"$SETS/$set/ready"
}

# new_run SERVER-URL: a database of the set's, as it was: $db.
new_run() {
	db=$BENCH/run/jobrun.db
	rm -f "$db"*
	cp --reflink=auto "$SETS/$set/template.db" "$db"
	jq -n --arg url "$1" --arg ca "$BENCH/nginx/cert.pem" '{BaseUrl: $url, Timeout: 300} +
		if $url | startswith("https:") then {CaFile: $ca} else {} end' >"$BENCH/run/system.json"
	"$JOBRUN" system set ris "$BENCH/run/system.json" --db "$db" >/dev/null
	: >"$BENCH/nginx/acks.log"
	sync -f "$BENCH/run"
}

# timed COMMAND…: runs it; $seconds $user $system $peak (KiB). Nothing may go wrong.
timed() {
	local result=0

	"$BENCH/measure" "$BENCH/run/measured" "$RUN_SECONDS" "$@" >"$BENCH/run/stdout" 2>"$BENCH/run/stderr" || result=$?
	((result == 0)) || die "$shape $peer: exit status $result: $(tail -n 5 "$BENCH/run/stderr")"
	read -r seconds user system peak _ <"$BENCH/run/measured"
}

run_jobrun() { # IN-FLIGHT
	timed "$JOBRUN" SyncCompletedRecords --db "$db" --key-file "$SETS/$set/key" --parallel "$1"
}

# run_peer PEER URL IN-FLIGHT: it gets the same database, server and clients.
run_peer() {
	local peers=$TREE/test/bench/peer arguments=("$db" "$2" "$3" "$SETS/$set/clients.json")

	case $1 in
	jobrun) run_jobrun "$3" ;;
	shell) timed "$peers/shell.sh" "${arguments[@]}" ;;
	python) timed "$(python)" -B "$peers/sync.py" "${arguments[@]}" ;;
	record) timed "$(python)" -B "$peers/record_at_a_time.py" "${arguments[@]}" ;;
	node) BENCH_NODE=$BENCH/node timed node "$peers/node/sync.mjs" "${arguments[@]}" ;;
	floor) timed "$peers/floor.sh" "$db" "$SETS" "$SETS/$set/clients.json" ;;
	esac
}

# The system's own before one of a version manager, whose start costs a tenth of a second.
python() {
	if [[ -x /usr/bin/python3 ]]; then echo /usr/bin/python3; else command -v python3; fi
}

# check_state PEER CLIENTS GOOD: what is in the database is what must be there, and the server was told of all of it.
check_state() {
	local kind=peer acks wanted

	[[ $1 != jobrun ]] || kind=jobrun
	if [[ $(found_state "$db" "$kind") != "$(<"$SETS/$set/expected")" ]]; then
		cp "$db" "$BENCH/wrong.db"
		die "$shape $1: not the end state that was to be reached (build/bench/wrong.db)"
	fi
	if [[ $1 == jobrun ]]; then
		expect_books
	fi
	[[ $1 != floor && $shape != W3* ]] || return 0
	wanted=$(($2 * (($3 + ACK_BATCH - 1) / ACK_BATCH)))
	acks=$(wc -l <"$BENCH/nginx/acks.log")
	((acks == wanted)) || die "$shape $1: $acks acks reached the server, not $wanted"
}

# Its own books say the same: nothing failed but what had to, and nothing is owed.
expect_books() {
	local found

	found=$(sqlite3 -batch "$db" "SELECT Status, Received - Processed - Duplicates - Errors - Parked, Processed - Acked,
		Owed, Duplicates, Parked FROM APP_JOB_RUN ORDER BY RunId DESC LIMIT 1")
	[[ $found == 'ok|0|0|0|0|0' ]] || die "$shape jobrun: its books say $found"
}

# record_run PEER RECORDS NOTE: a line of the CSV.
record_run() {
	echo "$round,$shape,$1,$2,$seconds,$user,$system,$peak,${3:-}" >>"$CSV"
	printf '  %-6s %-7s %9.3f s  CPU %8.2f s  peak %7.1f MiB  %s\n' "$shape" "$1" "$seconds" \
		"$(awk "BEGIN { print $user + $system }")" "$(awk "BEGIN { print $peak / 1024 }")" "${3:-}" >&2
}

# scaled N [LEAST]: a share of it.
scaled() {
	awk -v n="$1" -v scale="$SCALE" -v least="${2:-1}" 'BEGIN { n = int(n * scale + 0.5); print n < least ? least : n }'
}
