#!/bin/bash
# shellcheck disable=SC2016,SC2119 # $item and its like are SQL's; the functions of the harness have optional parameters
# Rules at work: what they get, what they cost when they fail, and that a failed item takes nobody along.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db "
	CREATE TABLE typed (name, value, type GENERATED ALWAYS AS (typeof(value)));
	CREATE TABLE slot (n INTEGER PRIMARY KEY);
	CREATE TABLE guarded (n INTEGER NOT NULL CHECK (n > 0), parent INTEGER REFERENCES slot (n)) STRICT;
	CREATE TABLE sink (n);
	CREATE TRIGGER bomb BEFORE INSERT ON note WHEN new.item ->> '\$.bomb'
		BEGIN SELECT raise(ROLLBACK, 'the platform said no'); END;"
set_system
small_job
new_key
sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId) VALUES (7, '/api/records',
	'[{\"ClientId\": 1, \"GroupId\": 10, \"Big\": 9223372036854775807, \"Text\": \"a\\u0000b\", \"List\": [1, 2], \"Yes\": true}]', 999)"

# refill: the external system's records become those of standard input.
refill() {
	es_sql "DELETE FROM record"
	put_records records 1 10
	forget
	sql "DELETE FROM typed; DELETE FROM slot; DELETE FROM guarded; DELETE FROM sink"
}

# Values.
small_job . "INSERT INTO typed (name, value) VALUES
	(':int', :int), (':big', :big), (':huge', :huge), (':real', :real), (':one', :one), (':exp', :exp), (':over', :over),
	(':text', :text), (':digits', :digits), (':nul', :nul), (':yes', :yes), (':no', :no), (':null', :null), (':absent', :absent),
	(':list', :list), (':map', :map), (':ünïcode', :ünïcode),
	('item deep', \$item ->> '\$.map.deep[1]'), ('item', \$item),
	('@ClientId', @ClientId), ('@GroupId', @GroupId), ('@Big', @Big), ('@Text', @Text), ('@List', @List), ('@Yes', @Yes),
	('@Absent', @Absent), ('@Route', @Route), ('run', \$run), ('job', \$job), ('user', \$user), ('now', \$now);"
