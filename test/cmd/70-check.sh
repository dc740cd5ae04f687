#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# check: one thing broken at a time is found, where it is and how to mend it; all well is one line; nothing is written,
# and nothing is asked of the network.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db
set_system
small_job '.Fetch.Path = "{Route}"'
small_client '{"Days": 3}'
new_key
records 1 3 | put_records records 1 10
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 \
	-subj /CN=test >/dev/null 2>&1 || fail "a certificate"
chmod 600 ca.pem

jobrun check
expect_status "all is well" 0
expect "and that is one line" "checked 1 system, 1 job, 1 client, 1 key: all is well" "$(<stdout)"
expect_empty "on standard output alone" stderr
sqlite3 "$DB" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
cp "$DB" well.db

# mended: everything as it was.
mended() {
	rm -f "$DB"-wal "$DB"-shm
	cp well.db "$DB"
	chmod 600 "$DB" token
}

# broken NAME STATUS REGEX [SQL]: with the SQL, check ends with the status and says one thing, which matches.
broken() {
	local name=$1 expected=$2 regex=$3

	[[ -z ${4-} ]] || sql "$4"
	jobrun check
	expect_status "$name" "$expected"
	expect_match "$name: it says where, what and how to mend it" "^$regex" "$(<stdout)"
	expect "$name: and nothing else" 2 "$(wc -l <stdout)"
	expect_empty "$name: nothing on standard error" stderr
	mended
}

# system JSON, job JQ-FILTER, client JSON, key COLUMNS: the SQL that makes it so.
system() {
	jq -cn --arg url "$URL" --arg token "file:$WORK/token" --argjson more "$1" \
		'{BaseUrl: $url, Auth: {Bearer: $token}} + $more' >system.json
	echo "UPDATE APP_EXTERNAL_SYSTEM SET Definition = CAST(readfile('system.json') AS TEXT)"
}
job() {
	jq -c "$1" notes/job.json >job.json
	echo "UPDATE APP_JOB_TYPE SET Definition = CAST(readfile('job.json') AS TEXT)"
}
client() {
	jq -cn --argjson more "$1" '[{ClientId: 1, GroupId: 10, Route: "/api/records"} + $more]' >client.json
	echo "UPDATE APP_JOB_CONFIG SET Configuration = CAST(readfile('client.json') AS TEXT)"
}
rules() {
	printf '%s\n' "$1" >rules.sql
	echo "UPDATE APP_JOB_TYPE SET Rules = CAST(readfile('rules.sql') AS TEXT)"
}
other_job="INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, InstalledAt) SELECT 8, 'Other',
	replace(replace(Definition, ': 7', ': 8'), 'Notes', 'Other'), Rules, InstalledAt FROM APP_JOB_TYPE"

# The database.
chmod 640 "$DB"
broken "a database that others can read" 0 "warning  database: $DB is open to group or others \(mode 0640\).*chmod 600"
broken "rows of runs that are gone" 0 'warning  database: 1 rows of APP_REQUEST_LOG and APP_EXCEPTION_LOG name a run' "
	PRAGMA foreign_keys = OFF; INSERT INTO APP_EXCEPTION_LOG (At, RunId, JobType, ClientId, Stage, Code, Message)
	VALUES ('2026-11-23T07:00:00.000Z', 99, 7, '1', 'fetch', 'x', 'x')"
broken "a damaged table" 78 'error    database: .*keep a copy of .* restore a backup' "
	CREATE TABLE t (x NOT NULL); INSERT INTO t VALUES (1); PRAGMA writable_schema = ON;
	UPDATE sqlite_schema SET sql = 'CREATE TABLE t (x NOT NULL CHECK (x = 2))' WHERE name = 't'"

# Systems.
broken "a system that is no JSON" 78 'error    system ris: no valid JSON at line 1' \
	"UPDATE APP_EXTERNAL_SYSTEM SET Definition = '{\"BaseUrl\": '"
broken "an unknown key of a system" 78 'error    system ris: Timeot: unknown key; did you mean Timeout\?' "$(system '{"Timeot": 3}')"
broken "a value of another kind" 78 'error    system ris: Retries: give ' "$(system '{"Retries": "many"}')"
broken "a secret in its place" 78 'error    system ris: Auth.Bearer: a secret is never written here.*file:/path' \
	"$(system '{"Auth": {"Bearer": "SECRET-IN-PLACE"}}')"
broken "a secret that is not there" 78 "error    system ris: Auth.Bearer: cannot read file:$WORK/absent: No such file" \
	"$(system "{\"Auth\": {\"Bearer\": \"file:$WORK/absent\"}}")"
