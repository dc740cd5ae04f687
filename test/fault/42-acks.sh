#!/bin/bash
# Each fault that an ack can meet: what has its fate unknown is owed, and counted so; what the system did is not done twice;
# the next run acknowledges the rest under the same keys, and no other client notices anything.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/hostile.sh"

hostile_files
start_hostile
start_server
workflow_db
# A busy machine is no fault: only who is kept waiting on purpose has 2 s.
set_system ris '{"Retries": 1, "Timeout": 25}'
workflow_job '.Ack.Rejected = "/rejected" | .Ack.Batch = 4'
new_key

# One case a line: family, what the system does, the fault (%N: the client's Nth id), then what becomes of it: the client's
# code (-: none), its status, POSTs that arrive, acked, owed; and under how many keys all POSTs of two runs are (-: other ids
# are named the second time). Ten items a client, four to an ack.
cases() {
	cat <<END
K1|the answer comes too late|{"kind":"delay","delay_ms":4000}|-|ok|4|10|0|3
K1|each answer comes too late|{"kind":"delay","delay_ms":4000,"times":0}|timeout|failed|2|0|10|3
K1|the answer's body comes too slowly|{"kind":"drip","every_ms":900}|-|ok|4|10|0|3
K1|each answer's body comes too slowly|{"kind":"drip","every_ms":900,"times":0}|body_slow|failed|2|0|10|3
K1|it hangs, and nothing is done|{"kind":"hang"}|-|ok|4|10|0|3
K1|it always hangs, and nothing is done|{"kind":"hang","times":0}|timeout|failed|2|0|10|3
K2|reset when it is done|{"kind":"drop_after_apply"}|-|ok|4|10|0|3
K2|always reset when it is done|{"kind":"drop_after_apply","times":0}|broken|failed|2|0|10|3
K2|reset in the middle, when it is done|{"kind":"drop_after_apply","skip":1}|-|ok|4|10|0|3
K2|reset before it is done|{"kind":"reset"}|-|ok|4|10|0|3
K2|always reset before it is done|{"kind":"reset","times":0}|broken|failed|2|0|10|3
K2|the answer breaks off when it is done|{"kind":"cut","at_byte":5}|-|ok|4|10|0|3
K2|each answer breaks off when it is done|{"kind":"cut","at_byte":5,"times":0}|body_short|failed|2|0|10|3
K2|the answer is no HTTP|{"kind":"raw","body":"+OK\r\n"}|not_http|failed|1|0|10|3
K3|two ids are refused|{"kind":"reject","ids":[%2,%9],"times":0}|-|degraded|3|8|2|-
K3|all ids are refused|{"kind":"reject","ids":[%1,%2,%3,%4,%5,%6,%7,%8,%9,%10],"times":0}|-|degraded|3|0|10|3
K4|an id is refused that nobody named|{"kind":"answer_after_apply","body":"{\"rejected\":[999999]}","times":0}|-|ok|3|10|0|3
K4|an id is refused as a string|{"kind":"answer_after_apply","body":"{\"rejected\":[\"%1\"]}"}|-|degraded|3|9|1|-
K4|an id is refused twice|{"kind":"answer_after_apply","body":"{\"rejected\":[%1,%1]}"}|-|degraded|3|9|1|-
K4|nothing is said of refusals|{"kind":"answer_after_apply","body":"{}","times":0}|-|ok|3|10|0|3
K4|null for the refusals|{"kind":"answer_after_apply","body":"{\"rejected\":null}","times":0}|-|ok|3|10|0|3
K4|a number for the refusals|{"kind":"answer_after_apply","body":"{\"rejected\":%1}"}|ack_unreadable|failed|1|0|10|3
K4|a refusal that is null|{"kind":"answer_after_apply","body":"{\"rejected\":[null]}"}|ack_unreadable|failed|1|0|10|3
K4|a refusal that is an object|{"kind":"answer_after_apply","body":"{\"rejected\":[{\"id\":%1}]}"}|ack_unreadable|failed|1|0|10|3
K5|207 with a refusal|{"kind":"answer_after_apply","status":207,"body":"{\"rejected\":[%1]}"}|-|degraded|3|9|1|-
K5|207 that tells of no refusal|{"kind":"answer_after_apply","status":207,"body":"{\"results\":[]}","times":0}|-|ok|3|10|0|3
K5|202|{"kind":"answer_after_apply","status":202,"body":"{}","times":0}|-|ok|3|10|0|3
K5|204|{"kind":"answer_after_apply","status":204,"body":"","times":0}|-|ok|3|10|0|3
K5|206|{"kind":"answer_after_apply","status":206,"body":"{}"}|http_206|failed|1|0|10|3
K6|409: this key is at work|{"kind":"status","status":409}|http_409|failed|1|0|10|3
K6|409, though it is done|{"kind":"answer_after_apply","status":409,"body":"{}"}|http_409|failed|1|0|10|3
K6|422: another request had this key|{"kind":"status","status":422}|http_422|failed|1|0|10|3
K7|413: half of it|{"kind":"status","status":413}|-|ok|6|10|0|-
K7|413: a quarter of it|{"kind":"status","status":413,"times":2}|-|ok|12|10|0|-
K7|413, even of one|{"kind":"status","status":413,"times":0}|http_413|failed|3|0|10|-
K8|200 with a web page|{"kind":"answer_after_apply","body":"<html>"}|ack_unreadable|failed|1|0|10|3
K8|200 with half a document|{"kind":"answer_after_apply","body":"{\"rejected\":["}|ack_unreadable|failed|1|0|10|3
K8|200 with two documents|{"kind":"answer_after_apply","body":"{}{}"}|ack_unreadable|failed|1|0|10|3
K8|200 with Latin-1|{"kind":"raw","body":"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"rejected\":[],\"note\":\"\u00ff"}|ack_unreadable|failed|1|0|10|3
K8|200 with an encoding that cannot be read|{"kind":"header","headers":{"Content-Encoding":"gzip"}}|body_encoding|failed|1|0|10|3
K9|500 when it is done|{"kind":"answer_after_apply","status":500,"body":"late"}|-|ok|4|10|0|3
K9|always 500 when it is done|{"kind":"answer_after_apply","status":500,"body":"late","times":0}|http_500|failed|2|0|10|3
K9|503 with a wait of hours|{"kind":"status","status":503,"headers":{"Retry-After":"7200"}}|http_503|failed|1|0|10|3
K9|429 with a wait of a second|{"kind":"status","status":429,"headers":{"Retry-After":"1"}}|-|ok|4|10|0|3
K9|408|{"kind":"status","status":408}|-|ok|4|10|0|3
K10|401 amid the batches|{"kind":"status","status":401,"skip":1}|http_401|failed|2|4|6|3
K10|403 at the last batch|{"kind":"status","status":403,"skip":2}|http_403|failed|3|8|2|3
K10|404|{"kind":"status","status":404}|http_404|failed|1|0|10|3
K11|302|{"kind":"redirect","status":302,"location":"/api/records/ack?again=1"}|redirect_method|failed|1|0|10|3
K11|303 when it is done|{"kind":"answer_after_apply","status":303,"body":"","location":"/api/records"}|redirect_method|failed|1|0|10|3
K11|307 to another host|{"kind":"redirect","status":307,"location":"http://127.0.0.1:$port/c/1"}|redirect_other_origin|failed|1|0|10|3
K11|308 to another host|{"kind":"redirect","status":308,"location":"//127.0.0.1:$port/c/1"}|redirect_other_origin|failed|1|0|10|3
K11|307 within the origin|{"kind":"redirect","status":307,"location":"/api/records/ack?again=1"}|-|ok|4|10|0|3
K12|nothing to do||-|ok|0|0|0|0
K12|no item was applied||-|degraded|0|0|0|0
K0|well||-|ok|3|10|0|3
END
}

