#!/bin/bash
# shellcheck disable=SC2016 # $item and its like are SQL's
# Hostile rules: each is refused when it is installed, or costs its own item and no other when it runs.
. "$(dirname "$0")/lib.sh"

start_server
workflow_db
# What a platform may have, and a rule may try to use.
sql "CREATE TABLE note (a, b);
	CREATE TABLE sink (n);
	CREATE TABLE like_keys AS SELECT * FROM APP_JOB_KEY;
	CREATE VIEW keys_view AS SELECT KeyId, hex(Hash) AS h FROM APP_JOB_KEY;
	CREATE VIEW keys_view_view AS SELECT h FROM keys_view;
	CREATE VIEW item_view AS SELECT * FROM APP_ITEM;
	CREATE TRIGGER item_view_write INSTEAD OF UPDATE ON item_view BEGIN UPDATE APP_ITEM SET State = 'acked'; END;
	CREATE TABLE door (a);
	CREATE TRIGGER door_write AFTER INSERT ON door BEGIN UPDATE APP_ITEM SET State = 'acked'; END;
	CREATE TABLE window (a);
	CREATE TRIGGER window_read AFTER INSERT ON window BEGIN INSERT INTO note (a) SELECT Hash FROM APP_JOB_KEY; END;
	CREATE TABLE cellar (a);
	CREATE TRIGGER cellar_deep AFTER INSERT ON cellar BEGIN INSERT INTO door (a) VALUES (1); END;
	CREATE TABLE endless (n);
	CREATE TRIGGER endless_more AFTER INSERT ON endless BEGIN INSERT INTO sink WITH RECURSIVE c (n) AS
		(SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c; END;
	CREATE TABLE rollback (n);
	CREATE TRIGGER rollback_all BEFORE INSERT ON rollback BEGIN SELECT raise(ROLLBACK, 'the end'); END;
	CREATE TABLE one (n INTEGER PRIMARY KEY);
	INSERT INTO one VALUES (1);
	CREATE VIRTUAL TABLE ft USING fts5 (t);
	CREATE VIRTUAL TABLE rt USING rtree (id, x0, x1)"
set_system
workflow_job
workflow_client
know 1 100000
new_key
installed=$(sql "SELECT Version, Rules FROM APP_JOB_TYPE")
unrelated() {
	sql "SELECT * FROM APP_JOB_KEY; SELECT * FROM APP_EXTERNAL_SYSTEM; SELECT * FROM APP_JOB_CONFIG;
		SELECT type, name, sql FROM sqlite_master ORDER BY name"
}
unrelated >before

refused=0
# refused RULE…: each, behind a good one, is refused at install; of all, an ordinary run draws a quarter.
refused() {
	local rule

	for rule in "$@"; do
		((RANDOM % $(share 4 1) == 0)) || continue
		write_workflow . "$WORKFLOW_RULES"$'\n'"$rule"
		jobrun job install workflow
		((status == 78)) || fail "install ended with $status: $rule"
		[[ $(wc -l <stderr) == 1 && ! -s stdout ]] || fail "not one line for: $rule"
		refused=$((refused + 1))
	done
}

# To another file, another transaction, another schema.
refused "ATTACH '$WORK/x.db' AS x;" "attach database ':memory:' as x;" "DETACH main;" "PRAGMA journal_mode = DELETE;" \
	"/* */ PRAGMA synchronous = OFF;" $'-- a\n-- b\nPRAGMA user_version;' "VACUUM;" "VACUUM INTO '$WORK/x.db';" \
	"BEGIN;" "BEGIN IMMEDIATE;" "COMMIT;" "END;" "ROLLBACK;" "ROLLBACK TO a;" "SAVEPOINT a;" "RELEASE a;" \
	"CREATE TABLE t (a);" "CREATE TEMP TABLE t (a);" "CREATE TABLE t AS SELECT 1;" "CREATE VIEW v AS SELECT 1;" \
	"CREATE TEMP VIEW v AS SELECT 1;" "CREATE TRIGGER t AFTER INSERT ON note BEGIN SELECT 1; END;" \
	"CREATE TEMP TRIGGER t AFTER INSERT ON APP_ITEM BEGIN SELECT 1; END;" "CREATE INDEX i ON note (a);" \
	"CREATE VIRTUAL TABLE v USING fts5 (a);" "DROP TABLE note;" "DROP TABLE APP_ITEM;" "DROP TRIGGER door_write;" \
	"ALTER TABLE note ADD COLUMN c;" "ALTER TABLE APP_ITEM RENAME TO x;" "REINDEX;" "ANALYZE;" "EXPLAIN SELECT 1;" \
	"SELECT 1 WHERE 0; ATTACH '$WORK/x.db' AS x;" "SELECT 1 WHERE 0;;;PRAGMA user_version = 9;" \
	"WITH c AS (SELECT 1) PRAGMA user_version;" "SELECT 'a''; ATTACH' WHERE 0; COMMIT;" \
	"SELECT load_extension('x');" "SELECT load_extension('x', 'y');" "SELECT fts3_tokenizer('simple');" \
	"INSERT INTO note SELECT load_extension('x'), 1;" "SELECT readfile('/etc/passwd');" "SELECT writefile('x', 'y');" \
	"SELECT * FROM pragma_table_info('note');" "SELECT * FROM pragma_database_list;" "SELECT * FROM pragma_user_version;" \
	"SELECT * FROM sqlite_dbpage;" "SELECT * FROM dbstat;" "SELECT * FROM sqlite_stmt;" \
	"UPDATE sqlite_master SET sql = '';" "DELETE FROM sqlite_schema;" "INSERT INTO sqlite_master (name) VALUES ('x');" \
	"UPDATE sqlite_sequence SET seq = 0;" "INSERT INTO temp.t VALUES (1);" "INSERT INTO ft_data (id, block) VALUES (1, x'00');" \
	"DELETE FROM ft_content;" "UPDATE rt_node SET data = x'00';" "NONSENSE;" "SELECT" "SELECT /* no end"
# The tables that are jobrun's own, by every door.
for table in APP_ITEM APP_JOB_CONFIG APP_JOB_KEY APP_JOB_RUN APP_SETTING APP_EXTERNAL_SYSTEM app_item '"App_Item"' \
	'[APP_ALERT]' main.APP_ITEM; do
	refused "DELETE FROM $table;" "UPDATE $table SET rowid = 1;" "INSERT INTO $table DEFAULT VALUES;" \
		"REPLACE INTO $table DEFAULT VALUES;"
done
refused "UPDATE item_view SET State = 'acked';" "INSERT INTO door VALUES (1);" "INSERT INTO cellar VALUES (1);" \
	"INSERT INTO APP_ITEM (JobType, ClientId, ItemId) VALUES (1, 1, 1) ON CONFLICT DO UPDATE SET State = 'acked';" \
	"INSERT INTO APP_ITEM SELECT * FROM APP_ITEM;" "WITH c AS (SELECT 1) DELETE FROM APP_ITEM;" \
	"UPDATE APP_ITEM SET State = 'acked' FROM note;" "DELETE FROM APP_ITEM RETURNING 1;"
# Secrets, by every door.
for key in 'SELECT Hash FROM APP_JOB_KEY' 'SELECT hex(k.Hash) FROM main.app_job_key AS k' 'SELECT * FROM "APP_JOB_KEY"' \
	'SELECT h FROM keys_view' 'SELECT h FROM keys_view_view' 'SELECT count(*) FROM APP_JOB_KEY' \
	'SELECT 1 FROM APP_JOB_KEY' 'SELECT rowid FROM APP_JOB_KEY' 'SELECT Definition FROM APP_EXTERNAL_SYSTEM' \
	'SELECT Configuration FROM APP_JOB_CONFIG' 'SELECT (SELECT Hash FROM APP_JOB_KEY)' \
	'SELECT a FROM note WHERE a IN (SELECT Hash FROM APP_JOB_KEY)' 'SELECT 1 WHERE EXISTS (SELECT 1 FROM APP_JOB_KEY)' \
	'WITH k AS (SELECT Hash FROM APP_JOB_KEY) SELECT * FROM k' 'SELECT 1 UNION ALL SELECT Hash FROM APP_JOB_KEY' \
	'SELECT * FROM like_keys NATURAL JOIN APP_JOB_KEY' 'SELECT 1 FROM like_keys JOIN APP_JOB_KEY USING (Hash)' \
	'SELECT max(Hash) OVER () FROM APP_JOB_KEY' 'SELECT group_concat(hex(Hash)) FROM APP_JOB_KEY' \
	'SELECT e.value FROM APP_EXTERNAL_SYSTEM, json_each(Definition) AS e'; do
	refused "$key;" "INSERT INTO note (a, b) SELECT *, 1 FROM ($key);"
done
refused "INSERT INTO like_keys SELECT * FROM APP_JOB_KEY;" "INSERT INTO window VALUES (1);" \
	"UPDATE note SET a = k.Hash FROM APP_JOB_KEY AS k;" "DELETE FROM note WHERE a = (SELECT Hash FROM APP_JOB_KEY);" \
	"INSERT INTO note (a) VALUES (1) RETURNING (SELECT Hash FROM APP_JOB_KEY);" \
	"UPDATE note SET a = 1 WHERE b = (SELECT hex(Hash) FROM APP_JOB_KEY LIMIT 1);"
count "hostile rules that are refused at install" "$refused"
expect "nothing was installed" "$installed" "$(sql "SELECT Version, Rules FROM APP_JOB_TYPE")"
[[ ! -e x.db ]] || fail "a file was made"
unrelated >after
expect "nothing else was changed" "" "$(diff before after || true)"

# Those that only show when they run: in the midst of good items, one that is evil.
next=0
stopped=0
# stopped CODE NAME RULE: RULE acts where :evil is 1.
stopped() {
	local code=$1 name=$2 rule=$3 first=$((next + 1)) evil=$((next + 4)) begun took

	next=$((next + 7))
	workflow_job '.RuleTimeout = 1 | .MaxAttempts = 1' "$WORKFLOW_RULES"$'\n'"-- evil"$'\n'"$rule"
	seq "$first" "$next" | sed "s/.*/{\"id\":&,\"status\":\"COMPLETED\"}/; s/{\"id\":$evil,/&\"evil\":1,/" |
		put_records records 1 10
	begun=$(now_ms)
	run_job Complete
	took=$(($(now_ms) - begun))
	((status == 1)) || fail "$name: exit status $status: $(<stderr)"
	((took < 20000)) || fail "$name: it took $took ms"
	[[ $(last_visit 1 "Processed || ' ' || Errors") == "6 1" ]] ||
		fail "$name: $(last_visit 1 "Received, Processed, Errors")"
	[[ $(sql "SELECT Code FROM APP_EXCEPTION_LOG WHERE ItemId = '$evil'") =~ ^($code)$ ]] ||
		fail "$name: $(sql "SELECT Code, Message FROM APP_EXCEPTION_LOG WHERE ItemId = '$evil'")"
	[[ $(sql "SELECT count(*) FROM sink") == 0 ]] || fail "$name: it left something behind"
	invariants
	stopped=$((stopped + 1))
	ok "$name ($took ms): $(sql "SELECT Message FROM APP_EXCEPTION_LOG WHERE ItemId = '$evil'" | cut -c 1-100)"
}
endless='WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)'

stopped rule_timeout "an endless read" "$endless SELECT 'x' FROM c WHERE n < 0 AND :evil LIMIT iif(:evil, 1, 0);"
stopped rule_timeout "an endless write" "INSERT INTO sink $endless SELECT n FROM c LIMIT iif(:evil, -1, 0);"
stopped rule_timeout "an endless trigger" "INSERT INTO endless SELECT 1 WHERE :evil;"
stopped 'rule_failed|rule_timeout' "an endless group_concat" \
	"SELECT 'x' WHERE :evil AND length(($endless SELECT group_concat(printf('%.*c', 100000, n)) FROM c)) < 0;"
stopped 'rule_failed|rule_timeout' "an endless array" \
	"SELECT 'x' WHERE :evil AND length(($endless SELECT json_group_array(n) FROM c)) < 0;"
stopped 'rule_failed|rule_timeout' "an endless sort" \
	"INSERT INTO sink SELECT n FROM ($endless SELECT n FROM c LIMIT iif(:evil, -1, 0)) ORDER BY hex(randomblob(100));"
stopped 'rule_failed|rule_timeout' "an endless DISTINCT" \
	"INSERT INTO sink SELECT DISTINCT n FROM ($endless SELECT n FROM c LIMIT iif(:evil, -1, 0));"
stopped 'rule_failed|rule_timeout' "a product of tables" \
	"SELECT 'x' WHERE :evil AND (SELECT sum(a.id * b.id * c.id) FROM record a, record b, record c) < 0;"
stopped rule_timeout "a value that takes long, again and again" \
	"$endless SELECT 'x' FROM c WHERE :evil AND length(hex(zeroblob(20000000 + n))) < 0 LIMIT iif(:evil, 1, 0);"
stopped 'rule_failed|rule_timeout' "randomblob(1e9)" "SELECT 'x' WHERE :evil AND length(randomblob(1000000000)) < 0;"
stopped rule_failed "zeroblob(1e9)" "INSERT INTO sink SELECT zeroblob(1000000000) WHERE :evil;"
stopped 'rule_failed|rule_timeout' "printf('%.*c', 1e9)" \
	"INSERT INTO sink SELECT printf('%.*c', 40000000, 'x') || printf('%.*c', 40000000, 'x') WHERE :evil;"
stopped 'rule_failed|rule_timeout' "replace() upon replace()" "INSERT INTO sink SELECT replace(replace(hex(zeroblob(20000)), '0',
	hex(zeroblob(500))), '0', hex(zeroblob(500))) WHERE :evil;"
