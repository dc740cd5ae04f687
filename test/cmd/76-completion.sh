#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# What a shell offers next is what jobrun takes there: asked of the verb itself, and in bash, zsh and fish.
# shellcheck disable=SC2016,SC2088
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

small_db
PORT=9 URL=http://127.0.0.1:9
(umask 077 && echo token >token)
set_system
set_system other-ris
small_job
small_job '.JobType = 8 | .Name = "Letters"'
for client in '{"ClientId": 70}' '{"ClientId": 71, "GroupId": 2}' '{"ClientId": 71, "GroupId": 3}' '{"ClientId": "o d d"}' \
	'{"ClientId": "a;b"}' '{"ClientId": "-7"}' '{"ClientId": "$(x)"}'; do
	add_client Notes "$client"
done
add_client Letters '{"ClientId": 900}'
new_key Notes
sql "INSERT INTO APP_JOB_RUN (RunId, JobType, StartedAt, Status) VALUES (4711, 7, '2026-11-23T07:00:00.000Z', 'ok')"
mkdir bin shell && ln -s "$JOBRUN" bin/jobrun
touch shell/one.json && mkdir shell/folder
PATH=$WORK/bin:$PATH

# candidates WORD…: of a line with these words behind jobrun, the last one being typed.
candidates() {
	succeed "$JOBRUN" complete -- jobrun "$@"
	[[ ! -s stderr ]] || fail "complete $* says: $(<stderr)"
	cut -f 1 stdout | paste -sd' '
}

while IFS='|' read -r line expected; do
	read -ra words <<<"$line"
	[[ $line != *' ' ]] || words+=('')
	expect "jobrun $line" "$expected" "$(candidates "${words[@]}")"
done <<'END'
sta|status
No|Notes
client |add disable enable list pause remove resume
client pa|pause
client pause |Letters Notes
client pause N|Notes
client pause Notes |70 71
client pause Notes 9|
client pause Letters |900
client pause 7 71 |2 3
client pause Notes 71 2 |
items show Notes 70 |
items list --state |acked failed owed parked
items list --state p|parked
items list --state=p|--state=parked
items list --state = p|parked
items list --job |Letters Notes
status --job Notes --client |70 71
run Notes --client |70 71
Notes --client 71,|71,70 71,71
Notes --group |0 2 3
Notes --key |
--color never run N|Notes
-j 4 Notes --log|--log-format
run --force -vj 4 N|Notes
key revoke |1
key new --jobs No|Notes
key new --jobs Notes,|Notes,Letters Notes,Notes
runs |4711
errors 47|4711
system show |other-ris ris
system set |other-ris ris
system set ris |:files
job install |:directories
job new |
job new Name |:directories
run Notes --key-file |:files
backup |:files
help k|key
help key |list new revoke
status -- --|
nothing-of-that-name |
client nothing |
hold Notes --re|--reason
release --color |always auto never
END
expect "an option that a verb does not take is not offered" "" "$(candidates release Notes --reason)"
expect_match "what it means stands behind it" $'^pause\tleave a client out until it is resumed$' \
	"$("$JOBRUN" complete -- jobrun client p)"
for verb in $(candidates ''); do
	[[ " Letters Notes " == *" $verb "* ]] || "$JOBRUN" "$verb" --help >/dev/null || fail "there is no verb $verb"
done
ok "every verb that is offered is there"
while read -r option; do
	"$JOBRUN" run --help | grep -qE -e "$option( |\$)" || fail "run takes no $option"
done < <(candidates run Notes -- | tr ' ' '\n')
ok "and every option"

