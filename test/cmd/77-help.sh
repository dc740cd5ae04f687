#!/bin/bash
# Help reads well on any terminal: examples first, 80 columns, every verb in its place; --version warns of what is bad.
. "$(dirname "$0")/lib.sh"

# too_wide FILE: its lines of more than 80 characters.
too_wide() {
	grep -E '^.{81,}' "$1" || true
}

# examples_first WORDS: the file help has an example, and before its usage.
examples_first() {
	local example usage

	example=$(sed -nE '/^  (jobrun|echo) /{=;q}' help)
	usage=$(sed -n '/^usage: /{=;q}' help)
	[[ -n $example && -n $usage ]] || fail "$1 --help has no example, or no usage"
	((example < usage)) || fail "$1 --help has its usage before its examples"
}

succeed "$JOBRUN" --help
expect_empty stderr
cp stdout all
expect "the help for all fits" "" "$(too_wide all)"
expect "jobrun alone, jobrun help and -h say the same" "" \
	"$("$JOBRUN" | diff all -; "$JOBRUN" help | diff all -; "$JOBRUN" -h | diff all -)"
examples=$(grep -n '^  jobrun ' all | head -n 1 | cut -d: -f1)
usage=$(grep -n '^usage:' all | cut -d: -f1)
((examples < usage)) || fail "examples come first"
ok "examples come first"
expect "the verbs stand in groups, in the order of the work" \
	"run,see how it goes,mend,write a job,configure,live with it" "$(sed -n '/^usage/,$p' all | grep -E '^[a-z][a-z ]+$' | paste -sd,)"

# Each verb by its name in the help, two words where the table has two.
grep -oE '^  [a-z]+( [a-z]+)?' all | sed 's/^  //' | grep -v '^jobrun' >verbs
expect "each verb is there once" "" "$(sort verbs | uniq -d)"
(($(wc -l <verbs) >= 42)) || fail "only $(wc -l <verbs) verbs are in the help"
while read -r verb; do
	read -ra words <<<"$verb"
	"$JOBRUN" "${words[@]}" --help >help 2>&1 || fail "$verb --help"
	[[ -z $(too_wide help) ]] || fail "$verb --help is too wide: $(too_wide help)"
	"$JOBRUN" help "${words[@]}" | cmp -s help - || fail "help $verb says something else"
	grep -q "^jobrun $verb: " help || fail "$verb --help does not begin with what it does"
	examples_first "$verb"
	# What an example shows is an option of the verb's.
	while read -r option; do
		grep -qE -e "$option( |\$)" <(sed -n '/^usage/,$p' help) || fail "$verb --help: an example has $option"
	done < <(sed -n '1,/^usage/p' help | { grep -oE -e '--[a-z-]+' || true; } | sort -u)
done <verbs
ok "every verb has help that fits, with examples first, whose options are there"
for family in $(cut -d' ' -f1 verbs | sort | uniq -d); do
	"$JOBRUN" "$family" --help >help || fail "$family --help"
	[[ -z $(too_wide help) ]] || fail "$family --help is too wide"
	examples_first "$family"
	expect "$family --help has an example of each" "$(grep "^$family " verbs | sort)" \
		"$(sed '/^usage/,$d' help | grep -oE "jobrun $family [a-z]+" | sed 's/^jobrun //' | sort)"
	expect_no_match "and none is cut" '\\\|  jobrun' "$(sed '/^usage/,$d' help | paste -sd'|')"
	expect "$family --help has its verbs" "$(grep "^$family " verbs | sort)" "$(grep -oE "^  $family [a-z]+" help | sed 's/^  //' | sort)"
done

succeed "$JOBRUN" --version
expect_match "the version" '^jobrun [0-9]+\.[0-9]+\.[0-9]+$' "$(sed -n 1p stdout)"
expect_match "the libraries in use" '^libcurl [0-9.]+ \(.*\), SQLite [0-9.]+, cJSON [0-9.]+, libbsd [0-9.]+ \(at build\)$' \
	"$(sed -n 2p stdout)"
expect "and nothing else but warnings" "" "$(sed 1,2d stdout | grep -v '^warning: ' || true)"
sqlite=$(sqlite3 :memory: 'SELECT sqlite_version()')
# This machine's SQLite, if it is one of those with the fault.
if [[ $(printf '%s\n' 3.51.3 "$sqlite" | sort -V | head -n 1) == "$sqlite" && $sqlite != 3.51.3 && $sqlite != 3.44.[6-9] &&
	$sqlite != 3.50.[7-9] ]]; then
	expect_match "of this SQLite it warns" "^warning: SQLite $sqlite: .*WAL-reset" "$(<stdout)"
else
	expect_no_match "of this SQLite it does not warn" 'WAL-reset' "$(<stdout)"
fi