stopped rule_failed "trim() of two megabytes" \
	"INSERT INTO sink SELECT trim(printf('%.*c', 1000000, 'a'), printf('%.*c', 1000000, 'b') || 'a') WHERE :evil;"
stopped rule_failed "instr() of eight megabytes" \
	"INSERT INTO sink SELECT instr(printf('%.*c', 8000000, 'a'), printf('%.*c', 4000000, 'a') || 'b') WHERE :evil;"
stopped rule_failed "replace() of eight megabytes" \
	"INSERT INTO sink SELECT replace(printf('%.*c', 8000000, 'a'), printf('%.*c', 4000000, 'a') || 'b', 'x') WHERE :evil;"
stopped rule_failed "LIKE with a pattern without end" \
	"SELECT 'x' WHERE :evil AND printf('%.*c', 1000000, 'a') LIKE printf('%.*c', 999, '%');"
stopped rule_failed "OR ROLLBACK" "INSERT OR ROLLBACK INTO one SELECT 1 WHERE :evil;"
stopped rule_failed "RAISE(ROLLBACK)" "INSERT INTO rollback SELECT 1 WHERE :evil;"
stopped rule_failed "OR FAIL amid many rows" "INSERT OR FAIL INTO one SELECT id FROM record WHERE :evil;"
stopped rule_rejected "rows without end" "SELECT a.id FROM record a, record b, record c WHERE :evil;"
stopped rule_failed "broken JSON" "SELECT 'x' WHERE :evil AND json_extract('{' || :id, '\$') IS NULL;"
stopped rule_failed "numbers beyond all bounds" "SELECT 'x' WHERE :evil AND abs(-9223372036854775807 - 1) < 0;"
stopped rule_failed "the shadow of a table" "INSERT INTO ft (ft, rank) SELECT 'no-such-command', 1 WHERE :evil;"
count "hostile rules that are stopped at run time, their item alone" "$stopped"
expect "the others are all applied, once" "$((stopped * 6))" "$(sql "SELECT count(*) FROM workflow_trigger")"
books_balance
