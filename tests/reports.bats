# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
#
# From an error report to a block, as memhp(8) has it: what its table says is applied to the lines of
# reports.lines, and memhp shows the block. Then numbers as the reports have them: what memhp
# prints, and the example of the section, with the fake kernel. Operands are tested by tests/list/input.bats.

load change
load recipes

shopt -s extglob
title="FROM AN ERROR REPORT TO A BLOCK"

# The rows of the table: source, what the report has, what to write; between tabs.
rows() {
	text_of "$title" | sed -n 's/^\.It \(.*\) Ta \(.*\) Ta \(.*\)$/\1\t\2\t\3/p' | tail -n +2
}

# split_row REPORT WRITE: sets value and base of the number that the report has, the text before it, and
# what is written before its hexadecimal digits
split_row() {
	local digits
	form=${2%%0x*}0x value=$((${2#pfn:}))
	printf -v digits %x "$value"
	base=16
	[[ $1 == *"$digits"* ]] || base=10 digits=$value
	[[ $1 == *"$digits"* ]] || fail "'$1' does not have the number of '$2'"
	before=${1%%"$digits"*}
	before=${before%%*(0)}
}

# operand_of SOURCE LINE: what the table says to write for it, in operand
operand_of() {
	local source report write given
	operand=''
	while IFS=$'\t' read -r source report write; do
		[[ $source == "$1" ]] || continue
		split_row "$report" "$write"
		[[ $2 =~ "$before"([0-9a-f]+) ]] || continue
		[[ -z $operand ]] || fail "two rows fit: $2"
		given=${BASH_REMATCH[1]}
		((base == 10)) || given=0x$given
		printf -v operand '%s%x' "$form" "$given"
		echo "$source: $report" >> "$BATS_TEST_TMPDIR/used"
	done < <(rows)
	[[ -n $operand ]] || fail "no row of '$1' fits: $2"
}

# block_is N OPERAND
block_is() {
	mem list -r -n -o BLOCK --summary=never "$2"
	exits 0
	out_is <<< "$1"
	err_is ""
}

# on NAME: below that world
on() {
	rm -rf "$BATS_TEST_TMPDIR/root"
	world "$1"
}

@test "the rows of the table are about one block" {
	on qemu-6.12-mixed
	count=0
	while IFS=$'\t' read -r _ report write; do
		split_row "$report" "$write"
		block_is 52 "$write"
		count=$((count + 1))
	done < <(rows)
	((count >= 15)) || fail "only $count rows"
}

@test "lines of reports: the table says what to write, and that is the block" {
	count=0
	while IFS='|' read -r source machine block write; do
		IFS=$'\t' read -r line
		on "${machine// /}"
		operand_of "${source% }" "$line"
		[[ $operand == "${write# }" ]] || fail "write$write, not $operand, for: $line"
		block_is "${block// /}" "$operand"
		count=$((count + 1))
	done < <(grep -v '^#\|^$' "$tests/reports.lines")
	((count >= 15)) || fail "only $count lines"
	diff <(rows | sed 's/\t/: /; s/\t.*//' | sort) <(sort -u "$BATS_TEST_TMPDIR/used")
}

# says STATUS GIVEN BLOCK WRITE: list with that operand names the block, and what to write
says() {
	mem list -n -o BLOCK "$2"
	exits "$1"
	err_has "block $3"
	err_has "$4"
}

@test "numbers as the reports have them: memhp names the block, and what to write" {
	on qemu-6.12-mixed
	says 1 7081016832 52 "write 0x1a60fbe00"
	says 2 15c8d7740 43 "write 0x15c8d7740"
	says 2 0000000149d0c8c0 41 "write 0x149d0c8c0"
	# Without a letter, digits may be decimal.
	says 1 149000800 41 "write 0x8e19260"
	err_has "0x149000800"
	says 2 11d0e4 35 "write pfn:0x11d0e4"
	# A page frame that is written as an address is one of low memory.
	says 0 0x1a3f07 52 "write pfn:0x1a3f07"
	before=$(tree)
	mem offline --dry-run 7081016832
	err_has "0x1a60fbe00"
	err_lacks "for an amount"
	mem offline --dry-run 15c8d7740
	exits 2
	err_has "0x15c8d7740"
	[[ $(tree) == "$before" ]] || fail "something was changed"
}

@test "the example: the block, its offlining, its exclusion" {
	on qemu-6.12-mixed
	world <<< $'run/\netc/\ndev/kmsg :empty'
	mapfile -t commands < <(commands_of "$title")
	((${#commands[@]} == 2)) || fail "other commands: ${commands[*]}"
	[[ ${commands[0]} == "memhp list "*" pfn:0x1a2345" && ${commands[1]} == "memhp offline pfn:0x1a2345" ]] ||
		fail "other commands: ${commands[*]}"
	read -ra words <<< "${commands[0]#memhp }"
	mem "${words[@]}"
	exits 0
	out_has "52"
	read -ra words <<< "${commands[1]#memhp }"
	mem "${words[@]}"
	exits 0
	[[ $(block 52) == offline* && $(block 51) == online* ]] || fail "not block 52"
	{ echo 'online_existing = auto'; file_of "$title"; } > "$root/etc/memhp.conf"
	mem policy --apply
	exits 0
	[[ $(block 52) == offline* && $(block 53) == online* ]] || fail "not what was excluded"
}