chmod 644 token
broken "a secret that others can read" 78 "error    system ris: Auth.Bearer: file:$WORK/token is open to .*chmod 600 $WORK/token"
broken "a variable that is not set" 78 \
	'error    system ris: Auth.Basic.Password: env:RIS_ABSENT: no such variable is set .*cron.s may differ' \
	"$(system '{"Auth": {"Basic": {"User": "u", "Password": "env:RIS_ABSENT"}}}')"
broken "credentials that only a service has" 0 'warning  system ris: Auth.Header.Value: cred:ris: .*LoadCredential=.*cannot be told from here' \
	"$(system '{"Auth": {"Header": {"Name": "X-Key", "Value": "cred:ris"}}}')"
broken "a file of certificates that is not there" 78 "error    system ris: CaFile: cannot read $WORK/absent.pem: No such file" \
	"$(system "{\"CaFile\": \"$WORK/absent.pem\"}")"
broken "a file without a certificate in it" 78 "error    system ris: CaFile: $WORK/token holds no certificate" \
	"$(system "{\"CaFile\": \"$WORK/token\"}")"
broken "plain http" 78 'error    system ris: BaseUrl: plain http is refused .*"AllowHttp": true' \
	"$(system '{"BaseUrl": "http://ris.example"}')"
broken "a system that nobody uses" 0 'warning  system spare: no job and no client names it' \
	"INSERT INTO APP_EXTERNAL_SYSTEM VALUES ('spare', '{}')"

# Jobs.
broken "an unknown key of a job" 78 'error    job Notes: Fetch.Quary: unknown key; did you mean Query\?' "$(job '.Fetch.Quary = {}')"
broken "a job whose system is not there" 78 'error    job Notes: System: there is no external system rsi; did you mean ris\?' \
	"$(job '.System = "rsi"'); INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (7, '[{\"ClientId\": 2, \"System\": \"ris\", \"Route\": \"/x\"}]')"
broken "a definition of another job" 78 'error    job Notes: Name: the definition in APP_JOB_TYPE is that of Nots \(7\): install' \
	"$(job '.Name = "Nots"')"
broken "rules for a table that is not there" 78 'error    job Notes: rules.sql:2:1: no such table: note \(the platform' 'DROP TABLE note'
broken "rules that write our tables" 78 'error    job Notes: rules.sql:1:1: .*APP_ITEM' "$(rules 'DELETE FROM APP_ITEM;')"
broken "a base URL from nowhere" 78 'error    job Notes: BaseUrl: there is none; give one in the system, the job or the client' \
	"UPDATE APP_EXTERNAL_SYSTEM SET Definition = '{}'"
broken "a job's own secret" 78 'error    job Notes: Auth.Bearer: cannot read file:/absent' "$(job '.Auth = {Bearer: "file:/absent"}')"
broken "a job's way to tell of alerts" 78 'error    job Notes: Notify.Command\[0\]: /absent/notify cannot be run .*No such file' \
	"$(job '.Notify = {Command: ["/absent/notify"]}')"
broken "a job's ping" 78 'error    job Notes: Ping.Url: cannot read file:/absent' "$(job '.Ping = {Url: "file:/absent"}')"
broken "the way to tell of all alerts" 78 'error    notify: Notify\[1\].Url: cannot read file:/absent' \
	"INSERT INTO APP_SETTING VALUES ('Notify', '[{\"Url\": \"http://localhost\"}, {\"Url\": \"file:/absent\"}]')"
broken "a job on hold" 0 'warning  job Notes: on hold since 2026-11-23T07:00:00Z: migration \(jobrun release Notes\)' \
	"INSERT INTO APP_HOLD VALUES (7, '', '', 'migration', '2026-11-23T07:00:00.000Z', NULL)"
broken "a job without clients" 0 'warning  job Notes: it has no client: jobrun client add Notes' "DELETE FROM APP_JOB_CONFIG"
broken "a job whose clients are all off" 0 'warning  job Notes: all its clients are switched off' "$(client '{"Enabled": false}')"
broken "stage pilot without a pilot" 0 'warning  job Notes: it is at stage pilot, and no client has "Pilot": true' \
	"UPDATE APP_JOB_TYPE SET Stage = 'pilot'"
broken "a job that no key opens" 0 'warning  job Notes: no valid key opens it.*jobrun key new --jobs Notes' \
	"$other_job; INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration) VALUES (8, '/x', '[{\"ClientId\": 1}]');
	UPDATE APP_JOB_KEY SET Jobs = '8'"

