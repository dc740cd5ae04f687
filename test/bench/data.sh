# What the benchmark works on: the records that a server offers, the platform's database that waits for them, and what
# must stand in it in the end. Number n of client c is the same wherever it is made. Sourced by lib.sh.
# shellcheck shell=bash

# An id is its client's number times this, plus its own number.
CLIENT_STEP=100000000

# offered CLIENTS RECORDS BAD: a common table expression of all records, as the end state has them. Every BAD-th of a
# client is still a draft; 0: none.
offered() {
	cat <<-SQL
		WITH RECURSIVE client (client) AS (SELECT 1 UNION ALL SELECT client + 1 FROM client WHERE client < $1),
		number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < $2),
		offered (client, id, good, completed_at, reported_by, updated_at) AS (
			SELECT client, client * $CLIENT_STEP + n, $3 = 0 OR n % max($3, 1) <> 0,
				printf('2026-11-%02dT%02d:%02d:%02dZ', 1 + n % 28, n % 24, n % 60, n * 7 % 60), 'dr.' || (n % 40),
				printf('2026-11-%02dT%02d:%02d:%02dZ', 1 + n % 28, (n + 1) % 24, n % 60, n * 7 % 60)
			FROM client CROSS JOIN number)
	SQL
}

# make_answers DIR CLIENTS RECORDS BAD: DIR/c/N, the answer with all records of client N, some 280 bytes each.
make_answers() {
	mkdir -p "$1/c"
	awk -v dir="$1/c" -v clients="$2" -v records="$3" -v bad="$4" -v step="$CLIENT_STEP" 'BEGIN {
		for (c = 1; c <= clients; c++) {
			file = dir "/" c
			printf "[" >file
			for (n = 1; n <= records; n++) {
				day = sprintf("2026-11-%02dT", 1 + n % 28)
				rest = sprintf(":%02d:%02dZ", n % 60, n * 7 % 60)
				printf("%s{\"id\":%.0f,\"recordNumber\":\"R-%07d\",\"status\":\"%s\"," \
					"\"patient\":{\"id\":%d,\"name\":\"Mustermann, Erika\"}," \
					"\"exam\":{\"code\":\"CT-ABD-%02d\",\"modality\":\"CT\"},\"completedAt\":\"%s%02d%s\"," \
					"\"reportedBy\":\"dr.%d\",\"updatedAt\":\"%s%02d%s\"," \
					"\"report\":\"No focal lesion.\"}", (n > 1) ? ",\n" : "", c * step + n, n,
					(bad && n % bad == 0) ? "DRAFT" : "COMPLETED", 1000 + n % 9000, n % 50, day, n % 24, rest,
					n % 40, day, (n + 1) % 24, rest) >file
			}
			print "]" >file
			close(file)
		}
	}'
}

# make_clients CLIENTS FOLDER: their configuration, a JSON array.
make_clients() {
	seq "$1" | jq -cs --arg folder "$2" 'map({ClientId: ., GroupId: 10, Route: "/\($folder)/c/\(.)"})'
}

# The platform's own tables, with what waits for its records; and, for the peers, what jobrun has its ledger and log for.
make_platform() { # CLIENTS RECORDS
	cat "$TREE/examples/platform/schema.sql"
	cat <<-SQL
		CREATE TABLE platform_note (id INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT;
		CREATE TABLE sync_ledger (
			client INTEGER NOT NULL, grp INTEGER NOT NULL, id INTEGER NOT NULL,
			state TEXT NOT NULL, attempts INTEGER NOT NULL, at TEXT NOT NULL,
			PRIMARY KEY (client, grp, id)
		) STRICT, WITHOUT ROWID;
		CREATE TABLE sync_error (
			seq INTEGER PRIMARY KEY, at TEXT NOT NULL, client INTEGER NOT NULL, grp INTEGER NOT NULL,
			id INTEGER NOT NULL, message TEXT NOT NULL
		) STRICT;
		BEGIN;
		$(offered "$1" "$2" 0)
		INSERT INTO record (id, client_id, group_id, record_number)
			SELECT id, client, 10, printf('R-%07d', id % $CLIENT_STEP) FROM offered;
		INSERT INTO pending_item (record_id, kind) SELECT id, 'REPORT' FROM record;
		COMMIT;
	SQL
}

# fill_ledger ITEMS: what jobrun did for the same six clients in years before, all of it acknowledged.
fill_ledger() {
	cat <<-SQL
		PRAGMA cache_size = -262144;
		BEGIN;
		WITH RECURSIVE client (client) AS (SELECT 1 UNION ALL SELECT client + 1 FROM client WHERE client < 6),
		number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < $1 / 6)
		INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, ItemVersion, State, Attempts, RunId, At)
			SELECT 1, client, '10', client * $CLIENT_STEP - $CLIENT_STEP / 2 + n, '', 'acked', 0, 0,
				'2025-01-01T00:00:00.000Z'
			FROM client CROSS JOIN number;
		COMMIT;
	SQL
}

