#!/bin/bash
# shell.sh DB URL IN-FLIGHT CLIENTS.JSON: the sync as a shell script: curl fetches, the sqlite3 shell applies, set-based,
# curl acknowledges. xargs runs as many workers as may be in flight; a worker takes up to fifty clients, so that there are
# few processes, and one transaction and one connection for many clients.
set -euo pipefail

database() {
	sqlite3 -batch -bail -cmd '.timeout 30000' -cmd 'PRAGMA synchronous = FULL' -cmd 'PRAGMA foreign_keys = ON' \
		-cmd 'PRAGMA temp_store = MEMORY' -cmd 'PRAGMA cache_size = -65536' "$DB"
}

# A curl configuration with one transfer a line of standard input, "OUTPUT URL [BODY-FILE]".
transfers() {
	local out url body next=

	while read -r out url body; do
		printf '%s' "$next"
		next=$'next\n'
		printf 'url = "%s"\noutput = "%s"\nsilent\nshow-error\nfail\nretry = 4\nmax-time = 300\n' "$url" "$out"
		[[ -z $body ]] || printf 'data-binary = "@%s"\nheader = "Content-Type: application/json"\n' "$body"
	done
}

# worker CLIENT,GROUP,ROUTE…: these clients.
worker() {
	local dir client group route failed=0

	dir=$(mktemp -d)
	# shellcheck disable=SC2064 # now
	trap "rm -rf '$dir'" EXIT
	for client in "$@"; do
		IFS=, read -r client group route <<<"$client"
		echo "$dir/$client.json $URL$route?clientId=$client&groupId=$group"
		echo "$client,$group,$route" >>"$dir/clients"
	done | transfers >"$dir/fetch"
	curl --config "$dir/fetch" || failed=1

	database >/dev/null <<-SQL
		CREATE TEMP TABLE ends AS SELECT 'applied' AS state;
		CREATE TEMP TABLE client (client INTEGER, grp INTEGER, route);
		.import --csv --schema temp $dir/clients client
		CREATE TEMP TABLE fetched (client, grp, id, status, completed_at, reported_by, updated_at, why);
		INSERT INTO temp.fetched (client, grp, id, status, completed_at, reported_by, updated_at)
		SELECT client, grp, value ->> 'id', value ->> 'status', value ->> 'completedAt', value ->> 'reportedBy',
			value ->> 'updatedAt'
		FROM temp.client, json_each(CAST(readfile('$dir/' || client || '.json') AS TEXT));
		BEGIN IMMEDIATE;
		.read $HERE/apply.sql
		COMMIT;
		-- of all that is not acknowledged yet, 500 ids a request
		WITH owed AS (SELECT l.client, l.grp, l.id, c.route,
				(row_number() OVER (PARTITION BY l.client, l.grp ORDER BY l.id) - 1) / 500 AS batch
			FROM temp.client c CROSS JOIN sync_ledger l USING (client, grp) WHERE l.state = 'applied')
		SELECT writefile(printf('$dir/ack.%d.%d', client, batch),
			json_object('clientId', client, 'groupId', grp, 'ids', json_group_array(id)))
		FROM owed GROUP BY client, grp, batch;
	SQL
	acknowledge "$dir"
	return "$failed"
}

# acknowledge DIR: sends each ack of the worker's, and marks what was taken.
acknowledge() {
	local file client group route

	while IFS=, read -r client group route; do
		for file in "$1/ack.$client."*; do
			[[ ! -e $file ]] || echo "/dev/null $URL$route/ack $file"
		done
	done <"$1/clients" | transfers >"$1/acks"
	[[ -s $1/acks ]] || return 0
	curl --config "$1/acks"
	while IFS=, read -r client group route; do
		echo "UPDATE sync_ledger SET state = 'acked' WHERE client = $client AND grp = $group AND state = 'applied';"
	done <"$1/clients" | {
		echo 'BEGIN IMMEDIATE;'
		cat
		echo 'COMMIT;'
	} | database >/dev/null
}

if [[ $1 == --worker ]]; then
	shift
	worker "$@"
	exit
fi

export DB=$1 URL=$2 HERE
HERE=$(cd "$(dirname "$0")" && pwd)
clients=$(jq length "$4")
each=$(((clients + $3 - 1) / $3))
jq -r '.[] | "\(.ClientId),\(.GroupId),\(.Route)"' "$4" |
	xargs -P "$3" -n "$((each > 50 ? 50 : each))" "$HERE/shell.sh" --worker
