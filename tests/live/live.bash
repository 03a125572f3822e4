# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For bats files that need a real kernel: guest runs a script in a virtual machine. Knows how kernel,
# sysroot, initramfs and vm work together, and when the result of a guest is not valid; the test
# decides on the machine and on what is expected. The wording of messages is in ../messages.bash, for
# the host: guests do not have it.

live=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/messages.bash
source "$live/../messages.bash"

# guest [-k ARCH-SERIES] [-t SECONDS] [-a APPEND] [-m MODULES] [-f FILE]… [-p] [-x] [-o DIRECTORY]
#       SCRIPT [QEMU-ARGUMENT…]
#
# Runs the file SCRIPT ("-": standard input) under busybox ash in a guest, on top of the functions of
# guest-init and guest-memory. FILE as for initramfs, or a C source, to /bin as a program; -p: also
# memhp, and C sources have its library. Files that the script sends are put into DIRECTORY. Prints
# the script's output and returns its exit status; 99 if the guest did not reach its end or its kernel
# complained (stderr has the details). -x: the kernel may complain.
guest() {
	local kernel=amd64-6.12 seconds=600 append='' modules='' files=() program='' sent='' may_complain=no
	local script work triple directory='' status=0 option OPTIND=1 OPTARG
	while getopts k:t:a:m:f:pxo: option; do
		case $option in
		k) kernel=$OPTARG ;;
		t) seconds=$OPTARG ;;
		a) append=$OPTARG ;;
		m) modules=$OPTARG ;;
		f) files+=("$OPTARG") ;;
		p) program=yes ;;
		x) may_complain=yes ;;
		o) sent=$OPTARG ;;
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
	{ prepare && boot "$@"; } 2> "$work/errors" || status=99
	judge || status=$?
	rm -rf "$work"
	return "$status"
}

# The console in $work. A kernel that does not reach its init is booted once more: software emulation
# sometimes fails when a kernel patches its code while another processor runs it.
boot() {
	local result=0
	"$live/vm" -t "$seconds" -a "$append" "$directory" "$work/initramfs" "$@" > "$work/console" || result=$?
	grep -q '<<<guest ' "$work/console" && return $result
	tail -n 40 "$work/console" >&2
	"$live/vm" -t "$seconds" -a "$append" "$directory" "$work/initramfs" "$@" > "$work/console"
}

# The kernel's directory in $directory, an initramfs in $work.
prepare() {
	local arch=${kernel%-*} root build='' file list=() library=()
	directory=$("$live/kernel" "$kernel") && root=$("$live/sysroot" "$arch") || return
	if [ -n "$program" ]; then
		build=$("$live/cross" "$arch") || return
		files+=("$build/.libs/memhp")
		library=(-I "$live/../../src/libmemhp" -L "$build/.libs" -Wl,--as-needed,--allow-shlib-undefined -lmemhp)
	fi
	if [ -n "$modules" ]; then
		# shellcheck disable=SC2086  # a list of names
		"$live/kernel" "$kernel" $modules > "$work/modules" || return
		mapfile -t -O "${#files[@]}" files < "$work/modules"
	fi
	for file in "${files[@]}"; do
		if [[ $file == *.c ]]; then
			list+=("$work/$(basename "$file" .c)")
			"$triple-gcc" --sysroot="$root" -O2 -Wall -Werror -o "${list[-1]}" "$file" "${library[@]}" || return
		else
			list+=("$file")
		fi
	done
	SYSROOT=$root TRIPLE=$triple LIBRARIES=${build:+$build/.libs} \
		"$live/initramfs" "$work/initramfs" "$work/script" "${list[@]}"
}

# The script's output, files and exit status, from the console in $work.
judge() {
	local end file complained=no
	[ -e "$work/console" ] || return 99
	tr -d '\r' < "$work/console" | awk -v directory="$work" '
		/^<<<file / { file = directory "/" $2 ".sent"; next }
		/^<<<file$/ { file = ""; next }
		file { if (!/^(begin-base64 |====$)/) print > file; next }
		{ print }' > "$work/text"
	for file in "$work"/*.sent; do
		[[ -n $sent && -e $file ]] || continue
		base64 -d "$file" | gzip -d > "$sent/$(basename "$file" .sent)" || status=99
	done
	end=$(sed -n 's/.*<<<end \([0-9]*\) up .*/\1/p' "$work/text")
	sed -n '/<<<guest /,/<<<end [0-9]* up /p' "$work/text" | sed '1d; /^<<<dmesg /d; /<<<end [0-9]* up /d'
	! grep -q '^<<<dmesg ' "$work/text" || complained=yes
	if [ -z "$end" ] || [ "$status" -ne 0 ] || [[ $complained == yes && $may_complain == no ]]; then
		echo "guest: $([ -n "$end" ] && echo its kernel complained || echo it did not reach its end):" >&2
		cat "$work/errors" >&2
		{ if [ -n "$end" ]; then grep '^<<<dmesg ' "$work/text"; else tail -n 20 "$work/text"; fi } >&2
		return 99
	fi
	return "$end"
}

# came PATH: whether the guest that sent files to the directory PATH came to its end; prints why not, from
# PATH.failed
came() {
	[[ ! -e $1.failed ]] || { cat "$1.failed"; return 1; }
}

# virtio_mem KERNEL: the modules that virtio-mem needs, in the order in which they are loaded; 6.1 has
# more of it in modules.
virtio_mem() {
	[[ $1 != amd64-6.1 ]] || echo virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci
	echo virtio_mem
}
