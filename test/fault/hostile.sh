# A hostile external system beside the usual one. Sourced after lib.sh.
# shellcheck shell=bash

: "${HOSTILE:?the hostile external system}"
hostile_pid=

# start_hostile: $port is where, $full takes no connection, $silent takes them and no more, $plain answers plain HTTP.
start_hostile() {
	rm -f ports asked
	"$HOSTILE" serve "$TEST_SECONDS" >>server.log 2>&1 &
	hostile_pid=$!
	until_true "the hostile server listens" test -s ports
	# shellcheck disable=SC2034  # for the test
	read -r port full silent plain <ports
}

# end_hostile: the file asked says then what it was asked.
end_hostile() {
	[[ -z $hostile_pid ]] || kill "$hostile_pid" 2>/dev/null || true
	[[ -z $hostile_pid ]] || wait "$hostile_pid" || true
	hostile_pid=
}
# hostile_files: what the server answers from files, too large for a table.
hostile_files() {
	local zipped="Content-Encoding: gzip" depth

	# 64 MiB each, 1,000 times smaller on the wire.
	head -c $((64 << 20)) /dev/zero | tr '\0' ' ' >plain
	gzip -9n <plain >blanks.gz
	answer_of blanks.gz "$zipped" >blanks
	{ printf '[{"id":1,"text":"' && tr ' ' 'a' <plain; } | gzip -9n >letters.gz
	answer_of letters.gz "$zipped" >letters
	gzip -9n <blanks.gz >twice.gz
	answer_of twice.gz "Content-Encoding: gzip, gzip" >twice
	answer_of letters.gz "$zipped" "404 Not Found" >refusal
	rm plain
	for depth in 998 1001; do
		printf '[{"id":1,"deep":%s1%s}]' "$(printf '[%.0s' $(seq "$depth"))" "$(printf ']%.0s' $(seq "$depth"))" >body
		answer_of body >"$depth"
	done
	printf '[{"id":"%01001d"},{"id":1}]' 0 >body
	answer_of body >longid
}

# answer_of FILE [HEADER [STATUS]]: an answer with this body, as the server sends it.
answer_of() {
	printf 'HTTP/1.1 %s\r\nConnection: close\r\n%s\r\n' "${3-200 OK}" "${2:+$2$'\r\n'}"
	cat "$1"
}

# end_test: what this test began ends with it.
end_test() {
	local result=$?

	end_hostile
	kill_left
	set +eE
	trap - ERR
	(exit "$result")
	finish
}
trap end_test EXIT