# Clients.
broken "a row that is no JSON" 78 'error    job Notes, configuration row 2: Configuration: no valid JSON at line 1.*Id 2' \
	"INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (7, '[{')"
broken "an entry with a wrong value" 78 \
	'error    job Notes, client 5, group 0: Configuration\[1\].Days: give a whole number.*APP_JOB_CONFIG, Id 2' \
	"INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (7, '[{\"ClientId\": 4, \"Route\": \"/x\"}, {\"ClientId\": 5, \"Days\": -1}]')"
broken "an entry that is nobody's" 78 'error    job Notes, configuration row 2: Configuration\[0\].ClientId: missing' \
	"INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (7, '[{}]')"
broken "a client's system that is not there" 78 \
	'error    job Notes, client 1, group 10: System: there is no external system pacs: jobrun system set pacs FILE' \
	"$(client '{"System": "pacs"}'); UPDATE APP_JOB_TYPE SET Definition = '$(jq -c . notes/job.json)';
	INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (7, '[{\"ClientId\": 2, \"Route\": \"/x\"}]')"
broken "a client's own secret" 78 'error    job Notes, client 1, group 10: Auth.Bearer: cannot read file:/absent' \
	"$(client '{"Auth": {"Bearer": "file:/absent"}}')"
broken "a secret that would go elsewhere" 78 'error    job Notes, client 1, group 10: Auth: written in the system for .*give Auth beside' \
	"$(client '{"BaseUrl": "https://other.example"}')"
broken "a path that the client lacks a key for" 78 \
	'error    job Notes, client 1, group 10: Fetch.Path: \{Route\}/\{Script\}: this client has no Script: add it' \
	"$(job '.Fetch.Path = "{Route}/{Script}"')"
broken "an ack's path, too" 78 'error    job Notes, client 1, group 10: Ack.Path: /\{Site\}/ack: this client has no Site' \
	"$(job '.Ack.Path = "/{Site}/ack"')"
broken "a value that no query can hold" 78 'error    job Notes, client 1, group 10: Fetch.Query.script: \{Script\} is an array' \
	"$(client '{"Script": ["a"]}')"
broken "a client who is there twice" 78 'error    job Notes, client 1, group 10: ClientId: configured twice \(APP_JOB_CONFIG, Id 1 and 2\)' \
	"INSERT INTO APP_JOB_CONFIG (JobType, Configuration) SELECT 7, Configuration FROM APP_JOB_CONFIG"
broken "a key that is a typing error" 0 'warning  job Notes, client 1, group 10: SendFrequncy: unknown key.*did you mean SendFrequency\?' \
	"$(client '{"SendFrequncy": 60}')"
broken "a client who is paused" 0 'warning  job Notes, client 1, group 10: paused since 2026-11-23T07:00:00Z: they move \(jobrun client resume Notes 1 10\)' \
	"INSERT INTO APP_HOLD VALUES (7, '1', '10', 'they move', '2026-11-23T07:00:00.000Z', NULL)"
broken "a pause of nobody" 0 'warning  job Notes, client 1, group 11: paused since .*there is no such client: jobrun client resume Notes 1 11' \
	"INSERT INTO APP_HOLD VALUES (7, '1', '11', 'they move', '2026-11-23T07:00:00.000Z', NULL)"
broken "clients of a job that is not installed" 0 'warning  job 8: 2 clients are configured for it, and no such job type' \
	"INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (8, '[{\"ClientId\": 1}, {\"ClientId\": 2}]')"
broken "and of one alone" 0 'warning  job 8: 1 client is configured for it, and no such job type' \
	"INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (8, '[{\"ClientId\": 1}]')"
broken "what is wrong with a client that is off" 0 'warning  job Notes, client 2, group 0: Fetch.Path: \{Route\}: this client has no Route' \
	"INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (7, '[{\"ClientId\": 2, \"Enabled\": false}]')"
broken "one thing wrong with many clients" 78 \
	'error    job Notes, client 1, group 10 and 2 more clients: Auth.Bearer: cannot read file:/absent' \
	"UPDATE APP_JOB_CONFIG SET Configuration = '[' || (SELECT group_concat(json_object('ClientId', value, 'GroupId', 10,
		'Route', '/x', 'Auth', json('{\"Bearer\": \"file:/absent\"}'))) FROM json_each('[1,2,3]')) || ']'"

