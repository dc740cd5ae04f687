#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# What a run inherits and what it talks to: readers that leave, files that are closed, signals that are ignored or blocked,
# limits, a terminal that goes away.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/every.sh"

start_server
workflow_db
set_system
workflow_job
sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration) SELECT 3, '/api/records',
	json_group_array(json_object('ClientId', value, 'GroupId', 10)) FROM json_each('$(jq -nc '[range(1; 41)]')')"
know 1 60
offer 1 1 40
printf '{"id":%d,"status":"DRAFT"}\n' 41 42 | put_records records 1 10
new_key
run_job Complete
expect_status "a run with two bad items" 0
every_files

# left COMMAND…: whoever reads it leaves after a byte, or at once. It must not be told by a signal, nor complain.
left() {
	local reader

	for reader in 'head -c 1' true; do
		status=0
		(
			set +e
			trap - ERR
			timeout --kill-after=5 "$COMMAND_SECONDS" "$@" 2>stderr
			echo $? >left
		) | $reader >/dev/null
		without_counts
		status=$(<left)
		((status == 0 || status == 1)) || fail "$*, and its reader ($reader) leaves: exit status $status: $(<stderr)"
		! grep -iE 'sanitizer|runtime error|standard output|pipe' stderr || fail "$*: the lines above, for a reader that left"
		readers=$((readers + 1))
	done
}

readers=0
every_line 2 1 41 1
while read -r kind _ _ line; do
	[[ $kind == see ]] || continue
	for json in "" " --json"; do
		[[ -z $json ]] || takes_json "$line" || continue
		words=()
		eval "words=($line$json)"
		left "$JOBRUN" "${words[@]}"
	done
done <lines
left "$JOBRUN" Complete --key-file "$KEY_FILE" --json
left "$JOBRUN" Complete --key-file "$KEY_FILE" --dry-run -vv
left "$JOBRUN" errors --all --json
# More than a pipe holds.
left "$JOBRUN" help run
sql "INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, GroupId, ItemId, Stage, Code, Message)
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
	SELECT '2026-11-23T07:00:00.000Z', 1, 3, '1', '10', i, 'rules', 'sql' || i, 'message ' || i FROM n"
left "$JOBRUN" errors --all --json
left "$JOBRUN" errors --all
sql "DELETE FROM APP_EXCEPTION_LOG WHERE Message LIKE 'message %'"
((readers >= 50)) || fail "only $readers readers"
count "readers that leave" "$readers"

# A full disk is no reader that left.
for verb in 'job list' 'runs --json' help; do
	status=0
	# shellcheck disable=SC2086 # words
	"$JOBRUN" $verb >/dev/full 2>stderr || status=$?
	expect_status "$verb, and no room for what it prints" 74
	expect_match "it says so" 'cannot write to standard output' "$(<stderr)"
done

# Also where it is not the worst of it, and where the error is not the last thing that went wrong.
sql "UPDATE APP_JOB_TYPE SET InstalledAt = '2020-01-01T00:00:00.000Z';
	UPDATE APP_JOB_RUN SET StartedAt = printf('2020-01-01T00:00:%02d.000Z', RunId),
		FinishedAt = printf('2020-01-01T00:00:%02d.500Z', RunId)"
left "$JOBRUN" watch
status=0
"$JOBRUN" watch >/dev/full 2>stderr || status=$?
expect_status "watch finds something, and no room to say so" 1
expect_match "it says so where it can" 'cannot write to standard output' "$(<stderr)"

es_sql "DELETE FROM record WHERE id IN ('41', '42')"

# The external system goes away in the middle, in the clear and by TLS: no signal of that ends the run.
cut_off() {
	local kind

	for kind in reset drop_after_apply cut; do
		for method in GET POST; do
			clear_faults
			es_sql "UPDATE record SET acked_at = NULL"
			offer 2 "$next" $((next + 20))
			know "$next" $((next + 20))
			next=$((next + 21))
			fault '{"kind": "'$kind'", "path": "/api/records", "method": "'$method'", "client": "2", "at_byte": 100, "times": 1}'
			run_job Complete --client 2
			expect_match "$1: $kind of a $method: the run goes its way" '^[01]$' "$status"
			invariants
			sockets=$((sockets + 1))
		done
	done
	clear_faults
}

