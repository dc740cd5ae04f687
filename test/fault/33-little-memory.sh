#!/bin/bash
# Memory has a bound. Of address space (RLIMIT_AS) as much as a run takes, in steps down to almost nothing: it does its work
# or says that memory is out. And the peak with a million records is that with a hundredth of them.
. "$(dirname "$0")/memory.sh"

beside=$(dirname "${JOBRUN_RELEASE-}")/../../examples/external-system/external-system
[[ ! -x $beside ]] || EXTERNAL_SYSTEM=$beside
COMMAND_SECONDS=250

start_server
prepare '{"Retries": 0}'

# limited KIB: a run of the job in so much address space.
limited() {
	status=0
	(
		ulimit -v "$1"
		exec timeout --kill-after=5 "$COMMAND_SECONDS" "$JOBRUN" "${RUN[@]}" >stdout 2>stderr
	) || status=$?
}

# The least that it takes to do all, to 256 KiB; below a floor the loader itself cannot begin.
low=1024
high=$((1024 * 1024))
while ((high - low > 256)); do
	middle=$(((low + high) / 2))
	from_start
	limited "$middle"
	if ((status == 1)) && [[ $(ledger) == "acked 24 failed 1" ]]; then high=$middle; else low=$middle; fi
done
echo "a run takes $high KiB of address space"
suffered=0
levels=$(share 10 100)
# Down to a tenth below: the libraries themselves, which are mapped before main(), take most of the rest.
for ((n = 1; n <= levels; n++)); do
	level=$((high - high * n / levels / 8))
	from_start
	limited "$level"
	if ((status == 127)) && grep -q 'error while loading shared libraries' stderr; then
		status=70
		echo "out of memory, says the loader" >stderr
	fi
	honest "$level KiB of address space"
	healed "$level KiB of address space"
done
((suffered > 0)) || fail "no level was too little"
ok "$suffered of $levels levels were too little, and said so"
count "bounds of address space (RLIMIT_AS)" "$levels"

# measure COUNT: fetches, applies and acknowledges so many generated records; leaves the peak in $peak, in KiB.
measure() {
	rm -f "$ES_DB"*
	start_server --generate "kind=records,client=1,group=10,count=$(($1 / 2))" \
		--generate "kind=records,client=2,group=10,count=$(($1 / 2))"
	workflow_db
	set_system ris '{"Timeout": 120}'
	workflow_job '.Ack.Batch = 5000' "INSERT INTO workflow_trigger (client, groupid, record, run)
		VALUES (@ClientId, @GroupId, :id, \$run);"
	workflow_client 1
	workflow_client 2
	new_key
	/usr/bin/time --format '%M %e' --output measured timeout "$COMMAND_SECONDS" "$JOBRUN" Complete --key-file "$KEY_FILE" \
		>stdout 2>stderr || fail "$1 records: exit status $?: $(<stderr)"
	expect "$1 records: all are applied and acknowledged" "$1|$1" "$(sql "SELECT Processed, Acked FROM APP_JOB_RUN")"
	read -r peak seconds <measured
	echo "$1 records: peak $peak KiB, $seconds s"
}

many=$(share 200000 1000000)
measure $((many / 100))
small=$peak
measure "$many"
# The heap of SQLite and of libcurl, and the libraries; nothing of it depends on how much there is to fetch.
((peak <= 40 * 1024)) || fail "the peak is $peak KiB, more than 40 MiB"
((peak - small <= 4096)) || fail "the peak grew by $((peak - small)) KiB from $((many / 100)) records to $many"
expect "each record took effect once, and is acknowledged" "$many|$many|$many" "$(sql "
	SELECT (SELECT count(*) FROM workflow_trigger), (SELECT count(DISTINCT record) FROM workflow_trigger),
		(SELECT count(*) FROM APP_ITEM WHERE State = 'acked')")"
es_acked "and the external system knows of each" "$many"
invariants
ok "with $many records the peak is $peak KiB, $((peak - small)) KiB more than with $((many / 100))"
count "records of one run whose memory is bounded" "$many"
