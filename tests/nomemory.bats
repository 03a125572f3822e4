# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154
#
# Out of memory: each allocation of memhp and its library fails in turn, see tests/nomemory. What other
# libraries do about their own is theirs: popt ends the program, json-c and libsmartcols print less.

load change

setup_file() {
	gcc -std=gnu11 -shared -fPIC -O1 -o "$BATS_FILE_TMPDIR/shortage.so" "$tests/shortage.c"
}

# A machine with something to read in each file: two blocks for each case, so that fewer runs suffice.
setup() {
	world <<- 'END'
		.page_size = 4096
		block_size 1M
		block 0 online none node 0
		block 1-3 online Normal node 0
		block 4-5 online Movable node 0
		block 8-9 offline Movable,Normal node 1
		run/
		etc/
		dev/kmsg << KMSG
		6,1,100,-;page dumped because: unmovable page (of long ago)
		KMSG
		proc/cmdline = quiet memory_hotplug.unknown=1 movable_node
		proc/sys/kernel/arch = x86_64
		proc/sys/kernel/osrelease = 6.12.0
		proc/iomem << IOMEM
		00000000-003fffff : System RAM
		00400000-005fffff : System RAM
		00800000-009fffff : System RAM
		IOMEM
		proc/meminfo << MEMINFO
		MemFree:        2097152 kB
		MemAvailable:   2097152 kB
		PageTables:         100 kB
		SecPageTables:        0 kB
		MEMINFO
		proc/vmstat << VMSTAT
		nr_free_pages 10
		nr_foll_pin_acquired 12
		nr_foll_pin_released 10
		balloon_inflate 1
		balloon_deflate 0
		balloon_migrate 0
		nr_memmap_pages 3
		VMSTAT
		proc/buddyinfo = Node 0, zone   Normal 1 1 1 1 1 1 1 1 1 1 1
		proc/zoneinfo << ZONES
		Node 0, zone   Normal
		  pages free     100
		        low      10
		        spanned  1024
		        present  1024
		        managed  1024
		        cma      0
		  start_pfn:     0
		Node 0, zone  Movable
		  pages free     100
		        low      10
		        spanned  512
		        present  512
		        managed  512
		        cma      0
		  start_pfn:     1024
		ZONES
		boot/config-6.12.0 << CONFIG
		CONFIG_MHP_DEFAULT_ONLINE_TYPE_OFFLINE=y
		CONFIG_ARCH_ENABLE_HUGEPAGE_MIGRATION=y
		CONFIG
		sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages = 4
		sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages = 1
		sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages = 0
		sys/module/memory_hotplug/parameters/online_policy = auto-movable
		sys/module/memory_hotplug/parameters/auto_movable_ratio = 301
		sys/module/memory_hotplug/parameters/auto_movable_numa_aware = Y
		sys/module/memory_hotplug/parameters/memmap_on_memory = N
		sys/devices/system/memory/auto_online_blocks = offline
		sys/devices/system/memory/probe = 0
		sys/devices/system/memory/memory{8-9}/firmware_node -> ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00
		sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00/eject :mode 0200
	END
	printf 'auto_movable_ratio = 301\nexclude = 8, 9\n' > "$root/etc/memhp.conf"
	pages <<< $'1 anon 5, free\n4 huge-head 1, huge-tail 255\n5 anon 100, poisoned 2, free'
}

# in_turn [OPTION…] -- ARG…: memhp ARG…, each time with another allocation that fails. On one processor it has
# one thread, so that the allocations are the same each time.
in_turn() {
	# The allocations are those of a sanitizer, or of an emulator.
	is_plain || return 0
	"$tests/nomemory" --program "taskset -c $(one_processor) ${program[*]}" \
		--preload "$BATS_FILE_TMPDIR/shortage.so" --tree "$root" "$@" > "$BATS_TEST_TMPDIR/out" ||
		fail "$(head -c 6000 "$BATS_TEST_TMPDIR/out")"
}

