# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reading as fast as possible while memory is added, removed and changes its state, on 6.12 and on 6.1:
# no block that mixes two moments, none without a state, and no harm to the kernel.

load live
load churn

# while_read KERNEL < SCRIPT: two programs take snapshots while the script runs
while_read() {
	local script=$BATS_TEST_TMPDIR/script seen
	{
		echo 'for i in 1 2; do snapshots /run/stop > /run/seen$i & done'
		cat
		echo 'touch /run/stop; wait; cat /run/seen1 /run/seen2'
	} > "$script"
	seen=$(run_guest "$script" -p -k "$1" -f "$live/snapshots.c") || { echo "$seen" && return 1; }
	echo "# $1: ${seen//$'\n'/; }" >&3
	[[ $seen =~ ^[1-9][0-9]+\ snapshots,\ 0\ wrong$'\n'[1-9][0-9]+\ snapshots,\ 0\ wrong$ ]]
}

# Until 7.0 a block's file valid_zones can be read before the kernel knows the block's node, which
# breaks the kernel (drivers/base/memory.c: valid_zones_show()); once nodeK is there it is safe. Of
# a large DIMM all blocks are shown first and linked to their node then.
@test "6.12: list while a large DIMM is added" {
	guest -p -a 'memhp_default_state=offline memory_hotplug.memmap_on_memory=1' - -m 1G,slots=2,maxmem=128G <<-'END'
		while [ ! -e /run/stop ]; do
			memhp list > /run/list 2>&1 || echo "status $?: $(cat /run/list)"
		done > /run/failures &
		for i in 1 2; do
			plug dimm 32768 && wait_for 60 test -e $memory/memory287/node0 && unplug dimm || break
		done
		touch /run/stop
		wait
		cat /run/failures
		[ "$i" = 2 ] && [ ! -s /run/failures ]
	END
}

@test "6.12: snapshots during hot-add and hot-remove" {
	rounds 8 | while_read amd64-6.12
}

@test "6.1: snapshots during hot-add and hot-remove" {
	rounds 8 | while_read amd64-6.1
}

@test "6.12: snapshots while a block changes its state" {
	changes 100 | while_read amd64-6.12
}
