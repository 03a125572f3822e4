#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp ratio --add as a user sees it: zones, memory maps and ratios of memory that is not there yet,
# the requested zone, descriptions that are not devices. The kernel's arithmetic is in
# unit/zones/test-forecast.c and unit/zones/test-memmap.c, and proved in live/ratio.bats.

load ../ratio

# machine ZONE…: 1 GiB of boot memory, 512 MiB of it free, and these zones
machine() {
	{
		blocks
		policy
		zoneinfo "0 Normal 262144 0 131072" "$@"
	} | world
}

# adds EXPRESSION…: each is true for the additions a of the last document; f is the first of them
adds() {
	local expressions=() expression
	for expression; do
		expressions+=("(lambda a, f: $expression)(d['add'], d['add'][0])")
	done
	json "${expressions[@]}"
}

@test "the tables, exactly" {
	world qemu-6.12-mixed
	mem ratio --add 1G --add 640M,node=1,kind=virtio-mem --add 128M,movable
	exits 0
	err_is "memhp: ratio: $(text stays-offline)"
	out_is << 'END'
 NODE KERNEL MOVABLE CMA RATIO LIMIT HEADROOM STATUS
    0     3G    640M  0B    20     -        - ok
    1   128M    1.1G  0B   900     -        - imbalanced
total   3.1G    1.8G  0B    56     -        - ok

SIZE KIND       NODE KERNEL MOVABLE CERTAIN MEMMAP FROM     RATIO STATUS
  1G dimm          0     1G      0B yes        16M 0:Normal    42 ok
640M virtio-mem    1   640M      0B no         10M 1:Normal    36 ok
128M dimm          0     0B    128M yes         2M 0:Normal    39 ok
END
	mem ratio -n -b -q --node=1 -o NODE --add 256M
	err_is ""
	out_is <<< $'    1\ntotal\n\n268435456 dimm    0 268435456       0 yes     4194304 0:Normal    51 ok'
}

@test "JSON, with all of its keys" {
	policy=auto-movable
	machine
	mem ratio -J --add 1G
	exits 0
	json 'd["add"] == [{"size": 2**30, "kind": "dimm", "node": 0, "target": "auto", "auto_online": False, "kernel": 0,
		"movable": 2**30, "certain": True, "memmap": 2**24, "memmap_on_memory": False, "memmap_node": 0,
		"memmap_zone": "Normal", "memmap_certain": True, "node_ratio": 100, "node_status": "ok", "ratio": 100,
		"status": "ok"}]' 'd["total"]["movable"] == 0' 'd["advice"] == []'
	mem ratio -J -o NODE --add 1G
	json 'd["nodes"] == [{"node": 0}]' 'len(d["add"]) == 1'
}

@test "each device is added to the result of those before: zones, ratios, free memory for memory maps" {
	policy=auto-movable ratio=200
	machine
	mem ratio -J --add 1G --add 1G --add 128M --add 16G,kernel --add 16G,movable
	adds '[x["movable"] >> 20 for x in a] == [1024, 1024, 0, 0, 16384]' '[x["ratio"] for x in a] == [100, 200, 177, 11, 105]' \
		'[x["memmap_certain"] for x in a] == [True] * 5' '[x["status"] for x in a] == ["ok"] * 5'
	# 40 MiB are free. The second map finds too little, the third one uses memory that was added before.
	{ blocks; policy; zoneinfo "0 Normal 262144 0 10250"; } | world
	mem ratio -J --add 2G,movable --add 1G,kernel --add 1G,movable
	adds '[x["memmap_certain"] for x in a] == [True, False, True]' '[x["memmap_zone"] for x in a] == ["Normal", None, "Normal"]'
	mem ratio -q --add 4G,movable
	out_has " 64M 0?  "
}

@test "each node has its own ratio; a node that is not there yet" {
	policy=auto-movable aware=N
	machine "1 Normal 32768 0 4096"
	world <<< "sys/devices/system/node/possible = 0-1,3"
	mem ratio -J --add 256M,node=1,movable --add 1G,node=0,movable --add 128M,node=1 --add 128M,node=3
	exits 0
	adds '[x["node"] for x in a] == [1, 0, 1, 3]' '[x["node_ratio"] for x in a] == [200, 100, 300, None]' \
		'a[3]["node_status"] == "movable-only"' '[x["memmap_node"] for x in a] == [1, 0, 1, None]' \
		'[x["memmap_certain"] for x in a] == [True, True, True, False]'
	mem ratio -q --add 128M,node=3
	out_has "elsewhere"
	for node in 2 4 4294967295; do
		mem ratio --add 128M,node=$node
		exits 1
		err_is "memhp: ratio: $(text impossible-node "$node")"
	done
	# Without the kernel's list, nodes are those with zones.
	rm "$root/sys/devices/system/node/possible"
	mem ratio -q --add 128M,node=1
	exits 0
	mem ratio -J --add 128M,node=3
	exits 1
	json "d['error']['message'] == '$(text impossible-node 3)'"
	edit ../node/possible 0-x
	mem ratio -q --add 128M,node=1
	exits 0
}

