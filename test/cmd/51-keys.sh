#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# Keys: the files they come from, which source counts, and how they end.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

small_db
PORT=9 URL=http://127.0.0.1:9
(umask 077 && echo token >token)
set_system
small_job
# Without clients a run ends at once, and well: all that counts here is whether it may begin.
new_key
key=$(<"$KEY_FILE")
wrong=${key%?????}xxxxx

# begins NAME ARGUMENT…: the key is good.
begins() {
	local name=$1

	shift
	jobrun Notes "$@"
	expect_status "$name" 0
}

# refused NAME STATUS REGEX ARGUMENT…: it is not; never does the message hold it.
refused() {
	local name=$1 expected=$2 regex=$3

	shift 3
	jobrun Notes "$@"
	expect_status "$name" "$expected"
	expect_match "$name: says why" "$regex" "$(<stderr)"
	! grep -qF -e "${key:10:12}" stderr || fail "$name: the key is in the message"
}

# file CONTENT [MODE]: the file k.
file() {
	rm -rf k
	printf '%b' "$1" >k
	chmod "${2:-600}" k
}

expect_match "a key is long and plain" '^jobrun_[A-Za-z0-9_-]{43}$' "$key"
file "$key"
begins "a file without a newline" --key-file k
file "$key\n"
begins "with one" --key-file k
file "$key\r\n"
begins "with CRLF" --key-file k
file "$key \t\nmore\n"
begins "with blanks behind the key, and more lines" --key-file k
file "$key\n" 400
begins "mode 0400" --key-file k
ln -s k link
begins "by a symbolic link" --key-file link
begins "on standard input" --key-file - <k
begins "on standard input, from a pipe" --key-file - < <(printf '%s' "$key")
for mode in 0644 0660 0604 0620 0601; do
	file "$key\n" "$mode"
	refused "mode $mode" 77 "open to group or others \(mode $mode\): chmod 600 k\$" --key-file k
done
file "$key\n" 644
mv k "a 'name'; touch made"
refused "the chmod can be pasted" 77 "chmod 600 'a '\\\\''name'\\\\''; touch made'" --key-file "a 'name'; touch made"
file '\n'
refused "an empty first line" 77 'empty' --key-file k
file ''
refused "an empty file" 77 'empty' --key-file k
file "$key\0\n"
refused "a NUL in it" 77 'control character' --key-file k
file " $key\n"
refused "a blank before it" 77 'refused' --key-file k
head -c 1048576 /dev/zero | tr '\0' x >k
refused "a megabyte" 77 'longer than 8192 bytes' --key-file k
rm k && mkdir -m 700 k
refused "a folder" 77 'no regular file' --key-file k
rmdir k && mkfifo -m 600 k
SECONDS=0
refused "a FIFO" 77 'no regular file' --key-file k
((SECONDS < 10 * ${SLOWER:-1})) || fail "it waited at the FIFO"
rm k
refused "a file that is not there" 66 'cannot read key file k' --key-file k
refused "a terminal's worth of nothing" 77 'empty' --key-file - </dev/null
if ((EUID == 0)); then
	file "$key\n"
	chown 65534 k
	refused "another user's file" 77 'belongs to user id 65534' --key-file k
fi

# Which source counts: the first of them, right or wrong.
mkdir -m 700 credentials
good() { # WHERE: the good key there
	case $1 in
	key) arguments+=(--key "$2") ;;
	file) (umask 077 && echo "$2" >k1) && arguments+=(--key-file k1) ;;
	variable) export JOBRUN_KEY=$2 ;;
	file_variable) (umask 077 && echo "$2" >k2) && export JOBRUN_KEY_FILE=k2 ;;
	credential) (umask 077 && echo "$2" >credentials/jobrun.key) && export CREDENTIALS_DIRECTORY=$WORK/credentials ;;
	esac
}
rm -f k
sources=(key file variable file_variable credential)
for ((i = 0; i < ${#sources[@]}; i++)); do
	for expected in 0 77; do
		arguments=()
		unset JOBRUN_KEY JOBRUN_KEY_FILE CREDENTIALS_DIRECTORY
		for ((k = i; k < ${#sources[@]}; k++)); do
			if ((k == i && expected == 0)) || ((k > i && expected == 77)); then
				good "${sources[k]}" "$key"
			else
				good "${sources[k]}" "$wrong"
			fi
		done
		jobrun Notes "${arguments[@]}"
		expect_status "${sources[i]} counts before${sources[*]:i+1}: $( ((expected == 0)) && echo right || echo wrong)" "$expected"
	done
done
unset JOBRUN_KEY JOBRUN_KEY_FILE CREDENTIALS_DIRECTORY
JOBRUN_KEY='' JOBRUN_KEY_FILE='' refused "empty variables name nothing" 77 'refused'
refused "an empty --key is no key" 77 'empty' --key ''
# systemd's files are readable for its services' group: they are guarded by the folder.
(umask 077 && echo "$key" >credentials/jobrun.key && chmod 440 credentials/jobrun.key)
CREDENTIALS_DIRECTORY=$WORK/credentials begins "a credential of mode 0440"

# Their end.
(umask 077 && "$JOBRUN" key new --jobs 7,8 --label short --ttl 4s >brief 2>stderr) || fail "key new: $(<stderr)"
expect "key new prints the key alone" "1 51" "$(wc -lc <brief | tr -s ' ' | sed 's/^ //')"
expect_match "and says on standard error how long it is valid" 'key 2 made for 7,8, valid until 2' "$(<stderr)"
begins "a key for two numbers" --key-file brief
"$JOBRUN" key new --jobs 7 >closed 2>stderr || fail "key new: $(<stderr)"
expect "a file that was open to others is closed to them" 600 "$(stat -c %a closed)"
keys=$(sql "SELECT count(*) FROM APP_JOB_KEY")
status=0
# A file that others can read, and whose mode nobody can change.
timeout "$COMMAND_SECONDS" "$JOBRUN" key new --jobs 7 >"/proc/$$/comm" 2>stderr || status=$?
expect_status "a file that cannot be closed to others gets no key" 64
expect_match "it says what to do" 'open to group or others \(mode 0644\).*no key was made: umask 077' "$(<stderr)"
expect "and none is made" "$keys" "$(sql "SELECT count(*) FROM APP_JOB_KEY")"
sleep 4.1
refused "after its time" 77 'refused' --key-file brief
succeed "$JOBRUN" key revoke 1
expect "revoking says so" "key 1: revoked" "$(<stdout)"
refused "a revoked key" 77 'refused' --key-file "$KEY_FILE"
at=$(sql "SELECT RevokedAt FROM APP_JOB_KEY WHERE KeyId = 1")
succeed "$JOBRUN" key revoke 1
expect "revoking it again changes nothing" "key 1: was revoked before; nothing changed|$at" \
	"$(<stdout)|$(sql "SELECT RevokedAt FROM APP_JOB_KEY WHERE KeyId = 1")"
jobrun key revoke 99
expect_status "a key that is not there" 64
succeed "$JOBRUN" key list --json
expect "the list has all that may be shown, and no more" "CreatedAt ExpiresAt Jobs KeyId Label LastUsedAt RevokedAt" \
	"$(jq -r '.[0] | keys | join(" ")' stdout)"
hash=$(sql "SELECT lower(hex(Hash)) FROM APP_JOB_KEY WHERE KeyId = 1")
expect "the hash is the key's SHA-256" "$(printf %s "$key" | sha256sum | cut -d ' ' -f 1)" "$hash"
expect_no_match "and is not in the list" "$hash|${key:7}" "$(tr A-F a-f <stdout)$(<stdout)"
