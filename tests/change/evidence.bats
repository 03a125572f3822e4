# SPDX-License-Identifier: GPL-2.0-or-later
#
# One reason from all the evidence: the errno, the kernel's descriptions of pages, the pages themselves,
# /proc/iomem. What each says alone is tested in tests/unit/reasons.

load ../change

# Blocks of 128M: 0-7 Normal, 8-15 Movable; block 14 has the pages 0x70000 to 0x77fff. /proc/iomem is readable.
setup() {
	world << 'END'
block_size 128M
block 0 online none node 0
block 1-7 online Normal node 0
block 8-15 online Movable node 0
run/
dev/kmsg :empty
proc/sys/kernel/arch = x86_64
proc/iomem << IOMEM
00000000-0000ffff : Reserved
00010000-3fffffff : System RAM
  20000000-2fffffff : Crash kernel
40000000-7fffffff : System RAM
IOMEM
proc/dynamic_debug/control << CONTROL
# filename:lineno [module]function flags format
mm/memory_hotplug.c:1873 [memory_hotplug]offline_pages =_ "memory offlining [mem %#010llx-%#010llx] failed due to %s\n"
CONTROL
END
}

# refused BLOCK [ERROR [LINE…]]: the kernel refuses to take it offline, after it has logged the lines
refused() {
	local line
	local -a list=("memory$1 ${2:-EBUSY}")
	for line in "${@:3}"; do
		list+=("memory$1 log \"$line\"")
	done
	faults "${list[@]}"
}

@test "huge pages are the reason where the log has none, or only that one was being moved" {
	pages <<< '14 huge-head 1, huge-tail 20479, free'
	refused 14
	mem offline 14 --retries 0 -J
	exits 1
	json 'b[14]["reason"] == "hugetlb" and b[14]["pages"]["huge"] == 20480'
	refused 14 EBUSY "migrating pfn 70000 failed ret:4"
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "hugetlb"'
	mem offline 14 --retries 0
	err_says found-pages 14 "12288 free, 20480 huge"
	refused 14 ENOMEM
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "hugetlb"'
}

@test "the size of huge pages is named" {
	# 10 of 2M each
	pages <<< "14 $(printf 'huge-head 1, huge-tail 511, %.0s' {1..10})free"
	refused 14
	mem offline 14 --retries 0
	err_has "(hugetlb): $(text huge-kept 20M 2M)"
}

@test "a huge page that begins in another block" {
	pages << 'END'
8 huge-head 1, huge-tail
9-15 huge-tail
END
	# the kernel describes it by its first page
	refused 14 EBUSY "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x40000" \
		"flags: 0x10000000001004c(referenced|uptodate|head|node=0|zone=3)" "page_type: f4(hugetlb)" \
		"page dumped because: unmovable page"
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "hugetlb" and "pfn:0x40000" in b[14]["kernel_log"]'
	# without the log
	refused 14
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "hugetlb" and b[14]["pages"]["huge"] == 32768' 'b[14]["hint"].startswith("it has 128M of huge pages that")'
	# Linux 6.1 cannot isolate a part of it
	mkdir -p "$root/sys/kernel/mm/hugepages/hugepages-1048576kB"
	refused 14 EBUSY "memory offlining [mem 0x070000000-0x077ffffff] failed due to failure to isolate range"
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "hugetlb"' "b[14]['hint'] == '$(text huge-kept 128M 1G)'"
}

@test "reserved pages: never, whatever the zone; not retried; what /proc/iomem has there is named" {
	local block
	for block in 2 14; do
		pages <<< "$block reserved 3, free"
		refused $block
		mem offline $block --interval 10ms -J
		exits 1
		json "b[$block]['reason'] == 'reserved-pages' and b[$block]['attempts'] == 1"
		mem offline $block
		err_has "(reserved-pages): $(text reserved)"
		err_says found-pages $block "32765 free, 3 reserved"
	done
	pages <<< '4 reserved, free'
	refused 4
	mem offline 4
	err_has "(reserved-pages): $(text reserved-for "Crash kernel")"
	# by the kernel's own description, where pages cannot be read
	rm "$root/proc/kpageflags"
	refused 14 EBUSY "page:00000000b3e1a9c7 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70000" \
		"flags: 0xfffffc0001000(reserved)" "raw: 000fffffc0001000 ffffea0001c00008" "page dumped because: unmovable page"
	mem offline 14 -J --interval 10ms
	json 'b[14]["reason"] == "reserved-pages" and b[14]["attempts"] == 1 and b[14]["pages"] is None'
}

@test "the advice about unmovable pages is by zone and origin" {
	refused 14 EBUSY "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70123" \
		"flags: 0x17ffffc0000000(node=0|zone=3)" "page dumped because: unmovable page"
	mem offline 14 --retries 0
	err_has "(unmovable-pages): $(text unmovable-movable)"
	pages <<< '2 slab 3, free'
	refused 2
	mem offline 2 --retries 0
	err_has "(unmovable-pages): $(text unmovable-boot)"
	# /proc/iomem hides its addresses, so nothing shows where the block came from
	echo "00000000-00000000 : System RAM" > "$root/proc/iomem"
	mem offline 2 --retries 0
	err_has "(unmovable-pages): $(text unmovable-somewhere)"
}

@test "the advice about unmovable pages of hot-added memory" {
	world qemu-6.1-dimm
	edit memory33/valid_zones Normal
	pages <<< '33 slab 3, free'
	refused 33
	mem offline 33 --retries 0
	err_has "(unmovable-pages): $(text unmovable)"
}

