#!/bin/bash
# The binary that is installed is hardened: seven properties, read from the file itself.
. "$(dirname "$0")/lib.sh"

[[ -f ${JOBRUN_RELEASE-} ]] || fail "no release binary in \$JOBRUN_RELEASE (test/build.sh release makes it)"

header=$(readelf -hW "$JOBRUN_RELEASE")
segments=$(readelf -lW "$JOBRUN_RELEASE")
dynamic=$(readelf -dW "$JOBRUN_RELEASE")
symbols=$(readelf -sW "$JOBRUN_RELEASE")

expect_match "position-independent (PIE)" 'Type: +DYN' "$header"
expect_match "says so (DF_1_PIE)" 'FLAGS_1.*PIE' "$dynamic"
expect_match "relocations are read-only (RELRO)" 'GNU_RELRO' "$segments"
expect_match "all of them, before main (BIND_NOW)" 'BIND_NOW|FLAGS_1.* NOW' "$dynamic"
expect_match "the stack is not executable (NX)" 'GNU_STACK +[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ RW +0x' "$segments"
expect_match "the stack is guarded" '__stack_chk_fail' "$symbols"
expect_match "libc checks buffers (FORTIFY)" '__[a-z]+_chk(@|$| )' "${symbols//__stack_chk_fail/}"
