# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the list-*.bats: machines that are booted once per file and checked by several tests. Knows how
# the output of a machine is kept; the tests decide on the machine and on what is expected.

# machine NAME KERNEL APPEND MODULES QEMU-ARGUMENT… < what to do before guest-list
machine() {
	local name=$1 kernel=$2 append=$3 modules=$4 sent=$BATS_FILE_TMPDIR/$1 lsmem=()
	shift 4
	mkdir "$sent"
	cat - "$live/guest-list" > "$sent.script"
	[[ $kernel != amd64-* ]] || lsmem=(-f "$(command -v lsmem)")
	guest -p -k "$kernel" -a "memhp_default_state=offline $append" -m "$modules" -f "$live/put.c" "${lsmem[@]}" \
		-o "$sent" "$sent.script" "$@" > "$sent.log" 2>&1 ||
		echo "$name: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# judged NAME CHECK [WORD…]: the result of a check of a machine, as a note
judged() {
	local name=$1 check=$2 status=0
	shift 2
	came "$BATS_FILE_TMPDIR/$name" || return
	answer=$("$live/rows" "$check" "$BATS_FILE_TMPDIR/$name" "$@" 2>&1) || status=1
	echo "$name: $answer"
	((status)) || echo "# $name: $answer" >&3
	return $status
}
