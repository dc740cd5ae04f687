#!/bin/bash
# shellcheck disable=SC1003,SC2094 # a backslash and a quote, both meant; a function is no file
# Hostile text as ids and fields, from the answer through rules, ledger, logs and tables to the ack: it stays text. One
# event stays one line, and nothing of it acts on a terminal, in whatever jobrun writes.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
EFFECTS="SELECT 1, 10, id FROM note"
small_db "CREATE TABLE stored (id, text)"
set_system
small_job '.MaxAttempts = 1000' "INSERT INTO note (id, item) VALUES (:id, \$item);
INSERT INTO stored (id, text) VALUES (:id, :text);
-- the text
SELECT 'refused: ' || :text WHERE :refuse;"
small_client
new_key

# The corpus: a JSON string a line.
corpus() {
	# SQL.
	jq -n '"'"'"'; DROP TABLE note; --", "\" OR 1=1 --", "1; DELETE FROM APP_ITEM", "'"'"' || (SELECT hex(Hash) FROM APP_JOB_KEY) || '"'"'",
		"x'"'"') ON CONFLICT DO UPDATE SET State='"'"'acked'"'"' --", ":id", "@ClientId", "$item", "?1", "%s%n%x", "%00", "NULL", "null",
		"true", "\\", "\\'"'"'", "/*", "*/", "--", "`id`", "[id]", "${HOME}", "$(id)", "`id`", "{Script}", "{Id}", "{Ids}"' -c
	jq -nc --arg quote "'" '"SELECT INSERT UPDATE DELETE REPLACE ATTACH DETACH PRAGMA VACUUM BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE CREATE DROP ALTER REINDEX ANALYZE EXPLAIN VALUES UNION WITH RETURNING LIMIT ORDER GROUP WHERE HAVING" |
		split(" ")[] | "\($quote); \(.) x; --"'
	# Shells, formats, paths, markup, headers.
	jq -nc '"../../etc/passwd", "/dev/null", "C:\\x", "|id", ";id", "&&id", ">x", "<script>alert(1)</script>", "&amp;", "]]>", "=1+1",
		"@SUM(A1)", "+1", "-1", "a\r\nSet-Cookie: x", "a\nIdempotency-Key: x", "a\r\n\r\nGET / HTTP/1.1", "%0d%0a", "a,b", "a|b", "a\tb", "#", "?x=1&y=2",
		"jobrun: forged", "2026-11-23T07:00:00.000Z info Notes run 1: run ended ok", "\n2026-11-23T07:00:00.000Z error Notes: forged"'
	# What acts on a terminal.
	jq -nc '"\u001b[2J", "\u001b]0;title\u0007", "\u001b]8;;http://evil.example\u001b\\x\u001b]8;;\u001b\\", "\u001b]52;c;ZXZpbA==\u0007", "\u001b[6n", "\u001bP$q\"p\u001b\\",
		"\u009b31m", "\u009d0;x\u009c", "\u0090x", "\u0007\u0007", "\b\b\b", "\u000e", "\u007f\u007f", "\r overwritten", "\u000b", "\f", "\u0085x",
		"\u202egnp.exe", "\u202a", "\u2066x\u2069", "\u200b", "\u200d", "\u2028line", "\u2029paragraph", "\ufeff", "\u00ad", "\u061c", "\ufff9x\ufffb", "\udb40\udc41"'
	# Each control character by itself, C0 and C1.
	jq -nc '[range(1; 32), range(127; 160)] | .[] | "c" + ([.] | implode) + "d"'
	# Text of the world, and numbers that look like it.
	jq -nc '"é", "e\u0301", "ß", "İ", "日本語", "🙂", "👨‍👩‍👧", "עברית", "العربية", "a\u0000b", "\u0000", " ", " a ", "\u00a0", "007", "1e3", "1.0", "-0", "0x1",
		"9223372036854775807", "9223372036854775808", "9007199254740993", "Infinity", "NaN", "a" * 100, "a" * 4000, "%" * 1000, "'"'"'" * 500, "\"" * 500, "\\" * 500'
}
corpus >corpus
lines=$(sort -u corpus | wc -l)
((lines >= 200)) || fail "the corpus holds $lines texts"

# offer_texts JQ: each text as an item made by the filter, from .t and its number .n.
offer_texts() {
	forget
	sql "DELETE FROM stored"
	es_sql "DELETE FROM record"
	jq -c --slurp '[unique | to_entries[] | {n: .key, t: .value}] | .[] | '"$1" corpus | put_records records 1 10
}
# same NAME SQL: this column's texts, in order of n, are the corpus', byte for byte.
same() {
	jq -r --slurp 'unique | .[] | @json' corpus | jq -c '[explode[]]' >expected
	sql "$2" | jq -c '[explode[]]' >actual
	cmp -s expected actual || fail "$1: $(diff expected actual | head -n 4)"
	ok "$1"
}
acts=$'[\x01-\x09\x0b-\x1f\x7f\u0080-\u009f\u061c\u200b\u200d\u2028\u2029\u202a\u202e\u2066\u2069\ufeff]'
# tame NAME FILE…: each is UTF-8, and nothing in it acts.
tame() {
	local name=$1 file

	shift
	for file in "$@"; do
		iconv -f UTF-8 -t UTF-8 "$file" >/dev/null || fail "$name: $file is no UTF-8"
		! LC_ALL=C.UTF-8 grep -nP "$acts" "$file" >found || fail "$name: $file acts: $(head -n 2 found | cat -v)"
	done
	ok "$name: nothing acts"
}

