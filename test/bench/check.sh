#!/bin/bash
# The benchmark is in order: a hundredth of its work ends where it must, for jobrun and for each peer that is here, and
# what must not pass for that end does not. No time is looked at.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
TREE=$(cd "$here/../.." && pwd)
out=$(mktemp)
trap 'rm -f "$out"' EXIT

fail() {
	cat "$out"
	echo "FAILED: $*"
	exit 1
}

# shows PATTERN: what was printed has such a line.
shows() {
	grep -qE "$1" "$out" || fail "no line like $1"
}

"$here/run.sh" --no-build --scale 0.01 --runs 1 >"$out" 2>&1 || fail "run.sh: exit status $?"
for shape in W1 W1/25 W1/100 W2 W2/32 W3 W4 W4/100 W5 W6 W7 W8 W9; do
	shows "^$shape +(jobrun|record) +[0-9.]+ "
done
for peer in jobrun shell python node record floor; do
	shows "^W1(/25)? +$peer +[0-9.]+ |^not measured: $peer: "
done
[[ $(grep -c ': scale 0.01$' "$out") == 17 ]] || fail "not all 17 goals have a figure"
cat "$out"

"$here/grow.sh" --no-build --scale 0.001 >"$out" 2>&1 || fail "grow.sh: exit status $?"
shows "^records +10000000 "
shows "^clients +100000 "
shows "^flight +1024 "
cat "$out"

# A record that was not completed, a trigger that is there twice, an ack that was never sent: each is seen.
. "$here/lib.sh"
NO_BUILD=1
build
shape=W1 db=$(mktemp -d)/jobrun.db
trap 'rm -rf "$out" "${db%/*}"' EXIT
make_set 2 10 0 0
cp "$SETS/$set/template.db" "$db"
"$here/peer/floor.sh" "$db" "$SETS" "$SETS/$set/clients.json"
(check_state floor 2 10) >"$out" 2>&1 || fail "the floor's end state is refused"
seen=0
while read -r wrong; do
	cp "$db" "$db.right"
	sqlite3 -batch -bail "$db" "$wrong"
	if (check_state floor 2 10) >"$out" 2>&1; then
		fail "this passes for the right end: $wrong"
	fi
	mv "$db.right" "$db"
	seen=$((seen + 1))
done <<-'SQL'
	UPDATE record SET status = 'PENDING' WHERE id = 100000003
	UPDATE record SET completed_at = updated_at WHERE id = 200000001
	INSERT INTO workflow_trigger (record_id, kind, created_at) VALUES (100000001, 'COMPLETED', '')
	DELETE FROM workflow_trigger WHERE record_id = 200000010
	INSERT INTO pending_item (record_id, kind) VALUES (100000001, 'REPORT')
	UPDATE sync_ledger SET state = 'applied' WHERE id = 100000001
	DELETE FROM sync_ledger WHERE id = 100000001
	INSERT INTO sync_error (at, client, grp, id, message) VALUES ('', 1, 10, 100000001, '')
SQL
((seen == 8)) || fail "only $seen wrong ends were tried"
mkdir -p "$BENCH/nginx"
echo /2x10x0x0/c/1/ack >"$BENCH/nginx/acks.log"
if (check_state python 2 10) >"$out" 2>&1; then
	fail "one ack too few passes"
fi
echo "all is in order, and $((seen + 1)) wrong ends are seen"
