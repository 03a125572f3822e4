# SPDX-License-Identifier: GPL-2.0-or-later
#
# What an amount, 'all' and a plan make of blocks that are special: those of drivers that manage their
# memory themselves, memory below 4 GiB, blocks in another zone, blocks with huge pages; and what is said
# about them. The order of candidates is in order.bats.

load ../change

setup() {
	machine < /dev/null
}

# added LAST: the host gives virtio0 more memory, up to block LAST; the blocks are on stdin
added() {
	sed -i "s/c0000000-[0-9a-f]* \(.*virtio\)/c0000000-$(printf %x $((($1 + 1) * 0x8000000 - 1))) \1/" "$root/proc/iomem"
	world
}

@test "online AMOUNT takes blocks of drivers, too, and says that the driver may add more" {
	mem online --dry-run 1280M
	exits 0
	err_is "memhp: online: $(text driver-adds virtio-mem "$(text stays-offline-later)" offline "")"
	out_says would-online "10 blocks" 1.3G "16-23, 28-29"
	rm "$root/sys/devices/system/memory/auto_online_blocks"
	mem online --dry-run 28
	err_is "memhp: online: $(text driver-adds-somehow virtio-mem)"
	world <<< "sys/devices/system/memory/auto_online_blocks = online"
	mem online --dry-run -z movable 28-29
	err_is "memhp: online: $(text driver-adds virtio-mem "$(text comes-by-policy)" online "$(text whatever-zone)")"
	world <<< "sys/devices/system/memory/auto_online_blocks = online_movable"
	mem online 28
	exits 0
	err_is "memhp: online: $(text driver-adds virtio-mem "$(text comes-movable)" online_movable "")"
	# other blocks do not make it add any
	mem online -q --dry-run 28-29
	err_is ""
	mem online --dry-run 16 25
	err_is ""
}

@test "online AMOUNT goes on with what the driver adds meanwhile" {
	start online -J 512M --origin virtio-mem
	await 29 online
	added 32 <<< "block 30-32 offline Normal,Movable node 1"
	finish
	exits 0
	json 'column("block") == [28, 29, 30, 31]' 'column("result") == ["done"] * 4' 'sums["changed"] == 512 * M' \
		'column("origin") == ["virtio-mem"] * 4'
	is_state 32 offline
}

@test "online AMOUNT looks for more only where a driver is, within operands, filters and the deadline" {
	start online 512M 24-30 --all-or-nothing
	await 29 online
	added 32 <<< "block 30-32 offline Normal,Movable node 1"
	finish
	exits 1
	err_has "$(text too-little-to-online 384M)"
	is_state 28 offline
	is_state 30 offline
	# no driver among the candidates: no time is lost
	mem online 2G 16-23 -J
	exits 64
	json 'sums["elapsed_ms"] < 4000' 'len(rows) == 8'
	mem online 2G --deadline 1s --origin virtio-mem -J
	exits 64
	json '500 < sums["elapsed_ms"] < 4000' 'len(rows) == 5'
}

@test "what the kernel itself brought online in the wanted zone counts; in another zone it does not" {
	start online -J -z movable 512M --origin virtio-mem --deadline 3s
	await 29 online
	added 31 << 'END'
block 30 online Movable node 1
block 31 online Normal node 1
END
	finish
	exits 64
	json 'column("block") == [28, 29, 30]' 'column("result") == ["done", "done", "already"]'
}

@test "offline AMOUNT passes over blocks of drivers, and says so where it falls short" {
	mem offline --dry-run 2G
	exits 0
	err_is "memhp: offline: $(text passed-driver "4 blocks" 512M virtio-mem them virtio-mem)
memhp: offline: $(text too-little-to-offline 1.9G)"
	mem offline --dry-run 2G -q
	err_is ""
	mem offline --dry-run 1G
	err_is ""
	mem offline --dry-run 128M --origin virtio-mem
	err_is ""
	mem offline --dry-run 128M 24-27
	err_is ""
	mem offline --dry-run 24-27
	err_is ""
	mem offline -q 24-26
	mem offline --in-zone movable --node 1 128M
	exits 1
	err_is "memhp: offline: $(text passed-driver "1 block" 128M virtio-mem it virtio-mem)
memhp: offline: $(text nothing-qualifies "take offline")"
}