# As fields.
offer_texts '{id: .n, text: .t}'
run_job Notes -vv
expect_status "texts as fields" 0
same "each arrives as it was sent" "SELECT json_quote(text) FROM stored ORDER BY id"
invariants "$EFFECTS"
expect "all are acknowledged" "$lines" "$(es_sql "SELECT count(*) FROM record WHERE acked_at IS NOT NULL")"
expect "the tables are all there" "" "$(sql 'PRAGMA integrity_check; SELECT 1 WHERE (SELECT count(*) FROM note) <> '"$lines" | sed '/^ok$/d')"

# As ids, of which some are no ids; what is taken is acknowledged with the very same bytes. (SQL of the checker's cuts
# texts at a NUL; ids with one have a test of their own, test/cmd/42-ids.sh.)
offer_texts 'select(.t | explode | index(0) | not) | {id: .t, text: .t}'
run_job Notes -vv
invariants "$EFFECTS"
applied=$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'acked'")
((applied >= lines - 4)) || fail "only $applied of $lines are ids"
expect "each id that was applied is acknowledged as it was written" "$applied" \
	"$(es_sql "SELECT count(*) FROM record WHERE acked_at IS NOT NULL")"
tame "the log of it" stderr
run_job Notes --force
expect "and is not offered again" "$applied" "$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'acked'")"

# In messages: every text refuses its own item, by its id and by its reason.
for format in text json; do
	offer_texts '{id: .t, text: .t, refuse: true}'
	progress=never
	[[ $format == json ]] || progress=always
	run_job Notes --force -vv --log-format "$format" --json --progress "$progress"
	expect_status "$format: all are refused" 1
	tr '\r' '\n' <stderr | sed $'s/\e\\[K//g' >log
	sed -i '/^[0-9]*\/[0-9]* clients/d; /^$/d' log
	tame "$format: the log" log stdout
	expect "$format: each line is one event" "" "$(grep -vE '^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z (error|warning|info|debug) Notes|\{.*\}$)' log || true)"
	[[ $format == text ]] || jq -e . log >/dev/null || fail "a line is no JSON"
	expect "$format: none of them is forged" 1 "$(grep -cE '^[^ ]+ [a-z]+ Notes run [0-9]+: run ended|"event":"run_end"' log)"
done
books_balance
for verb in "errors" "errors --all" "errors --all --json" "items list" "items list --json" "runs" "runs 1" "alerts" "status --all" "status --json" "metrics" \
	"items show Notes 1 c\td" "watch"; do
	read -ra words <<<"$verb"
	"$JOBRUN" "${words[@]}" >"out-${verb// /-}" 2>"err-${verb// /-}" || true
done
tame "what verbs show" out-* err-*

# What others are told of it.
# shellcheck disable=SC2016 # for that shell
printf '#!/bin/sh\ncat >>%q\n' "$WORK/told.json" >told
chmod 755 told
jq -n --arg told "$WORK/told" '[{Command: ["/bin/sh", $told]}]' >notify.json
succeed "$JOBRUN" notify set notify.json
jq -c --slurp 'unique | to_entries[] | select(.key % 8 == 0) | {ClientId: .value, GroupId: .key, Route: "/api/none"}' corpus >clients
while read -r client; do
	"$JOBRUN" client add Notes "$client" >/dev/null 2>&1 || true
done <clients
small_job '.Alerts = {ConsecutiveFailures: 1}'
run_job Notes --force --metrics-file m.prom
tame "the metrics and the log" m.prom stderr
promtool check metrics <m.prom >/dev/null 2>promtool.err || fail "the metrics: $(<promtool.err)"
jq -e '.alerts | length > 3' told.json >/dev/null || fail "nobody was told"
expect "what is told is one line of JSON" 1 "$(wc -l <told.json)"
! LC_ALL=C grep -nP '[\x00-\x09\x0b-\x1f\x7f]' told.json || fail "a control character is told"

# A text of ten megabytes is one line that is cut, wherever it goes.
forget
es_sql "DELETE FROM record"
set_system ris '{"MaxItemBytes": 20000000}'
{ printf '{"id":1,"refuse":true,"text":"' && head -c 10000000 /dev/zero | tr '\0' x && printf '"}\n{"id":2}\n'; } | put_records records 1 10
sql "DELETE FROM APP_JOB_CONFIG"
small_client
small_job . "INSERT INTO note (id, item) VALUES (:id, 1);
SELECT :text WHERE :refuse;"
run_job Notes --force
expect "ten megabytes: the other item is applied" "1|1" "$(last_visit 1 "Processed, Errors")"
(($(wc -c <stderr) < 10000)) || fail "the log has $(wc -c <stderr) bytes"
(($(sql "SELECT max(length(Message)) FROM APP_EXCEPTION_LOG") < 5000)) || fail "the message is kept whole"
ok "a text of ten megabytes is cut"
invariants "$EFFECTS"
count "hostile texts, as ids, as fields and as messages" "$lines"
