#!/bin/bash
# Memory runs out below jobrun: every malloc, calloc, realloc and strdup of the process may fail, OpenSSL's and the C
# library's too (libfiu, preloaded into what is installed), each with a chance that the seed says. Over TLS.
. "$(dirname "$0")/memory.sh"

mkdir tls
"$EXTERNAL_SYSTEM" --make-cert "$WORK/tls" >server.log 2>&1 || fail "no certificate"
start_server --tls-cert "$WORK/tls/cert.pem" --tls-key "$WORK/tls/key.pem"
prepare "{\"CaFile\": \"$WORK/tls/cert.pem\", \"Retries\": 0}"

: "${BACKTRACE:?the library that says where it crashed}"
PRELOAD="$BACKTRACE /usr/lib/fiu/fiu_run_preload.so /usr/lib/fiu/fiu_posix_preload.so"

# starved PROBABILITY SEED: a run of the job in which each allocation fails with that chance.
starved() {
	local point points=

	for point in libc/mm/malloc libc/mm/calloc libc/mm/realloc libc/str/strdup libc/str/strndup; do
		points+="enable_random name=$point,probability=$1"$'\n'
	done
	status=0
	timeout --kill-after=5 "$COMMAND_SECONDS" env LD_PRELOAD="$PRELOAD" FIU_ENABLE="$points" FIU_CTRL_FIFO="" \
		FIU_PRNG_SEED="$2" "$JOBRUN" "${RUN[@]}" >stdout 2>stderr || status=$?
}

# not_ours: the crash is OpenSSL's own: it is the first that is neither the C library nor what tells us.
not_ours() {
	sed -n '/^crashed at:$/,$p' stderr | grep -vE '^crashed|/libc\.so|backtrace' | head -n 1 | grep -qE '/lib(crypto|ssl)\.so'
}

# Of some ten thousand allocations: from less than one a run to one in fifty of them.
chances=(0.00002 0.0001 0.0005 0.003 0.02)
suffered=0
theirs=0
seeds=$(share 60 1000)
first=$((RANDOM * 1000))
for ((n = 0; n < seeds; n++)); do
	from_start
	starved "${chances[n % 5]}" $((first + n))
	if ((status >= 128)) && not_ours; then
		theirs=$((theirs + 1))
		grep -m 1 -E '/lib(crypto|ssl)\.so' stderr
		invariants
	else
		honest "seed $((first + n)), chance ${chances[n % 5]}"
	fi
	healed "seed $((first + n)), chance ${chances[n % 5]}"
done
((suffered * 3 > seeds)) || fail "only $suffered of $seeds runs met a failure"
ok "$suffered of them could not do all, and said so; $theirs crashed inside OpenSSL, and lost nothing either"
count "runs whose every allocation may fail, by seed" "$seeds"