expect "another database, by the line's own --db" "" "$(candidates --db absent.db client pause '')"
mkdir -p jobs && JOBRUN_DB=$WORK/other.db "$JOBRUN" init >/dev/null
expect "an empty one" "" "$(candidates --db="$WORK/other.db" client pause '')"
expect "at home" "Letters Notes" "$(JOBRUN_DB=$WORK/other.db candidates --db '~/jobrun.db' client pause '')"
expect "without a home" "pause" "$(env -u JOBRUN_DB -u HOME "$JOBRUN" complete -- jobrun client pa | cut -f 1)"
echo broken >broken.db
expect "one that is none" "" "$(JOBRUN_DB=$WORK/broken.db candidates client pause '')"
expect "nothing typed at all" "" "$("$JOBRUN" complete; "$JOBRUN" complete --; "$JOBRUN" complete jobrun)"
# shellcheck disable=SC2016 # expanded by that shell
echo '"$JOBRUN" complete -- jobrun client pause ""' >ask
sqlite3 "$DB" 'BEGIN EXCLUSIVE' '.shell sh ask' >locked
expect_match "while another program writes" Notes "$(<locked)"
sql .dump >before
candidates client pause Notes '' >/dev/null
expect "it changes nothing" "" "$(sql .dump | diff before -)"

cat >try.bash <<'END'
. /usr/share/bash-completion/bash_completion
. "$TREE/cmd/jobrun/completion/jobrun.bash"
compopt() { echo "compopt $*"; }
COMP_LINE=$1
COMP_POINT=${#1}
read -ra COMP_WORDS <<<"$1"
[[ $1 != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_jobrun
echo "${COMPREPLY[*]}"
END
cat >try.zsh <<'END'
fpath=($TREE/cmd/jobrun/completion)
autoload -Uz _jobrun
_describe() { print -r -- ${${(P)2}%%:*} }
_files() { print -r -- files "$@" }
compset() { }
words=(${(z)1})
[[ $1 != *' ' ]] || words+=('')
CURRENT=$#words
PREFIX=$words[-1]
_jobrun
END
export TREE

# in_bash LINE, in_zsh LINE, in_fish LINE: what the shell offers, a candidate a line or all in one.
in_bash() {
	bash try.bash "$1"
}
in_zsh() {
	zsh -f try.zsh "$1"
}
in_fish() {
	(cd shell && fish --no-config -c 'source $TREE/cmd/jobrun/completion/jobrun.fish; complete -C $argv[1]' "$1" | cut -f 1)
}

for shell in bash zsh fish; do
	for case in 'jobrun sta=status' 'jobrun client pa=pause' 'jobrun client pause Notes =70 71' 'jobrun run Notes --log-f=--log-format' \
		'jobrun client pause 7 71 =2 3'; do
		expect "$shell: ${case%=*}" "${case#*=}" "$("in_$shell" "${case%=*}" | paste -sd' ')"
	done
done
expect "bash looks for files itself" "compopt -o default" "$(in_bash 'jobrun backup ' | sed -n 1p)"
expect "and for folders" "compopt -o dirnames" "$(in_bash 'jobrun job install ' | sed -n 1p)"
expect "zsh, too" "files" "$(in_zsh 'jobrun backup ')"
expect "and for folders" "files -/" "$(in_zsh 'jobrun job install ')"
expect "fish, too" "folder/ one.json" "$(in_fish 'jobrun backup ' | sort | paste -sd' ')"
expect "behind an equals sign" "--metrics-file=one.json" "$(in_fish 'jobrun Notes --metrics-file=o')"
expect "and for folders" "folder/" "$(in_fish 'jobrun job install ')"

# In a zsh as it is: a real terminal, the tab key.
cat >real.zsh <<'END'
zmodload zsh/zpty
zpty real zsh -f -i
zpty -w real "PROMPT=; fpath=($TREE/cmd/jobrun/completion \$fpath); autoload -Uz compinit; compinit -u -d $PWD/dump; print rea''dy"
zpty -r real out '*ready*'
zpty -w -n real $'jobrun client pause No\t'
zpty -r real out '*pause Notes*' && print found
zpty -d real
END
expect "a zsh at a terminal completes" found "$(timeout 60 zsh -f real.zsh)"