item='{"id":1,"int":-5,"big":9007199254740993,"huge":18446744073709551616,"real":0.1,"one":1.0,"exp":1e3,"over":1e999,"text":"O'\''Neil \"é🙂\"\n","digits":"007","nul":"a\u0000b","yes":true,"no":false,"null":null,"list":[ 1, "x" ],"map":{"deep":[0,"found"]},"ünïcode":"ü"}'
refill <<<"$item"
run_job Notes
expect_status "values: the run ends well" 0
expect "values land exactly, with their types" "\
:int integer '-5'
:big integer '9007199254740993'
:huge text '18446744073709551616'
:real real '0.1'
:one real '1.0'
:exp real '1000.0'
:over text '1e999'
:digits text '007'
:yes integer '1'
:no integer '0'
:null null 'NULL'
:absent null 'NULL'
:list text '[ 1, \"x\" ]'
:map text '{\"deep\":[0,\"found\"]}'
:ünïcode text 'ü'
item deep text 'found'
@ClientId integer '1'
@GroupId integer '10'
@Big integer '9223372036854775807'
@List text '[1, 2]'
@Yes integer '1'
@Absent null 'NULL'
@Route text '/api/records'
job integer '7'
user integer '999'" "$(sql "SELECT name || ' ' || type || ' ''' || coalesce(value, 'NULL') || '''' FROM typed
	WHERE name NOT IN ('item', 'run', 'now', ':text', ':nul', '@Text') ORDER BY rowid")"
expect "text with quotes, line breaks and NUL" "4F274E65696C2022C3A9F09F9982220A
610062
610062" "$(sql "SELECT hex(value) FROM typed WHERE name IN (':text', ':nul', '@Text') ORDER BY rowid")"
expect "\$item is the item as it came" "$item" "$(sql "SELECT value FROM typed WHERE name = 'item'")"
expect "\$run is the run's number" 1 "$(sql "SELECT value = (SELECT RunId FROM APP_JOB_RUN) FROM typed WHERE name = 'run'")"
expect "\$now is a moment of the run" 1 "$(sql "SELECT value BETWEEN StartedAt AND FinishedAt FROM typed, APP_JOB_RUN
	WHERE name = 'now'")"

# A rejected item leaves no trace, whichever way it is rejected; the others are applied, in order.
small_job '.MaxAttempts = 3' "INSERT INTO note (id, item) VALUES (:id, \$item);
INSERT INTO slot (n) VALUES (:id);
-- the amount
INSERT INTO guarded (n, parent) VALUES (:n, :parent);
-- not for us
SELECT 'no such patient: ' || :id FROM (SELECT 1 UNION ALL SELECT 2) WHERE :n = 13;"
refill <<'END'
{"id":1,"n":1}
{"id":2,"n":13}
{"id":3}
{"id":4,"n":0}
{"id":5,"n":5}
{"id":6,"n":"text"}
{"id":7,"n":7,"half":"\ud800"}
{"id":8,"n":8}
END
run_job Notes
expect_status "rejected items make a client degraded" 1
expect "the good ones are applied, in order" "1,5,7,8" "$(sql "SELECT group_concat(id) FROM (SELECT id FROM note ORDER BY seq)")"
expect "no rule of a rejected one has left anything" "1,5,7,8|1,5,7,8" "$(sql "
	SELECT (SELECT group_concat(n) FROM slot), (SELECT group_concat(n) FROM guarded)")"
expect "the ledger knows them" "2|failed|1
3|failed|1
4|failed|1
6|failed|1" "$(sql "SELECT ItemId, State, Attempts FROM APP_ITEM WHERE State = 'failed' ORDER BY ItemId")"
expect "each has its reason, which names the rule" "\
2|rule_rejected|not for us: no such patient: 2
3|rule_failed|the amount: NOT NULL constraint failed: guarded.n
4|rule_failed|the amount: CHECK constraint failed: n > 0" "$(sql "SELECT ItemId, Code, Message FROM APP_EXCEPTION_LOG
	WHERE Stage = 'rules' ORDER BY ItemId LIMIT 3")"
expect "they were not acknowledged" "1,5,7,8" "$(es_sql "SELECT group_concat(id) FROM ack_log")"
run_job Notes
run_job Notes
run_job Notes
expect "after MaxAttempts they are parked" "4|4" "$(sql "SELECT Parked, (SELECT count(*) FROM APP_ITEM WHERE State = 'parked')
	FROM APP_REQUEST_LOG ORDER BY Id DESC LIMIT 1")"

# Amid a batch, a statement that ends the whole transaction costs its own item alone.
small_job . "INSERT INTO note (id, item) VALUES (:id, \$item);
-- one a slot
INSERT OR ROLLBACK INTO slot (n) VALUES (coalesce(:slot, :id));"
jq -nc 'range(1; 101) | {id: .} + (if . == 50 then {slot: 1} elif . == 60 then {bomb: true} elif . == 99 then {slot: 98} else {} end)' |
	refill
run_job Notes
expect_status "OR ROLLBACK and RAISE(ROLLBACK) amid a batch: degraded" 0
expect "only they fail" "100|97|3" "$(sql "SELECT Received, Processed, Errors FROM APP_REQUEST_LOG")"
expect "all others are applied once, in order" "$(seq 100 | grep -vxE '50|60|99')" "$(sql "SELECT id FROM note ORDER BY seq")"
expect "with their own reasons" "50|rule_failed|one a slot: UNIQUE constraint failed: slot.n
60|rule_failed|rule 1: the platform said no
99|rule_failed|one a slot: UNIQUE constraint failed: slot.n" "$(sql "SELECT ItemId, Code, Message FROM APP_EXCEPTION_LOG ORDER BY Id")"
expect "97 are acknowledged" 97 "$(es_sql "SELECT count(*) FROM ack_log")"

# A rule without an end is stopped, and only its item is lost: while it reads, and while it writes.
small_job '.RuleTimeout = 1' "INSERT INTO note (id, item) VALUES (:id, \$item);
-- reads for ever
WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT 'reached' FROM c WHERE n = -1 AND :reads
	LIMIT iif(:reads, 1, 0);
-- writes for ever
INSERT INTO sink WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c LIMIT iif(:writes, -1, 0);"
refill <<'END'
{"id":1}
{"id":2,"reads":true}
{"id":3}
{"id":4,"writes":true}
{"id":5}
END
SECONDS=0
run_job Notes
expect_status "endless rules: the client is degraded" 1
((SECONDS <= 8 * ${SLOWER:-1})) || fail "endless rules took $SECONDS seconds"
ok "endless rules were stopped in time"
expect "the others are applied, in order" "1,3,5" "$(sql "SELECT group_concat(id) FROM (SELECT id FROM note ORDER BY seq)")"
expect "nothing of them is left" 0 "$(sql "SELECT count(*) FROM sink")"
expect "they are on record" "2|rule_timeout|reads for ever: stopped after 1.000 s (the job's RuleTimeout)
4|rule_timeout|writes for ever: stopped after 1.000 s (the job's RuleTimeout)" \
	"$(sql "SELECT ItemId, Code, Message FROM APP_EXCEPTION_LOG ORDER BY Id")"

# Order over many batches.
small_job
records 1 3000 | refill
run_job Notes
expect "3000 items keep their order" 3000 "$(sql "SELECT count(*) FROM note WHERE id = seq - (SELECT min(seq) - 1 FROM note)")"
books_balance
acked_is_applied
