#!/bin/bash
# Every verb has a manual page that says what its --help says: its words, each of its options, its exit status, examples.
. "$(dirname "$0")/lib.sh"

MAN=$TREE/cmd/jobrun/man

# page FILE: the page as text on one line, so that no line break stands between two words.
page() {
	mandoc -T utf8 -O width=1000 "$1" | col -bx | tr -s '[:space:]' ' '
}

# page_of VERB: the file that holds it. The main job and help stand in the first page, release beside hold.
page_of() {
	case $1 in
	run | help) echo jobrun.1 ;;
	release) echo jobrun-hold.1 ;;
	*) echo "jobrun-${1%% *}.1" ;;
	esac
}

"$JOBRUN" help >all
verbs=$("$JOBRUN" complete -- jobrun help '' | cut -f 1)
expect_match "there are verbs" '^status$' "$verbs"
for first in $verbs; do
	words=$first
	if "$JOBRUN" help "$first" | grep -q '^Each has help'; then
		words=$("$JOBRUN" complete -- jobrun "$first" '' | cut -f 1 | sed "s/^/$first /")
	fi
	while read -r verb; do
		file=$(page_of "$verb")
		[[ -f $MAN/$file ]] || fail "jobrun $verb has no page $file"
		text=$(page "$MAN/$file")
		for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
			grep -q "^\.Sh $section\$" "$MAN/$file" || fail "$file has no $section"
		done
		[[ $verb == run || $text == *"jobrun $verb"* ]] || fail "$file does not show jobrun $verb"
		# shellcheck disable=SC2086  # a verb of two words
		"$JOBRUN" help $verb | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -e '--[a-z-]+' >options
		while read -r option; do
			# What every verb takes stands in jobrun(1), once.
			case $option in --db | --color | --help | --version) continue ;; esac
			[[ $text == *"$option"* ]] || fail "$file: $option of jobrun $verb is missing"
		done <options
	done <<<"$words"
done
ok "every verb has its page, with its words and all its options"

main=$(page "$MAN/jobrun.1")
for file in "$MAN"/jobrun-*.1; do
	name=$(basename "$file" .1)
	[[ $main == *"$name(1)"* ]] || fail "jobrun(1) does not name $name(1)"
done
ok "jobrun(1) names every other page"
for option in --db --color --help --version; do
	[[ $main == *"$option"* ]] || fail "jobrun(1): $option is missing"
done
ok "and the options that every verb takes"

# What a page refers to is there.
grep -hoE '^\.Xr jobrun[a-z-]* [15]' "$MAN"/* | sort -u | while read -r _ name section; do
	[[ -f $MAN/$name.$section ]] || fail "a page refers to $name($section), which is not there"
done
ok "and refers to no page that is not there"
