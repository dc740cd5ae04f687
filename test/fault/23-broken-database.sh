#!/bin/bash
# A database that is missing, foreign, cut off, or has a bit turned over: never a crash or a sanitizer's finding, never an
# ack of what is not in the ledger as applied, and a status that says what is the matter. A bit of the log does no harm.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/fault/storage.sh"

# The one with the sanitizers.
BINARY=$JOBRUN
storage_ready
size=$(stat -c %s image.db)

# acked_is_kept WHAT: each id that this run acknowledged is in the ledger, in whatever of it can still be read.
acked_is_kept() {
	local query found

	query="ATTACH '$ES_DB' AS es; SELECT a.client, a.id FROM es.ack_log a WHERE NOT EXISTS (SELECT 1 FROM APP_ITEM i NOT INDEXED
		WHERE i.State IN ('applied', 'acked') AND i.ClientId = a.client AND CAST(i.ItemId AS TEXT) = a.id)"
	if ! found=$(sqlite3 -batch -bail "$DB" "$query" 2>/dev/null); then
		[[ $(es_sql "SELECT count(*) FROM ack_log") != 0 ]] || return 0
		rm -f recovered.db
		sqlite3 "$DB" .recover 2>/dev/null | sqlite3 recovered.db >/dev/null 2>&1 || true
		found=$(sqlite3 -batch -bail recovered.db "$query") || fail "$1: acks were sent, and nobody can read what of"
		recovered=$((recovered + 1))
	fi
	[[ -z $found ]] || fail "$1: acknowledged, but not in the ledger: $found"
}

# broken WHAT STATUSES: a run on what is there.
broken() {
	forget_acks
	hurt env
	[[ " $2 " == *" $status "* ]] || fail "$1: exit status $status"
	if grep -qE '(ERROR|WARNING): [A-Z][a-z]+Sanitizer|runtime error:' stderr; then
		fail "$1: a sanitizer's finding"
	fi
	((status < 64)) || [[ -s stderr ]] || fail "$1: exit status $status, and not a word"
	statuses[$status]=$((${statuses[$status]-0} + 1))
	acked_is_kept "$1"
	checks=$((checks + 1))
}
recovered=0
declare -A statuses

# as SQL: the image, changed.
as() {
	reset
	sqlite3 "$DB" "$1; PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
}
rm -f "$DB"*
broken "missing" 66
: >"$DB"
broken "empty" 78
head -c "$size" /dev/urandom >"$DB"
broken "no database" 78
as "PRAGMA application_id = 4711"
broken "another program's" 78
as "PRAGMA user_version = 4711"
broken "a newer schema" 78
as "PRAGMA user_version = 1"
broken "an older schema" 78
as "PRAGMA application_id = 0; PRAGMA user_version = 0"
broken "a platform's own" 78
count "databases that are none of ours" 7

# What a run of a whole, a cut or a spoilt database may end with; 77: the key's row is not what it was.
any="0 1 66 69 70 74 75 77 78 64"
cuts=$(share 10 100)
for ((i = 0; i < cuts; i++)); do
	reset
	offset=$(((RANDOM * 32768 + RANDOM) % size))
	truncate --size="$offset" "$DB"
	# Of a page that is cut SQLite sees the rest as empty; a run that does not look there goes well.
	broken "cut off at $offset" "$( ((offset > size - 4096)) && echo "$any" || echo 74 77 78)"
done
count "databases that were cut off" "$cuts"

# turn_over FILE AT BIT: one bit of it.
turn_over() {
	local byte

	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059  # the format is the byte
	printf "\\x$(printf %02x $((byte ^ 1 << $3)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# Half of them where the ledger is.
mapfile -t pages < <(sqlite3 image.db "SELECT pageno - 1 FROM dbstat WHERE name LIKE 'APP_ITEM%'")
((${#pages[@]} > 1)) || fail "where is the ledger?"
flips=$(share 60 1000)
for ((i = 0; i < flips; i++)); do
	reset
	if ((i % 2)); then
		# At a page's begin and end: rows are filled in from behind.
		at=$((RANDOM % 800))
		at=$((pages[RANDOM % ${#pages[@]}] * 4096 + (at < 80 ? at : 4096 - at + 79)))
	else
		at=$(((RANDOM * 32768 + RANDOM) % size))
	fi
	bit=$((RANDOM % 8))
	turn_over "$DB" "$at" "$bit"
	broken "bit $bit of byte $at" "$any"
done
count "bits of the database that were turned over" "$flips"
ok "of $recovered spoilt databases the ledger had to be recovered"
for status in "${!statuses[@]}"; do
	echo "exit status $status: ${statuses[$status]}"
done
((${statuses[0]-0} > 0 && ${statuses[74]-0} > 0)) || fail "all of them ended alike"

# The log of a run that died before its first ack: its pages have checksums, so that a spoilt one was never written.
reset
fault '{"path": "/api/records/ack", "kind": "delay", "delay_ms": 20000}'
start_job Complete
until_true "the first ack is asked for" asked /api/records/ack
end_job KILL
clear_faults
[[ -s $DB-wal ]] || fail "there is no log"
cp "$DB" dead.db
cp "$DB-wal" dead.db-wal
flips=$(share 12 200)
for ((i = 0; i < flips; i++)); do
	rm -f "$DB"*
	cp dead.db "$DB"
	cp dead.db-wal "$DB-wal"
	forget_acks
	at=$(((RANDOM * 32768 + RANDOM) % $(stat -c %s dead.db-wal)))
	bit=$((RANDOM % 8))
	turn_over "$DB-wal" "$at" "$bit"
	hurt env
	((status == 0)) || fail "bit $bit of byte $at of the log: exit status $status"
	documented "bit $bit of byte $at of the log"
done
count "bits of the log that were turned over" "$flips"
