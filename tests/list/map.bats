# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list --map: a map for people. memhp chooses the letters and explains them in the legend. The map
# must show each block, its node, its place and its kind.

load ../helpers

setup_file() {
	world_of_file << 'END'
block_size 128M
block 0 online none node 0
block 1-3 online DMA32 node 0
block 4-5 online DMA node 0
block 8-11 online Normal node 0
block 12-13 offline Normal,Movable node 1
block 14 going-offline Movable,Normal node 1
block 15 online Movable node 1
block 1024-1027 online Movable node 1
END
}

# letter MEANING: found is its letter, by the legend
letter() {
	local legend=${out%%$'\n\n'Memory block size*}
	legend="${legend##*$'\n\n'}"
	legend=${legend//$'\n'/   }
	[[ $legend =~ (^|[[:space:]]{2})([^[:space:]])\ "$1"($|[[:space:]]{2}) ]] || fail "no letter for $1"
	found=${BASH_REMATCH[2]}
}

# picture is the lines of the map, without headings and legend
lines() {
	picture=$(grep -E '^0x' <<< "$out" || :)
}

# on_terminal ARG…: out is what memhp prints on a terminal
on_terminal() {
	out=$(TERM=${term-xterm} script -qec "stty cols 80; $(printf '%q ' "${program[@]}" -s "$root" "$@")" /dev/null < /dev/null)
	command="memhp $* (on a terminal)" status=0 err=
}

@test "letters by zone and state, node by node, with a legend and the sums" {
	mem list --map
	exits 0
	err_is ""
	seen=
	for kind in DMA DMA32 Normal Movable offline going-offline; do
		letter "$kind"
		[[ $seen != *"$found"* ]] || fail "one letter for two kinds: $found"
		seen+=$found
		case $kind in
		DMA) dma=$found ;; DMA32) dma32=$found ;; Normal) normal=$found ;;
		Movable) movable=$found ;; offline) offline=$found ;; *) going=$found ;;
		esac
	done
	lines
	[[ $(sed -n 1p <<< "$picture") == 0x*0\ ?"$dma32$dma32$dma32$dma$dma  $normal$normal$normal$normal" ]] ||
		fail "node 0"
	[[ $(sed -n 2p <<< "$picture") == 0x*0\ "            $offline$offline$going$movable" ]] || fail "node 1"
	out_has "Node 0: 1.3G, 10 blocks of 128M"
	out_has "Node 1: 1G, 8 blocks of 128M"
	out_has $'\n\nMemory block size:           128M\nTotal online memory:         1.9G\n'
	# the legend has only kinds that occur
	out_lacks HighMem
	out_lacks Device
	[[ -z $(grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
}

@test "no escape codes without a terminal; colours on one; the letters are the same" {
	mem list --map
	out_lacks $'\e'
	plain=$out
	mem list --map --color=always
	out_has $'\e['
	[[ $(sed 's/\x1b\[[0-9;]*m//g' <<< "$out") == "$plain" ]] || fail "other letters in colour"
	on_terminal list --map
	out_has $'\e['
	on_terminal list --map --color=never
	out_lacks $'\e'
	NO_COLOR=1 on_terminal list --map
	out_lacks $'\e'
	NO_COLOR=1 on_terminal list --map --color
	out_has $'\e['
	term=dumb on_terminal list --map
	out_lacks $'\e'
}

@test "colours of a table follow the same rules" {
	mem list
	out_lacks $'\e'
	NO_COLOR=1 mem list --color=always
	out_has $'\e['
	[[ $(sed 's/\x1b\[[0-9;]*m//g' <<< "$out") == *" offline     12-13 "* ]] || fail "other text in colour"
	on_terminal list
	out_has $'\e['
	NO_COLOR=1 on_terminal list
	out_lacks $'\e'
	# formats for programs have no colours
	for format in -r -P -J; do
		mem list --color=always $format
		out_lacks $'\e'
	done
}

@test "addresses are those of the blocks; gaps are marked, not drawn" {
	mem list --map
	lines
	last=$(tail -1 <<< "$picture")
	read -r address cells <<< "$last"
	column=$((${#last} - ${#address} - 1 - 4))
	((address + column * 0x8000000 == 1024 * 0x8000000)) || fail "blocks 1024-1027 are elsewhere: $last"
	(($(wc -l <<< "$picture") == 3)) || fail "lines for the gap"
	grep -qx '\.\.\.' <<< "$out" || fail "no sign of the gap"
}

@test "at most 80 columns, every block once, also at the highest address" {
	world << 'END'
block_size 2G
block 0-399 online Normal node 0
block 400-799 online Movable node 1
block 8589934591 offline Movable,Normal node 1
END
	mem list --map --summary=never
	exits 0
	[[ -z $(grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
	letter Normal
	lines
	cells=$(cut -d' ' -f2- <<< "$picture" | tr -cd "$found")
	((${#cells} == 400)) || fail "${#cells} blocks in zone Normal"
	(($(wc -l <<< "$picture") <= 800 / 32 + 3)) || fail "too long"
}

@test "operands and filters select the blocks; --summary; -b" {
	mem list --map 8-9,1026 --node 0 --summary=never
	exits 0
	out_lacks "Node 1"
	out_has "2 blocks"
	out_lacks "Memory block size"
	mem list --map -b 8-9
	out_has "268435456"
	out_has "Total online memory:          268435456"
	mem list --map 6
	exits 1
	[[ -z $out ]] || fail "half-printed"
}

@test "blocks without a node, of two nodes, without zones, with an unknown state" {
	world << 'END'
block_size 128M
block 0 online none node 0-1
block 1 online DMA32 node 1
block 2-3 online - node 1
block 4 online Normal
sys/devices/system/memory/memory3/state = asleep
END
	mem list --map --summary=never
	exits 64
	one_message
	lines
	(($(tr -d '\n' <<< "$picture" | sed 's/0x[0-9a-f]* *//g; s/ //g' | wc -c) == 5)) || fail "not five blocks"
	out_has "Node 0: 128M, 1 block of 128M"
	out_has "Node 1: 384M, 3 blocks of 128M"
}
