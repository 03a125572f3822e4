# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is reported after a block could not be taken offline: its pages, those that could not be moved,
# and with --explain the processes that map them. offline.bats tests the reasons.

load ../change

# Blocks of 1M: 0-3 Normal, 8-15 Movable. Three processes, two of which map page 0x90a of block 9.
setup() {
	world << 'END'
block_size 1M
block 0-3 online Normal node 0
block 8-15 online Movable node 0
run/
dev/kmsg << KMSG
KMSG
proc/sys/kernel/arch = x86_64
proc/iomem = 00000000-00ffffff : System RAM
proc/1/maps << MAPS
00010000-00013000 r-xp 00000000 08:01 17 /sbin/init
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
MAPS
proc/1/comm = init
proc/42/maps << MAPS
00020000-00023000 rw-p 00000000 00:00 0
MAPS
proc/42/comm = qemu-system-x86
proc/77/maps << MAPS
not a mapping
00005000-00006000 rw-s 00000000 00:00 0
MAPS
proc/77/comm = rdma
proc/self/maps << MAPS
00020000-00023000 rw-p 00000000 00:00 0
MAPS
END
	pages << 'END'
1 reserved 2, slab 9, table 1, free
9 anon 20, free
14 anon 3, slab 1, free
END
	entries 1 16 0x8000000000000123 0 0x123
	entries 42 32 0x8000000000000001 0x810000000000090a
	entries 77 5 0x800000000000090a
}

# entries PID PAGE ENTRY…: writes the process's pagemap from that page on
entries() {
	"$python" -I -c '
import struct, sys
path, program, page, *entries = sys.argv[1:]
order = "><"[open(program, "rb").read(6)[5] == 1]
with open(path, "wb") as file:
    file.seek(int(page) * 8)
    file.write(struct.pack(f"{order}{len(entries)}Q", *(int(e, 16) for e in entries)))
' "$root/proc/$1/pagemap" "${program[-1]}" "${@:2}"
}

@test "unmovable-pages reports kinds and counts, by page flags where the kernel log has nothing" {
	faults "memory1 EBUSY"
	pages <<< '1 slab 9, table 1, free'
	mem offline 1 --retries 1 --interval 10ms
	exits 1
	err_has "block 1: Device or resource busy (unmovable-pages): "
	err_says found-pages 1 "246 free, 9 slab, 1 table"
	mem offline 1 --retries 0 -J
	json 'b[1]["reason"] == "unmovable-pages" and b[1]["pages"]["slab"] == 9 and b[1]["held"] is None'
	# in Movable pages that look unmovable are not the reason
	pages <<< '14 anon 3, slab 1, free'
	faults "memory14 EBUSY"
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "unknown" and b[14]["pages"]["migrate"] == 3'
	rm "$root/proc/kpageflags"
	mem offline 14 --retries 0 -J
	json 'b[14]["reason"] == "unknown" and b[14]["pages"] is None'
	# another errno has another reason
	faults "memory1 EINVAL"
	mem offline 1 -J
	json 'b[1]["pages"] is None'
}

@test "a retry that succeeds reports nothing" {
	faults "memory1 EBUSY x1"
	pages <<< '1 slab 9, table 1, free'
	mem offline 1 --retries 2 --interval 10ms -J
	exits 0
	json 'b[1]["result"] == "done" and b[1]["attempts"] == 2 and b[1]["pages"] is None'
}

@test "migration-failing names the pages that the kernel named, if they are still there" {
	faults "memory9 hang" 'memory9 log "migrating pfn 90a failed ret:1"' 'memory9 log "migrating pfn 90a failed ret:1"' \
		'memory9 log "migrating pfn 9f0 failed ret:1"' 'memory9 log "migrating pfn a00 failed ret:1"' \
		'memory9 log "failed to isolate pfn 903"'
	mem offline 9 -t 2s -J
	exits 124
	json 'b[9]["reason"] == "migration-failing"' 'b[9]["held"] == [0x90a, 0x903]' 'b[9]["holders"] is None' \
		'b[9]["pages"]["migrate"] == 20'
	mem offline 9 -t 2s
	exits 124
	err_says held-pages 9 "20 pages" "$(text page-frame 0x90a 0x90a000), pfn:0x903" "$(text explain-finds)"
	err_lacks "$(text mapped-by "")"
}

@test "migration-failing names the first pages where the kernel named none" {
	faults "memory9 hang"
	mem offline 9 -t 2s -J
	json 'b[9]["held"] == list(range(0x900, 0x908))'
}

@test "--explain: the processes that map them" {
	faults "memory9 hang" 'memory9 log "migrating pfn 90a failed ret:1"'
	mem offline 9 -t 2s --explain -J
	exits 124
	json 'sorted(b[9]["holders"]) == ["42 (qemu-system-x86)", "77 (rdma)"]'
	mem offline 9 -t 2s --explain
	err_says held-pages 9 "20 pages" "$(text page-frame 0x90a 0x90a000)" "$(text mapped-by "")"
	err_has "77 (rdma)"
	# the newline in a name does not begin a message
	printf 'a\nmemhp: b' > "$root/proc/77/comm"
	mem offline 9 -t 2s --explain
	err_has "77 (a?memhp: b)"
	# the kernel cuts a name at 15 bytes, also within a character
	printf 'fourteen bytes\xc3' > "$root/proc/77/comm"
	mem offline 9 -t 2s --explain -J
	json '"77 (fourteen bytes\ufffd)" in b[9]["holders"]'
	# no process
	rm -r "$root/proc/42" "$root/proc/77/pagemap"
	mem offline 9 -t 2s --explain -J
	json 'b[9]["holders"] is None and b[9]["held"] == [0x90a]'
	pages <<< '9 anon 1, free'
	mem offline 9 -t 2s --explain
	err_says held-pages 9 "1 page" "$(text page-frame 0x900 0x900000)" "$(text mapped-by-none)"
}

@test "a process that maps more pages than can be searched: the search ends" {
	mkdir "$root/proc/500"
	# 2^35 pages
	echo "0000000000000000-0000800000000000 rw-p 00000000 00:00 0" > "$root/proc/500/maps"
	truncate -s 256G "$root/proc/500/pagemap" || skip "no such large files here"
	faults "memory9 hang" 'memory9 log "migrating pfn 90a failed ret:1"'
	local begin=$SECONDS
	mem offline 9 -t 2s --explain -J
	exits 124
	((SECONDS - begin < 30)) || fail "it took $((SECONDS - begin)) s"
	# the others were found, and that one is not counted as searched
	json 'sorted(b[9]["holders"]) == ["42 (qemu-system-x86)", "77 (rdma)"]' 'b[9]["unsearched"] == 1'
	mem offline 9 -t 2s --explain
	err_has "$(text mapped-by "")"
	err_has "$(text searched 3 4)"
}