# The same for a command that changes the world, in a copy of it.
changes_in_turn() {
	in_turn --changes --preload "$fake" "$@"
}

@test "list, each allocation failing in turn" {
	local words
	for words in "" "-J --output-all" "--scan" "--map --scan" "--help" "--list-columns" "--poisoned --offlinable=likely" \
		"--offlinable=maybe" "--device=dax9.9,dax*"; do
		# shellcheck disable=SC2086
		in_turn -- list $words
	done
}

@test "ratio and policy, each allocation failing in turn" {
	local words
	for words in "ratio" "ratio -J --advise --add=1M" "policy" "policy -J" "policy --check" "policy --export=cmdline"; do
		# shellcheck disable=SC2086
		in_turn -- $words
	done
}

@test "numbers in another notation, each allocation failing in turn" {
	local words
	for words in "list 4980736" "list 4c0000,4d0000" "list pfn:0x400-0x4ff 0x401" "list --node=0x1,node0" "probe 10485760"; do
		# shellcheck disable=SC2086
		in_turn -- $words
	done
	printf 'exclude = pfn:0x801, 700 4c0000\n' > "$root/etc/memhp.conf"
	in_turn -- policy --check
}

@test "plans, each allocation failing in turn" {
	local words
	for words in "offline --dry-run 4-5" "offline -J --dry-run 1M" "online --dry-run all" "online --dry-run 0x900000" \
		"offline --dry-run 50% 4-5 --offlinable=likely" "offline --dry-run all --poisoned" "online -z Normal 8" \
		"probe --dry-run --yes --force 0xa00000"; do
		# shellcheck disable=SC2086
		in_turn -- $words
	done
}

@test "changes, each allocation failing in turn: nothing changes, or it is exit status 64" {
	changes_in_turn -- offline 4-5 --settle=0
	changes_in_turn -- offline --poisoned all --settle=0
	changes_in_turn -- online -v 8 --settle=0
	changes_in_turn -- policy --save auto_movable_ratio=400
	changes_in_turn -- policy --apply
}

@test "a failed change, each allocation failing in turn" {
	faults "memory5 EBUSY" 'memory5 log "page dumped because: unmovable page"'
	changes_in_turn -- offline --force 4-5 --retries=0 --settle=0
}

@test "calls of the library that memhp does not make, each allocation failing in turn: -ENOMEM, and no leak" {
	is_plain || return 0
	world <<- 'END'
		proc/1/status << STATUS
		Name:	daemon
		Mems_allowed_list:	1
		VmRSS:	900 kB
		STATUS
		proc/1/comm = daemon
		sys/devices/system/node/has_memory = 0-1
		sys/devices/system/node/possible = 0-1
		proc/2/status << STATUS
		Name:	server
		Mems_allowed_list:	0-1
		VmRSS:	900 kB
		STATUS
		proc/2/comm = server
		proc/2/numa_maps = 00400000 bind:1 anon=1
		proc/3/status << STATUS
		Name:	other
		Mems_allowed_list:	0-1
		VmRSS:	900 kB
		STATUS
		proc/3/comm = other
		proc/3/numa_maps = 00400000 default anon=1
		sys/bus/memory/devices/
		sys/bus/dax/devices/dax0.0 -> ../../../devices/dax0.0
		sys/devices/dax0.0/size = 1048576
	END
	library=$(ldd "${program[-1]}" | awk '/libmemhp/ { print $3 }')
	gcc -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -o "$BATS_TEST_TMPDIR/calls" "$tests"/shortage-*.c "$tests/unit/tap.c" \
		"$tests/unit/tree.c" "$library"
	LD_PRELOAD=$BATS_FILE_TMPDIR/shortage.so NOMEMORY_FILE=$BATS_TEST_TMPDIR/places \
		LD_LIBRARY_PATH=${library%/*} timeout 300 "$BATS_TEST_TMPDIR/calls" "$root" > "$BATS_TEST_TMPDIR/out" ||
		fail "$(grep -v '^ok' "$BATS_TEST_TMPDIR/out" | head -c 6000)"
}
