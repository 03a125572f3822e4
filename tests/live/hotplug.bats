# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list while memory is added, removed and changes its state, on 6.12 and on 6.1: no error, no row
# that mixes two moments, no broken document.

load live
load churn

# while_listed KERNEL MINIMUM < SCRIPT: checks the output of list while the script ran, at least MINIMUM
# documents and tables. The DIMM that the script plugs has the blocks 32-35.
while_listed() {
	local kernel=$1 minimum=$2 sent=$BATS_TEST_TMPDIR/sent seen
	mkdir "$sent"
	{ echo keep_listing && cat && echo stop_listing; } > "$sent.script"
	run_guest "$sent.script" -p -k "$kernel" -o "$sent"
	seen=$("$live/stream" "$sent" 32-35 PNP0C80:00) || { echo "$seen" && return 1; }
	echo "# $kernel: $seen" >&3
	[[ $seen =~ ^([0-9]+)\ documents,\ ([0-9]+)\ different,\ ([0-9]+)\ tables$ ]]
	((BASH_REMATCH[1] >= minimum && BASH_REMATCH[2] > 2 && BASH_REMATCH[3] >= minimum))
}

@test "6.12: list during 60 rounds of hot-add and hot-remove" {
	rounds 60 | while_listed amd64-6.12 60
}

@test "6.1: list during 60 rounds of hot-add and hot-remove" {
	rounds 60 | while_listed amd64-6.1 60
}

@test "6.12: list while a block changes its state" {
	changes 100 | while_listed amd64-6.12 20
}
