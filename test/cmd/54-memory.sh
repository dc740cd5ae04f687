#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# Memory does not grow with what there is to fetch: the peak with 100,000 records is that with 1,000, give or take 4 MiB.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

[[ -f ${JOBRUN_RELEASE-} ]] || fail "no release binary in \$JOBRUN_RELEASE (test/build.sh release makes it)"
# Fast on both sides, and without a sanitizer's memory.
JOBRUN=$JOBRUN_RELEASE
beside=$(dirname "$JOBRUN_RELEASE")/../../examples/external-system/external-system
[[ ! -x $beside ]] || EXTERNAL_SYSTEM=$beside
COMMAND_SECONDS=150

# measure COUNT: fetches, applies and acknowledges so many generated records; leaves the peak in $peak, in KiB.
measure() {
	rm -f "$ES_DB"*
	start_server --generate "kind=records,client=1,group=10,count=$1"
	small_db
	set_system
	small_job
	small_client
	new_key
	/usr/bin/time --format '%M %e' --output measured timeout "$COMMAND_SECONDS" "$JOBRUN" Notes --key-file "$KEY_FILE" \
		>stdout 2>stderr || fail "$1 records: exit status $?"
	expect "$1 records: all are applied and acknowledged" "$1|$1" "$(sql "SELECT Processed, Acked FROM APP_JOB_RUN")"
	expect "$1 records: in one answer" 1 "$(requests "path = '/api/records'")"
	read -r peak seconds <measured
	echo "$1 records: peak $peak KiB, $seconds s, $(jq -n "($1 / ([$seconds, 0.01] | max)) | floor") items a second"
}

measure 1000
small=$peak
measure 100000
((peak - small <= 4096)) || fail "the peak grew by $((peak - small)) KiB"
ok "the peak grew by $((peak - small)) KiB"