@test "without a node it is the first node; also without NUMA" {
	{ blocks; policy; zoneinfo "2 Normal 262144 0 131072" "5 Normal 262144 0 131072"; } | world
	mem ratio -J --add 128M
	adds 'f["node"] == 2' 'f["memmap_node"] == 2'
	{ blocks; policy; zoneinfo "0 Normal 262144 0 131072"; printf 'block 0-7 online Normal\n'; } | world
	mem ratio -J --add 128M
	adds 'f["node"] == 0' 'f["kernel"] == 2**27' 'f["certain"]'
}

@test "the zone is chosen for each block of virtio-mem, but for a DIMM as a whole" {
	policy=auto-movable ratio=50
	machine
	mem ratio -J --add 1G --add 1G,kind=virtio-mem
	adds 'f["movable"] == 0' 'a[1]["movable"] >> 27 == 5' 'a[1]["kind"] == "virtio-mem"' \
		'all(x["kernel"] + x["movable"] == x["size"] for x in a)'
}

@test "the requested zone: the target, or else auto_online_blocks" {
	machine
	while read -r word given target automatic name value; do
		edit auto_online_blocks "$word"
		mem ratio -J --add "128M${given/#-}"
		exits 0
		adds "f['target'] == '$target'" "f['auto_online'] is $automatic" "f['movable'] == ('$target' == 'movable') << 27"
		# shellcheck disable=SC2086 # one value or none
		if [[ $name ]]; then err_is "memhp: ratio: $(text "$name" $value)"; else err_is ""; fi
	done << 'END'
offline - auto False stays-offline
offline ,movable movable False stays-offline
online - auto True
online ,auto auto True
online ,kernel kernel True comes-online online
online_movable - movable True
online_movable ,auto auto True comes-online online_movable
online_kernel - kernel True
online_kernel ,movable movable True comes-online online_kernel
END
	rm "$root/sys/devices/system/memory/auto_online_blocks"
	mem ratio -J --add 128M --add 128M,movable
	err_says unknown-auto-online
	adds 'f["auto_online"] is None' '[x["certain"] for x in a] == [False, True]'
	mem ratio -q --add 128M
	err_is ""
}

@test "results that are not certain, and why" {
	policy=auto-movable
	machine
	world <<< 'proc/iomem = 00000000-00000000 : System RAM'
	mem ratio -J --add 128M --add 128M,movable --add 128M,kernel
	err_says masked-iomem "$root/proc/iomem"
	adds '[x["certain"] for x in a] == [False, True, True]'
	policy=rubbish
	machine
	mem ratio -J --add 128M --add 128M,movable
	exits 64
	adds '[x["certain"] for x in a] == [False, True]'
}

@test "memmap_on_memory: for one block, for several where the kernel shows it, never for virtio-mem" {
	machine
	for value in N Y force; do
		world <<< "$parameters/memmap_on_memory = $value"
		mem ratio -J --add 128M --add 256M --add 128M,kind=virtio-mem
		if [[ $value == N ]]; then
			adds 'not any(x["memmap_on_memory"] for x in a)' 'all(x["memmap_certain"] for x in a)'
		else
			adds '[x["memmap_on_memory"] for x in a] == [True, False, False]' 'f["memmap_zone"] is None' \
				'[x["memmap_certain"] for x in a] == [True, False, True]' 'f["memmap_node"] == 0'
		fi
	done
	mem ratio -q --add 128M --add 256M
	out_has " 2M itself"
	out_has " 4M 0:Normal?"
	world <<< $'proc/vmstat << END\nnr_free_pages 1\nnr_memmap_pages 512\nEND'
	mem ratio -J --add 128M --add 256M --add 128M,kind=virtio-mem
	adds '[x["memmap_on_memory"] for x in a] == [True, True, False]' 'all(x["memmap_certain"] for x in a)'
	world <<< "$parameters/memmap_on_memory :empty"
	mem ratio -J --add 128M --add 128M,kind=virtio-mem
	adds '[x["memmap_certain"] for x in a] == [False, True]'
}

@test "blocks of other sizes, pages of other sizes" {
	world qemu-ppc64-256m
	mem ratio -J --add 256M
	exits 0
	adds 'f["memmap"] == 256 * 2**20 // 65536 * 64'
	mem ratio --add 128M
	exits 2
	err_has "--add: $(text nearest-size 128M 256M 256M)"
	mem ratio --add 300M
	err_has "--add: $(text nearest-sizes 300M 256M 256M 512M)"
	world ppc64-16m
	mem ratio -J --add 16M
	exits 0
	for name in firecracker-24g linux-5.10 cxl s390 asahi masked-iomem; do
		rm -rf "$root"
		world $name
		[[ -e $root/proc/zoneinfo ]] || zoneinfo "0 Normal 262144 0 131072" | world
		mem ratio -J -q --add 32G --add 32G,kind=virtio-mem,movable
		exits 0
		adds 'f["memmap"] * 64 >= f["size"] // 64' 'a[1]["movable"] == 2**35'
	done
}