# Ids that the platform does not know fail: those from 10,000 on.
sql "CREATE TABLE ack_case (n INTEGER PRIMARY KEY, family, what, code, status, posts, acked, owed, keys)"
n=0
know 1 9999
rows=()
while IFS='|' read -r family what fault code became posts acked owed keys; do
	n=$((n + 1))
	for ((i = 10; i >= 1; i--)); do
		fault=${fault//%$i/$((n * 100 + i))}
	done
	[[ -z $fault ]] || fault "$(jq -c ". + {client: \"$n\", method: \"POST\"}" <<<"$fault")"
	rows+=("($n, '$family', '${what//\'/\'\'}', nullif('$code', '-'), '$became', $posts, $acked, $owed, nullif('$keys', '-'))")
	case $what in
	"nothing to do") ;;
	"no item was applied") offer "$n" 10001 10010 ;;
	*) offer "$n" $((n * 100 + 1)) $((n * 100 + 10)) ;;
	esac
done < <(cases)
for client in well-1 well-2; do
	n=$((n + 1))
	offer "$client" $((n * 100 + 1)) $((n * 100 + 10))
done
sql "INSERT INTO ack_case VALUES $(IFS=,; echo "${rows[*]}");
	INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration)
	SELECT 3, '/api/records', json_group_array(json_object('ClientId', client, 'GroupId', 10, 'Timeout', iif(family = 'K1', 2, 25)))
	FROM (SELECT n AS client, family FROM ack_case UNION ALL SELECT value, '' FROM json_each('[\"well-1\", \"well-2\"]'))"

