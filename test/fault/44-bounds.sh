#!/bin/bash
# What a hostile external system can make jobrun hold, read and wait for has an end: memory, pages, time. And a body is read
# the same wherever it is cut into pieces.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/hostile.sh"

hostile_files
"$HOSTILE" list >cases
start_hostile
start_server
workflow_db
jq -n --arg url "http://127.0.0.1:$port" '{BaseUrl: $url, Retries: 0, Timeout: 10}' >hostile.json
succeed "$JOBRUN" system set ris hostile.json
set_system pages '{"Retries": 0}'
# shellcheck disable=SC2016 # of SQL
rules='INSERT INTO workflow_trigger (client, groupid, record, run) VALUES (@ClientId, @GroupId, :id, $run);'
workflow_job '.JobType = 40 | .Name = "Bodies" | .Ack = null' "$rules"
workflow_job '.JobType = 41 | .Name = "Lines" | .Ack = null | .Fetch.Format = "ndjson"' "$rules"
workflow_job '.JobType = 42 | .Name = "Pages" | .System = "pages" | .Ack = null | .Fetch.Items = "/items" |
	.Fetch.Query = {clientId: "{ClientId}", size: "{Size}"} | .Fetch.Pages = {"Next": "/next"}' "$rules"
new_key

# number WHAT: the case's number.
number() {
	awk -F '\t' -v what="$1" '$12 == what { print $1 }' cases
}

# peak JOB CLIENT: that client alone; the peak of memory in KiB is in $peak.
peak() {
	status=0
	/usr/bin/time --format %M --output peak timeout "$COMMAND_SECONDS" "$JOBRUN" "$1" --client "$2" --force --key-file "$KEY_FILE" \
		>stdout 2>stderr || status=$?
	peak=$(tail -n 1 peak)
}

# Memory: each of these against an empty array, with the largest item and the largest envelope twice over between them.
add_client Bodies '{"ClientId": "empty", "GroupId": 10, "Route": "/c/'"$(number "an empty array")"'"}'
peak Bodies empty
least=$peak
bounded=0
for what in "a gzip bomb of blanks" "a gzip bomb in an item" "a gzip bomb of gzip bombs" "a gzip bomb as a 404's body" \
	"blanks for ever" "a record of 1 GB" "a record of blanks" "a number of 1 GB" "arrays in an item for ever" \
	"headers for ever" "one header for ever" "trailers for ever" "103 Early Hints for ever" "302 with a body that never ends" \
	"404 with a body that never ends"; do
	n=$(number "$what")
	[[ -n $n ]] || fail "no such case: $what"
	add_client Bodies "{\"ClientId\": \"c$n\", \"GroupId\": 10, \"Route\": \"/c/$n\"}"
	peak Bodies "c$n"
	((status == 1 || status == 69)) || fail "$what: exit status $status"
	((peak - least < ${MOST_KIB-65536})) || fail "$what: $((peak - least)) KiB more than for an empty array"
	echo "# $((peak - least)) KiB more: $what"
	bounded=$((bounded + 1))
done
count "floods, each bounded in memory" "$bounded"

# An NDJSON body, and an array, cut in two at every byte: the pieces are sent apart, so that they are read apart.
end_hostile
cat >pieces.pl <<'END'
use strict; use IO::Socket::INET; use Socket qw(IPPROTO_TCP TCP_NODELAY);
my %body = (array => qq([{"id":1,"t":"\xc3\xa9\\u00e9"},{"id":"A\\n"}, {"id":-20,"x":[null,{}]}]\n),
	lines => qq({"id":1,"t":"\xc3\xa9\\u00e9"}\r\n\n{"id":"A\\n"}\n {"id":-20,"x":[null,{}]}));
my $s = IO::Socket::INET->new(Listen => 1000, LocalAddr => "127.0.0.1", LocalPort => 0) or die;
open my $f, ">", "pieces.new"; print $f join(" ", $s->sockport, length $body{array}, length $body{lines}), "\n"; close $f;
rename "pieces.new", "pieces";
$SIG{ALRM} = sub { exit }; $SIG{TERM} = sub { exit }; alarm 250; $SIG{CHLD} = "IGNORE"; $SIG{PIPE} = "IGNORE";
while (my $c = $s->accept) {
	next if fork;
	my $head = ""; while ($head !~ /\r\n\r\n/) { exit unless sysread $c, $head, 4000, length $head }
	my ($kind, $at) = $head =~ m{/(array|lines)/(\d+)} or exit;
	setsockopt $c, IPPROTO_TCP, TCP_NODELAY, 1;
	syswrite $c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" . substr $body{$kind}, 0, $at;
	select undef, undef, undef, 0.1;
	syswrite $c, substr $body{$kind}, $at;
	exit;
}
END
perl pieces.pl &
hostile_pid=$!
until_true "the pieces' server listens" test -s pieces
read -r port array lines <pieces
sql "DELETE FROM APP_JOB_CONFIG; DELETE FROM APP_REQUEST_LOG; DELETE FROM APP_ITEM; DELETE FROM workflow_trigger;
	UPDATE APP_EXTERNAL_SYSTEM SET Definition = json_set(Definition, '\$.BaseUrl', 'http://127.0.0.1:$port') WHERE Name = 'ris'"
for kind in 40:array:$array 41:lines:$lines; do
	IFS=: read -r type name size <<<"$kind"
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $size)
		INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration) SELECT $type, '', json_group_array(
			json_object('ClientId', '$name-' || i, 'GroupId', 10, 'Route', '/$name/' || i)) FROM n"
	run_job "$type" -j 100
	expect_status "$name: every cut is read" 0
	expect "$name: all three items of each" "$((size + 1))|$((size + 1))" "$(sql "SELECT count(*), count(*) FILTER (WHERE Processed = 3)
		FROM APP_REQUEST_LOG WHERE ClientId LIKE '$name-%'")"
	expect "$name: the same ids" '-20,1,A' "$(sql "SELECT group_concat(ItemId) FROM (SELECT DISTINCT ItemId FROM APP_ITEM WHERE ClientId LIKE '$name-%' ORDER BY 1)" | tr -d '\n')"
done
end_hostile
count "bodies cut in two, at every byte" $((array + lines + 2))

# Thousands of pages, one by one; and when --max-time is over they are.
pages=$(share 1000 10000)
stop_server TERM
start_server --generate "kind=records,client=1,group=0,count=$pages"
set_system pages '{"Retries": 0}'
add_client Pages '{"ClientId": 1, "Route": "/api/records/paged/next", "Size": 1}'
run_job Pages
expect_status "$pages pages" 0
expect "each page once, and each item" "$pages|$pages|1" "$(sql "SELECT Requests, Processed, (SELECT count(DISTINCT ItemId) = $pages
	FROM APP_ITEM WHERE ClientId = '1') FROM APP_REQUEST_LOG WHERE ClientId = '1'")"
count "pages of one fetch" "$pages"
fault '{"kind": "delay", "delay_ms": 100, "times": 0}'
begun=$(now_ms)
run_job Pages --max-time 1
expect_status "--max-time ends it, however many pages there are" 75
(($(now_ms) - begun < 20000)) || fail "--max-time: $(($(now_ms) - begun)) ms"
books_balance
invariants
