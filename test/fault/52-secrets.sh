#!/bin/bash
# shellcheck disable=SC2034 # KEY_FILE is lib.sh's
# Seven kinds of secrets, each with a text of its own: none of them is found in anything that jobrun writes, shows or
# hands on. And what else its process gives away: core files, the environment, descriptors.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

# Attached to a tracer, LeakSanitizer cannot look.
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
start_server
TOKEN=$(<token)
PASSWORD=canary-password-$RANDOM$RANDOM
HEADER=canary-header-$RANDOM$RANDOM
HOOK=canary-hook-$RANDOM$RANDOM
PING=canary-ping-$RANDOM$RANDOM
export RIS_HEADER=$HEADER
(
	umask 077
	echo "$PASSWORD" >password
	echo "$URL/hook/$HOOK" >hook.url
	echo "$URL/ping/$PING" >ping.url
)
workflow_db
set_system
set_system basic '{"Auth": {"Basic": {"User": "u", "Password": "file:'"$WORK"'/password"}}, "Retries": 1}'
set_system header '{"Auth": {"Header": {"Name": "X-Api-Key", "Value": "env:RIS_HEADER"}}, "Retries": 1}'
cat >told <<'END'
#!/bin/bash
cat >>alerts.told
env -0 | tr '\0' '\n' >environment.told
ls /proc/$$/fd >fds.told
grep -E '^(NoNewPrivs|Seccomp):' /proc/$$/status >status.told
END
chmod 755 told
jq -n --arg hook "file:$WORK/hook.url" --arg told "$WORK/told" '[{Url: $hook, Format: "slack"}, {Command: ["/bin/bash", $told]}]' >notify.json
succeed "$JOBRUN" notify set notify.json
workflow_job '.Alerts = {ConsecutiveFailures: 1} | .Ping = "file:'"$WORK"'/ping.url"'
workflow_client 1
workflow_client 2 '{"System": "basic"}'
workflow_client 3 '{"System": "header"}'
know 1 1000
new_key
KEY=$(<"$KEY_FILE")

# What may hold them, and is none of jobrun's output: the secrets themselves, and the external system's own files.
secret_files=' token password hook.url ping.url key external.db external.db-wal external.db-shm server.log '
secrets=("$KEY" "$TOKEN" "$PASSWORD" "$HEADER" "$HOOK" "$PING" "$(printf 'u:%s' "$PASSWORD" | base64)")
looked=0
# clean WHAT: no secret is in any file of this folder but those.
clean() {
	local file secret patterns=()

	for secret in "${secrets[@]}"; do
		patterns+=(-e "$secret")
	done
	while read -r file; do
		[[ $secret_files == *" ${file#./} "* ]] && continue
		looked=$((looked + 1))
		! grep -qaF "${patterns[@]}" "$file" || fail "$1: a secret is in $file: $(grep -aoF "${patterns[@]}" "$file" | head -n 1)"
	done < <(find . -type f)
	checks=$((checks + 1))
}
# The search itself finds them, where they are.
for file in key token password hook.url ping.url; do
	grep -qaF -e "$KEY" -e "$TOKEN" -e "$PASSWORD" -e "$HOOK" -e "$PING" "$file" || fail "$file does not hold its secret"
done

# refusal CLIENT TEXT: the external system refuses it once, with that in its answer.
refusal() {
	fault "$(jq -cn --arg client "$1" --arg text "$2" '{path: "/api/records", kind: "status", status: 401,
		client: $client, body: "bad credentials: \($text)"}')"
}

