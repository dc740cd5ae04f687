#!/bin/bash
# How fast jobrun is, beside what its users would write instead: all do the same work on the same data, one after the
# other, with synchronous=FULL, and must leave the same end state.
#
#   test/bench/run.sh                       all of it, five rounds: twenty minutes
#   test/bench/run.sh --shape W1,W4         some shapes (W1 to W9)
#   test/bench/run.sh --peer jobrun,python  some peers: jobrun shell python node record floor
#   test/bench/run.sh --runs 1              so many rounds
#   test/bench/run.sh --scale 0.01          a hundredth of the records: is it all in order?
#   test/bench/run.sh --report              what the last run measured, once more
#   test/bench/run.sh --no-build            the release binary as it stands; nothing is installed by npm
#
# It leaves build/bench/runs.csv and build/bench/bench.svg. It needs nginx (nginx-light), and gnuplot for the picture;
# a peer whose tools are missing is named as such. Exit status: 0; 1: an end state was wrong; 64: wrong usage.
set -euo pipefail
TREE=$(cd "$(dirname "$0")/../.." && pwd)
. "$TREE/test/bench/lib.sh"
. "$TREE/test/bench/shapes.sh"
. "$TREE/test/bench/report.sh"
unset JOBRUN_DB JOBRUN_KEY JOBRUN_KEY_FILE CREDENTIALS_DIRECTORY http_proxy https_proxy HTTP_PROXY HTTPS_PROXY \
	ALL_PROXY all_proxy SSLKEYLOGFILE
export LC_ALL=C.UTF-8 TZ=UTC

SCALE=1
RUNS=5
shapes=
only=jobrun,shell,python,node,record,floor
report_only=

usage() {
	sed -n 's/^# \{0,1\}//; 2,15p' "$0"
}

wrong() {
	echo "run.sh: $* (see --help)" >&2
	exit 64
}

# value OPTION ARGUMENTS-LEFT: an option that wants one has one.
value() {
	(($2 >= 2)) || wrong "$1 wants a value"
}

while [[ $# -gt 0 ]]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	--shape | --peer | --runs | --scale)
		value "$1" $#
		case $1 in
		--shape) shapes=$2 ;;
		--peer) only=$2 ;;
		--runs) RUNS=$2 ;;
		--scale) SCALE=$2 ;;
		esac
		shift
		;;
	--report) report_only=1 ;;
	--no-build) NO_BUILD=1 ;;
	*) wrong "no such option: $1" ;;
	esac
	shift
done

[[ $RUNS =~ ^[1-9][0-9]*$ ]] || wrong "--runs wants a number from 1 on, not $RUNS"
[[ $SCALE =~ ^(0?\.[0-9]+|[1-9][0-9]*)$ ]] || wrong "--scale wants a number such as 0.01, not $SCALE"
for name in ${shapes//,/ }; do
	grep -q "^${name%%/*}[ /]" <<<"$SHAPES" || wrong "no such shape: $name"
done
for name in ${only//,/ }; do
	[[ $name =~ ^(jobrun|shell|python|node|record|floor)$ ]] || wrong "no such peer: $name"
done

# chosen SHAPE: it was asked for, by its name or, as W1/25, by what it belongs to.
chosen() {
	[[ -z $shapes || ,$shapes, == *",$1,"* || ,$shapes, == *",${1%%/*},"* ]]
}

# install_node: what the Node peer needs, below build/. Compiled where Node's headers are: no binary is fetched.
install_node() {
	local from=$TREE/test/bench/peer/node options=()

	mkdir -p "$BENCH/node"
	if [[ -e $BENCH/node/ready ]] && cmp -s "$from/package-lock.json" "$BENCH/node/ready"; then
		return 0
	fi
	[[ -z ${NO_BUILD-} ]] && command -v npm >/dev/null || return 1
	cp "$from"/package*.json "$BENCH/node/"
	for include in /usr /usr/local; do
		[[ ! -e $include/include/node/node.h ]] || options=(--build-from-source "--nodedir=$include")
	done
	(cd "$BENCH/node" && npm ci "${options[@]}" --no-audit --no-fund) >"$BENCH/npm.log" 2>&1 || return 1
	cp "$from/package-lock.json" "$BENCH/node/ready"
}

# missing PEER: why it cannot run; nothing if it can.
missing() {
	local tool

	case $1 in
	shell)
		for tool in curl jq sqlite3 xargs; do
			command -v "$tool" >/dev/null || echo "no $tool"
		done
		;;
	python | record) "$(python || true)" -c 'import sqlite3' 2>/dev/null || echo "no python3 with sqlite3" ;;
	node)
		if ! command -v node >/dev/null; then
			echo "no node"
		elif ! install_node; then
			echo "undici and better-sqlite3 are not installed (${BENCH#"$TREE"/}/npm.log)"
		fi
		;;
	esac
}

# find_peers: $present, those asked for that can run; the others in $BENCH/missing.
find_peers() {
	local peer why

	present=,
	: >"$BENCH/missing"
	for peer in ${only//,/ }; do
		why=$(missing "$peer" | paste -sd, -)
		if [[ -n $why ]]; then
			echo "$peer: not measured: $why" | tee -a "$BENCH/missing" >&2
		else
			present+=$peer,
		fi
	done
}

# one_round: every shape, and in it every peer in turn; which of them begins changes with the round.
one_round() {
	local name peers list i

	while read -r name _ _ _ _ _ _ peers; do
		if [[ -z $name ]] || ! chosen "$name"; then
			continue
		fi
		IFS=, read -ra list <<<"$peers"
		for ((i = 0; i < ${#list[@]}; i++)); do
			peer=${list[(i + round) % ${#list[@]}]}
			[[ $present != *",$peer,"* ]] || run_shape "$name" "$peer"
		done
	done <<<"$SHAPES"
}

if [[ -n $report_only ]]; then
	[[ -s $CSV ]] || die "no $CSV yet"
	report
	exit
fi
need jq sqlite3 openssl curl awk "${CC:-cc}"
build
# shellcheck disable=SC2154  # the exit status is that of the run
trap 'result=$?; trap - EXIT; end_all; exit "$result"' EXIT
trap 'exit 143' TERM INT
find_peers
start_nginx
echo "round,shape,peer,records,seconds,user,system,peak_kib,note" >"$CSV"
echo "$SCALE $RUNS" >"$BENCH/asked"
for ((round = 1; round <= RUNS; round++)); do
	echo "round $round of $RUNS" >&2
	one_round
done
report
