#!/bin/bash
# Do the tests see what they are for? The code that commits, acknowledges and locks is made wrong in one small place at a
# time (mutation/mutants.pl), and the tests must go red: at least nine times in ten. Those in mutation/equivalent change
# nothing that anybody could see, each with its reason; one that does not compile is none.
set -Eeuo pipefail
cd "$(dirname "$0")/../.."
. test/fault/count.sh

SOURCES=(lib/run/ack.c lib/run/apply.c lib/run/lock.c lib/run/refused.c lib/run/writer.c lib/store/ledger.c
	lib/store/runlog.c)
# From the quickest to the slowest; the first that goes red decides.
TESTS=('^lib/run/(lock|refused|item|verdict|writer)$|^lib/store/(ledger|runlog|model|memory)$' '^fault/36-simulation$'
	'^cmd/(05|06|07|10|11|12|13|15|17|20|54)')
SEED=${SEED-$RANDOM}
RANDOM=$SEED
echo "SEED=$SEED"

work=$(mktemp -d "${TMPDIR:-/tmp}/jobrun-mutation.XXXXXX")
trap 'rm -rf "$work"' EXIT
git ls-files -z --cached --others --exclude-standard | tar -cf - --null -T - | tar -xf - -C "$work"
cd "$work"
{
	cmake --preset debug
	cmake --build --preset debug
} >log 2>&1 || { tail -n 20 log; exit 1; }
# At first they are green, else nothing that follows means anything.
for tests in "${TESTS[@]}"; do
	ctest --preset debug -R "$tests" >log 2>&1 || { tail -n 20 log; exit 1; }
done

# red: do the tests see it? Also what hangs is seen.
red() {
	local tests

	for tests in "${TESTS[@]}"; do
		ctest --preset debug --stop-on-failure --timeout 60 -R "$tests" >log 2>&1 || return 0
	done
	return 1
}

perl test/fault/mutation/mutants.pl "${SOURCES[@]}" >all
shuf --random-source=<(yes "$SEED") all | head -n "$(share 8 100000)" >chosen
tried=0 killed=0 equivalent=0 stillborn=0
while IFS=$'\t' read -r file line mutant; do
	original=$(sed -n "${line}p" "$file")
	if grep -qFx "$file: ${original#"${original%%[![:blank:]]*}"} => ${mutant#"${mutant%%[![:blank:]]*}"}" \
		test/fault/mutation/equivalent; then
		equivalent=$((equivalent + 1))
		continue
	fi
	cp "$file" kept
	MUTANT=$mutant perl -i -pe '$_ = "$ENV{MUTANT}\n" if $. == '"$line" "$file"
	if ! cmake --build --preset debug >log 2>&1; then
		stillborn=$((stillborn + 1))
	else
		tried=$((tried + 1))
		if red; then
			killed=$((killed + 1))
		else
			printf 'survived: %s:%s: %s => %s\n' "$file" "$line" "${original#"${original%%[![:blank:]]*}"}" \
				"${mutant#"${mutant%%[![:blank:]]*}"}"
		fi
	fi
	cp kept "$file"
done <chosen
count "mutants of the commit, ack and lock code" "$tried"
count "of them killed" "$killed"
printf '%d do not compile, %d are equivalent\n' "$stillborn" "$equivalent"
((tried > 0 && killed * 10 >= tried * 9)) || { echo "FAILED: $killed of $tried killed"; exit 1; }
