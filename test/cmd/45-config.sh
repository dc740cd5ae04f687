#!/bin/bash
# shellcheck disable=SC2119 # the functions of the harness have optional parameters
# What is wrong in the configuration: each entry is an exception of its own, and everyone else is served.
. "$(dirname "$0")/lib.sh"
. "$TREE/test/cmd/small.sh"

start_server
small_db
set_system
small_job '.Fetch.Path = "{Route}/{Script}" | .Fetch.Format = "ndjson" | .Fetch.Query = {clientId: "{ClientId}"}
	| .Ack.Path = "{Route}/ack"'
new_key
records 1 2 | put_records records 1 10
records 3 4 | put_records records 2 0
records 5 6 | put_records records 3 0

# row ROUTE CONFIGURATION: a row of the configuration, as anybody may insert it.
row() {
	sql "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId)
		VALUES (7, '$1', '${2//\'/\'\'}', 999)"
}

sql "INSERT INTO APP_EXTERNAL_SYSTEM VALUES ('bare', '{\"Timeout\": 3}'), ('broken', '{\"BaseUrl\": ')"
row /api/records '[
	{"ClientId": 1, "GroupId": 10, "Script": "ndjson"},
	{"GroupId": 11, "Script": "ndjson"},
	{"ClientId": null},
	{"ClientId": true},
	{"ClientId": 1.5},
	{"ClientId": 18446744073709551616},
	{"ClientId": ""},
	{"ClientId": "with\u0000nul"},
	"text", 7, null, [],
	{"ClientId": "t-days", "Script": "ndjson", "Days": "3"},
	{"ClientId": "t-enabled", "Script": "ndjson", "Enabled": "yes"},
	{"ClientId": "t-route", "Script": "ndjson", "Route": 5},
	{"ClientId": "t-frequency", "Script": "ndjson", "SendFrequency": -1},
	{"ClientId": "t-twice", "ClientId": "t-thrice", "Script": "ndjson", "Script": "ndjson"},
	{"ClientId": "t-url", "Script": "ndjson", "BaseUrl": "ftp://ris.example"},
	{"ClientId": "t-auth", "Script": "ndjson", "Auth": {"Bearer": "SECRET-IN-PLACE"}},
	{"ClientId": "t-header", "Script": "ndjson", "Headers": {"X-A": "a\r\nX-Evil: b"}},
	{"ClientId": "v-system", "Script": "ndjson", "System": "nowhere"},
	{"ClientId": "v-bare", "Script": "ndjson", "System": "bare"},
	{"ClientId": "v-broken", "Script": "ndjson", "System": "broken"},
	{"ClientId": "v-script"},
	{"ClientId": 1, "GroupId": 10, "Script": "ndjson"},
	{"ClientId": 2, "Script": "ndjson"}
]'
row '' '[{"ClientId": 90, "Script": "ndjson"'
row '' '{"ClientId": 91, "Script": "ndjson"}'
row '' ''
row '' 'null'
row '' '[]'
row '/with?query' '[{"ClientId": "r-route", "Script": "ndjson"}]'
row /api/records '[{"ClientId": 3, "Script": "ndjson"}]'

run_job Notes
expect_status "it ends, with failed clients" 1
expect "the good clients are served, whatever stands beside them" "1|10|ok|2
2|0|ok|2
3|0|ok|2" "$(sql "SELECT ClientId, GroupId, Status, Acked FROM APP_REQUEST_LOG WHERE Status = 'ok' ORDER BY ClientId")"
expect "an exception for each bad entry, with its client as far as it is known" "\
||15
|11|1
1|10|1
r-route|0|1
t-auth|0|1
t-days|0|1
t-enabled|0|1
t-frequency|0|1
t-header|0|1
t-route|0|1
t-url|0|1
v-bare|0|1
v-broken|0|1
v-script|0|1
v-system|0|1" "$(sql "SELECT ClientId, GroupId, count(*) FROM APP_EXCEPTION_LOG
	GROUP BY ClientId, GroupId ORDER BY ClientId, GroupId")"
expect "all of them are the configuration's" config "$(sql "SELECT DISTINCT Stage FROM APP_EXCEPTION_LOG")"
expect "no item is blamed" 0 "$(sql "SELECT count(ItemId) FROM APP_EXCEPTION_LOG")"
expect_no_match "a secret that stands there is not repeated" 'SECRET-IN-PLACE' \
	"$(<stderr)$(sql "SELECT Message FROM APP_EXCEPTION_LOG")"
expect_match "an unknown system says how to set it" "no external system nowhere" "$(<stderr)"
expect_match "a missing BaseUrl says where to give it" "v-bare.*BaseUrl: there is none" "$(<stderr)"
expect_match "an absent key is named" "v-script.*no Script" "$(<stderr)"
expect_match "the row and entry are named" "configuration row 1, entry 13 \(ClientId t-days\): Days" "$(<stderr)"
expect_match "an array that lacks its end says where" "configuration row 2: no valid JSON at line 1, column 37" "$(<stderr)"
expect "a line each, and one for the end" "" "$(grep -vE '^[0-9TZ.:-]+ (error|warning) Notes run 1: ' stderr || true)"
books_balance

jobrun client list Notes --json
expect_status "the list of clients ends well" 0
expect "and shows each problem, that of a client given twice, too" 25 "$(jq '[.[] | select(.Problem)] | length' stdout)"

# No configuration at all.
sql "DELETE FROM APP_JOB_CONFIG"
run_job Notes
expect_status "without any configuration it ends well" 0
expect_match "and says so" "no client is configured" "$(<stderr)"
expect "and is on record" "ok|0|0" "$(sql "SELECT Status, ExitCode, Clients FROM APP_JOB_RUN ORDER BY RunId DESC LIMIT 1")"
row /api/records '[{"ClientId": 1, "Script": "ndjson", "Enabled": false}]'
run_job Notes
expect_status "with all clients switched off it ends well" 0
expect_empty "and silent" stderr
