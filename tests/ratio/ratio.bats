#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp ratio as a user sees it: rows, columns, limits, --check, faults of a machine. The edge cases of
# the arithmetic are in unit/zones/test-ratio.c.

load ../ratio

@test "the table, exactly, on a machine of two nodes" {
	world qemu-6.12-mixed
	mem ratio
	exits 0
	err_is ""
	out_is << 'END'
 NODE KERNEL MOVABLE CMA RATIO LIMIT HEADROOM STATUS
    0     3G    640M  0B    20     -        - ok
    1   128M    1.1G  0B   900     -        - imbalanced
total   3.1G    1.8G  0B    56     -        - ok
END
}

@test "formats: raw, pairs, bytes, no headings, columns" {
	world qemu-6.12-mixed
	mem ratio -r -b -o NODE,KERNEL,RATIO,limit
	out_is <<< $'NODE KERNEL RATIO LIMIT\n0 3220692992 20 -\n1 134217728 900 -\ntotal 3354910720 56 -'
	mem ratio -P -o NODE,STATUS
	out_is <<< $'NODE="0" STATUS="ok"\nNODE="1" STATUS="imbalanced"\nNODE="total" STATUS="ok"'
	mem ratio -n -r -o NODE
	out_is <<< $'0\n1\ntotal'
	mem ratio
	all=$out
	mem ratio --output-all
	out_is <<< "$all"
}

@test "JSON holds what the table shows" {
	world qemu-6.12-mixed
	mem ratio --json
	exits 0
	json 'd["policy"] == "contig-zones" and d["numa_aware"] is True' 'd["add"] == d["advice"] == []' \
		'[n["node"] for n in d["nodes"]] == [0, 1]' 'd["nodes"][1]["movable"] == 1207959552' \
		'd["total"]["kernel"] == sum(n["kernel"] for n in d["nodes"])' \
		'd["total"]["limit"] is None and d["total"]["headroom"] is None' '"node" not in d["total"]'
	mem ratio -J -o NODE
	json 'd["nodes"] == [{"node": 0}, {"node": 1}]' 'd["total"] == {}'
	mem ratio -J -o RATIO --node=1
	json 'd["nodes"] == [{"ratio": 900}]' 'd["total"] == {"ratio": 56}'
}

@test "every status, at its edges" {
	while read -r pages percent word; do
		small "0 Movable $pages"
		mem ratio -n -r -o NODE,RATIO,STATUS
		out_is <<< "0 $percent $word"$'\n'"total $percent $word"
	done << 'END'
0 0 ok
786432 300 ok
789053 300 ok
789054 301 high
1048576 400 high
1048577 400 imbalanced
16515071 6299 imbalanced
16515072 6300 critical
END
}

@test "a node without kernel memory, a node without memory, ZONE_DEVICE" {
	small "0 Device 999999" "1 Normal 0" "1 Movable 32768" "2 Normal 0" "2 Movable 0"
	mem ratio
	exits 0
	out_is << 'END'
 NODE KERNEL MOVABLE CMA RATIO LIMIT HEADROOM STATUS
    0     1G      0B  0B     0     -        - ok
    1     0B    128M  0B     -     -        - movable-only
    2     0B      0B  0B     -     -        - -
total     1G    128M  0B    12     -        - ok
END
	mem ratio -J
	json 'd["nodes"][1]["ratio"] is None and d["nodes"][1]["status"] == "movable-only"' 'd["nodes"][2]["status"] is None'
}

@test "CMA is movable memory, and counts once" {
	small "0 DMA32 65536 32768" "0 Movable 65536 65536"
	mem ratio -n -r -b -o NODE,KERNEL,MOVABLE,CMA
	out_is <<< $'0 1207959552 402653184 402653184\ntotal 1207959552 402653184 402653184'
}

