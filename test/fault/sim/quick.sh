# quick PROGRAM OUT: makes test_PROGRAM.c over the release's objects, without sanitizers: for the sake of numbers.
# shellcheck shell=bash

quick() {
	local built=$TREE/build/release/lib/libjobrun_lib.a sim=$TREE/test/fault/sim libraries

	[[ -f $built ]] || fail "no $built (test/build.sh release makes it)"
	read -ra libraries <<<"$(pkg-config --cflags --libs libcurl libcjson sqlite3 libbsd libmd)"
	cc -std=c17 -O2 -D_GNU_SOURCE -I "$TREE/lib" -I "$sim" -Wl,@"$sim/sim.ld" -o "$2" "$sim/test_$1.c" \
		"$sim"/{checks,extsys,extsys_acks,extsys_pages,powerdisk,powershm,powervfs,scheme,sometimes,vtime,world}.c \
		"$built" "${libraries[@]}" -lm
}
