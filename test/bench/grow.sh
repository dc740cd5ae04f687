#!/bin/bash
# What jobrun costs as its work grows: by records, by clients, by clients in flight, a factor of ten (of four) a step.
#
#   test/bench/grow.sh                         10^3 to 10^7 records, 1 to 10^5 clients, 1 to 1,024 in flight
#   test/bench/grow.sh --axis records,clients  some axes: records clients flight
#   test/bench/grow.sh --runs 3                so many rounds (1); the table has their medians
#   test/bench/grow.sh --scale 0.01            a hundredth of the records, clients and visits: is it all in order?
#   test/bench/grow.sh --no-build              the release binary as it stands
#
# records: six clients have them, six in flight. clients: 100,000 records, however many clients share them. flight: 1,024
# clients of ten records, whose every request takes 10 ms. Each run is checked for its end state. It leaves
# build/bench/grow.csv and build/bench/grow.svg.
set -euo pipefail
TREE=$(cd "$(dirname "$0")/../.." && pwd)
. "$TREE/test/bench/lib.sh"
unset JOBRUN_DB JOBRUN_KEY JOBRUN_KEY_FILE CREDENTIALS_DIRECTORY http_proxy https_proxy HTTP_PROXY HTTPS_PROXY \
	ALL_PROXY all_proxy SSLKEYLOGFILE
export LC_ALL=C.UTF-8 TZ=UTC

CSV=$BENCH/grow.csv
SCALE=1
RUNS=1
axes=records,clients,flight
FLIGHT_CLIENTS=1024
FLIGHT_MS=10

while [[ $# -gt 0 ]]; do
	case $1 in
	-h | --help)
		sed -n 's/^# \{0,1\}//; 2,13p' "$0"
		exit 0
		;;
	--no-build)
		NO_BUILD=1
		shift
		continue
		;;
	--axis | --runs | --scale) ;;
	*)
		echo "grow.sh: no such option: $1 (see --help)" >&2
		exit 64
		;;
	esac
	if [[ $# -lt 2 ]]; then
		echo "grow.sh: $1 wants a value (see --help)" >&2
		exit 64
	fi
	case $1 in
	--axis) axes=$2 ;;
	--runs) RUNS=$2 ;;
	--scale) SCALE=$2 ;;
	esac
	shift 2
done

if [[ ! $RUNS =~ ^[1-9][0-9]*$ || ! $SCALE =~ ^(0?\.[0-9]+|[1-9][0-9]*)$ ]]; then
	echo "grow.sh: --runs wants a number from 1 on, --scale one such as 0.01" >&2
	exit 64
fi

# step AXIS POINT CLIENTS RECORDS IN-FLIGHT URL: one run, checked; a line of the CSV.
step() {
	shape=$1 peer=jobrun
	make_set "$3" "$4" 0 0
	new_run "$6"
	run_jobrun "$5"
	# The server with latency keeps no list of acks: its shape's name says so.
	[[ $1 != flight ]] || shape=W3
	check_state jobrun "$3" "$4"
	echo "$1,$round,$2,$3,$(($3 * $4)),$5,$seconds,$user,$system,$peak" >>"$CSV"
	printf '  %-8s %8d %10.3f s  peak %7.1f MiB\n' "$1" "$2" "$seconds" "$(awk "BEGIN { print $peak / 1024 }")" >&2
	# Ten million records take some gigabytes.
	(($3 * $4 < 2000000)) || rm -rf "${SETS:?}/$set"
}

by_records() {
	local n clients=6

	for n in 1000 10000 100000 1000000 10000000; do
		step records "$n" "$clients" "$(scaled "$(((n + clients - 1) / clients))")" 6 "$URL"
	done
}

by_clients() {
	local n clients total

	total=$(scaled 100000)
	for n in 1 10 100 1000 10000 100000; do
		clients=$(scaled "$n")
		step clients "$n" "$clients" "$(((total + clients - 1) / clients))" 6 "$URL"
	done
}