@test "limit and headroom under auto-movable; those of nodes only where the kernel considers nodes" {
	policy=auto-movable
	small "0 Movable 524288"
	mem ratio -n -r -o NODE,RATIO,LIMIT,HEADROOM
	exits 0
	err_is ""
	out_is <<< $'0 200 301 1G\ntotal 200 301 1G'
	aware=N
	small "0 Movable 524288"
	mem ratio -n -r -o NODE,RATIO,LIMIT,HEADROOM
	out_is <<< $'0 200 - -\ntotal 200 301 1G'
	ratio=100
	small "0 Movable 524288"
	mem ratio -n -r -o LIMIT,HEADROOM --node=0
	out_is <<< $'- -\n100 0B'
	ratio=4294967295
	small "0 Movable 524288"
	mem ratio -J
	json 'd["total"]["limit"] == 4294967295' 'd["total"]["headroom"] == (2**30 * 4294967295 // 100 - 2**31) >> 27 << 27'
}

@test "a notice where the kernel counts less than the table shows" {
	policy=auto-movable
	small "0 Movable 0"
	mem ratio
	err_is ""
	# A DIMM above the boot memory.
	world << 'END'
block 8 online Normal node 0
sys/devices/system/memory/memory8/firmware_node -> ../../../LNXSYSTM:00/PNP0C80:01
proc/iomem << RESOURCES
00000000-3fffffff : System RAM
40000000-47ffffff : System RAM
RESOURCES
END
	mem ratio -q
	err_is ""
	mem ratio
	exits 0
	one_message
	err_says kernel-counts-less
	edit memory8/valid_zones Movable
	mem ratio
	err_is ""
}

@test "the origin of memory is read only where it matters" {
	local masked='proc/iomem = 00000000-00000000 : System RAM'
	small "0 Movable 0"
	world <<< "$masked"
	mem ratio
	exits 0
	err_is ""
	policy=auto-movable
	small "0 Movable 0"
	world <<< "$masked"
	mem ratio --check
	err_is ""
	mem ratio
	exits 0
	err_says masked-iomem "$root/proc/iomem"
}

@test "--node: rows of these nodes, which must all exist" {
	world qemu-6.12-mixed
	mem ratio -n -r -o NODE --node=1
	out_is <<< $'1\ntotal'
	mem ratio -n -r -o NODE --node=0-1 --node=1
	out_is <<< $'0\n1\ntotal'
	while read -r list node; do
		mem ratio --node="$list"
		exits 1
		err_is "memhp: ratio: $(text no-such-node "$node")"
	done <<< $'2 2\n0-4294967295 2\n1,7 7'
	mem ratio -J --node=2
	exits 1
	json "d['error']['message'] == '$(text no-such-node 2)'"
}

@test "--check is exact, and silent where the ratio is within the limit" {
	small "0 Movable 789053"
	for limit in "" =limit =301 =400 =4294967295; do
		mem ratio --check$limit
		exits 0
		[[ -z $out && -z $err ]] || fail "not silent"
	done
	mem ratio --check=300
	exits 1
	err_is "memhp: ratio: $(text ratio-hardly-above "" 300)"
	small "0 Movable 786432"
	mem ratio --check=300
	exits 0
	mem ratio --check=0
	exits 1
	small
	mem ratio --check=0
	exits 0
}

@test "--check without a limit: the kernel's under auto-movable, else 4:1" {
	small "0 Movable 1048576"
	mem ratio --check
	exits 0
	small "0 Movable 1048577"
	mem ratio --check
	exits 1
	err_is "memhp: ratio: $(text ratio-hardly-above "" 400)"
	policy=auto-movable ratio=500
	small "0 Movable 1048577"
	mem ratio --check
	exits 0
	ratio=100
	small "0 Movable 1048577"
	mem ratio --check
	exits 1
	err_is "memhp: ratio: $(text ratio-above "" 400 100)"
}

