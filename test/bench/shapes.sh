# The shapes of work, and how each is run. Sourced by run.sh, after lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # as in lib.sh

# shape: clients, records of each, one of how many is bad, items in the ledger before, in flight; server; its peers.
# W1/25 is for the record-at-a-time flow, which would take all day; W1/100 and W4/100 show that memory does not grow.
SHAPES='
W1      6     50000    0  0         6    nginx    jobrun,shell,python,node,floor
W1/25   6     2000     0  0         6    nginx    record
W1/100  6     500      0  0         6    nginx    jobrun
W2      2000  20       0  0         6    nginx    jobrun,shell,python,node
W2/32   2000  20       0  0         32   nginx    jobrun,shell,python,node
W3      1000  10       0  0         100  latency  jobrun
W4      1     1000000  0  0         6    nginx    jobrun,shell,python,node,floor
W4/100  1     10000    0  0         6    nginx    jobrun
W5      6     50000    0  10000000  6    nginx    jobrun
W6      6     10       0  0         6    nginx    jobrun
W7      6     50000    0  0         6    tls      jobrun
W8      6     50000    100  0       6    nginx    jobrun,shell,python,node,floor
W9      6     50000    0  0         6    nginx    jobrun,shell,python,node,floor
'
# Of W6: a single one is too short to be measured once.
TIMES_NOTHING=20

# size_of SHAPE: $clients $records $bad $ledger $flight $server $peers, at the scale that was asked for.
size_of() {
	local name

	while read -r name clients records bad ledger flight server peers; do
		[[ $name != "$1" ]] || break
	done <<<"$SHAPES"
	[[ $name == "$1" ]] || die "no such shape: $1"
	case $1 in
	W2* | W3) clients=$(scaled "$clients" 10) ;;
	W6) ;;
	*) records=$(scaled "$records" 10) ;;
	esac
	((ledger == 0)) || ledger=$(scaled "$ledger" 1000)
}

# nothing_due: W6. All its clients ran a moment ago; the median of some runs.
nothing_due() {
	local i

	sqlite3 -batch -bail "$db" "UPDATE APP_JOB_CONFIG SET Configuration = (SELECT json_group_array(
		json_set(value, '$.SendFrequency', 60)) FROM json_each(Configuration))"
	run_jobrun "$flight"
	for ((i = 0; i < TIMES_NOTHING; i++)); do
		run_jobrun "$flight"
		echo "$seconds $user $system $peak"
	done | sort -n | sed -n "$((TIMES_NOTHING / 2))p" >"$BENCH/run/median"
	read -r seconds user system peak <"$BENCH/run/median"
	[[ $(sqlite3 -batch "$db" "SELECT Skipped, Clients, Received FROM APP_JOB_RUN ORDER BY RunId DESC LIMIT 1") == \
		"$clients|0|0" ]] || die "W6: somebody was due"
}

# beside_platform URL: W9, of peers too: what their transactions cost others. $note begins with the 99th percentile
# of the platform's waits, in milliseconds.
beside_platform() {
	local n p99 longest

	"$BENCH/platform" "$db" 10 "$RUN_SECONDS" >"$BENCH/run/waits" &
	platform_pid=$!
	run_peer "$peer" "$1" "$flight"
	end_pid "$platform_pid"
	platform_pid=
	read -r n _ _ p99 longest <"$BENCH/run/waits"
	note="$p99 ms of $n inserts; the longest $longest ms"
}

# run_shape SHAPE PEER: once, from the beginning, and checked.
run_shape() {
	local clients records bad ledger flight server peers url note=

	shape=$1 peer=$2
	size_of "$1"
	make_set "$clients" "$records" "$bad" "$ledger"
	url=$URL
	case $server in
	tls) url=$TLS_URL ;;
	latency)
		start_latency "$LATENCY_MS"
		url=$LATENCY_URL
		;;
	esac
	new_run "$url"
	case $1 in
	W6) nothing_due ;;
	W9) beside_platform "$url" ;;
	*) run_peer "$2" "$url" "$flight" ;;
	esac
	if [[ $server == latency ]]; then
		end_pid "$latency_pid"
		latency_pid=
		# The least that so many requests can take.
		note=$(sqlite3 -batch "$db" \
			"SELECT sum(Requests) * $LATENCY_MS / 1000.0 / min($flight, count(*)) FROM APP_REQUEST_LOG")
	fi
	[[ $1 == W6 ]] || check_state "$2" "$clients" "$((bad == 0 ? records : records - records / bad))"
	record_run "$2" "$((clients * records))" "$note"
}
