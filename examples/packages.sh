# What jobrun needs from Debian 12, in one place. Source it, then call: need_packages build, need_packages build test.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the arrays are used by name

# dpkg-dev and file: cpack asks them what the package depends on.
PACKAGES_BUILD=(ca-certificates cmake dpkg-dev file ninja-build pkg-config gcc libc6-dev libcurl4-openssl-dev
	libcjson-dev libsqlite3-dev libbsd-dev libmd-dev libmicrohttpd-dev libgnutls28-dev)
PACKAGES_TEST=(bash-completion binutils clang clang-format clang-tidy cppcheck cron curl faketime fish fiu-utils gcovr
	gnuplot-nox jq libclang-rt-14-dev libcmocka-dev libfiu0 lintian logrotate mandoc nginx-light openssl procps
	prometheus prometheus-node-exporter python3 shellcheck sqlite3 strace systemd time tmux universal-ctags
	util-linux valgrind zsh)
PACKAGES_DEMO=(curl jq openssl sqlite3)

# As root, with the packages as its arguments. No daemon among them is to run on this machine for being needed by a test:
# neither now (unless the machine has a policy of its own) nor, if we brought it, after the next start.
# shellcheck disable=SC2016  # expanded by the shell that runs it
INSTALL_PACKAGES='
	policy=/usr/sbin/policy-rc.d
	if [ ! -e $policy ]; then
		trap "rm -f $policy" EXIT
		trap "exit 1" HUP INT TERM
		printf "#!/bin/sh\nexit 101\n" >$policy
		chmod 755 $policy
	fi
	before=" $(echo /etc/init.d/*) "
	apt-get -q update && apt-get -q -y install --no-install-recommends "$@" || exit
	for script in /etc/init.d/*; do
		case $before in
		*" $script "*) ;;
		*) update-rc.d "${script##*/}" disable ;;
		esac
	done'

# need_packages build|test|demo…: installs what is missing, as root or through sudo; else says how, and exits with 69.
need_packages() {
	local missing=() become=() set package

	for set in "$@"; do
		local -n packages=PACKAGES_${set^^}
		for package in "${packages[@]}"; do
			if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
				missing+=("$package")
			fi
		done
		unset -n packages
	done
	((${#missing[@]} == 0)) && return 0

	if ((EUID != 0)); then
		become=(sudo -n)
		if ! sudo -n true 2>/dev/null; then
			printf 'Packages are missing. Run this as root, then try again:\n  %s %s\n' \
				'apt-get update && apt-get install -y --no-install-recommends' "${missing[*]}" >&2
			exit 69
		fi
	fi
	echo "Installing: ${missing[*]}" >&2
	if ! "${become[@]}" env DEBIAN_FRONTEND=noninteractive sh -c "$INSTALL_PACKAGES" apt "${missing[@]}" >&2; then
		echo "The packages could not be installed: ${missing[*]}" >&2
		exit 69
	fi
}
