# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list on whole machines: every world of tests/worlds against its own files, then what is special
# about each of them (see the comment at its beginning). large.bats covers large machines.

load ../helpers

# facts COLUMNS ARG…: out is these columns of each row, separated by blanks
facts() {
	mem list -rn -o "$@" --summary=never
	exits 0
}

facts_are() {
	out_is
}

# The files of a tree, for each block as list --json --all --output-all should print them
oracle='
import os, re, sys
root = sys.argv[1]
base = root + "/sys/devices/system/"
def read(path):
    try:
        return open(path).read().strip() or None
    except OSError:
        return None
def flag(text):
    return text and text == "1"
def numbers(names, prefix):
    return sorted(int(n[len(prefix):]) for n in names if re.fullmatch(prefix + "[0-9]+", n))
def names(path):
    return os.listdir(path) if os.path.isdir(path) else []
of_node = {n: set(numbers(names("%snode/node%d" % (base, n)), "memory")) for n in numbers(names(base + "node"), "node")}
size = int(read(base + "memory/block_size_bytes"), 16)
def block(n):
    here, firmware = "%smemory/memory%d/" % (base, n), "%s/sys/firmware/memory/memory%d/" % (root, n)
    state, zones = read(here + "state"), read(here + "valid_zones")
    nodes = sorted({k for k in of_node if n in of_node[k]} | set(numbers(os.listdir(here), "node")))
    zones = zones and zones.split()
    phys = read(here + "phys_device")
    return dict(range="0x%016x-0x%016x" % (n * size, (n + 1) * size - 1), start=n * size, end=(n + 1) * size - 1,
                size=size, count=1, state=state, block=str(n), node=nodes[0] if nodes else None, nodes=nodes,
                zone=zones[0] if zones and state == "online" else None, zones=zones,
                removable=flag(read(here + "removable")), phys_device=phys and int(phys),
                configured=flag(read(firmware + "config")), memmap_on_memory=flag(read(firmware + "memmap_on_memory")))
import json
json.dump([block(n) for n in numbers(os.listdir(base + "memory"), "memory")], sys.stdout)
'