@test "--check with nodes, one of them without kernel memory" {
	small "1 Normal 0" "1 Movable 1024"
	mem ratio --check=10
	exits 0
	mem ratio --check=10 --node=0
	exits 0
	mem ratio --check=4294967295 --node=0-1
	exits 1
	err_is "memhp: ratio: $(text no-kernel-memory "node 1" 4294967295)"
	mem ratio --check=0 --json
	exits 1
	one_message
	json 'd["total"]["ratio"] == 0' '"error" not in d' 'd["exit_status"] == 1'
	mem ratio --check=5 --json
	exits 0
	json 'd["exit_status"] == 0'
	mem ratio --json
	json 'd["exit_status"] == 0' '"check" not in d'
	world qemu-6.12-mixed
	mem ratio --check=400 --node=0-1
	exits 1
	err_is "memhp: ratio: $(text ratio-above " of node 1" 900 400)"
	mem ratio --check=50 --node=1
	exits 1
	err_is "memhp: ratio: $(text ratio-above " of node 1" 900 50)"
	mem ratio --check=50
	exits 1
	err_is "memhp: ratio: $(text ratio-above "" 56 50)"
	small "1 Normal 32768" "1 Movable 98305"
	mem ratio --check=300 --node=1
	exits 1
	err_is "memhp: ratio: $(text ratio-hardly-above " of node 1" 300)"
	{ blocks; policy; zoneinfo "0 Normal 0" "0 Movable 1024"; } | world
	mem ratio --check=5
	exits 1
	err_is "memhp: ratio: $(text no-kernel-memory "the machine" 5)"
}

@test "usage errors" {
	world qemu-6.12-mixed
	for args in --check= --check=x --check=-1 --check=1.5 --check=301% --check=4294967296 \
		--check=99999999999999999999 --node= --node=x --node=4294967296 --node=2-1 --node=0,, -oNODE,X \
		'--check -n' '--check -o NODE' '--json --raw' 47 --add; do
		# shellcheck disable=SC2086 # words
		mem ratio $args
		exits 2
		[[ -z $out || $out == "{"* ]] || fail "output"
		err_says try-help " ratio"
	done
	for value in '' x -1 1.5 301% 4294967296 99999999999999999999; do
		mem ratio --check="$value"
		err_says not-a-percentage "$value"
	done
	for value in x 2-1 4294967296 0,,; do
		mem ratio --node="$value"
		case $value in
		x) err_says not-decimal --node x ;;
		2-1) err_has "--node: $(text reversed-range 2-1)" ;;
		4294967296) err_says too-large --node 4294967296 ;;
		*) err_has "--node: $(text empty-item "$value")" ;;
		esac
	done
	mem ratio -oNODE,X
	err_says unknown-column --output X "NODE, KERNEL, MOVABLE, CMA, RATIO, LIMIT, HEADROOM, STATUS or BAR"
	for words in '--check -n' '--check -o NODE'; do
		# shellcheck disable=SC2086 # words
		mem ratio $words
		err_says no-table
	done
	mem ratio --json --raw
	err_says formats-exclude
	mem ratio 47
	err_says ratio-no-operands 47
}

@test "a policy that cannot be parsed: no limit, and exit status 64" {
	policy=rubbish
	small
	mem ratio
	exits 64
	err_is "memhp: ratio: warning: $(text bad-policy)"
	out_has "total     1G      0B  0B     0     -        - ok"
	mem ratio -J
	exits 64
	json 'd["policy"] is None and d["numa_aware"] is None'
	mem ratio --check
	exits 4
	err_is "memhp: ratio: $(text unknown-policy)"
	mem ratio --check -J
	exits 4
	json 'd["exit_status"] == 4'
	mem ratio --check=301
	exits 0
	err_is ""
}

@test "a kernel without the parameters has contig-zones" {
	{ blocks; zoneinfo "0 Normal 262144"; } | world
	mem ratio -J
	exits 0
	json 'd["policy"] == "contig-zones" and d["numa_aware"] is False' 'd["total"]["limit"] is None'
}