# run NAME ARGUMENT…: a run that fails in all ways there are, looked at from outside as it goes.
n=0
steer=()
run() {
	local name=$1 pid i

	shift
	n=$((n + 1))
	sql "DELETE FROM APP_ALERT"
	offer 1 $((n * 10)) $((n * 10 + 3))
	clear_faults
	fault '{"path": "/api/records", "kind": "delay", "delay_ms": 700}'
	# An answer gives back what it was sent.
	refusal 2 "$PASSWORD or Basic $(printf 'u:%s' "$PASSWORD" | base64)"
	refusal 3 "X-Api-Key: $HEADER"
	((n % 2)) || refusal 1 "Bearer $TOKEN, $TOKEN"
	# What runs beside a script would get no standard input else.
	exec 9<&0
	env "${steer[@]}" "$JOBRUN" Complete --force --metrics-file run.prom "$@" >"stdout.$n" 2>"stderr.$n" <&9 9<&- &
	pid=$!
	for ((i = 0; i < 2000; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		# Before it has its title it has done nothing yet: what it was started with is the caller's to hide.
		grep -qa '^jobrun: Complete' "/proc/$pid/cmdline" 2>/dev/null || { sleep 0.005 && continue; }
		for file in cmdline environ status limits; do
			cat "/proc/$pid/$file" >>"proc.$n.$file" 2>/dev/null || true
		done
		sleep 0.02
	done
	wait "$pid" || true
	exec 9<&-
	grep -q . "proc.$n.cmdline" || fail "$name: nothing was seen of it"
	cp "$DB" "db.$n"
	[[ ! -e $DB-wal ]] || cp "$DB-wal" "wal.$n"
	clean "$name"
	ok "$name: no secret is found"
}

run "the key by a file" --key-file "$KEY_FILE" -vv
run "on standard input, JSON" --key-file - -vv --log-format json --json <"$KEY_FILE"
JOBRUN_KEY=$KEY run "by the environment" -v
run "on the command line" --key "$KEY" -vv
run "on the command line, with =" "--key=$KEY" --json
CREDENTIALS_DIRECTORY=$WORK/credentials
mkdir credentials
(umask 077 && cp key credentials/jobrun.key)
secret_files+="credentials/jobrun.key "
CREDENTIALS_DIRECTORY=$WORK/credentials run "as a credential" --dry-run -vv
for argument in "--key-file $KEY" "$KEY" "--kye $KEY" "--db $KEY" "--client 1 --key x$KEY" "--key-file $WORK/password" "key revoke $KEY"; do
	n=$((n + 1))
	read -ra words <<<"$argument"
	if "$JOBRUN" "${words[@]}" >"stdout.$n" 2>"stderr.$n"; then fail "jobrun $argument"; fi
	if [[ $argument == *db* ]]; then sed -i "s/$KEY/(its name)/" "stderr.$n"; fi
done
clean "a key in the wrong place"
for verb in "status --json" "runs --json" "errors --all --json" "errors --all" "alerts --json --all" "key list --json" "system list" "system show ris" \
	"job show Complete" "notify show" "client list --json" "metrics" "check" "items list --json" "watch"; do
	n=$((n + 1))
	read -ra words <<<"$verb"
	"$JOBRUN" "${words[@]}" >"stdout.$n" 2>"stderr.$n" || true
done
clean "what verbs show"
sqlite3 "$DB" .dump >dump
"$JOBRUN" backup backup.db >/dev/null
clean "the tables, and a backup"
count "files without a secret, of seven kinds" "$looked"
expect "the alerts did arrive" yes "$([[ -s alerts.told ]] && echo yes)"
expect "and the pings" yes "$(es_sql "SELECT iif(count(*) > 0, 'yes', 'no') FROM request_log WHERE path LIKE '/ping/%'")"
expect "and the hooks" yes "$(es_sql "SELECT iif(count(*) > 0, 'yes', 'no') FROM request_log WHERE path LIKE '/hook/%'")"

# What a command inherits: three files, a bare environment, and no way to more.
expect "a command has three descriptors, and its own script" "0 1 2 255" "$(sort fds.told | paste -sd' ')"
expect_no_match "and no variable but these" 'RIS_|JOBRUN|CREDENTIALS|TOKEN' "$(<environment.told)"
expect "it is outside the sandbox" "NoNewPrivs:	0" "$(grep NoNewPrivs status.told)"

# Core files: however it ends, the kernel writes none, whatever /proc/sys/kernel/core_pattern says.
expect_match "no core file by its limits" 'Max core file size +0 +0 ' "$(cat proc.*.limits)"
ulimit -c unlimited 2>/dev/null || true
clear_faults
fault '{"path": "/api/records", "kind": "delay", "delay_ms": 20000}'
"$JOBRUN" Complete --force --key-file "$KEY_FILE" --client 1 >stdout 2>stderr &
job_pid=$!
until [[ $(es_sql "SELECT count(*) FROM request_log WHERE at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 seconds')" 2>/dev/null || echo 1) != 0 ]]; do sleep 0.05; done
sleep 0.5
expect "its memory is nobody else's" "root" "$(stat -c %U "/proc/$job_pid/mem" 2>/dev/null || echo root)"
kill -ABRT "$job_pid"
status=0
wait "$job_pid" || status=$?
job_pid=
((status == 134 || status == 1)) || fail "SIGABRT: $status"
expect "no core file by SIGABRT" "" "$(find . -name 'core*')"
clear_faults

# Steered from outside: none of it counts, and no keys of TLS are written.
mkdir steer
# A secret stands behind what is taken out.
steer=(-i SSLKEYLOGFILE="$WORK/steer/keys" SQLITE_TMPDIR="$WORK/steer" http_proxy=http://127.0.0.1:1
	HTTP_PROXY=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1
	all_proxy=http://127.0.0.1:1 no_proxy=x CURL_CA_BUNDLE="$WORK/steer/ca" SSL_CERT_FILE="$WORK/steer/ca"
	SSL_CERT_DIR="$WORK/steer" CURL_HOME="$WORK/steer" OPENSSL_CONF="$WORK/steer/openssl.cnf"
	RIS_HEADER="$HEADER" HOME="$HOME" JOBRUN_DB="$JOBRUN_DB" PATH="$PATH" ASAN_OPTIONS="$ASAN_OPTIONS")
n=$((n + n % 2))
run "steered from outside" --key-file "$KEY_FILE" -v
steer=()
expect_match "no proxy of the environment's was asked" 'client 1, group 10: ended ok' "$(cat "stderr.$n")"
expect "no file was written or read there" "" "$(ls -A steer)"

# Descriptors that a caller leaves open are not jobrun's affair: they stay what they are, and no command gets them.
exec 7<"$WORK/password" 8>>leak
run "with descriptors left open" --key-file "$KEY_FILE"
exec 7<&- 8>&-
expect "no command gets what the caller left open" "0 1 2 255" "$(sort fds.told | paste -sd' ')"
expect "and nothing is written there" "" "$(<leak)"
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
	eval '"$JOBRUN" Complete --force --client 1 --key-file "$KEY_FILE"' "$closed" || true
	[[ $(sql 'PRAGMA integrity_check') == ok ]] || fail "standard files closed ($closed): the database is broken"
done
ok "closed standard files: the database is whole"
invariants