@test "every world, block by block, against its files" {
	worlds=("$tests"/worlds/*.world)
	((${#worlds[@]} >= 12)) || fail "few worlds"
	for file in "${worlds[@]}"; do
		name=$(basename "$file" .world)
		# many is large: benchmarks use it, and large.bats makes one like it
		[[ $name != many && $name != no-hotplug ]] || continue
		rm -rf "$BATS_TEST_TMPDIR/root"
		world "$name"
		"$python" -c "$oracle" "$root" > "$BATS_TEST_TMPDIR/expected"
		mem list -qaJ --output-all
		exits 0
		err_is ""
		json "(lambda expected: len(rows) == len(expected) and [{k: row.get(k, 'no such key') for k in e} for row, e in zip(rows, expected)] == expected)(json.load(open('$BATS_TEST_TMPDIR/expected')))" \
			'sums["blocks"] == len(rows) > 0' \
			'sums["online"] == sum(r["size"] for r in rows if r["state"] == "online")' \
			'sums["offline"] == sum(r["size"] for r in rows if r["state"] == "offline")' \
			'sums["movable"] == sum(r["size"] for r in rows if r["zone"] == "Movable")' \
			'all((row["offlinable"] is None) == (row["why"] is None) for row in rows)' \
			'all(row["offlinable"] is None for row in rows if row["state"] != "online")' || fail "world $name"
		count=$(grep -c '"range"' <<< "$out")
		mem list -qarn --output-all
		exits 0
		(($(wc -l <<< "$out") == count)) || fail "world $name as text"
		mem list -q
		exits 0
		[[ $out == RANGE*$'\n\n'"Memory block size:"* ]] || fail "world $name as a table"
		mem list --map -q
		exits 0
	done
}

@test "asahi: numbers of blocks begin at 8192, there is no memory0" {
	world asahi
	facts BLOCK,RANGE,NODE,ZONES
	facts_are << 'END'
8192-8316 0x0000010000000000-0x00000103e7ffffff 0 DMA
8319 0x00000103f8000000-0x00000103ffffffff 0 DMA
END
}

@test "beside-blocks: only names of memory and a number are blocks" {
	world beside-blocks
	facts BLOCK,STATE,ZONES,NODES
	facts_are <<< "0-3 online DMA32 0"
	mem list --node 0 -rn -o BLOCK
	out_is <<< 0-3
}

@test "cxl: a node of kmem memory without processors, in a CXL window" {
	world cxl
	facts BLOCK,STATE,NODE,ZONES,ORIGIN,DEVICE,SIZE 2-68
	grep -qx '65-67 online 1 Movable kmem dax0.0 6G' <<< "$out"
	grep -qx '68 offline 1 Movable/Normal kmem dax0.0 2G' <<< "$out"
	grep -qE '^2-64 online 0 Normal (boot|-) - 126G$' <<< "$out"
	facts BLOCK --device DAX0.0
	facts_are <<< 65-68
	mem list -rn -o BLOCK 0x2080000000-0x227fffffff
	out_is <<< 65-68
}

@test "holes: between the blocks, and one within" {
	world holes
	facts BLOCK,STATE
	facts_are << 'END'
0-15 online
32-35 online
37 online
39-40 online
1024 offline
END
	facts BLOCK,OFFLINABLE,WHY 13-15
	[[ $out == "13-14 unlikely "*$'\n'"15 no "*holes* ]] || fail "the hole"
	mem list -rn -o BLOCK 30-50
	exits 0
	err_is "memhp: list: $(text no-such-blocks "30-31, 36, 38, 41-50")"
}

@test "huge-ids: numbers of blocks beyond 2^31 and 2^32, and the last one" {
	world huge-ids
	facts BLOCK,START,END,COUNT
	facts_are << 'END'
2147483646-2147483649 0x03fffffff0000000 0x040000000fffffff 4
4294967295-4294967297 0x07fffffff8000000 0x080000000fffffff 3
137438953471 0xfffffffff8000000 0xffffffffffffffff 1
END
	mem list -rn -o BLOCK 4294967296 0xffffffffffffffff
	out_is <<< $'4294967296\n137438953471'
}

@test "linux-5.10: nothing is missing; firmware_node proves only the device" {
	world linux-5.10
	facts BLOCK,STATE,ZONES,DEVICE,ORIGIN
	facts_are << 'END'
0 online none - -
1-15 online DMA32 - -
32-35 online Movable PNP0C80:00 -
36-39 offline Movable/Normal PNP0C80:00 -
END
}

@test "masked-iomem: no origins, a notice, devices from firmware_node only" {
	world masked-iomem
	facts BLOCK,ORIGIN,DEVICE
	facts_are << 'END'
0-15 - -
32-47 - -
48-55 - PNP0C80:00
56-59 - -
END
	err_is "memhp: list: $(text masked-iomem "$root/proc/iomem")"
	mem list -q -o ORIGIN
	err_is ""
	# the default columns do not need it
	mem list
	err_is ""
	mem list --origin boot,kmem -rn
	[[ -z $out ]] || fail "an origin"
}

@test "no-first-node-link: the others keep their nodes" {
	world no-first-node-link
	facts BLOCK,NODE,NODES
	facts_are << 'END'
0 - -
1-7 0 0
END
	mem list -J -o NODE,NODES
	json 'rows == [dict(node=None, nodes=[]), dict(node=0, nodes=[0])]'
	mem list --node 0 -rn -o BLOCK
	out_is <<< 1-7
}

@test "no-hotplug: exit status 3" {
	world no-hotplug
	mem list
	exits 3
	one_message
}

@test "no-hotremove: no zones, and nothing can go offline" {
	world no-hotremove
	facts BLOCK,STATE,ZONE,ZONES,OFFLINABLE,REMOVABLE
	facts_are << 'END'
0-7 online - - no no
8-15 offline - - - no
END
	mem list -J
	exits 0
	json 'column("zones") == [None, None]' 'sums["movable"] == 0'
}

@test "ppc64: blocks of 16M and of 256M" {
	world ppc64-16m
	facts BLOCK,SIZE,STATE,ZONES
	facts_are << 'END'
0-125 2G online Normal
126-127 32M offline Normal/Movable
END
	rm -rf "$root"
	world qemu-ppc64-256m
	facts BLOCK,SIZE,OFFLINABLE -b
	facts_are <<< "0-2 805306368 unlikely"
}

@test "s390: no nodes, the files of sys/firmware/memory" {
	world s390
	facts BLOCK,STATE,NODE,NODES,ZONES,CONFIGURED,MEMMAP-ON-MEMORY
	facts_are << 'END'
0-7 online - - DMA yes no
8-15 online - - Normal yes no
16 online - - Movable yes yes
END
	facts BLOCK,PHYS-DEVICE 14-16
	facts_are << 'END'
14 14
15 15
16 16
END
	mem list --node 0
	exits 1
}

@test "split-block: a block on two nodes can never go offline" {
	world split-block
	facts BLOCK,NODE,NODES,ZONE,OFFLINABLE
	facts_are << 'END'
0 0 0 none no
1-6 0 0 DMA32 unlikely
7 0 0,1 none no
16-31 1 1 Normal unlikely
END
	facts BLOCK --node 1
	facts_are << 'END'
7
16-31
END
	mem list -J -o BLOCK,NODES 7
	json 'rows == [dict(block="7", nodes=[0, 1])]'
}

@test "qemu-6.1-dimm: a DIMM, its device and its origin" {
	world qemu-6.1-dimm
	facts BLOCK,STATE,NODE,ZONES,DEVICE
	facts_are << 'END'
0 online 0 none -
1-15 online 0 DMA32 -
32-35 online 0 Movable PNP0C80:00
36-39 offline 0 Movable/Normal PNP0C80:00
END
	facts BLOCK,ORIGIN
	facts_are << 'END'
0-15 boot
32-39 hotplug
END
}

@test "qemu-6.12-mixed: boot memory, kmem, DIMM and virtio-mem side by side" {
	world qemu-6.12-mixed
	facts BLOCK,ORIGIN,DEVICE,NODE
	facts_are << 'END'
0-15 boot - 0
32-39 boot - 0
40-47 kmem dax0.0 1
48-55 hotplug PNP0C80:00 0
56-59 virtio-mem virtio0 1
END
	facts BLOCK --state offline
	facts_are << 'END'
47
53-55
59
END
	# the firmware keeps the end of boot memory: a hole within block 15
	facts BLOCK,OFFLINABLE 14,15,16-40 -q
	[[ $out == $'14 unlikely\n15 no\n'* ]] || fail "the hole"
}

@test "qemu-arm64-dimm: boot memory can never go offline, Movable or not" {
	world qemu-arm64-dimm
	facts BLOCK,OFFLINABLE --state online
	facts_are << 'END'
0 no
8-15 no
16-19 likely
END
	facts BLOCK,DEVICE 16-23
	facts_are <<< "16-23 PNP0C80:00"
}

@test "firecracker-24g: boot memory around the hole below 4 GiB" {
	world firecracker-24g
	facts BLOCK,STATE,ZONES,ORIGIN,SIZE
	facts_are << 'END'
0 online none boot 128M
1-23 online DMA32 boot 2.9G
32-199 online Normal boot 21G
END
	mem list --summary
	out_has "Total online memory:      24G"
}
