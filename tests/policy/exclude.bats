# SPDX-License-Identifier: GPL-2.0-or-later
#
# exclude in /etc/memhp.conf: which blocks it names, and words that may mean others than memhp would take. The
# block that is meant is a bad one, so nothing comes online until the file is right. conf.bats has the rest of
# the file.

load ../change
load ../policy

# excludes ITEMS: the file brings everything online but these
excludes() {
	file $'auto_movable_ratio = 400\nonline_existing = movable\n'"exclude = $1"$'\n'
}

# broken ITEMS NAME TEXT…: the file is refused by --apply, --check and --save, with one message and without a change
broken() {
	local message
	message="memhp: policy: $root/etc/memhp.conf: $(text "${@:2}")"
	excludes "$1"
	for mode in --apply --check "--save online_policy=auto-movable"; do
		# shellcheck disable=SC2086 # words
		mem policy $mode
		[[ $status == [14] ]] || fail "exit status"
		err_is "$message"
		values "contig-zones 301 Y offline"
		blocks_are 16-23 "offline Movable Normal"
		blocks_are 28-29 "offline Normal Movable"
	done
}

@test "page frames and ranges of them: they stay offline, the others come online" {
	excludes 'pfn:0x80123, PFN:557056 pfn:0x90000-0x9ffff'
	mem policy --apply
	exits 0
	err_lacks "exclude"
	blocks_are 16-19 "offline Movable Normal"
	blocks_are 20-23 "online Movable"
	blocks_are 28-29 "online Movable"
	mem policy --check
	err_lacks "exclude"
}

@test "a number that is no block, but an address of one: an error that says what to write" {
	broken 2148007936 conf-no-block 3 2148007936 "$(text is-in-block "an address" 0x80080000 16 0x80080000)"
	broken "3, 80080000" conf-no-block 3 80080000 "$(text is-in-block "an address" 0x80080000 16 0x80080000)"
	broken 2147483648-2281701375 conf-no-block 3 2147483648-2281701375 "$(text are-in-blocks addresses \
		0x80000000-0x87ffffff 16 0x80000000-0x87ffffff | sed 's/blocks 16/block 16/')"
}

@test "a word that is no operand, but another notation of one" {
	broken 8e000000 conf-exclude-hint 3 8e000000 "$(text is-in-block "an address" 0x8e000000 17 0x8e000000)"
	broken 3,page:0x80123 conf-exclude-hint 3 page:0x80123 "$(text is-in-block "a page frame" 0x80123 16 pfn:0x80123)"
	broken pfn:0x10000000000000 conf-frame-too-large 3 pfn:0x10000000000000
}

@test "an address that may be a page frame, digits that may be hexadecimal: an error, either way to write is named" {
	broken 0x80123 conf-ambiguous-address 3 0x80123 0 pfn:0x80123 16
	broken "17 pfn:80123" conf-ambiguous-frame 3 pfn:80123 pfn:0x138fb 2 pfn:0x80123 16
	# each of what it names is accepted
	excludes 0
	mem policy --apply
	exits 0
	excludes "pfn:0x80123 0x80123000 0x80000123 pfn:0x138fb"
	mem policy --apply
	exits 0
}

@test "what matches no block is named, and changes no exit status: it may be plugged in later" {
	excludes "17, 900, 0x9000000000 pfn:0x9000000 800-810 16"
	for mode in --apply --check; do
		mem policy $mode
		exits 0
		err_has "$root/etc/memhp.conf: $(text conf-match-none 3 "900, 0x9000000000, pfn:0x9000000, 800-810")"
	done
	blocks_are 16-17 "offline Movable Normal"
	blocks_are 18-18 "online Movable"
	excludes "17 900 20-99"
	mem policy --check
	exits 0
	err_has "memhp: policy: $root/etc/memhp.conf: $(text conf-matches-none 3 900)"
	mem policy --check -q
	[[ -z $err ]] || fail "not quiet"
	mem policy
	err_lacks "exclude"
}

@test "pages of 64K" {
	world <<< '.page_size = 65536'
	excludes pfn:0x8001
	mem policy --apply
	exits 0
	blocks_are 16-16 "offline Movable Normal"
	blocks_are 17-17 "online Movable"
	excludes 0x8001
	mem policy --check
	err_is "memhp: policy: $root/etc/memhp.conf: $(text conf-ambiguous-address 3 0x8001 0 pfn:0x8001 16)"
}
