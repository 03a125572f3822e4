# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list: columns, formats, rows, operands, filters, sums, as a user sees them. Most tests use the
# machine of setup_file. input.bats covers faults of a tree, map.bats maps, worlds.bats whole machines.

load ../helpers

# Two nodes share block 0. 4-7 and 18-19 are holes. A DIMM 12-15 has a block that is going offline.
# 16-17 are virtio-mem. 20-21 are kmem on a node of their own. Node 3 has no memory.
setup_file() {
	world_of_file << 'END'
block_size 128M
block 0 online none node 0,1
block 1-3 online DMA32 node 0
block 8-11 online Normal node 0
block 12-13 offline Normal,Movable node 1
block 14 going-offline Movable,Normal node 1
block 15-17 online Movable node 1
block 20-21 online Normal node 2
sys/devices/system/node/node3/
sys/devices/system/memory/memory{12-15}/firmware_node -> ../../../LNXSYSTM:00/PNP0C80:01
proc/sys/kernel/arch = x86_64
proc/iomem << IOMEM
00000000-00000fff : Reserved
00001000-1fffffff : System RAM
40000000-5fffffff : System RAM
60000000-7fffffff : System RAM
80000000-8fffffff : virtio0
  80000000-8fffffff : System RAM (virtio_mem)
a0000000-afffffff : dax0.0
  a0000000-afffffff : System RAM (kmem)
IOMEM
END
}