run_job Complete -j 100
expect_status "some fail, some are well" 1
es_sql "CREATE TABLE first_run AS SELECT client, count(*) AS posts FROM request_log WHERE method = 'POST' GROUP BY client"
otherwise=$(sql "
	ATTACH '$ES_DB' AS es;
	WITH became AS (SELECT c.*, l.Status AS got, l.Acked, l.Owed AS still, l.Processed, coalesce(f.posts, 0) AS seen, l.Requests - 1
			AS sent, l.Message, (SELECT group_concat(Stage || ' ' || Code) FROM APP_EXCEPTION_LOG x
			WHERE x.ClientId = l.ClientId AND x.ItemId IS NULL) AS codes
		FROM ack_case c LEFT JOIN APP_REQUEST_LOG l ON l.ClientId = c.n LEFT JOIN es.first_run f ON f.client = c.n)
	SELECT family, what, 'expected', code, status, posts, acked, owed, 'became', codes, got, seen, sent, Acked, still, Message
	FROM became WHERE codes IS NOT 'ack ' || code OR got IS NOT status OR seen IS NOT posts OR sent IS NOT posts
		OR Acked IS NOT acked OR still IS NOT owed")
expect "each case became what its row says; no request was repeated behind jobrun's back" "" "$otherwise"
expect "the others are well, and waited for nobody" "2|20|1" "$(sql "SELECT count(*), sum(Acked), max(Id) < (SELECT max(Id)
	FROM APP_REQUEST_LOG) - 4 FROM APP_REQUEST_LOG WHERE ClientId LIKE 'well-%' AND Status = 'ok'")"
expect "what is owed is so in the ledger" "" "$(sql "SELECT n, what, owed, count(*) FROM ack_case JOIN APP_ITEM ON ClientId = n
	WHERE State = 'applied' GROUP BY n HAVING count(*) <> owed")"
books_balance
invariants

# Now all is well again, and what was refused would be taken: an answer kept for a key is forgotten in a day, say.
clear_faults
es_sql "DELETE FROM idempotency WHERE answer NOT LIKE '%\"rejected\":[]%'"
run_job Complete -j 100
expect "nothing is owed any more" 0 "$(last_run Owed)"
expect "each was done once at the external system" "" "$(es_sql "SELECT client, id, sum(first) FROM ack_log WHERE known
	GROUP BY client, id HAVING sum(first) <> 1")"
expect "the same ids bore the same Idempotency-Key, in both runs" "" "$(sql "
	ATTACH '$ES_DB' AS es;
	SELECT family, what, keys, count(DISTINCT idempotency_key) FROM ack_case c LEFT JOIN es.request_log r
		ON r.client = c.n AND r.method = 'POST' WHERE keys IS NOT NULL GROUP BY c.n HAVING count(DISTINCT idempotency_key) <> CAST(keys AS INTEGER)")"
triggered_once "in the end" "$(sql "SELECT count(*) FROM APP_ITEM WHERE State = 'acked'")"
acked_is_applied
books_balance
invariants
end_hostile
expect "nobody was led elsewhere" "1 0" "$(head -n 1 asked)"
families=$(sql "SELECT count(DISTINCT family) FROM ack_case WHERE family <> 'K0'")
count "families of ack faults" "$families"
count "ack faults, two runs each" "$(sql "SELECT count(*) FROM ack_case WHERE family <> 'K0'")"