by_flight() {
	local n

	start_latency "$FLIGHT_MS"
	for n in 1 4 16 64 256 1024; do
		step flight "$n" "$(scaled "$FLIGHT_CLIENTS" 8)" 10 "$n" "$LATENCY_URL"
	done
	end_pid "$latency_pid"
	latency_pid=
}

# The medians as a table, and as data for the picture: axis, point, seconds, records a second, CPU, peak.
medians() {
	cat <<-SQL
		.mode csv
		.import $CSV raw
		.mode list
		CREATE VIEW ranked AS SELECT axis, CAST(point AS INTEGER) AS point, CAST(records AS INTEGER) AS records,
			CAST(seconds AS REAL) AS seconds, CAST(user AS REAL) + CAST(system AS REAL) AS cpu,
			CAST(peak_kib AS REAL) / 1024 AS peak,
			row_number() OVER (PARTITION BY axis, point ORDER BY CAST(seconds AS REAL)) AS at,
			count(*) OVER (PARTITION BY axis, point) AS n FROM raw;
		CREATE VIEW median AS SELECT axis, point, max(records) AS records,
			avg(seconds) FILTER (WHERE at IN ((n + 1) / 2, (n + 2) / 2)) AS seconds, avg(cpu) AS cpu, max(peak) AS peak
			FROM ranked GROUP BY axis, point;
		$1
	SQL
}

draw() {
	local axis

	if ! command -v gnuplot >/dev/null; then
		echo "no picture: gnuplot is not installed"
		return 0
	fi
	for axis in records clients flight; do
		medians "SELECT printf('%d %f %f', point, records / seconds, peak) FROM median
			WHERE axis = '$axis' ORDER BY point;" |
			sqlite3 -batch -bail :memory: >"$BENCH/grow.$axis.dat"
	done
	{
		cat <<-PLOT
			set terminal svg size 1100,360 font "sans,12" background "white"
			set output "$BENCH/grow.svg"
			set multiplot layout 1,3
			set logscale xy
			set yrange [100:1000000]
			set format y "%.0s %c"
			set y2range [0:64]
			set y2tics 16
			set format x "10^{%L}"
			set grid ytics
			set key top left
		PLOT
		for axis in records clients flight; do
			[[ -s $BENCH/grow.$axis.dat ]] || continue
			[[ $axis != flight ]] || printf 'set format x "%%g"\n'
			printf 'set title "%s"\n' "${axis/flight/in flight, 10 ms a request}"
			printf 'plot "%s" using 1:2 with linespoints lw 2 title "records/s",' "$BENCH/grow.$axis.dat"
			printf ' "" using 1:3 axes x1y2 with linespoints dt 2 title "peak MiB (right)"\n'
		done
		echo "unset multiplot"
	} | gnuplot
	echo "picture: ${BENCH#"$TREE"/}/grow.svg"
}

need jq sqlite3 openssl curl awk "${CC:-cc}"
build
trap 'result=$?; trap - EXIT; end_all; exit "$result"' EXIT
trap 'exit 143' TERM INT
start_nginx
echo "axis,round,point,clients,records,in_flight,seconds,user,system,peak_kib" >"$CSV"
for ((round = 1; round <= RUNS; round++)); do
	for axis in ${axes//,/ }; do
		[[ $axis =~ ^(records|clients|flight)$ ]] || die "no such axis: $axis"
		"by_$axis"
	done
done
printf '%-8s %9s %10s %10s %12s %9s %9s\n' axis point records seconds records/s 'CPU s' 'peak MiB'
medians "SELECT printf('%-8s %9d %10d %10.3f %12.0f %9.2f %9.1f', axis, point, records, seconds, records / seconds, cpu,
	peak) FROM median ORDER BY axis, point;" | sqlite3 -batch -bail :memory:
draw