# Keys.
broken "a key that is expired" 0 'warning  key 1: ExpiresAt: "old" expired at 2020-.*jobrun key revoke 1' \
	"INSERT INTO APP_JOB_KEY (Hash, Jobs, CreatedAt) VALUES (zeroblob(32), '*', '2026-11-23T07:00:00.000Z');
	UPDATE APP_JOB_KEY SET ExpiresAt = '2020-01-01T00:00:00.000Z', Label = 'old' WHERE KeyId = 1"
broken "a key that will soon be" 0 'warning  key 1: ExpiresAt: "test" expires in 2 days, at .*jobrun key new' \
	"UPDATE APP_JOB_KEY SET ExpiresAt = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+71 hours')"
broken "a key for a job that is not there" 0 'warning  key 1: Jobs: it names Nots, and there is no such job type; did you mean Notes' \
	"UPDATE APP_JOB_KEY SET Jobs = 'Nots, 7'"
broken "a key whose end is no time" 78 'error    key 1: ExpiresAt: tomorrow is no UTC time' "UPDATE APP_JOB_KEY SET ExpiresAt = 'tomorrow'"
sql "INSERT INTO APP_JOB_KEY (Hash, Jobs, CreatedAt, ExpiresAt, RevokedAt) VALUES
	(zeroblob(32), 'Gone', '2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z')"
jobrun check
expect "a revoked key is left alone" "checked 1 system, 1 job, 1 client, 1 key: all is well" "$(<stdout)"
mended

