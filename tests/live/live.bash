# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For bats files that need a real kernel: guest runs a script in a virtual machine. Knows how kernel,
# sysroot, initramfs and vm go together and when a guest cannot be believed; the machine's make-up
# and what is asserted are left to the test.

live=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# guest [-k ARCH-SERIES] [-t SECONDS] [-a APPEND] [-m MODULES] [-f FILE]… SCRIPT [QEMU-ARGUMENT…]
#
# Runs the file SCRIPT ("-": standard input) under busybox ash in a guest, on top of guest-init's
# functions; FILE as for initramfs. Prints what the script printed and returns its exit status; 99
# when the guest did not come to its end or its kernel complained (stderr then says how).
guest() {
	local kernel=amd64-6.12 seconds=120 append='' modules='' script work root directory triple status=0
	local files=() option OPTIND=1 OPTARG
	while getopts k:t:a:m:f: option; do
		case $option in
		k) kernel=$OPTARG ;;
		t) seconds=$OPTARG ;;
		a) append=$OPTARG ;;
		m) modules=$OPTARG ;;
		f) files+=("$OPTARG") ;;
		*) return 2 ;;
		esac
	done
	shift $((OPTIND - 1))
	script=$1
	shift
	case $kernel in
	amd64-*) triple=x86_64-linux-gnu ;;
	arm64-*) triple=aarch64-linux-gnu ;;
	ppc64el-*) triple=powerpc64le-linux-gnu ;;
	esac
	work=$(mktemp -d "${BATS_TEST_TMPDIR:-${TMPDIR:-/tmp}}/guest.XXXXXX")
	cat -- "$script" > "$work/script"
	root=$("$live/sysroot" "${kernel%-*}") &&
		directory=$("$live/kernel" "$kernel") &&
		if [ -n "$modules" ]; then
			# shellcheck disable=SC2086  # a list of names
			"$live/kernel" "$kernel" $modules > "$work/modules" && mapfile -t -O "${#files[@]}" files < "$work/modules"
		fi &&
		SYSROOT=$root TRIPLE=$triple "$live/initramfs" "$work/initramfs" "$work/script" "${files[@]}" &&
		"$live/vm" -t "$seconds" -a "$append" "$directory" "$work/initramfs" "$@" \
			> "$work/console" 2> "$work/errors" || status=99
	judge "$work" "$status" || status=$?
	rm -rf "$work"
	return "$status"
}

# judge DIRECTORY STATUS: the script's output and exit status, out of the console
judge() {
	local end
	[ -e "$1/console" ] || return 99
	tr -d '\r' < "$1/console" > "$1/text"
	end=$(sed -n 's/.*<<<end \([0-9]*\) up .*/\1/p' "$1/text")
	sed -n '/<<<guest /,/<<<end [0-9]* up /p' "$1/text" | sed '1d; /^<<<dmesg /d; /<<<end [0-9]* up /d'
	if [ -z "$end" ] || [ "$2" -ne 0 ] || grep -q '^<<<dmesg ' "$1/text"; then
		echo "guest: $([ -n "$end" ] && echo its kernel complained || echo not at its end):" >&2
		cat "$1/errors" >&2
		{ if [ -n "$end" ]; then grep '^<<<dmesg ' "$1/text"; else tail -n 20 "$1/text"; fi } >&2
		return 99
	fi
	return "$end"
}