next=1000
sockets=0
set_system ris '{"Timeout": 2, "Retries": 2}'
cut_off "in the clear"
mkdir tls
"$EXTERNAL_SYSTEM" --make-cert "$WORK/tls" >server.log 2>&1 || fail "no certificate"
start_server --tls-cert "$WORK/tls/cert.pem" --tls-key "$WORK/tls/key.pem"
set_system ris '{"Timeout": 2, "Retries": 2, "CaFile": "'"$WORK/tls/cert.pem"'"}'
cut_off TLS
# Killed in the middle of a body by TLS: what is sent to it meets a socket that is gone.
for ((i = 0; i < $(share 2 20); i++)); do
	offer 2 "$next" $((next + 20))
	know "$next" $((next + 20))
	next=$((next + 21))
	fault '{"kind": "drip", "every_ms": 5, "path": "/api/records", "method": "GET", "times": 0}'
	es_sql "DELETE FROM request_log"
	start_job Complete --client 2
	until_true "it asks" asked /api/records
	sleep 0.2
	stop_server KILL
	end_job
	expect_match "the server is killed under TLS: the run ends by itself" '^(1|69)$' "$status"
	start_server --tls-cert "$WORK/tls/cert.pem" --tls-key "$WORK/tls/key.pem"
	sockets=$((sockets + 1))
done
run_job Complete
expect_match "and the next run does the rest" '^[01]$' "$status"
invariants
count "sockets that are gone" "$sockets"
start_server
set_system

# Closed files: nothing that it opens becomes one of the first three, whichever of them are there.
for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	know "$next" "$next"
	offer 1 "$next" "$next"
	next=$((next + 1))
	status=0
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 bash -c 'exec strace -f -qq -o trace -e trace=openat,socket,memfd_create,pipe2,eventfd2,dup \
		-e status=successful bash -c '\''exec "$@" '"$closed"\'' bash "$@"' bash \
		"$JOBRUN" Complete --key-file "$KEY_FILE" --json -vv >stdout 2>stderr || status=$?
	expect_status "closed: $closed" 0
	# What comes before jobrun itself is the shell's and the loader's.
	sed -n '/"\/dev\/null", O_RDWR/,$p' trace >own
	expect_match "closed: $closed: it opens /dev/null first" '/dev/null' "$(head -n 1 own)"
	expect_match "closed: $closed: the database is opened" 'jobrun\.db"' "$(<own)"
	expect_no_match "closed: $closed: none of the first three is anything else" ' = [012]$' \
		"$(grep -v '"/dev/null", O_RDWR' own)"
	expect "closed: $closed: the database is whole" "ok" "$(sql "PRAGMA integrity_check")"
	invariants
done
count "combinations of closed files" 7

# inherits HOW COMMAND…: started so, a run that is told to end does.
inherits() {
	local name=$1 signal=$2 expected=$3

	shift 3
	offer 1 "$next" "$next"
	know "$next" "$next"
	next=$((next + 1))
	fault '{"kind": "hang", "path": "/api/records", "method": "GET", "times": 0}'
	es_sql "DELETE FROM request_log"
	"$@" "$JOBRUN" Complete --key-file "$KEY_FILE" --client 1 >job.out 2>job.err &
	job_pid=$!
	until_true "it asks" asked /api/records
	end_job "$signal"
	expect_status "$name: SIG$signal" "$expected"
	expect "$name: its row" "stopped|$expected" "$(last_run "Status, ExitCode")"
	clear_faults
	inherited=$((inherited + 1))
}

inherited=0
for signal in TERM INT HUP XCPU; do
	number=$(kill -l $signal)
	inherits "as it is" $signal $((128 + number)) env
	# shellcheck disable=SC2016 # perl's own
	inherits "blocked" $signal $((128 + number)) perl -MPOSIX -e \
		'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(1 .. 31)) or die; exec @ARGV or die' --
	[[ $signal == HUP ]] || inherits "ignored" $signal $((128 + number)) env --ignore-signal=$signal
