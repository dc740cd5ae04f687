#!/bin/bash
# What the objects of lib/ really call: who prints, exits, reads the environment, speaks SQLite or HTTP, keeps state.
# Read from the compiled objects, so that no comment, string or macro deceives.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
objects=${JOBRUN_LINT_BUILD:-build/clang}/lib/CMakeFiles/jobrun_lib.dir

if [[ ! -d $objects ]]; then
	echo "no objects in $objects: cmake --preset clang && cmake --build --preset clang" >&2
	exit 1
fi

# What, the symbols, the rooms that may use them.
rules=(
	"prints|stdout stderr printf vprintf puts putchar perror psignal dprintf syslog vsyslog|"
	"prints|warn warnx warnc vwarn vwarnx vwarnc|"
	"ends the process|exit _exit _Exit quick_exit abort err errx errc verr verrx|"
	"reads argv|getopt getopt_long getopt_long_only optarg optind program_invocation_name|"
	"reads the environment|getenv secure_getenv environ|secret"
	"speaks SQLite|sqlite3_*|store rules"
	"speaks HTTP|curl_*|http"
)

used=$(cd "$objects" && find . -name '*.o' -exec nm -A -u {} + | sed -e 's|^\./||' -e 's|\.o: *U |  |')
for rule in "${rules[@]}"; do
	IFS='|' read -r what symbols rooms <<<"$rule"
	while read -r object symbol; do
		# shellcheck disable=SC2053  # patterns are meant
		for pattern in $symbols; do
			if [[ $symbol == $pattern && " $rooms " != *" ${object%%/*} "* ]]; then
				echo "lib/$object calls $symbol: it $what"
			fi
		done
	done <<<"$used"
done | refuse "Calls that have no business there" || failed=1

# Writable data is global state; tables with pointers in them are .data.rel.ro, which is read-only once linked.
(cd "$objects" && find . -name '*.o' -exec nm -A -f sysv {} +) |
	awk -F'|' '$NF ~ /^\.(data|bss|tdata|tbss)/ && $NF !~ /^\.data\.rel\.ro/ && $4 ~ /OBJECT/ {
			sub(/^\.\//, "lib/", $1); print $1 }' |
	refuse "Global state" || failed=1

exit "${failed-0}"