@test "another block's page decides nothing" {
	local -a other=("page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x30000"
		"flags: 0x17ffffc0001000(reserved|node=0|zone=2)" "page dumped because: unmovable page")
	pages <<< '14 free'
	refused 14 EBUSY "${other[@]}"
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "unknown"'
	# a line that names the block goes first
	refused 14 EBUSY "${other[@]}" "memory offlining [mem 0x070000000-0x077ffffff] failed due to failure to dissolve huge pages"
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "hugetlb" and "0x30000" not in b[14]["kernel_log"]'
	# also where nothing says whose page it was
	refused 14 EBUSY "page dumped because: unmovable page" \
		"memory offlining [mem 0x070000000-0x077ffffff] failed due to failure to isolate range"
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "isolation-failed"'
	# two at once: what follows belongs to neither
	refused 14 EBUSY "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x70123" "${other[@]}" \
		"page dumped because: migration failure"
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "unknown"'
}

@test "the file whose page is in the way is named, or the device of a file system's metadata" {
	pages <<< '14 file 20, free'
	faults "memory14 hang" 'memory14 log "migrating pfn 70001 failed ret:1"' \
		'memory14 log "page: refcount:3 mapcount:0 mapping:ffff888003c1f0a8 index:0x7 pfn:0x70001"' \
		'memory14 log "aops:ext4_da_aops ino:c0a dentry name(?):q"' \
		'memory14 log "flags: 0x10000000000022c(referenced|uptodate|lru|node=0|zone=3)"' \
		'memory14 log "page dumped because: migration failure"'
	# a quote cannot stand in a fault
	mem offline 14 -t 1s -J
	exits 124
	json 'b[14]["reason"] == "migration-failing" and b[14]["held_by"] == "a file without a name (ext4_da_aops)"' \
		'b[14]["kernel_log"].count("\n") == 4'
	mem offline 14 -t 1s -v
	err_says kept-by 14 "$(text page-frame 0x70001 0x70001000)" "a file without a name (ext4_da_aops)"
	err_says kernel-line "block 14" "page dumped because: migration failure"
	err_says kernel-line "block 14" "migrating pfn 70001 failed ret:1"
	mkdir -p "$root/sys/dev/block"
	ln -s ../../devices/pci0000:00/block/sda/sda1 "$root/sys/dev/block/8:1"
	faults "memory14 hang" \
		'memory14 log "page: refcount:4 mapcount:0 mapping:ffff888003c1f0a8 index:0x8000 pfn:0x70001"' \
		'memory14 log "aops:def_blk_aops ino:800001"' 'memory14 log "page dumped because: migration failure"'
	mem offline 14 -t 1s -J
	json 'b[14]["held_by"] == "metadata of the file system on sda1"'
	rm "$root/sys/dev/block/8:1"
	mem offline 14 -t 1s -J
	json 'b[14]["held_by"] == "metadata of the file system on block device 8:1"'
}

@test "held, no room, or neither: the half that is known is said" {
	local hint
	while read -r hint line; do
		pages <<< '14 anon 20, free'
		faults "memory14 hang" ${line:+"memory14 log \"$line\""}
		mem offline 14 -t 1s -J
		exits 124
		json "b[14]['reason'] == 'migration-failing' and b[14]['hint'] == '$(text "$hint")'" \
			"(b[14]['held'] is None) == ('$hint' == 'no-room-only')"
	done << 'END'
held-only migrating pfn 70001 failed ret:1
no-room-only migrating pfn 70001 failed ret:-12
held-or-no-room migrating pfn 70001 failed ret:-16
held-or-no-room
END
	# nothing to migrate: nothing is held
	pages <<< '14 huge-head 1, huge-tail 511, free'
	faults "memory14 hang"
	mem offline 14 -t 1s -J
	json "b[14]['hint'] == '$(text nothing-to-migrate)'"
	mem offline 14 -t 1s
	err_says found-pages 14 "32256 free, 512 huge"
	faults "memory14 hang" 'memory14 log "BUG: Bad page state in process memhp  pfn:70200"'
	mem offline 14 -t 1s -J
	json "b[14]['hint'] == '$(text kernel-bug)' and 'BUG: Bad page state' in b[14]['kernel_log']"
}

@test "EINTR that memhp did not cause is a signal" {
	refused 14 EINTR "memory offlining [mem 0x070000000-0x077ffffff] failed due to signal backoff"
	mem offline 14 --retries 0 -J
	exits 1
	json "b[14]['reason'] == 'signal' and b[14]['error'] == 'EINTR' and b[14]['hint'] == '$(text interrupted-write)'"
	refused 14 EINTR
	mem offline 14 --retries 1 --interval 10ms -J
	json 'b[14]["reason"] == "signal" and b[14]["attempts"] == 2'
}

@test "--explain: processes with descriptors that can hold pages are suspects" {
	mkdir -p "$root/proc/42/fd" "$root/proc/77/fd" "$root/proc/99/fd"
	echo qemu > "$root/proc/42/comm"
	echo cat > "$root/proc/77/comm"
	ln -s 'pipe:[123]' "$root/proc/77/fd/1"
	ln -s /dev/vfio/12 "$root/proc/42/fd/9"
	ln -s 'pipe:[124]' "$root/proc/42/fd/1"
	ln -s 'anon_inode:[io_uring]' "$root/proc/99/fd/3"
	pages <<< '14 anon 20, free'
	faults "memory14 hang"
	mem offline 14 -t 1s --explain -J
	json 'b[14]["suspects"] == ["42 (qemu): vfio", "99: io_uring", "77 (cat): pipe"]' 'b[14]["holders"] is None'
	mem offline 14 -t 1s --explain
	err_says suspects 14 "42 (qemu): vfio, 99: io_uring, 77 (cat): pipe"
	mem offline 14 -t 1s -J
	json 'b[14]["suspects"] is None and b[14]["unsearched"] is None'
}