# blocks ARG…: rows is the column BLOCK
blocks() {
	mem list -nr -o BLOCK --summary=never "$@"
	rows=${out//$'\n'/ }
}

blocks_are() {
	[[ $rows == "$1" ]] || fail "rows are not: $1"
}

@test "the table and the sums, exactly" {
	mem list
	exits 0
	err_is ""
	out_is << 'END'
RANGE                                 SIZE         STATE BLOCK NODE ZONES
0x0000000000000000-0x0000000007ffffff 128M        online     0    0 none
0x0000000008000000-0x000000001fffffff 384M        online   1-3    0 DMA32
0x0000000040000000-0x000000005fffffff 512M        online  8-11    0 Normal
0x0000000060000000-0x000000006fffffff 256M       offline 12-13    1 Normal/Movable
0x0000000070000000-0x0000000077ffffff 128M going-offline    14    1 Movable/Normal
0x0000000078000000-0x000000008fffffff 384M        online 15-17    1 Movable
0x00000000a0000000-0x00000000afffffff 256M        online 20-21    2 Normal

Memory block size:           128M
Total online memory:         1.6G
Total offline memory:        256M
Total movable memory:        384M
Total going-offline memory:  128M
END
}

@test "the table fits into 80 columns on a usual machine, and is whole on a narrow terminal" {
	world << 'END'
block_size 128M
block 0-699 online Normal node 0
block 700-999 offline Normal,Movable node 1
END
	mem list
	exits 0
	[[ -z $(grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
	mem list -n --summary=never
	# cutting it would lose data
	with script -qec "stty cols 40; $(printf '%q ' "${program[@]}") -s '$root' list -n --summary=never --color=never" /dev/null \
		-- terminal
	[[ $(tr -d '\r\n ' <<< "$seen") == $(tr -d '\n ' <<< "$out") ]] || fail "on the terminal: $seen"
}

terminal() {
	seen=$("${prefix[@]}" < /dev/null)
}

@test "every column, of every kind of block" {
	mem list -a -r -o RANGE,START,END,SIZE,COUNT,STATE,BLOCK,NODE,NODES,ZONE,ZONES 0,1,12,14,15,20
	exits 0
	out_is << 'END'
RANGE START END SIZE COUNT STATE BLOCK NODE NODES ZONE ZONES
0x0000000000000000-0x0000000007ffffff 0x0000000000000000 0x0000000007ffffff 128M 1 online 0 0 0,1 none none
0x0000000008000000-0x000000000fffffff 0x0000000008000000 0x000000000fffffff 128M 1 online 1 0 0 DMA32 DMA32
0x0000000060000000-0x0000000067ffffff 0x0000000060000000 0x0000000067ffffff 128M 1 offline 12 1 1 - Normal/Movable
0x0000000070000000-0x0000000077ffffff 0x0000000070000000 0x0000000077ffffff 128M 1 going-offline 14 1 1 - Movable/Normal
0x0000000078000000-0x000000007fffffff 0x0000000078000000 0x000000007fffffff 128M 1 online 15 1 1 Movable Movable
0x00000000a0000000-0x00000000a7ffffff 0x00000000a0000000 0x00000000a7ffffff 128M 1 online 20 2 2 Normal Normal
END
	mem list -a -r -o BLOCK,OFFLINABLE,ORIGIN,DEVICE,REMOVABLE,PHYS-DEVICE,CONFIGURED,MEMMAP-ON-MEMORY 0,1,12,14-16,20
	exits 0
	out_is << 'END'
BLOCK OFFLINABLE ORIGIN DEVICE REMOVABLE PHYS-DEVICE CONFIGURED MEMMAP-ON-MEMORY
0 no boot - yes 0 - -
1 unlikely boot - yes 0 - -
12 - - PNP0C80:01 yes 0 - -
14 - - PNP0C80:01 yes 0 - -
15 likely - PNP0C80:01 yes 0 - -
16 likely virtio-mem virtio0 yes 0 - -
20 unlikely kmem dax0.0 yes 0 - -
END
	mem list -a -r -o WHY 0,12
	[[ $out == "WHY"$'\n'*$'\n'"-" ]] || fail "WHY of an offline block"
	[[ $out != *$'\n'"-"$'\n'* ]] || fail "no WHY of an online block"
}

@test "-o chooses and orders columns, in upper or lower case, each once; +COL adds to the default" {
	mem list -n -r -o zones,BLOCK,Phys-Device,block 8
	out_is <<< "Normal 8 0"
	mem list -r -o phys_device 8
	out_is <<< $'PHYS-DEVICE\n0'
	mem list -r -o +count,STATE,nodes 8
	exits 0
	out_is << 'END'
RANGE SIZE STATE BLOCK NODE ZONES COUNT NODES
0x0000000040000000-0x0000000047ffffff 128M online 8 0 Normal 1 0
END
}

@test "--output-all: all columns except the page columns" {
	mem list -r --output-all 8
	exits 0
	[[ ${out%%$'\n'*} == "RANGE START END SIZE COUNT STATE BLOCK NODE NODES ZONE ZONES OFFLINABLE WHY ORIGIN DEVICE REMOVABLE PHYS-DEVICE CONFIGURED MEMMAP-ON-MEMORY" ]] ||
		fail "other columns"
	mem list --output-all -J
	json 'list(rows[0]) == "range start end size count state block node nodes zone zones offlinable why origin device removable phys_device configured memmap_on_memory".split()'
}

@test "-n, -r, -P, -b" {
	mem list -n --summary=never 20-21
	out_is <<< "0x00000000a0000000-0x00000000afffffff 256M online 20-21    2 Normal"
	mem list --raw --noheadings --bytes 20-21
	out_is <<< "0x00000000a0000000-0x00000000afffffff 268435456 online 20-21 2 Normal"
	mem list -P -o BLOCK,SIZE,NODES,PHYS-DEVICE,MEMMAP-ON-MEMORY,ORIGIN 0-1,20-21
	exits 0
	out_is << 'END'
BLOCK="0" SIZE="128M" NODES="0,1" PHYS_DEVICE="0" MEMMAP_ON_MEMORY="-" ORIGIN="boot"
BLOCK="1" SIZE="128M" NODES="0" PHYS_DEVICE="0" MEMMAP_ON_MEMORY="-" ORIGIN="boot"
BLOCK="20-21" SIZE="256M" NODES="2" PHYS_DEVICE="0" MEMMAP_ON_MEMORY="-" ORIGIN="kmem"
END
	eval "$(tail -1 <<< "$out")"
	[[ $BLOCK$PHYS_DEVICE == 20-210 ]]
	mem list --pairs --bytes -o SIZE 8-9
	out_is <<< 'SIZE="268435456"'
	mem list -b --summary=never -o SIZE 8-9
	out_is <<< $'     SIZE\n268435456'
}

@test "--json: the default columns, real types, one document" {
	mem list --json 0-3 12-14
	exits 0
	err_is ""
	json 'd == {
		"format_version": 1, "block_size": 134217728,
		"memory": [
			{"range": "0x0000000000000000-0x0000000007ffffff", "size": 134217728, "state": "online",
			 "block": "0", "node": 0, "zones": ["none"]},
			{"range": "0x0000000008000000-0x000000001fffffff", "size": 402653184, "state": "online",
			 "block": "1-3", "node": 0, "zones": ["DMA32"]},
			{"range": "0x0000000060000000-0x000000006fffffff", "size": 268435456, "state": "offline",
			 "block": "12-13", "node": 1, "zones": ["Normal", "Movable"]},
			{"range": "0x0000000070000000-0x0000000077ffffff", "size": 134217728, "state": "going-offline",
			 "block": "14", "node": 1, "zones": ["Movable", "Normal"]}],
		"summary": {"blocks": 7, "online": 536870912, "offline": 268435456,
			"going_offline": 134217728, "movable": 0}, "faults": [], "exit_status": 0}' \
		'list(d)[0] == "format_version"'
	validate list
}

@test "--json: all columns, null where the text prints a dash" {
	mem list -J -a --output-all 0 12 15 16
	exits 0
	json 'all(type(r[k]) is int for r in rows for k in "start end size count node phys_device".split())' \
		'column("nodes") == [[0, 1], [1], [1], [1]]' \
		'column("zone") == ["none", None, "Movable", "Movable"]' \
		'column("offlinable") == ["no", None, "likely", "likely"]' \
		'column("why")[1] is None and all(type(w) is str for w in column("why")[:1])' \
		'column("origin") == ["boot", None, None, "virtio-mem"]' \
		'column("device") == [None, "PNP0C80:01", "PNP0C80:01", "virtio0"]' \
		'column("removable") == [True] * 4' \
		'column("configured") == column("memmap_on_memory") == [None] * 4' \
		'rows[1]["start"] == 0x60000000 and rows[1]["end"] == 0x67ffffff'
	mem list -J -n -b -o PHYS-DEVICE
	json 'd["memory"] == [{"phys_device": 0}] * 3' 'sums["blocks"] == 16'
}

@test "options that exclude each other are usage errors" {
	for options in "-J -P" "-J -r" "-P -r" "--json --raw --pairs"; do
		mem list $options
		is_usage_error "list: $(text formats-exclude)"
	done
	for options in "-J" "-r" "-P" "-o BLOCK" "--all"; do
		mem list --map $options
		is_usage_error "list: $(text map-excludes)"
	done
}

@test "rows merge when all printed columns agree, whatever the others contain" {
	blocks -o STATE,BLOCK
	blocks_are "online 0-3 online 8-11 offline 12-13 going-offline 14 online 15-17 online 20-21"
	blocks
	blocks_are "0-3 8-17 20-21"
	blocks -o BLOCK,NODE
	blocks_are "0-3 0 8-11 0 12-17 1 20-21 2"
	blocks -o BLOCK,NODES
	blocks_are "0 0,1 1-3 0 8-11 0 12-17 1 20-21 2"
	blocks -o BLOCK,ORIGIN 12-17
	blocks_are "12-15 - 16-17 virtio-mem"
	blocks -o BLOCK,RANGE,START,END,SIZE,COUNT 16-21
	blocks_are "16-17 0x0000000080000000-0x000000008fffffff 0x0000000080000000 0x000000008fffffff 256M 2 20-21 0x00000000a0000000-0x00000000afffffff 0x00000000a0000000 0x00000000afffffff 256M 2"
}

@test "--split: by these columns only, printed or not; cells that differ are mixed" {
	blocks -o BLOCK,STATE,ZONES --split NODE
	blocks_are "0-3 online mixed 8-11 online Normal 12-17 mixed mixed 20-21 online Normal"
	blocks -S state,Nodes
	blocks_are "0 1-3 8-11 12-13 14 15-17 20-21"
	blocks --split CONFIGURED
	blocks_are "0-3 8-17 20-21"
	mem list -J --split NODE -o BLOCK,STATE,NODE,ZONES 1-3 12-17
	exits 0
	json 'rows == [
		{"block": "1-3", "state": "online", "node": 0, "zones": ["DMA32"]},
		{"block": "12-17", "state": None, "node": 1, "zones": None, "mixed": ["state", "zones"]}]'
}

@test "--split none: only holes end a row, and no cell shows the value of the first block for all" {
	mem list -r --split none
	exits 0
	out_is << 'END'
RANGE SIZE STATE BLOCK NODE ZONES
0x0000000000000000-0x000000001fffffff 512M online 0-3 0 mixed
0x0000000040000000-0x000000008fffffff 1.3G mixed 8-17 mixed mixed
0x00000000a0000000-0x00000000afffffff 256M online 20-21 2 Normal
END
	mem list -J --split none --output-all 12-16
	json 'len(rows) == 1' \
		'rows[0]["mixed"] == ["state", "zone", "zones", "offlinable", "why", "origin", "device"]' \
		'rows[0]["nodes"] == [1]' 'rows[0]["removable"] is True' 'rows[0]["origin"] is None'
}

@test "--all: one row per block" {
	blocks -a
	blocks_are "0 1 2 3 8 9 10 11 12 13 14 15 16 17 20 21"
	mem list -J --all -o COUNT,SIZE
	json 'rows == [{"count": 1, "size": 134217728}] * 16'
}

@test "operands: numbers, names, ranges, lists, addresses, all; in any order, each block once" {
	blocks 9
	blocks_are "9"
	blocks -a memory9 3,memory14,20-21 2-3
	blocks_are "2 3 9 14 20 21"
	blocks 1-3,12-13,14
	blocks_are "1-3 12-14"
	blocks 0x48000001
	blocks_are "9"
	blocks 0x47FFFFFF 0X8000000
	blocks_are "1 8"
	blocks 0x60000000-0x7fffffff
	blocks_are "12-15"
	# an end within a block: the block is shown
	blocks 0x5fffffff-0x60000000
	blocks_are "11-12"
	blocks -a all 3
	blocks_are "0 1 2 3 8 9 10 11 12 13 14 15 16 17 20 21"
	mem list -r -n 0x48000001
	out_is <<< "0x0000000048000000-0x000000004fffffff 128M online 9 0 Normal"
}

@test "a range may span holes: one message names them" {
	blocks 2-9
	exits 0
	err_is "memhp: list: $(text no-such-blocks 4-7)"
	blocks_are "2-3 8-9"
	blocks 0-20
	exits 0
	err_is "memhp: list: $(text no-such-blocks "4-7, 18-19")"
	blocks 3-4
	err_is "memhp: list: $(text no-such-block 4)"
	blocks_are "3"
	blocks 0x0-0x3fffffff
	exits 0
	one_message
	blocks_are "0-3"
	blocks 0-18446744073709551615
	exits 0
	one_message
	blocks_are "0-3 8-17 20-21"
}

@test "a block that does not exist, a range without blocks: exit status 1, nothing on stdout" {
	for word in 4 memory4 3,7 4-7 100-200 0x20000000 0x20000000-0x27ffffff 18446744073709551615 0xffffffffffffffff; do
		mem list 1 "$word"
		exits 1
		one_message
		[[ -z $out ]] || fail "half-printed"
	done
	mem list 1000
	err_is "memhp: list: $(text no-such-block 1000)"
	mem list 4-7
	err_is "memhp: list: $(text no-such-blocks 4-7)"
	mem list 0x21234567
	err_is "memhp: list: $(text no-block-at 0x21234567)"
	mem list 0x20000000-0x27ffffff
	err_is "memhp: list: $(text no-block-within 0x20000000-0x27ffffff)"
	mem list -J 3-5 77
	exits 1
	json 'list(d) == ["format_version", "error", "faults", "exit_status"]' "d['error']['message'] == '$(text no-such-block 77)'"
	validate error
}

@test "words that are not operands: usage errors that name them" {
	refused() {
		local word
		for word in "${@:2}"; do
			mem list -- 1 "$word"
			is_usage_error "list: $(text "$1" "$word")"
			[[ -z $out ]] || fail "output"
		done
	}
	refused not-a-block x 1x 1- -- -1- +1 1-2-3 0x 0xg memory memoryx memory1-3 memory-1 1.5 ' 1' '1 ' 1:2 all,1
	refused empty-item 1,,2 ,1 1,
	refused reversed-range 9-8 0x9-0x8
	refused mixed-range 0x8-9 8-0x9
	refused beyond-64-bits 18446744073709551616 0x10000000000000000 99999999999999999999999
	refused empty-word ''
	mem list -3
	is_usage_error "-3"
}

@test "amounts are refused: list shows blocks" {
	for word in 2G 512M 1.5GiB 1024m 1E 2GB; do
		mem list "$word"
		is_usage_error "list: $(text amount-refused "$word")"
	done
}

@test "each filter" {
	blocks --node 1
	blocks_are "0 12-17"
	blocks --node=0,2-3
	blocks_are "0-3 8-11 20-21"
	blocks --in-zone none,DMA32
	blocks_are "0-3"
	# offline blocks are not in a zone, whatever the kernel would choose
	blocks --in-zone Movable
	blocks_are "15-17"
	blocks --state offline,going-offline
	blocks_are "12-14"
	blocks --origin kmem,virtio-mem
	blocks_are "16-17 20-21"
	blocks --device PNP0C80:01,dax0.0
	blocks_are "12-15 20-21"
	# patterns of the shell
	blocks --device "DAX*,virtio[0-3]"
	blocks_are "16-17 20-21"
	blocks --device "?np0c80:*" --device dax0.0
	blocks_are "12-15 20-21"
	blocks --device "*" --state offline
	blocks_are "12-13"
	exits 0
	err_is ""
}

@test "filters combine, apply to every operand, and accept names in upper or lower case" {
	blocks --state ONLINE --node 1 --in-zone movable,NORMAL
	blocks_are "15-17"
	blocks --origin VIRTIO-MEM --device Virtio0
	blocks_are "16-17"
	blocks --device pnp0c80:01 --state Offline
	blocks_are "12-13"
	blocks --node 0 1 10-13 16
	blocks_are "1 10-11"
	blocks --state offline all
	blocks_are "12-13"
	# holes are reported, whatever the filter is
	blocks --state online 3-8
	err_is "memhp: list: $(text no-such-blocks 4-7)"
	blocks_are "3 8"
	mem list --state offline 4
	exits 1
}

@test "no block passes the filters: a notice, exit status 0; silent with -q; a document with -J" {
	for filter in "--state offline --node 0" "--node 3" "--device virtio[7-9]" "--origin xen" "--in-zone HighMem"; do
		mem list -r $filter
		exits 0
		err_is "memhp: list: $(text no-matches)"
	done
	mem list -q --node 3 --summary=never
	exits 0
	err_is ""
	mem list -q 2-9
	exits 0
	err_is ""
	mem list -J --node 3
	exits 0
	json 'rows == []' 'sums == dict(blocks=0, online=0, offline=0, going_offline=0, movable=0)'
	mem list --map -q --node 3
	exits 0
	err_is ""
}

@test "a device that does not exist, or has no memory blocks: exit status 1, and why" {
	world <<- 'END'
		block_size 128M
		block 0-7 online Normal node 0
		sys/bus/dax/devices/dax0.0 -> ../../../devices/dax0.0
		sys/devices/dax0.0/driver -> ../../bus/dax/drivers/device_dax
		sys/bus/dax/devices/dax1.0 -> ../../../devices/dax1.0
		sys/devices/dax1.0/size = 0
		sys/bus/dax/devices/dax2.0 -> ../../../devices/dax2.0
		sys/devices/dax2.0/driver -> ../../bus/dax/drivers/kmem
		sys/bus/acpi/devices/PNP0C80:00 -> ../../../devices/PNP0C80:00
		sys/devices/PNP0C80:00/status = 0
		sys/devices/PNP0C80:00/hid = PNP0C80
		sys/bus/acpi/devices/PNP0C80:01 -> ../../../devices/PNP0C80:01
		sys/devices/PNP0C80:01/status = 15
		sys/devices/PNP0C80:01/hid = PNP0C80
		sys/bus/acpi/devices/PNP0A03:00 -> ../../../devices/PNP0A03:00
		sys/devices/PNP0A03:00/status = 15
		sys/devices/PNP0A03:00/hid = PNP0A03
		sys/bus/virtio/devices/virtio0 -> ../../../devices/virtio0
		sys/devices/virtio0/device = 0x0018
		sys/bus/virtio/devices/virtio1 -> ../../../devices/virtio1
		sys/devices/virtio1/device = 0x0001
		sys/bus/pci/devices/0000:00:01.0 -> ../../../devices/0000:00:01.0
		sys/devices/0000:00:01.0/class = 0x060100
		proc/iomem = 00001000-3fffffff : System RAM
	END
	absent() {
		mem list "--device=$2" "${@:3}"
		exits 1
		err_says "$1" "$2"
		[[ -z $out ]] || fail "output"
	}
	absent no-such-device dax9.9
	absent no-such-device dax
	absent devdax dax0.0 --state=online
	absent devdax DAX0.0 3
	absent no-driver dax1.0
	absent system-ram dax2.0
	absent empty-slot PNP0C80:00
	absent not-added pnp0c80:01
	absent not-memory PNP0A03:00
	absent nothing-plugged virtio0
	absent not-memory virtio1
	absent not-memory 0000:00:01.0
	# each name of a list; what a pattern matches is no promise
	mem list --device='dax*,dax7.0'
	exits 1
	err_says no-such-device dax7.0
	mem offline --dry-run all --device=dax0.0 -J
	exits 1
	json 'd["error"]["message"].endswith("(mode devdax)")'
	mem online all --device=dax9.9
	exits 1
	err_is "memhp: online: $(text no-such-device dax9.9)"
	# Without the addresses of the memory of drivers, nothing proves that none is theirs.
	echo '00000000-00000000 : System RAM' > "$root/proc/iomem"
	absent maybe-blocks-of-device dax2.0
	absent maybe-blocks-of-device virtio0
	absent devdax dax0.0
	absent empty-slot PNP0C80:00
	rm -r "$root/sys/bus"
	absent no-blocks-of-device dax0.0
}

@test "a node that does not exist: exit status 1" {
	for node in 4 0,9 0-4 4294967295; do
		mem list --node "$node"
		exits 1
		one_message
		[[ -z $out ]] || fail "output"
	done
	mem list --node 0,9
	err_is "memhp: list: $(text no-such-node 9)"
	mem list -J --node 9
	exits 1
	json 'd["exit_status"] == 1'
}

@test "filters with unknown or malformed names: usage errors that name the word" {
	zones="DMA, DMA32, Normal, HighMem, Movable, Device or none"
	states="online, offline or going-offline"
	origins="boot, hotplug, virtio-mem, kmem, hv-balloon or xen"
	while read -r option what names words; do
		for word in $words; do
			mem list "$option=$word"
			is_usage_error "list: $(text unknown-word "$option" "$what" "$word" "${!names}")"
		done
	done <<- 'END'
		--in-zone zone zones Foo DMA33
		--state state states on goingoffline
		--origin origin origins dimm virtio_mem
	END
	# the message is about the wrong one of several
	mem list --state=online,off
	is_usage_error "list: $(text unknown-word --state state off "$states")"
	for word in x -1 1-x 0x1; do
		mem list "--node=$word"
		is_usage_error "list: $(text not-decimal --node "$word")"
	done
	mem list --node=4294967296
	is_usage_error "list: $(text too-large --node 4294967296)"
	mem list --node=3-1
	is_usage_error "list: --node: $(text reversed-range 3-1)"
	for filter in in-zone= in-zone=Movable, in-zone=,DMA state= state=online,,offline origin= node= node=1, device= device=a,,b; do
		mem list "--$filter"
		is_usage_error "list: --${filter%%=*}: $(text empty-item "${filter#*=}")"
	done
}

@test "--summary: after a table by default, alone without a value, for the rows shown" {
	sums='Memory block size:       128M
Total online memory:     256M
Total offline memory:    256M
Total movable memory:      0B'
	mem list --summary 1-2 12-13
	exits 0
	out_is <<< "$sums"
	mem list --summary=ONLY 1-2 12-13
	out_is <<< "$sums"
	mem list -n -o BLOCK,ZONES 2,12 --summary=always
	[[ $out == *$'\n\n'"Memory block size:"* ]] || fail "not after the table"
	out_has "Total online memory:     128M"
	out_has "Total offline memory:    128M"
	mem list --summary=never
	out_lacks "Memory block size"
	mem list -r
	out_lacks "Memory block size"
	mem list -P
	out_lacks "Memory block size"
	mem list -r --summary=always
	out_has "Memory block size:"
	mem list --summary only
	is_usage_error "list: $(text not-a-block only)$(text write-instead --summary=only)"
	mem list --summary=sometimes
	is_usage_error "list: $(text unknown-word --summary value sometimes "never, always or only")"
	mem list --summary 12
	out_has "Total online memory:       0B"
	out_has "Total offline memory:    128M"
	out_lacks "RANGE"
}

@test "--summary: in bytes, and in JSON" {
	mem list --summary -b 12-15
	exits 0
	out_is << 'END'
Memory block size:                134217728
Total online memory:              134217728
Total offline memory:             268435456
Total movable memory:             134217728
Total going-offline memory:       134217728
END
	mem list -J --summary=never 12-17
	json 'len(rows) == 3' 'sums == dict(blocks=6, online=3*2**27, offline=2**28, going_offline=2**27, movable=3*2**27)'
	mem list -J --summary 12-17
	json 'rows == []' 'sums["blocks"] == 6'
}
