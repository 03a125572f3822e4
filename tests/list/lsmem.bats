# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list compared with lsmem of util-linux 2.37 or later. On this machine, and on worlds that lsmem
# reads correctly, both print the same ranges, states, blocks, nodes, zones and sums. Where lsmem is known
# to be wrong, memhp prints what is right. Nothing is written.

load ../helpers

columns=RANGE,SIZE,STATE,BLOCK,NODE,ZONES

# Compares the documents. lsmem's state on->off is going-offline, its zones are one text (with "None" for
# none), and it leaves out empty cells.
translate='
import json, sys
def row(r):
    state = {"on->off": "going-offline"}.get(r["state"], r["state"])
    zones = r.get("zones")
    return dict(range=r["range"], size=int(r["size"]), state=state, block=r["block"],
                node=None if r.get("node") is None else int(r["node"]),
                zones=None if not zones else [z if z != "None" else "none" for z in zones.split("/")])
ours = json.load(open(sys.argv[1]))["memory"]
theirs = [row(r) for r in json.load(open(sys.argv[2]))["memory"]]
for a, b in zip(ours, theirs):
    if a != b:
        sys.exit("memhp %s\nlsmem %s" % (a, b))
sys.exit(len(ours) != len(theirs))
'

# same [-s ROOT]: both print the same rows, merged and one per block. By default lsmem splits by other columns.
same() {
	local other=$BATS_TEST_TMPDIR/lsmem
	for rows in --split=STATE,NODE,ZONES --all; do
		memhp list -J -o "$columns" "$rows" "$@"
		exits 0
		lsmem -J -b -o "$columns" "$rows" "$@" > "$other"
		"$python" -I -c "$translate" "$out_file" "$other" || fail "lsmem differs: $(cat "$other")"
	done
}

# sums [-s ROOT] [-b]: the three lines of lsmem are the first three of memhp
sums() {
	memhp list --summary "$@"
	exits 0
	[[ $(head -3 <<< "$out") == "$(lsmem --summary=only "$@")" ]] || fail "lsmem says:
$(lsmem --summary=only "$@")"
}

# Whether this machine has memory blocks that both can list. An emulator shows its own /proc/self/mountinfo.
has_hotplug() {
	if [[ ! -e /sys/devices/system/memory/block_size_bytes ]]; then
		memhp list
		exits 3
		return 1
	fi
	[[ ${program[0]} != *qemu-* ]]
}

@test "this machine: rows, one row per block, sums" {
	has_hotplug || return 0
	same
	sums
	sums -b
	lsmem -r -n -o RANGE,BLOCK --split STATE,NODE,ZONES > "$BATS_TEST_TMPDIR/lsmem"
	memhp list -r -n -o RANGE,BLOCK --split STATE,NODE,ZONES
	out_is < "$BATS_TEST_TMPDIR/lsmem"
}

@test "this machine: a table of columns that both have" {
	has_hotplug || return 0
	lsmem -o RANGE,BLOCK,NODE -b --split STATE,NODE,ZONES --summary=never | tr -s ' ' > "$BATS_TEST_TMPDIR/lsmem"
	memhp list -o RANGE,BLOCK,NODE -b --split STATE,NODE,ZONES --summary=never
	[[ $(tr -s ' ' <<< "$out") == "$(< "$BATS_TEST_TMPDIR/lsmem")" ]] || fail "lsmem differs"
}

@test "worlds: the same rows" {
	for name in qemu-6.1-dimm qemu-6.12-mixed qemu-arm64-dimm qemu-ppc64-256m firecracker-24g cxl holes linux-5.10 ppc64-16m; do
		[[ -e $tests/worlds/$name.world ]] || continue
		rm -rf "$BATS_TEST_TMPDIR/root"
		world "$name"
		same -s "$root"
		sums -s "$root"
	done
}

@test "sums of every size are written as lsmem writes them" {
	for last in 1 2 7 8 9 10 12 79 81 99 100 1000 1023 1024 8191 81919; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		world << END
block_size 2G
block 0 online Normal node 0
END
		# another size of a block, and a second block with that number
		printf '%x\n' $((1 << (20 + last % 13))) > "$root/sys/devices/system/memory/block_size_bytes"
		cp -a "$root/sys/devices/system/memory/memory0" "$root/sys/devices/system/memory/memory$last"
		sums -s "$root"
	done
	world << 'END'
block_size 128M
block 0-12 online Normal node 0
block 13-50 offline Normal,Movable node 0
END
	sums -s "$root"
}

@test "SIZE of a row is written as lsmem writes it" {
	world << 'END'
block_size 1M
block 0,2-3,5-7,9-13,15-25,27-46,48-147,149-251 online Normal node 0
END
	for size in 100000 200000 400000 8000000 10000000 40000000 80000000 4000000000 10000000000; do
		edit block_size_bytes $size
		lsmem -s "$root" -rn -o SIZE --split STATE > "$BATS_TEST_TMPDIR/lsmem"
		mem list -rn -o SIZE
		out_is < "$BATS_TEST_TMPDIR/lsmem"
	done
}

@test "--split by columns that differ from block to block: they have no effect" {
	world <<- 'END'
		block_size 128M
		block 0-3 online Normal node 0
		block 4-7 offline Normal,Movable node 0
		block 9-10 offline Normal,Movable node 1
	END
	for columns in RANGE SIZE,BLOCK RANGE,STATE block,NODE STATE,SIZE; do
		lsmem -s "$root" -rn -o RANGE,SIZE,BLOCK --split $columns > "$BATS_TEST_TMPDIR/lsmem"
		mem list -rn -o RANGE,SIZE,BLOCK --split $columns
		exits 0
		out_is < "$BATS_TEST_TMPDIR/lsmem"
	done
	mem list -rn --summary=never -o BLOCK,STATE --split START,END,COUNT
	out_is <<< $'0-7 mixed\n9-10 offline'
	mem list -rn --summary=never -o BLOCK --split COUNT,STATE
	out_is <<< $'0-3\n4-7\n9-10'
}

@test "errors of lsmem: without memory0, CONFIGURED, empty cells, false merges, translated words" {
	# util-linux 4055: no memory0
	world << 'END'
block_size 128M
block 8192-8195 online DMA node 0
block 8196 online DMA
block 8197-8199 going-offline DMA,Movable node 1
END
	mem list -rn -o BLOCK,NODE,ZONES,STATE
	exits 0
	out_is << 'END'
8192-8195 0 DMA online
8196 - DMA online
8197-8199 1 DMA/Movable going-offline
END
	# without the files of s390
	mem list -r -o BLOCK,CONFIGURED,MEMMAP-ON-MEMORY
	exits 0
	out_is << 'END'
BLOCK CONFIGURED MEMMAP-ON-MEMORY
8192-8199 - -
END
	# no row shows its first block's state and node for all
	mem list -rn --split none -o BLOCK,STATE,NODE,ZONES
	out_is <<< "8192-8199 mixed mixed mixed"
	# words in JSON are the kernel's in any language
	LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 LANGUAGE=de mem list -J -o STATE,REMOVABLE
	json 'rows == [dict(state="online", removable=True), dict(state="going-offline", removable=True)]'
}
