#!/bin/bash
# What other checkers than the sanitizers see: valgrind in the installed binary, ThreadSanitizer in a build of its own. Each
# watches a job from jobrun init to its alerts; in a full run also the tests of test/cmd and the unit tests.
. "$(dirname "$0")/lib.sh"

[[ -f ${JOBRUN_RELEASE-} ]] || fail "no release binary in \$JOBRUN_RELEASE (test/build.sh release makes it)"
# Both are slow; and what they find must not be lost with the folder of a test.
export COMMAND_SECONDS=240 TEST_SECONDS=1200
unset TMPDIR
mkdir found valgrind
# Whoever jobrun is run as in a test.
chmod 1777 found

# How much slower a run may be than one that nobody watches, where a test is about time.
export SLOWER=20
# Not of the binary under test, or of how fast it is, of its size, of what ps shows of it; 82 and 83 take hours.
LEFT_OUT='^(00-build|17-lock|22-kill|24-progress|25-in-flight|49-hygiene|54-memory|64-pause-hold|65-rollout|78-package|8[0-5]-.*)$'

# What posix_spawn() could not start is told by memory that parent and child share, which valgrind has copied; and there, as
# under ThreadSanitizer, each of millions of reallocations copies 64 MB.
LEFT_OUT_UNITS='^(debug/test_notify_(command|tell)|(debug|tsan)/test_rules_stop)$'

# found_nothing CHECKER. Valgrind also remarks there what it does not know, such as Landlock's system calls: between dashes.
found_nothing() {
	local lines

	lines=$(find found -type f -exec sed '/^--[0-9]*-- /d' {} +)
	[[ -z $lines ]] || fail "$1: $lines"
}

# They take an hour: one that is red does not keep the others from being tried.
red=()

# tried WHAT COMMAND…: it ends well, and the checker finds nothing.
tried() {
	if (cd "$WORK" && "${@:2}" && found_nothing "$1") >"$WORK/said" 2>&1; then
		return 0
	fi
	red+=("$1")
	printf '%s: %s %s\n' "$1" "$(tail -n 30 "$WORK/said")" "$(cat "$WORK"/found/* 2>/dev/null)" >&2
	rm -f "$WORK"/found/*
}

# tests_of_cmd CHECKER BINARY: in a full run, with this binary.
tests_of_cmd() {
	local name tests=0

	[[ -n ${JOBRUN_FULL-} ]] || return 0
	for name in $(basename -s .sh "$TREE"/test/cmd/[0-9][0-9]-*.sh | grep -vE "$LEFT_OUT"); do
		tried "$name with $1" env JOBRUN="$2" "$TREE/test/cmd/$name.sh"
		tests=$((tests + 1))
	done
	count "tests of test/cmd with $1" "$tests"
}

# a_job CHECKER BINARY: all that it takes, and a client whose system is not there; its name is looked up in a thread.
a_job() {
	rm -f "$ES_DB"*
	JOBRUN=$2
	start_server
	workflow_db
	set_system ris '{"Retries": 0}'
	workflow_job
	workflow_client 1
	workflow_client 2 '{"BaseUrl": "http://nowhere.invalid", "AllowHttp": true, "Auth": null}'
	know 1 20
	offer 1 1 20
	offer 1 9001 9001
	new_key
	run_job Complete --json
	expect_status "a job with $1" 1
	expect "it is done" "acked 20 failed 1" "$(ledger)"
	invariants
	jobrun status
	expect_status "its status" 0
	found_nothing "$1"
	count "calls of jobrun in a job's life with $1" 9
}

# watched COMMAND…: valgrind watches it; what it finds is in the folder found. No shell is between, which would mind where
# it is, and who it is, in tests that are about that.
cat >watched.c <<END
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const watch[] = { "valgrind", "-q", "--suppressions=$TREE/test/fault/valgrind.supp",
	"--leak-check=full", "--errors-for-leak-kinds=definite,indirect", "--show-leak-kinds=definite,indirect",
	"--error-exitcode=99", "--child-silent-after-fork=yes", "--trace-children=no",
	"--log-file=$WORK/found/valgrind.%p", WATCHED };

int main(int argc, char **argv)
{
	size_t n = sizeof(watch) / sizeof(watch[0]);
	const char **all = calloc(n + (size_t)argc, sizeof(*all));

	memcpy(all, watch, sizeof(watch));
	memcpy(all + n, argv + 1, (size_t)argc * sizeof(*all));
	execv("/usr/bin/valgrind.bin", (char **)all);
	return 126;
}
END
gcc -DWATCHED= -o watched watched.c
gcc "-DWATCHED=\"$JOBRUN_RELEASE\"" -o valgrind/jobrun watched.c

# It does find: memory that is used after it was freed, and a leak.
cat >bad.c <<'END'
#include <stdlib.h>
int main(int argc, char **argv)
{
	char *volatile p = malloc(10);
	(void)argv;
	free(p);
	p = argc > 1 ? malloc((size_t)p[0] + 5) : malloc(5);
	p = NULL;
	return 0;
}
END
gcc -o bad bad.c
for arguments in "" "1"; do
	status=0
	# shellcheck disable=SC2086
	./watched ./bad $arguments || status=$?
	expect "valgrind finds what there is to find${arguments:+, a use after free}" 99 "$status"
done
rm found/*
a_job valgrind "$WORK/valgrind/jobrun"
tests_of_cmd valgrind "$WORK/valgrind/jobrun"

# The one thread beside ours is that in which libcurl asks for a name's address.
cd "$TREE"
if [[ -n ${JOBRUN_FULL-} ]]; then targets=(); else targets=(--target jobrun); fi
if ! { cmake --preset tsan && cmake --build --preset tsan "${targets[@]}"; } >"$WORK/build.log"; then
	fail "the preset tsan does not build: $(tail "$WORK/build.log")"
fi
cd "$WORK"
export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:log_path=$WORK/found/tsan"
TSAN=$TREE/build/tsan/cmd/jobrun/jobrun
a_job ThreadSanitizer "$TSAN"
strace -f -qq -e trace=clone,clone3 -o threads "$JOBRUN_RELEASE" Complete --key-file "$KEY_FILE" --force >stdout 2>stderr || true
grep -q CLONE_THREAD threads || fail "a name was looked up without a thread: nothing for ThreadSanitizer to see"
ok "there is a thread to be seen"
tests_of_cmd ThreadSanitizer "$TSAN"

if [[ -n ${JOBRUN_FULL-} ]]; then
	cd "$TREE"
	if ! { cmake --preset debug && cmake --build --preset debug; } >"$WORK/build.log"; then
		fail "the preset debug does not build: $(tail "$WORK/build.log")"
	fi
	for preset in debug tsan; do
		units=0
		for unit in "$TREE/build/$preset"/test/lib/*/test_*; do
			[[ -x $unit && -f $unit && ! $preset/${unit##*/} =~ $LEFT_OUT_UNITS ]] || continue
			watch=()
			if [[ $preset == debug ]]; then watch=("$WORK/watched"); fi
			tried "${unit##*/} of $preset" "${watch[@]}" "$unit"
			units=$((units + 1))
		done
		count "unit tests with $([[ $preset == tsan ]] && echo ThreadSanitizer || echo valgrind)" "$units"
	done
fi
((${#red[@]} == 0)) || fail "red: ${red[*]}"