@test "memory below 4 GiB goes last and is named; the zone DMA only if it is named" {
	world << 'END'
sys/devices/system/memory/memory{1-2}/valid_zones = DMA
sys/devices/system/memory/memory{3-4}/valid_zones = DMA32
END
	mem offline --dry-run -J 1920M --in-zone dma,dma32,normal,movable --origin boot,hotplug
	json 'column("block") == [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]'
	mem offline --dry-run 1536M
	exits 0
	err_is "memhp: offline: $(text takes-low 128M "zone DMA32")"
	mem offline --dry-run 1792M
	err_is "memhp: offline: $(text passed-driver "4 blocks" 512M virtio-mem them virtio-mem)
memhp: offline: $(text passed-dma "2 blocks" 256M them)
memhp: offline: $(text takes-low 256M "zone DMA32")
memhp: offline: $(text too-little-to-offline 1.6G)"
	mem offline --dry-run 512M --in-zone dma
	exits 0
	err_has "$(text takes-low 256M "zone DMA")"
	mem offline --dry-run 2-3
	err_is "memhp: offline: $(text takes-low 256M "zones DMA and DMA32")"
	mem offline 1G
	err_lacks "below 4 GiB"
}

@test "online -z movable all and an amount pass over what is online in another zone; named blocks fail" {
	mem online -z movable all --node 0 --force
	exits 0
	err_is "memhp: online: $(text passed-elsewhere "8 blocks that are" 0-7)"
	out_says already-online 8-15
	mem online -z movable all --force -J
	exits 0
	json 'sums["failed"] == 0 and sums["changed"] == 10 * 128 * M' '0 not in b'
	mem online -z movable 1
	exits 1
	err_has "$(text block-failed 1 wrong-zone)"
	mem online -z movable all --in-zone normal --node 0
	exits 1
	mem online -z movable all --origin boot --in-zone normal
	exits 1
	mem offline -q 16
	mem online -z movable 128M --force
	exits 0
	err_is "memhp: online: $(text passed-elsewhere "8 blocks that are" 0-7)"
	mem online --dry-run -z kernel all --force --node 0 --state online -q
	exits 0
}

@test "the plan says which pools of huge pages shrink, and by how many pages" {
	world << 'END'
sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages = 128
sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages = 100
sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages = 0
sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages = 4
sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages = 1
sys/kernel/mm/hugepages/hugepages-1048576kB/resv_hugepages = 0
proc/kallsyms = 0000000000000000 T move_freepages_block_isolate
END
	# one page of 1G lies in blocks 8-15
	pages << 'END'
8 huge-head 1, huge-tail 32767
9-15 huge-tail
END
	mem offline --dry-run 9
	exits 0
	err_is "memhp: offline: $(text pool-shrinks 1G "1 (of 4)")"
	mem offline --dry-run -J 8-11
	json 'd["pools"] == [dict(page_size=1024 * M, pages=1)]'
	# of pages in use it is not known where they move to
	pages << 'END'
8 huge-head 1, huge-tail 511, huge-head 1, huge-tail 511, free
9 huge-head 1, huge-tail 511, used-head 1, used-tail 511, free
10 used-head 1, used-tail 511, free
11 free
END
	mem offline --dry-run 8,11 --retries 0
	err_is "memhp: offline: $(text pool-shrinks 2M "2 (of 128)")"
	mem offline --dry-run 8-9
	err_has "$(text pool-shrinks 2M "at least 3 (of 128)")"
	mem offline --dry-run -J 10-11
	json 'd["pools"] == []'
	mem offline -J 11
	json 'd["pools"] == []'
}
