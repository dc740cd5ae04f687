#!/bin/bash
# The main job from end to end, against a real HTTP system on this machine: builds, starts it on a free loopback port,
# lets jobrun fetch, apply and acknowledge some thousand records of three clients, shows what became of them, and
# runs again to show that nothing is done twice. It works in a folder of its own and removes it.
#
#   examples/demo.sh           the demo
#   examples/demo.sh --keep    leaves the folder behind, with the database to look at
set -euo pipefail
cd "$(dirname "$0")/.."
. examples/packages.sh

keep=
case ${1-} in
"") ;;
--keep) keep=yes ;;
-h | --help)
	sed -n 's/^# \{0,1\}//; 2,7p' "$0"
	exit 0
	;;
*)
	echo "examples/demo.sh: no such option: $1 (see examples/demo.sh --help)" >&2
	exit 64
	;;
esac

need_packages build demo

work=$(mktemp -d "${TMPDIR:-/tmp}/jobrun-demo.XXXXXX")
server=
finish() {
	local result=$?

	trap - EXIT
	if [[ -n $server ]]; then
		kill "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	if [[ -n $keep ]]; then
		printf '\nKept: %s\n' "$work"
	else
		rm -rf "$work"
	fi
	if ((result != 0)); then
		printf 'The demo failed, exit status %d.\n' "$result" >&2
	fi
	exit "$result"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Nothing of the caller's may steer what is shown.
unset JOBRUN_KEY JOBRUN_KEY_FILE CREDENTIALS_DIRECTORY
export JOBRUN_DB=$work/platform.db LC_ALL=C.UTF-8

title() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
plain_title() { printf '\n== %s\n' "$*"; }
[[ -t 1 && -z ${NO_COLOR-} ]] || title() { plain_title "$@"; }

# Shows a command, and runs it.
show() {
	printf '$ %s\n' "$*"
	"$@"
}

# A query, as a table.
table() {
	sqlite3 -batch -bail -box -cmd '.timeout 10000' "$1" "$2"
}

title "Building"
if ! { cmake --preset release && cmake --build --preset release; } >"$work/build.log" 2>&1; then
	cat "$work/build.log" >&2
	exit 70
fi
jobrun() { "$PWD/build/release/cmd/jobrun/jobrun" "$@"; }
jobrun --version

title "An external system: three clients' completed records, one in a hundred of them bad"
(umask 077 && openssl rand -hex 16 >"$work/token")
build/release/examples/external-system/external-system --db "$work/external.db" --port-file "$work/port" \
	--token-file "$work/token" --max-time 600 \
	--generate kind=records,client=1,group=10,count=3000,bad=30 \
	--generate kind=records,client=2,group=10,count=2000,bad=20 \
	--generate kind=records,client=3,group=20,count=1000,bad=10 >"$work/external.log" 2>&1 &
server=$!
for _ in {1..300}; do
	[[ ! -s $work/port ]] || break
	kill -0 "$server" 2>/dev/null || break
	sleep 0.1
done
if [[ ! -s $work/port ]]; then
	cat "$work/external.log" >&2
	exit 69
fi
url=http://127.0.0.1:$(<"$work/port")
echo "It listens on $url and holds: $(curl -fsS --noproxy '*' "$url/_state")"

title "The platform's database: its own tables, and jobrun's beside them"
show jobrun init
sqlite3 -batch -bail "$JOBRUN_DB" <examples/platform/schema.sql >/dev/null
examples/platform/seed.sh "$JOBRUN_DB" 1 10 3000
examples/platform/seed.sh "$JOBRUN_DB" 2 10 2000
examples/platform/seed.sh "$JOBRUN_DB" 3 20 1000

title "The job: a folder with two files; the clients: an entry each; a key for cron"
printf '{"BaseUrl": "%s", "Auth": {"Bearer": "file:%s"}}\n' "$url" "$work/token" >"$work/ris.json"
show jobrun system set ris "$work/ris.json"
show jobrun job install examples/jobs/sync-completed-records
show jobrun client add SyncCompletedRecords '{"ClientId": 1, "GroupId": 10, "Route": "/api/records"}'
show jobrun client add SyncCompletedRecords '{"ClientId": 2, "GroupId": 10, "Route": "/api/records"}'
show jobrun client add SyncCompletedRecords '{"ClientId": 3, "GroupId": 20, "Route": "/api/records"}'
(umask 077 && jobrun key new --jobs SyncCompletedRecords --label demo --ttl 1d >"$work/key")

# Runs the job as cron would; what it says is shown.
run() {
	local status=0

	printf '$ jobrun SyncCompletedRecords --key-file %s %s\n' "$work/key" "$*"
	jobrun SyncCompletedRecords --key-file "$work/key" "$@" 2>&1 || status=$?
	echo "(exit status $status)"
	return 0
}

look() {
	echo "The platform's records and workflow:"
	table "$JOBRUN_DB" "SELECT status, count(*) AS records FROM record GROUP BY status"
	table "$JOBRUN_DB" "SELECT kind, count(*) AS triggers, count(DISTINCT record_id) AS records FROM workflow_trigger GROUP BY kind"
	table "$JOBRUN_DB" "SELECT count(*) AS pending_items FROM pending_item"
	show jobrun status
	echo
	show jobrun errors
	echo
	echo "The external system: $(curl -fsS --noproxy '*' "$url/_state")"
}

title "A dry run first: what would change"
run --client 3 --dry-run --limit 2

title "The run, as cron would call it"
run

title "What happened"
look

title "The same again: only the bad ones are still offered, and nothing is done twice"
echo "Each client is now below its MinProcessedRatio: degraded, exit status 1, for a person to look at."
run -q
look

title "As if its acknowledgements had been lost: the external system offers everything a second time"
sqlite3 -batch -bail -cmd '.timeout 10000' "$work/external.db" "UPDATE record SET acked_at = NULL"
run -q
show jobrun runs 3
table "$JOBRUN_DB" "SELECT kind, count(*) AS triggers, count(DISTINCT record_id) AS records FROM workflow_trigger GROUP BY kind"

twice=$(sqlite3 "$JOBRUN_DB" "SELECT count(*) FROM (SELECT 1 FROM workflow_trigger GROUP BY record_id, kind HAVING count(*) > 1)")
once=$(sqlite3 "$JOBRUN_DB" "SELECT count(*) FROM workflow_trigger")
if [[ $twice != 0 || $once != 5940 ]]; then
	echo "That is not as it should be: $once triggers, $twice of them twice." >&2
	exit 1
fi
title "Done: 5940 good records, 5940 triggers, none twice"
