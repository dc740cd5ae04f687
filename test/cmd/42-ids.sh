#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# Ids pass through exactly: into the platform's table, the ledger and the acknowledgement, in batches and in a path.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db "CREATE TABLE kind (id)"
set_system
new_key
small_client

long=$(printf 'x%.0s' {1..199})
# What the external system sends as id; where an ack must write it in another way, that.
ids=(
	9007199254740993
	18446744073709551615
	9223372036854775807
	-9223372036854775808
	340282366920938463463374607431768211456
	-5
	1.0
	1E3
	7
	'"7"'
	'"plain"'
	'"🩻 röntgen"'
	'"שלום"'
	'"e\u0301" => "'$'e\u0301''"'
	'"\u0041\u00e9\ud83d\ude00\/" => "Aé😀/"'
	'"nul\u0000inside"'
	'"quote\"back\\slash"'
	'"a/b//c"'
	'"100%41"'
	'" spaces and\t"'
	'"line\nbreak\r\u001b[2J"'
	'"?q=1&b=2#f;x+y"'
	'"\u202eright to left" => "'$'\u202e''right to left"'
	"\"''; DROP TABLE note; --\""
	'"{Id}{Ids}"'
	'"null"'
	'"true"'
	"\"$long🙂\""
)

# An id's characters as bytes, in hexadecimal.
bytes() {
	if [[ $1 == \"* ]]; then
		jq -j . <<<"$1" | od -An -v -tx1 | tr -d ' \n'
	else
		printf %s "$1" | od -An -v -tx1 | tr -d ' \n'
	fi
}

fill() {
	printf '{"id":%s}\n' "${ids[@]%% => *}" | put_records records 1 10
}

characters=$(for id in "${ids[@]%% => *}"; do bytes "$id" && echo; done)
tokens=$(printf '%s\n' "${ids[@]##* => }")
count=${#ids[@]}

fill
small_job
run_job Notes
expect_status "all are applied" 0
expect "so many" "$count" "$(sql "SELECT count(*) FROM note")"
expect "the ledger has their characters" "$(sort <<<"$characters")" \
	"$(sql "SELECT lower(hex(ItemId)) FROM APP_ITEM" | sort)"
expect "whole numbers of 64 bits are integers in the platform, the others as exact as can be" "\
integer 9007199254740993
text 18446744073709551615
integer 9223372036854775807
integer -9223372036854775808
text 340282366920938463463374607431768211456
integer -5
real 1.0
real 1000.0
integer 7
text 7" "$(sql "SELECT typeof(id) || ' ' || id FROM note ORDER BY seq LIMIT 10")"
expect "strings have their characters in the platform" "$(tail -n +10 <<<"$characters")" \
	"$(sql "SELECT lower(hex(id)) FROM note ORDER BY seq LIMIT -1 OFFSET 9")"
expect "an ack writes them as they are" "$(sort <<<"$tokens")" "$(es_sql "SELECT id FROM ack_log" | sort)"
expect "and the external system knows each of them" "$count|$count" \
	"$(es_sql "SELECT sum(known), sum(first) FROM ack_log")"
es_acked "none is left there" "$count"

# The same once more, each by a request of its own.
forget
small_job '.Ack = {Path: "{Route}/ack/{Id}", Batch: 1, Body: null}'
run_job Notes
expect_status "one by one: all are applied and acknowledged" 0
es_acked "one by one: none is left there" "$count"
expect "one by one: a request each" "$count" "$(requests "path LIKE '/api/records/ack/%'")"
expect "one by one: each is known, and for the first time" "$count|$count" \
	"$(es_sql "SELECT sum(known), sum(first) FROM ack_log")"
expect "one by one: the ledger agrees" "acked|$count" "$(sql "SELECT State, count(*) FROM APP_ITEM GROUP BY State")"

# "." and ".." cannot stand in a path, however they are written: that is those items' own affair.
es_sql "DELETE FROM record"
forget
printf '{"id":%s}\n' '"a"' '"."' '"b"' '".."' '"~"' | put_records records 1 10
run_job Notes
expect_status "dots in a path: a client whose acks were refused is degraded" 1
expect "dots in a path: all are applied" 5 "$(sql "SELECT count(*) FROM note")"
expect "dots in a path: the others are acknowledged" 'a,b,~' "$(sql "SELECT group_concat(ItemId) FROM
	(SELECT ItemId FROM APP_ITEM WHERE State = 'acked' ORDER BY ItemId)")"
expect "dots in a path: the two are on record" "ack|.
ack|.." "$(sql "SELECT Stage, ItemId FROM APP_EXCEPTION_LOG ORDER BY ItemId")"

# One id written in two ways is one item.
es_sql "DELETE FROM record"
forget
small_job
printf '{"id":"A","n":1}\n{"id":"\\u0041","n":2}\n' | put_records records 1 10 raw
run_job Notes
expect "one id, written in two ways, is one item" "1|1" "$(sql "SELECT Processed, Duplicates FROM APP_REQUEST_LOG")"

# What is no id.
es_sql "DELETE FROM record"
forget
{
	printf '{"id":%s}\n' null true false '[]' '[1]' '{}' '{"id":1}' '""' '"\ud800"' '"x\udc00y"' "\"$long$long$long$long$long$long\""
	printf '{"ID":1}\n{}\n7\n"text"\nnull\n[{"id":1}]\n'
	printf '{"id":1}\n'
} | put_records records 1 10 raw
run_job Notes --strict
expect_status "what is no id is a failed item" 1
expect "the good one among them is applied" 1 "$(sql "SELECT group_concat(id) FROM note")"
expect "the others are errors of their own" "18|1|17" "$(sql "SELECT Received, Processed, Errors FROM APP_REQUEST_LOG")"
expect "each on record, with its reason" "item_bad_id|10
item_no_id|3
item_no_object|4" "$(sql "SELECT Code, count(*) FROM APP_EXCEPTION_LOG GROUP BY Code ORDER BY Code")"
expect "only the good one is acknowledged" 1 "$(es_sql "SELECT group_concat(id) FROM ack_log")"
books_balance
