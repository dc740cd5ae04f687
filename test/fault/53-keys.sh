#!/bin/bash
# The job key: files that are not its holder's alone are refused, in one line and without waiting; and how long a wrong
# key is looked at says nothing about where it is wrong.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
workflow_db
set_system
workflow_job
workflow_client
know 1 10
offer 1 1 3
new_key
key=$(<"$KEY_FILE")
umask 077
mkdir k
tried=0

# refused STATUS WHY NAME: a run with k/NAME as its key file ends so, at once, in one line.
refused() {
	local begun

	begun=$(now_ms)
	jobrun Complete --key-file "k/$3"
	(($(now_ms) - begun < 5000)) || fail "$3: it took $(($(now_ms) - begun)) ms"
	((status == $1)) || fail "$3: exit status $status, not $1: $(<stderr)"
	[[ ! -s stdout && $(wc -l <stderr) == 1 ]] || fail "$3: not one line: $(<stderr)"
	grep -qE -e "$2" stderr || fail "$3: nothing of '$2' in: $(<stderr)"
	! grep -qaF -e "$key" -e "${key:7}" stderr || fail "$3: the key is told"
	tried=$((tried + 1))
}
# taken NAME: the key in k/NAME is the key.
taken() {
	run=$(last_run RunId)
	jobrun Complete --force --key-file "k/$1"
	((status == 0)) || fail "$1: exit status $status: $(<stderr)"
	[[ $(last_run RunId) != "$run" ]] || fail "$1: there was no run"
	tried=$((tried + 1))
}

for mode in 0644 0660 0604 0640 0620 0602 0601 0611 0777 04644; do
	echo "$key" >"k/$mode"
	chmod "$mode" "k/$mode"
	refused 77 'chmod 600' "$mode"
done
for mode in 0600 0400 0700 0500; do
	echo "$key" >"k/ok-$mode"
	chmod "$mode" "k/ok-$mode"
	taken "ok-$mode"
done
echo "$key" >k/good
ln -s good k/link
taken link
ln -s 0644 k/link-open
refused 77 'chmod 600' link-open
ln -s loop k/loop
refused 66 'symbolic links' loop
ln -s nowhere k/dangling
refused 66 'No such file' dangling
mkfifo k/fifo
refused 77 'no regular file' fifo
mkdir k/folder
refused 77 'no regular file' folder
ln -s /dev/zero k/zero
refused 77 'no regular file' zero
perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un("k/socket")) or die'
refused 66 'k/socket' socket
: >k/empty
refused 77 'is empty' empty
truncate -s 1G k/huge
refused 77 'control character|longer than' huge
head -c 5000000 /dev/zero | tr '\0' x >k/long
refused 77 'longer than' long
printf '%s' "$key" >k/no-newline
taken no-newline
printf '%s\r\n' "$key" >k/crlf
taken crlf
printf '%s \t\n' "$key" >k/blanks
taken blanks
printf '%s\nsecond line\n' "$key" >k/two-lines
taken two-lines
printf '\n%s\n' "$key" >k/line-first
refused 77 'is empty' line-first
printf ' %s\n' "$key" >k/blank-first
refused 77 'job key was refused' blank-first
printf '%s\0\n' "$key" >k/nul
refused 77 'control character' nul
printf '\0%s\n' "$key" >k/nul-first
refused 77 'control character' nul-first
printf '\xef\xbb\xbf%s\n' "$key" >k/bom
refused 77 'job key was refused' bom
printf '%s\e\n' "$key" >k/escape
refused 77 'control character' escape
for wrong in "${key:0:-1}" "${key}A" "X${key:1}" "${key:0:20}" "${key^^}" "$key$key" "jobrun_" "x" "' OR 1=1 --" "%" "*"; do
	printf '%s\n' "$wrong" >"k/wrong"
	refused 77 'the job key was refused: give one that is valid' wrong
done
refused 66 'No such file' absent
refused 66 'Not a directory' good/below
if ((EUID == 0)); then
	echo "$key" >k/others
	chown nobody k/others
	refused 77 'belongs to user id' others
	if setpriv --reuid nobody --clear-groups true 2>/dev/null; then
		echo "$key" >k/unreadable
		chmod 711 k "$WORK"
		status=0
		setpriv --reuid nobody --clear-groups "$JOBRUN" Complete --db "$DB" --key-file "$WORK/k/unreadable" >stdout 2>stderr || status=$?
		((status == 66)) || fail "a key of root's for another: exit status $status: $(<stderr)"
		tried=$((tried + 1))
	fi
fi
count "key files" "$tried"
invariants

# By counting instructions, not time: the stored hash differs at its first, a middle or its last byte from the key's. What is
# counted is the release's, since valgrind runs no sanitizer.
if [[ ! -x $JOBRUN_RELEASE ]]; then
	echo "no release to count: $JOBRUN_RELEASE"
	exit 0
fi
hash=$(sql "SELECT hex(Hash) FROM APP_JOB_KEY")
declare -A counts=()
for at in 0 1 15 30 31; do
	byte=$(printf '%02X' $((0x${hash:at*2:2} ^ 1)))
	sql "UPDATE APP_JOB_KEY SET Hash = x'${hash:0:at*2}$byte${hash:at*2+2}'"
	status=0
	valgrind --tool=callgrind --callgrind-out-file=callgrind --collect-atstart=no --toggle-collect=keys_check \
		"$JOBRUN_RELEASE" Complete --key-file k/good >stdout 2>stderr || status=$?
	((status == 77)) || fail "wrong at byte $at, under valgrind: exit status $status"
	counts[$(sed -n 's/^totals: //p' callgrind)]+=" $at"
done
expect "wherever it is wrong, as many instructions are run" 1 "${#counts[@]}"
((${!counts[*]} > 1000)) || fail "hardly any were counted: ${!counts[*]}"
count "places of a wrong key, by instructions" 5
