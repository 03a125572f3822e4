# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the suites of memhp ratio share, on top of helpers.bash: small machines made of zones, a policy
# and 1 GiB of boot memory. What memhp should print is left to the tests.

load "${BASH_SOURCE[0]%/*}/helpers"

parameters=sys/module/memory_hotplug/parameters

# zoneinfo "NODE ZONE PRESENT [CMA [FREE]]"…: zones, in pages of 4096 bytes, as statements of a world
zoneinfo() {
	printf 'proc/zoneinfo << ZONES\n'
	printf '%s\n' "$@" | while read -r node zone present cma free; do
		printf 'Node %s, zone %s\n  pages free %s\n        low      10\n        spanned %s\n        present %s\n' \
			"$node" "$zone" "${free:-0}" "$present" "$present"
		printf '        managed %s\n        cma %s\n' "$present" "${cma:-0}"
	done
	printf 'ZONES\n'
}

# A policy made of the variables policy, ratio and aware, as statements of a world
policy() {
	printf '%s/online_policy = %s\n%s/auto_movable_ratio = %s\n%s/auto_movable_numa_aware = %s\n' \
		"$parameters" "${policy:-contig-zones}" "$parameters" "${ratio:-301}" "$parameters" "${aware:-Y}"
}

# The blocks of boot memory that every machine here has, on x86
blocks() {
	printf '.page_size = 4096\nblock_size 128M\nblock 0-7 online Normal node 0\n'
	printf 'proc/cmdline = quiet\nsys/module/\nproc/sys/kernel/arch = x86_64\nsys/firmware/memmap/0/start = 0x0\n'
	printf 'sys/firmware/memmap/0/end = 0x3fffffff\nsys/firmware/memmap/0/type = System RAM\n'
	printf 'proc/iomem << RESOURCES\n00000000-3fffffff : System RAM\nRESOURCES\n'
}

# small ZONE…: a machine with 1 GiB of kernel memory on node 0 and these zones
small() {
	{
		blocks
		policy
		zoneinfo "0 Normal 262144" "$@"
	} | world
}

setup() {
	policy='' ratio='' aware=''
	# world sets it in a subshell here, at the end of a pipe.
	root=$BATS_TEST_TMPDIR/root
}
