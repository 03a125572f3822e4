# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list and numbers as error reports, logs and other programs print them: page frames, decimal
# addresses, digits without 0x. The table of what they may mean is in unit/input/test-reading.c.

load ../helpers

# 16 GiB of boot memory, and some blocks far up
setup_file() {
	world_of_file << 'END'
.page_size = 4096
block_size 128M
block 0-127 online Normal
block 313,2048,3524 online Movable
END
}

blocks() {
	mem list -q -nr -o BLOCK --summary=never "$@"
	rows=${out//$'\n'/ }
}

blocks_are() {
	exits 0
	[[ $rows == "$1" && -z $err ]] || fail "rows are not: $1"
}

# no_block NUMBER NAME [TEXT…]: no such block, and exactly this about other notations
no_block() {
	local hint=''
	((${#} == 1)) || hint=$(text "${@:2}")
	mem list "$1"
	exits 1
	err_is "memhp: list: $(text no-such-block "$1")$hint"
}

# no_operand WORD NAME [TEXT…]: a usage error, and exactly this about other notations
no_operand() {
	local hint=''
	((${#} == 1)) || hint=$(text "${@:2}")
	mem list "$1"
	exits 2
	err_is "memhp: list: $(text not-a-block "$1")$hint
$(text try-help " list")"
}

# warns NUMBER BLOCK NAME TEXT…: its block is shown, and a warning says what else it may be
warns() {
	blocks "$1"
	exits 0
	err_is "memhp: list: warning: $(text "${@:3}")"
	[[ $rows == "$2" ]] || fail "rows are not: $2"
}

@test "page frames: single, in lists, ranges; pfn in upper or lower case" {
	blocks pfn:0x104c02
	blocks_are "32"
	blocks pfn:1067010
	blocks_are "32"
	blocks PFN:0X104C02,pfn:0x70001 3
	blocks_are "3 14 32"
	blocks pfn:0x100000-0x107fff
	blocks_are "32"
	blocks pfn:0x107fff-0x108000
	blocks_are "32-33"
	blocks pfn:0x8000 --state=offline
	blocks_are ""
}

@test "page frames that no block contains, that do not fit, that mix notations" {
	mem list pfn:0x104c02,pfn:0x400000
	exits 1
	err_is "memhp: list: $(text no-block-of-frame 0x400000)"
	mem list pfn:0x80000-0x80001,pfn:0x400000-0x400001
	exits 1
	err_is "memhp: list: $(text no-block-within pfn:0x400000-0x400001)"
	mem list pfn:0x10000000000000
	is_usage_error "list: $(text frame-too-large pfn:0x10000000000000)"
	mem list pfn:0x10000000000000000
	is_usage_error "list: $(text beyond-64-bits pfn:0x10000000000000000)"
	mem list pfn:0x100000-1048577
	is_usage_error "list: $(text mixed-frames pfn:0x100000-1048577)"
	# an address with the prefix of a page frame
	mem list pfn:0x9ce494000
	exits 1
	err_is "memhp: list: $(text no-block-of-frame 0x9ce494000)$(text is-in-block "an address" 0x9ce494000 313 0x9ce494000)"
}

@test "decimal addresses and page frames: no block, but the message names the one that is meant" {
	no_block 473047662528 is-in-block "an address" 0x6e23d67fc0 3524 0x6e23d67fc0
	no_block 1067010 is-in-block "a page frame" 0x104802 32 pfn:0x104802
	no_block 4000000000 two-notations 0xee6b2800 "decimal address" 29 0x4000000000 "hexadecimal address" 2048
	mem list 5368709120-6442450943
	exits 1
	err_is "memhp: list: $(text no-such-blocks 5368709120-6442450943)$(text are-in-blocks "addresses" \
		0x140000000-0x17fffffff 40-47 0x140000000-0x17fffffff)"
	mem list -J 473047662528
	exits 1
	json '"write 0x6e23d67fc0" in d["error"]["message"]'
}

@test "small and short numbers get no hint" {
	for number in 400 5000 9999 77777777777 18446744073709551615; do
		no_block "$number"
	done
	for word in 1e3 2e3 abc 1f 9ce494000x 9ce494000-; do
		no_operand "$word"
	done
}

@test "hexadecimal digits without 0x: a usage error that says what to write" {
	no_operand 9ce494000 is-in-block "an address" 0x9ce494000 313 0x9ce494000
	no_operand 9CE494000 is-in-block "an address" 0x9ce494000 313 0x9ce494000
	no_operand 2e4940000 is-in-block "an address" 0x2e4940000 92 0x2e4940000
	no_operand 1b2e5000 is-in-block "an address" 0x1b2e5000 3 0x1b2e5000
	no_operand 9ce494 is-in-block "a page frame" 0x9ce494 313 pfn:0x9ce494
	no_operand 1,9ce494 is-in-block "a page frame" 0x9ce494 313 pfn:0x9ce494
	no_operand 140000000-17fffffff are-in-blocks addresses 0x140000000-0x17fffffff 40-47 0x140000000-0x17fffffff
	no_operand 0x140000000-17fffffff are-in-blocks addresses 0x140000000-0x17fffffff 40-47 0x140000000-0x17fffffff
	# an amount is one still
	mem list 2E
	is_usage_error "list: $(text amount-refused 2E)"
}

@test "page frames and addresses with the names that error reports give them" {
	no_operand page:0x9ce494 is-in-block "a page frame" 0x9ce494 313 pfn:0x9ce494
	no_operand pfn=0x9ce494 is-in-block "a page frame" 0x9ce494 313 pfn:0x9ce494
	no_operand pfn:9ce494 is-in-block "a page frame" 0x9ce494 313 pfn:0x9ce494
	no_operand address:0x9ce494000 is-in-block "an address" 0x9ce494000 313 0x9ce494000
	no_operand 0x9ce494: is-in-block "a page frame" 0x9ce494 313 pfn:0x9ce494
	# there is no such block, but no other meaning either
	no_operand page:0x99999999 write-instead pfn:0x99999999
	no_operand memory32-47 write-instead 32-47
	no_operand memory0x1f write-instead 31
	no_operand memory0x140000000 is-in-block "an address" 0x140000000 40 0x140000000
}

@test "an address that is probably a page frame, digits that are probably hexadecimal: shown, with a warning" {
	warns 0x9ce494 0 maybe-frame 0x9ce494 0 313 pfn:0x9ce494
	warns pfn:70200 2 maybe-hexadecimal pfn:70200 2 14 pfn:0x70200
	# it begins a page, is of the same block, or of none
	blocks 0x9ce000 0x7123 0x1a2345678 pfn:7000
	blocks_are "0 52"
	blocks 0x9ce494-0x9ce495
	blocks_are "0"
}

@test "machines with pages of 64K and 16K, without block 0, with blocks of 256M" {
	world <<< $'.page_size = 65536\nblock_size 512M\nblock 0-3,1255 online Normal'
	blocks pfn:0x9ce494
	blocks_are "1255"
	warns 0x9ce494 0 maybe-frame 0x9ce494 0 1255 pfn:0x9ce494
	no_block 674000000000 is-in-block "an address" 0x9ced87d400 1255 0x9ced87d400
	rm -r "$root"
	world s390
	blocks pfn:0x100123
	blocks_are "16"
	no_block 4294967296 is-in-block "an address" 0x100000000 16 0x100000000
	no_block 2147483648 is-in-block "an address" 0x80000000 8 0x80000000
	rm -r "$root"
	world asahi
	blocks pfn:0x4000000
	blocks_are "8192"
	mem list 0x4001234
	exits 1
	err_is "memhp: list: $(text no-block-at 0x4001234)$(text is-in-block "a page frame" 0x4001234 8192 pfn:0x4001234)"
	no_block 10000000000 is-in-block "an address" 0x10000000000 8192 0x10000000000
}

@test "a usage error stays one where there are no blocks to compare with" {
	world no-hotplug
	no_operand 9ce494000
	rm -r "$root"
	world <<< $'.page_size = junk\nblock_size 128M\nblock 0-127 online'
	no_operand 9ce494000
	mem list --sysroot "$BATS_TEST_TMPDIR/nowhere" 9ce494000
	exits 2
}

@test "numbers of nodes in another notation" {
	mem list --node=0x1
	is_usage_error "list: $(text not-decimal --node 0x1)$(text write-instead 1)"
	mem list --node=node0,node2-3
	is_usage_error "list: $(text not-decimal --node node0,node2-3)$(text write-instead 0,2-3)"
	mem list --node=0x1,x
	is_usage_error "list: $(text not-decimal --node 0x1,x)
"
}