@test "descriptions that are not devices: one clear message each" {
	machine
	while IFS='|' read -r words says; do
		mem ratio --add="$words"
		exits 2
		[[ -z $out ]] || fail "output"
		err_is "memhp: ratio: --add: $says"$'\n'"$(text try-help " ratio")"
		mem ratio -J --add "$words"
		exits 2
		json "'--add: ' in d['error']['message']" 'd["exit_status"] == 2'
	done << END
|$(text empty-item-of-add)
,1G|$(text empty-item-of-add)
1G,|$(text empty-item-of-add)
1G,,movable|$(text empty-item-of-add)
1G,movable,|$(text empty-item-of-add)
1|$(text not-a-size 1)
0x40000000|$(text not-a-size 0x40000000)
all|$(text not-a-size all)
-1G|$(text not-a-size -1G)
1GB|$(text ambiguous-unit 1GB 1G)
1Gx|$(text not-a-size 1Gx)
movable,1G|$(text not-a-size movable)
16E|$(text beyond-64-bits 16E)
99999999999999999999G|$(text beyond-64-bits 99999999999999999999G)
0G|$(text zero-amount 0G 128M)
1K|$(text nearest-size 1K 128M 128M)
200M|$(text nearest-sizes 200M 128M 128M 256M)
1G,Movable|$(text not-a-target Movable)
1G,Normal|$(text not-a-target Normal); write kernel
1G,online_movable|$(text not-a-target online_movable); write movable
1G,node|$(text not-a-target node)
1G,auto,auto|$(text second-target auto)
1G,auto,kernel|$(text second-target kernel)
1G,node=|$(text not-a-node "")
1G,node=x|$(text not-a-node x)
1G,node=-1|$(text not-a-node -1)
1G,node=0x0|$(text not-a-node 0x0)$(text write-instead 0)
1G,node=node1|$(text not-a-node node1)$(text write-instead 1)
1G,node=0-1|$(text not-a-node 0-1)
1G,node=4294967296|$(text not-a-node 4294967296)
1G,node=0,node=0|$(text given-twice node)
1G,kind=|$(text unknown-kind "")
1G,kind=DIMM|$(text unknown-kind DIMM)
1G,kind=dimm,kind=dimm|$(text given-twice kind)
1G,size=2G|$(text not-a-target size=2G)
END
}

@test "more than can be addressed, alone or together; an error in the second of two" {
	machine
	for words in '--add 4P' '--add 8E' '--add 2P --add 2P' '--add 15E,kind=virtio-mem'; do
		# shellcheck disable=SC2086 # words
		mem ratio $words
		exits 1
		words=${words##* }
		err_is "memhp: ratio: $(text beyond-addresses "${words%,*}")"
	done
	mem ratio --add 1G --add 1G,x
	exits 2
	mem ratio --add 1G --add 1M
	exits 2
	mem ratio --add 1G --add 1G,node=9
	exits 1
	[[ -z $out ]]
}

@test "options that it excludes" {
	machine
	for words in --check '--check=5 -J' -P -r --raw --pairs '-J -r'; do
		# shellcheck disable=SC2086 # words
		mem ratio --add 1G $words
		exits 2
	done
	mem ratio --add 1G -P
	err_says add-excludes pairs
	mem ratio --add 1G -r
	err_says add-excludes raw
	mem ratio --add 1G --check
	err_says check-excludes
	mem ratio --add
	exits 2
	mem ratio 1G
	err_says ratio-no-operands 1G
}

@test "a hundred devices; the table fits" {
	machine
	mapfile -t words < <(for i in {1..100}; do printf -- '--add\n1023T,kind=virtio-mem,movable\n'; done)
	mem ratio -q "${words[@]:0:6}"
	exits 0
	[[ -z $(grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
	mapfile -t words < <(for i in {1..100}; do printf -- '--add\n128M,movable\n'; done)
	mem ratio -J "${words[@]}"
	adds 'len(a) == 100' 'a[99]["ratio"] == 1250'
}

@test "an ordinary user; a kernel without a policy" {
	machine
	unprivileged mem ratio -q -J --add 1G
	exits 0
	rm -r "$root/sys/module/memory_hotplug"
	mem ratio -q -J --add 1G
	exits 0
	adds 'f["kernel"] == 2**30' 'f["certain"]' 'f["memmap_certain"]'
	rm "$root/proc/zoneinfo"
	mem ratio -q -J --add 1G
	exits 1
	one_message
}