@test "zoneinfo that is missing, cut, rubbish or beyond 64 bits; a machine without hotplug" {
	small
	mem ratio
	exits 0
	rm "$root/proc/zoneinfo"
	mem ratio
	exits 1
	err_is "memhp: ratio: $root/proc/zoneinfo: No such file or directory"
	for text in "" rubbish "Node 0, zone Normal" $'Node 0, zone Normal\n  pages free x'; do
		printf '%s\n' "$text" > "$root/proc/zoneinfo"
		mem ratio -J
		exits 1
		err_is "memhp: ratio: $(text unexpected-content "$root/proc/zoneinfo")"
	done
	small "0 Movable 4503599627370496"
	mem ratio
	exits 1
	one_message
	err_says sum-too-large
	root=$BATS_TEST_TMPDIR/none
	mkdir "$root"
	mem ratio
	exits 3
	one_message
}

@test "zoneinfo that the user may not read, or that is not a file" {
	small
	chmod 000 "$root/proc/zoneinfo"
	for words in "" --check=301 --json; do
		# shellcheck disable=SC2086 # words
		unprivileged mem ratio $words
		exits "$([[ $words == --check* ]] && echo 4 || echo 1)"
		one_message
		err_has "$root/proc/zoneinfo: Permission denied"
	done
	rm -f "$root/proc/zoneinfo"
	mkdir "$root/proc/zoneinfo"
	mem ratio
	exits 1
	one_message
	err_has "$root/proc/zoneinfo: Is a directory"
}

@test "zoneinfo with 64 nodes and 2,000 processors, 40 MB: each zone counts once" {
	small
	"$python" -I -c '
import sys
cpus = "".join(f"    cpu: {cpu}\n              count:    1234\n              high:     1300\n              batch:    63\n"
               "              high_min: 1300\n              high_max: 9999\n  vm stats threshold: 125\n" for cpu in range(2000))
with open(sys.argv[1], "w") as file:
    for node in range(64):
        for zone, present in ("DMA", 0), ("DMA32", 0), ("Normal", 4194304 + node), ("Movable", 8388608), ("Device", 0):
            file.write(f"Node {node}, zone {zone:>8}\n  pages free     77\n        boost    0\n        spanned  {present}\n"
                       f"        present  {present}\n        managed  {present}\n        cma      0\n"
                       "        protection: (0, 0, 0, 0, 0)\n      nr_free_pages 77\n")
            if present:
                file.write("  pagesets\n" + cpus + "  node_unreclaimable:  0\n  start_pfn:           1048576\n")
' "$root/proc/zoneinfo"
	(($(stat -c %s "$root/proc/zoneinfo") > 40000000)) || fail "a small file"
	mem ratio -J
	exits 0
	err_is ""
	json '[n["node"] for n in d["nodes"]] == list(range(64))' 'd["nodes"][63]["kernel"] == 4096 * (4194304 + 63)' \
		'd["total"]["movable"] == 64 * 2**35' 'd["total"]["kernel"] == 4096 * sum(4194304 + n for n in range(64))'
	# cut within the last zone: the rest is not shown as if it were complete
	truncate -s -100 "$root/proc/zoneinfo"
	head -n 200 "$root/proc/zoneinfo" > "$root/some" && mv "$root/some" "$root/proc/zoneinfo"
	printf 'Node 1, zone   Normal\n  pages free     77\n' >> "$root/proc/zoneinfo"
	mem ratio
	exits 1
	one_message
}

@test "64 nodes, and output that cannot be written" {
	mapfile -t zones < <(for node in {1..63}; do printf '%s\n' "$node Normal 262144" "$node Movable 524288"; done)
	small "${zones[@]}"
	mem ratio -n -r -o NODE,RATIO
	exits 0
	(($(wc -l < "$out_file") == 65)) || fail "other rows"
	out_has $'\n63 200\ntotal 196'
	mem ratio
	[[ -z $(grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
	! "${program[@]}" -s "$root" ratio > /dev/full 2> "$BATS_TEST_TMPDIR/err" || fail "no error"
	grep -q "$(text cannot-write)" "$BATS_TEST_TMPDIR/err"
}