# make_template DIR CLIENTS RECORDS LEDGER: DIR/template.db, DIR/clients.json and DIR/key: a database before its run.
make_template() {
	local db=$1/template.db

	rm -f "$db"*
	make_clients "$2" "${1##*/}" >"$1/clients.json"
	"$JOBRUN" init --db "$db" >/dev/null 2>&1
	make_platform "$2" "$3" | sqlite3 -batch -bail "$db" >/dev/null
	if (($4 > 0)); then
		fill_ledger "$4" | sqlite3 -batch -bail "$db" >/dev/null
	fi
	echo '{"BaseUrl": "http://127.0.0.1:1"}' >"$1/system.json"
	"$JOBRUN" system set ris "$1/system.json" --db "$db" >/dev/null 2>&1
	"$JOBRUN" job install "$TREE/examples/jobs/sync-completed-records" --no-test --db "$db" >/dev/null 2>&1
	# 10,000 clients a row: a row is read whole.
	sqlite3 -batch -bail "$db" "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId)
		SELECT 1, '', json_group_array(json(value)), 999 FROM json_each(CAST(readfile('$1/clients.json') AS TEXT))
		GROUP BY key / 10000"
	(umask 077 && "$JOBRUN" key new --jobs SyncCompletedRecords --label bench --db "$db" >"$1/key" 2>/dev/null)
	sqlite3 -batch -bail "$db" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
}

# What the platform's tables hold now, in its order.
PLATFORM_STATE="SELECT id, status, completed_at, reported_by, updated_at FROM record ORDER BY id;
	SELECT record_id, kind FROM workflow_trigger ORDER BY record_id, kind;
	SELECT record_id, kind FROM pending_item ORDER BY record_id, kind;"
JOBRUN_STATE="SELECT CAST(ClientId AS INTEGER), GroupId, CAST(ItemId AS INTEGER) AS Item, State FROM APP_ITEM
		WHERE RunId > 0 ORDER BY Item;
	SELECT ClientId, ItemId FROM APP_EXCEPTION_LOG ORDER BY CAST(ItemId AS INTEGER);"
PEER_STATE="SELECT client, grp, id, state FROM sync_ledger ORDER BY id;
	SELECT client, id FROM sync_error ORDER BY id;"

digest() {
	sha256sum | cut -c 1-64
}

# expected_state CLIENTS RECORDS BAD: the digest of what must be there.
expected_state() {
	local all

	all=$(offered "$1" "$2" "$3")
	sqlite3 -batch -bail :memory: "
		$all SELECT id, iif(good, 'COMPLETED', 'PENDING'), iif(good, completed_at, NULL), iif(good, reported_by, NULL),
			iif(good, updated_at, NULL) FROM offered ORDER BY id;
		$all SELECT id, 'COMPLETED' FROM offered WHERE good ORDER BY id;
		$all SELECT id, 'REPORT' FROM offered WHERE NOT good ORDER BY id;
		$all SELECT client, 10, id, iif(good, 'acked', 'failed') FROM offered ORDER BY id;
		$all SELECT client, id FROM offered WHERE NOT good ORDER BY id;" | digest
}

# found_state DB jobrun|peer: the digest of what is there.
found_state() {
	if [[ $2 == jobrun ]]; then
		sqlite3 -batch -bail "$1" "$PLATFORM_STATE $JOBRUN_STATE" | digest
	else
		sqlite3 -batch -bail "$1" "$PLATFORM_STATE $PEER_STATE" | digest
	fi
}