done
# Whoever starts it with nohup wants it to outlive the terminal.
fault '{"kind": "delay", "delay_ms": 1000, "path": "/api/records", "method": "GET"}'
es_sql "DELETE FROM request_log"
nohup "$JOBRUN" Complete --key-file "$KEY_FILE" --client 1 >job.out 2>job.err &
job_pid=$!
until_true "it asks" asked /api/records
end_job HUP
expect_status "nohup: SIGHUP" 0
expect "nohup: it has done its work" "ok|1" "$(last_run "Status, Processed > 0")"
clear_faults
count "signals that were ignored or blocked before" "$inherited"

# ps shows what it inherited, too: SIGPIPE and SIGXFSZ stay away whatever the parent did.
inherits "all ignored" TERM 143 env --ignore-signal

# Limits. A file that may not grow is an error of the database's, and what was committed before stays; CPU time that is up
# is a signal like any other.
know 5000 9000
offer 1 5000 9000
status=0
(ulimit -f $(($(stat -c %s "$DB") / 1024 + 100)) && exec "$JOBRUN" Complete --key-file "$KEY_FILE" --client 1) \
	>stdout 2>stderr || status=$?
expect_status "a file's largest size" 74
expect_match "the run says that the disk is full, as good as" 'SQLite [0-9]+' "$(<stderr)"
invariants
run_job Complete --client 1
expect_status "without it the next run does the rest" 0
invariants
sql "UPDATE APP_JOB_TYPE SET Rules = '$(printf "%s\n" "$WORKFLOW_RULES" "-- long
SELECT 1 FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) AS m FROM n) WHERE m < 0;" |
	sed "s/'/''/g")'"
know 10000 10200
offer 1 10000 10200
status=0
(ulimit -S -t 2 && exec "$JOBRUN" Complete --key-file "$KEY_FILE" --client 1) >stdout 2>stderr || status=$?
expect_status "CPU time that is up" 152
expect "its row says so" "stopped|152|0" "$(last_run "Status, ExitCode, Owed")"
invariants
sql "UPDATE APP_JOB_TYPE SET Rules = '${WORKFLOW_RULES//\'/\'\'}'"
run_job Complete --client 1
expect_status "and the next run does the rest" 0
invariants

# Signals that are not caught: no core file, and nothing to dump for whoever takes cores in a pipe.
for signal in QUIT ABRT SEGV; do
	mkdir core.$signal
	fault '{"kind": "hang", "path": "/api/records", "method": "GET"}'
	es_sql "DELETE FROM request_log"
	# What runs beside a script has SIGQUIT ignored for it.
	# shellcheck disable=SC2016 # perl's own
	perl -e '$SIG{QUIT} = "DEFAULT"; $pid = fork // die; unless ($pid) { chdir shift or die; exec @ARGV or die } shift;
		open F, ">", "core.pid"; print F $pid; close F; waitpid $pid, 0;
		open F, ">", "core.status"; print F $? & 127, " ", ($? & 128 ? "core" : "none"); close F' \
		core.$signal bash -c 'ulimit -c unlimited && exec "$@"' bash \
		env ASAN_OPTIONS="${ASAN_OPTIONS-}:handle_segv=0:handle_abort=0:allow_user_segv_handler=0:disable_coredump=0" \
		"$JOBRUN" Complete --key-file "$KEY_FILE" --client 1 >stdout 2>stderr &
	job_pid=$!
	until_true "it asks" asked /api/records
	kill -s $signal "$(<core.pid)"
	wait "$job_pid" || true
	job_pid=
	expect "SIG$signal: it dies of it, and leaves no core" "$(kill -l $signal) none" "$(<core.status)"
	expect "SIG$signal: there is no file either" "" "$(ls core.$signal)"
	rm core.pid core.status
	clear_faults
done
run_job Complete --client 1
expect_status "the next run heals that" 0
invariants
