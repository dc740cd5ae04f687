#!/bin/bash
# Do the tests see what they are for? The code that commits, acknowledges and locks is made wrong in one small place at a
# time (mutation/mutants.pl), and the tests must go red: at least nine times in ten. Those in mutation/equivalent change
# nothing that anybody could see, each with its reason; one that does not compile is none.
. "$(dirname "$0")/lib.sh"

SOURCES=(lib/run/ack.c lib/run/apply.c lib/run/heal.c lib/run/lock.c lib/run/refused.c lib/run/suspect.c lib/run/writer.c
	lib/store/ledger.c lib/store/ledger_owed.c lib/store/runlog.c)
UNITS=(run_lock run_heal run_suspect run_refused run_writer run_writer_wait run_ack run_memory
	store_ledger store_ledger_acked store_ledger_look store_runlog store_model)
CMD='^cmd/(04|05|06|07|10|11|12|13|15|17|18|20|23|42|53|63|72)-|^fault/30-'
mutation=$TREE/test/fault/mutation
most=$(share 20 120)
# A mutant is looked at by an ordinary run's share.
unset JOBRUN_FULL

mkdir tree
git -C "$TREE" ls-files -z --cached --others --exclude-standard | tar -C "$TREE" --null -T - -cf - | tar -C tree -xf -
cd tree

# build TARGET…: quietly.
build() {
	cmake --build --preset asan --target "$@" >"$WORK/log" 2>&1
}

# green: nothing is seen, by what is quickest first. What hangs is seen, too.
green() {
	local unit

	build test_sim "${UNITS[@]/#/test_}" || return 2
	for unit in "${UNITS[@]}"; do
		timeout 60 "$(find build/asan/test/lib -name "test_$unit" -type f)" >"$WORK/log" 2>&1 || return 1
	done
	timeout 200 build/asan/test/fault/sim/test_sim --from 1 --seeds 60 >"$WORK/log" 2>&1 || return 1
	build jobrun external-system jobrun-alloc jobrun-fault || return 2
	ctest --preset asan -j 1 --stop-on-failure --timeout 200 -R "$CMD" >"$WORK/log" 2>&1 || return 1
}

# trimmed LINE: without the blanks that it begins with.
trimmed() {
	printf '%s' "${1#"${1%%[![:blank:]]*}"}"
}

cmake --preset asan >"$WORK/log" 2>&1 || fail "$(tail -n 20 "$WORK/log")"
green || fail "red from the start: $(tail -n 20 "$WORK/log")"
perl "$mutation/mutants.pl" "${SOURCES[@]}" >"$WORK/all"
shuf --random-source=<(yes "$SEED" || true) "$WORK/all" | head -n "$most" >"$WORK/chosen"
tried=0 killed=0 equivalent=0 stillborn=0
while IFS=$'\t' read -r file line mutant <&3; do
	change="$file: $(trimmed "$(sed -n "${line}p" "$file")") => $(trimmed "$mutant")"
	if grep -qFx "$change" "$mutation/equivalent"; then
		equivalent=$((equivalent + 1))
		continue
	fi
	cp "$file" "$WORK/kept"
	MUTANT=$mutant LINE=$line perl -i -pe '$_ = "$ENV{MUTANT}\n" if $. == $ENV{LINE}' "$file"
	seen=0
	green || seen=$?
	case $seen in
	0)
		tried=$((tried + 1))
		echo "survived: $change"
		;;
	1)
		tried=$((tried + 1))
		killed=$((killed + 1))
		echo "seen: $change"
		;;
	*) stillborn=$((stillborn + 1)) ;;
	esac
	cp "$WORK/kept" "$file"
done 3<"$WORK/chosen"
echo "$stillborn do not compile, $equivalent are equivalent"
count "mutants of the commit, ack and lock code" "$tried"
count "of them seen by the tests" "$killed"
# Of a few, one that slips through says nothing yet.
((tried > 0 && killed * 10 >= tried * (tried < 100 ? 5 : 9))) || fail "only $killed of $tried were seen"
