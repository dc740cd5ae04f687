# For tests that mount: sourced first of all, it starts the test again in a mount namespace of its own, so that what it
# mounts at /mnt is seen by nobody else and is gone with it. Where that may not be, the test is skipped (77).
# shellcheck shell=bash

if [[ -z ${JOBRUN_MOUNTS-} ]]; then
	namespace=(unshare --mount --propagation private)
	((EUID == 0)) || namespace+=(--map-root-user)
	if ! "${namespace[@]}" mount -t tmpfs -o size=64k none /mnt 2>/dev/null; then
		echo "skipped: this user may mount nothing here"
		exit 77
	fi
	JOBRUN_MOUNTS=1 exec "${namespace[@]}" "$0"
fi