# All that is wrong is said at once, each key by its path; and what is but a consequence of that is not.
# all NAME SQL PATH...: with the SQL, the keys found wrong are these.
all() {
	local name=$1

	sql "$2"
	shift 2
	jobrun check --json
	expect_status "$name" 78
	expect "$name: every wrong key, and no other" "$(printf '%s\n' "$@")" \
		"$(jq -r '.[] | select(.Level != "ok") | "\(.Where | sub("job Notes"; "job")): \(.Path)"' stdout)"
	mended
}
all "a job of many faults" "DROP TABLE note; $(client '{"Auth": {"Bearer": "file:/absent"}, "SendFrequncy": 60}')
	; $(job '.Timeot = 3 | .MaxAttempts = 0 | .Fetch.Mehod = 1 | .Alerts.RemindAfter = "x" | .Bogus = 1 | .Notify = {Url: 1}
	| .Auth = {Bearer: "file:/absent"}')" \
	"job: Timeot" "job: Bogus" "job: Fetch.Mehod" "job: MaxAttempts" "job: Alerts.RemindAfter" "job: Notify.Url" \
	"job: rules.sql:2:1" "job: Auth.Bearer" "job, client 1, group 10: Auth.Bearer" "job, client 1, group 10: SendFrequncy"
all "a job that is no JSON" "DROP TABLE note; UPDATE APP_JOB_TYPE SET Definition = '{\"Name\": '
	; $(client '{"Auth": {"Bearer": "file:/absent"}}')" \
	"job: job.json" "job: rules.sql:2:1" "job, client 1, group 10: Auth.Bearer"
all "a job without what it needs" "$(job 'del(.Name, .Rules)')" "job: Name" "job: Rules"
all "a system of many faults" "$(system '{"BaseUr": 1, "Timeout": -1, "Auth": {"Bearer": "file:/absent"}, "Headers": {"Host": "a", "X": 1}}')" \
	"system ris: BaseUr" "system ris: Headers.Host" "system ris: Headers.X" "system ris: Timeout" "system ris: Auth.Bearer"
all "a client of many faults" "$(client '{"GroupId": [], "Days": -1, "Year": "x", "Pilot": 1, "Retries": 101, "Days": -1, "SendFrequncy": 60}')" \
	"job, client 1, group 0: Configuration[0].GroupId" "job, client 1, group 0: Configuration[0].SendFrequncy" \
	"job, client 1, group 0: Configuration[0].Days" "job, client 1, group 0: Configuration[0].Year" \
	"job, client 1, group 0: Configuration[0].Pilot" "job, client 1, group 0: Configuration[0].Retries"
all "two who are told of alerts" "INSERT INTO APP_SETTING VALUES ('Notify', '[{\"Ulr\": 1, \"Timeout\": 0}, {\"Url\": \"file:/absent\"}]')" \
	"notify: Notify[0].Ulr" "notify: Notify[0].Timeout" "notify: Notify[1].Url"
jq '.Timeot = 3 | .MaxAttempts = 0' notes/job.json >wrong.json
mkdir wrong && cp -R notes/. wrong && mv wrong.json wrong/job.json
jobrun job install wrong
expect_status "job install: the same are refused" 78
expect_match "job install: by the first of them" 'Timeot: unknown key' "$(<stderr)"
expect "job install: in one line" 1 "$(wc -l <stderr)"

# What a key of a client is for is the job's affair: a template or a rule that names it is enough.
sql "$(client '{"Dayz": 3, "Systen": 1, "Site": [1]}'); $(rules 'INSERT INTO note (id, item) VALUES (@Systen, :id);')
	; $(job '.Fetch.Query = {d: "{Dayz}"}')"
jobrun check
expect "keys that the job names are no typing errors" "checked 1 system, 1 job, 1 client, 1 key: all is well" "$(<stdout)"
mended

# One job alone: its clients, the systems and keys that it uses.
sql "$other_job; INSERT INTO APP_JOB_CONFIG (JobType, Configuration) VALUES (8, '[{]'), (9, '[]');
	INSERT INTO APP_EXTERNAL_SYSTEM VALUES ('spare', '{\"Nonsense\": 1}');
	INSERT INTO APP_JOB_KEY (Hash, Jobs, CreatedAt) VALUES (zeroblob(32), 'Other', '2026-11-23T07:00:00.000Z')"
for word in Notes 7 --job=Notes "--job 7"; do
	# shellcheck disable=SC2086 # an option and its value
	jobrun check $word
	expect_status "check $word: what is wrong elsewhere does not count" 0
	expect "check $word: and is not looked at" "checked 1 system, 1 job, 1 client, 1 key: all is well" "$(<stdout)"
done
jobrun check Other
expect_status "the other job's row" 78
jobrun check Notes --job Notes
expect_status "the job twice" 64
expect_match "is said" "give the job once: as a word or with --job" "$(<stderr)"
jobrun check Nots
expect_status "a job that is not there" 64
expect_match "with a hint" 'there is no job type Nots; did you mean Notes' "$(<stderr)"

# For programs.
jobrun check --json
expect_status "the same as JSON" 78
expect "each finding has its keys" '["Level","Where","Job","ClientId","GroupId","Path","Code","Message","Probe"]' \
	"$(jq -c '.[0] | keys_unsorted' stdout)"
expect "and there are those that are well, too" 'error|configuration|Other|null|Configuration
error|config|null|null|Nonsense
ok|ok|Notes|1|null' "$(jq -r '.[] | select(.Level == "error" or (.ClientId == "1")) | [.Level, .Code, .Job // "null",
	.ClientId // "null", .Path // "null"] | join("|")' stdout | sort -t'|' -k1,1 -s)"
mended

# On a terminal: no line is wider than it, and colour says what kind it is.
sql "$(client '{"SendFrequncy": 60}'); INSERT INTO APP_HOLD VALUES (7, '1', '10', 'their server moves', '2026-11-23T07:00:00.000Z', NULL)"
for width in 80 200; do
	script -qec "stty cols $width; '$JOBRUN' check" /dev/null </dev/null >tty.out || fail "a terminal"
	expect "$width columns: colour for the kind alone" "2" "$(grep -c $'^\e\\[33mwarning\e\\[0m  job Notes' tty.out)"
	expect "$width columns: no line is wider" "" "$(sed 's/\x1b\[[0-9]*m//g; s/\r//' tty.out | grep -E "^.{$((width + 1))}" || true)"
done
expect_match "a line that is too long goes on below itself" '^         [a-z]' "$(script -qec "stty cols 80; '$JOBRUN' check" /dev/null </dev/null)"
mended

# With nothing in it.
rm -f empty.db
succeed "$JOBRUN" init --db empty.db
jobrun check --db empty.db
expect "an empty database is well" "checked 0 systems, 0 jobs, 0 clients, 0 keys: all is well" "$(<stdout)"
HOME='' NO_COLOR=1 jobrun check --color always
expect_status "without a home" 0

# It only reads: while another program holds the write lock, and not a byte is changed.
before=$(sha256sum "$DB" | cut -d' ' -f1)
printf 'BEGIN IMMEDIATE;\n.shell "%s" check >locked.out 2>&1\nROLLBACK;\n' "$JOBRUN" | sqlite3 -batch "$DB"
expect "it waits for no write lock" "checked 1 system, 1 job, 1 client, 1 key: all is well" "$(<locked.out)"
jobrun check
expect "and changes no byte" "$before" "$(sha256sum "$DB" | cut -d' ' -f1)"
expect "nobody was asked anything" 0 "$(requests 1)"
