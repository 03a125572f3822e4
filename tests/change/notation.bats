# SPDX-License-Identifier: GPL-2.0-or-later
#
# online and offline and numbers as error reports and logs print them. list/notation.bats has what they
# may mean; this is about what is changed.

load ../change

setup() {
	machine <<< '.page_size = 4096'
}

@test "page frames name blocks: alone, in a list, beside an amount" {
	mem offline pfn:0x40123
	exits 0
	out_says offlined "1 block" 128M 8
	mem online -z movable pfn:0x40123,pfn:0x80000
	exits 0
	out_says onlined "2 blocks" 256M "8, 16"
	mem offline --dry-run -J 128M pfn:0x48000-0x57fff
	exits 0
	json '[row["block"] for row in d["blocks"]] in ([9], [10])'
}

@test "a range of page frames that cuts a block is refused, and the whole blocks are named" {
	mem offline pfn:0x48001-0x57fff
	exits 2
	err_says part-of-block pfn:0x48001-0x57fff pfn:0x48000-0x57fff
	mem offline --dry-run pfn:0x48000-0x57fff
	exits 0
	out_has " 9-10 "
}

@test "virtio-mem memory that is named by a page frame is taken, as by its number" {
	mem offline --dry-run -J pfn:0xc0000
	exits 0
	json '[row["block"] for row in d["blocks"]] == [24]'
}

@test "numbers in another notation: nothing is changed, and the message says what to write" {
	mem offline 1073741824
	exits 1
	err_is "memhp: offline: $(text no-such-block 1073741824)$(text is-in-block "an address" 0x40000000 8 0x40000000)"
	mem offline 4a000000
	exits 2
	err_says is-in-block "an address" 0x4a000000 9 0x4a000000
	mem online 8e000000
	exits 2
	err_says is-in-block "an address" 0x8e000000 17 0x8e000000
	mem offline page:0x40123
	exits 2
	err_says is-in-block "a page frame" 0x40123 8 pfn:0x40123
	mem offline pfn:0x100000
	exits 1
	err_is "memhp: offline: $(text no-block-of-frame 0x100000)"
	blocks_are 8-15 "online Movable"
	blocks_are 16-23 "offline Movable Normal"
}

@test "a number that may be an amount or a page frame: both are named" {
	mem offline --dry-run 3072
	exits 1
	err_is "memhp: offline: $(text block-or-amount 3072 3072M)"
	world <<< $'block 32-511 online Movable node 0'
	mem offline --dry-run 40960
	exits 1
	err_says block-or-amount 40960 40960M
	err_says two-notations pfn:0xa000 "decimal page frame" 1 pfn:0x40960 "hexadecimal page frame" 8
}

@test "an address that is probably a page frame: its block is changed, with a warning" {
	mem online --dry-run 0x80123
	exits 0
	err_has "warning: $(text maybe-frame 0x80123 0 16 pfn:0x80123)"
	mem offline --dry-run pfn:40123
	exits 0
	err_has "warning: $(text maybe-hexadecimal pfn:40123 1 8 pfn:0x40123)"
}

@test "blocks of 256M and pages of 64K" {
	rm -r "$root"
	world qemu-ppc64-256m
	mkdir -p "$root/run"
	mem offline --dry-run -J pfn:0x2fff
	json '[row["block"] for row in d["blocks"]] == [2]'
	mem offline pfn:0x2000-0x2ffe
	exits 2
	err_says part-of-block pfn:0x2000-0x2ffe pfn:0x2000-0x2fff
}
