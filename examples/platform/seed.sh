#!/bin/sh
# Fills the example platform with what the external system's generated records belong to.
#
#   examples/platform/seed.sh DB CLIENT GROUP COUNT [appointments]
#
# Records CLIENT * 1000000 + 1 to + COUNT, waiting for their reports; patients; the client's rooms. With
# "appointments" also the appointments A-CLIENT-1 to A-CLIENT-COUNT, so that cancellations have something to
# cancel before appointments were ever fetched. The tables come from schema.sql. What is there already stays as it is.
set -eu

usage() {
	echo "usage: seed.sh DB CLIENT GROUP COUNT [appointments]" >&2
	exit 64
}

[ $# -eq 4 ] || [ $# -eq 5 ] || usage
for number in "$2" "$3" "$4"; do
	case $number in
	'' | *[!0-9]*) usage ;;
	esac
done
case ${5-} in
'') appointments=0 ;;
appointments) appointments=1 ;;
*) usage ;;
esac
if [ ! -f "$1" ]; then
	echo "seed.sh: no database at $1: jobrun init makes one" >&2
	exit 66
fi

sqlite3 -batch -bail "$1" <<SQL
.timeout 30000
.parameter init
.parameter set :client $2
.parameter set :group $3
.parameter set :count $4
.parameter set :appointments $appointments
PRAGMA foreign_keys = ON;
BEGIN IMMEDIATE;

INSERT OR IGNORE INTO patient (id, name)
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < min(:count, 1000))
SELECT 1000 + i, 'Patient ' || (1000 + i) FROM n WHERE :count > 0;

INSERT OR IGNORE INTO room (name)
SELECT value || '-' || :client FROM json_each('["MR", "CT", "US", "XR"]');

INSERT OR IGNORE INTO record (id, client_id, group_id, record_number, patient_id)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT :client * 1000000 + i, :client, :group, printf('R-%07d', i), 1000 + i % min(:count, 1000) FROM n WHERE :count > 0;

INSERT OR IGNORE INTO pending_item (record_id, kind)
SELECT record.id, kind.value FROM record, json_each('["REPORT", "REVIEW"]') AS kind
WHERE record.id > :client * 1000000 AND record.id <= :client * 1000000 + :count AND record.status = 'PENDING'
	AND (kind.value = 'REPORT' OR record.id % 3 = 0);

-- Their slots lie in the past: none is in the way of an appointment that is still to be fetched.
INSERT OR IGNORE INTO appointment (id, version, room, start, minutes, patient_id, status)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT 'A-' || :client || '-' || i, 0, 'MR-' || :client, strftime('%Y-%m-%dT%H:%M:%fZ', '2000-01-01', i || ' hours'), 30,
	1000 + i % min(:count, 1000), 'BOOKED'
FROM n WHERE :count > 0 AND :appointments;

COMMIT;
.parameter clear
SQL
