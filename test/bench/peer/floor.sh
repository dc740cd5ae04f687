#!/bin/bash
# floor.sh DB DIR CLIENTS.JSON: no network, no isolation of an item: sqlite3 alone reads the answers from files and
# applies them all, set-based, in one transaction.
set -euo pipefail

exec sqlite3 -batch -bail "$1" >/dev/null <<SQL
.timeout 30000
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
CREATE TEMP TABLE ends AS SELECT 'acked' AS state;
CREATE TEMP TABLE fetched (client, grp, id, status, completed_at, reported_by, updated_at, why);
BEGIN IMMEDIATE;
INSERT INTO temp.fetched (client, grp, id, status, completed_at, reported_by, updated_at)
SELECT c.value ->> 'ClientId', c.value ->> 'GroupId', r.value ->> 'id', r.value ->> 'status',
	r.value ->> 'completedAt', r.value ->> 'reportedBy', r.value ->> 'updatedAt'
FROM json_each(CAST(readfile('$3') AS TEXT)) c,
	json_each(CAST(readfile('$2' || (c.value ->> 'Route')) AS TEXT)) r;
.read $(dirname "$0")/apply.sql
COMMIT;
SQL
