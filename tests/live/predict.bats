# SPDX-License-Identifier: GPL-2.0-or-later
#
# Compares memhp online --dry-run with the kernel: for each set of rules memhp predicts the zone of each
# block, then all are brought online. Every prediction is certain, and none is wrong. Machines are booted
# once for many rounds (guest-rounds); forecast compares them.

load live

# rounds NAME KERNEL APPEND MODULES QEMU-ARGUMENT… < what the guest does
rounds() {
	local machine="${2#amd64-} $1" kernel=$2 append=$3 modules=$4 sent=$BATS_TEST_TMPDIR/sent answer status=0
	shift 4
	mkdir "$sent"
	{
		cat "$live/guest-rounds" -
		echo 'send rounds < /run/rounds'
	} > "$sent.script"
	guest -p -k "$kernel" -a "$append" -m "$modules" -f "$live/put.c" -o "$sent" "$sent.script" \
		-m "$@" > "$sent.log" 2>&1 || { echo "status $?" && cat "$sent.log" && return 1; }
	cat "$sent.log"
	mkdir -p "$BATS_FILE_TMPDIR/$kernel"
	mv "$sent/rounds" "$BATS_FILE_TMPDIR/$kernel/$machine"
	answer=$("$live/forecast" "$BATS_FILE_TMPDIR/$kernel/$machine") || status=1
	echo "# ${answer//$'\n'/; }" >&3
	echo "$answer"
	return $status
}

# One node; two DIMMs, each decided about as a whole, and virtio-mem, decided about block by block.
one() {
	rounds "one node, two DIMMs, virtio-mem" "$1" memhp_default_state=offline "$(virtio_mem "$1")" 512M,slots=4,maxmem=16G \
		-object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1 \
		-object memory-backend-ram,id=m2,size=384M -device pc-dimm,id=d2,memdev=m2 \
		-object memory-backend-ram,id=v0,size=4G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=2560M <<-'END'
		wait_for 20 test -L $memory/memory50/node0 || exit 1
		sweep_all 'from empty,'
		sweep 'from empty,' 'auto-movable 4294967295 N'
		mixed 'movable in between' 'contig-zones 301 Y' online_movable 33 41 44
		mixed 'kernel in between' 'auto-movable 301 Y' online_kernel 33 46
		mixed 'movable in between' 'auto-movable 173 Y' online_movable 35 42 49
	END
}

@test "6.12: one node, two DIMMs, virtio-mem" {
	one amd64-6.12
}

@test "6.1: one node, two DIMMs, virtio-mem" {
	one amd64-6.1
}

# Each node has a DIMM, the second node also virtio-mem. All hot-added memory is online as kernel memory
# before memhp runs.
two() {
	rounds "two nodes, two DIMMs, virtio-mem, online at boot" "$1" memhp_default_state=online_kernel "$(virtio_mem "$1")" 1G,slots=4,maxmem=16G \
		-object memory-backend-ram,id=n0,size=512M -numa node,nodeid=0,memdev=n0,cpus=0 \
		-object memory-backend-ram,id=n1,size=512M -numa node,nodeid=1,memdev=n1,cpus=1 \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1,node=0 \
		-object memory-backend-ram,id=m2,size=384M -device pc-dimm,id=d2,memdev=m2,node=1 \
		-object memory-backend-ram,id=v0,size=2G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=640M,node=1 <<-'END'
		wait_for 20 grep -qsx Normal $memory/memory43/valid_zones && echo offline > $memory/auto_online_blocks || exit 1
		memhp offline -q --force --retries 0 --timeout 10s 35 40 43 > /run/some 2>&1
		round 'as booted'
		memhp offline -q --force --retries 0 --timeout 10s 33-34 42 > /run/some 2>&1
		rules 'auto-movable' 301 Y && round 'most online already'
		sweep_all 'from empty,'
		mixed 'movable in between' 'auto-movable 100 N' online_movable 32 37 41
		mixed 'kernel in between' 'contig-zones 301 N' online_kernel 33 42
	END
}

@test "6.12: two nodes" {
	two amd64-6.12
}

@test "6.1: two nodes" {
	two amd64-6.1
}

# A node without processors, and at first without memory, three DIMMs, movable_node; virtio-mem in big
# blocks of two memory blocks each.
bare() {
	rounds "a node without memory, three DIMMs, virtio-mem in big blocks, movable_node" "$1" 'memhp_default_state=offline movable_node' \
		"$(virtio_mem "$1")" 1G,slots=4,maxmem=16G \
		-object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
		-object memory-backend-ram,id=m1,size=384M -device pc-dimm,id=d1,memdev=m1,node=1 \
		-object memory-backend-ram,id=m2,size=256M -device pc-dimm,id=d2,memdev=m2,node=0 \
		-object memory-backend-ram,id=m3,size=128M -device pc-dimm,id=d3,memdev=m3,node=1 \
		-object memory-backend-ram,id=v0,size=2G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=0,node=0 <<-'END'
		rmmod virtio_mem && insmod /modules/*virtio_mem.ko force_bbm=1 bbm_block_size=268435456 &&
			asked '{"execute": "qom-set", "arguments": {"path": "/machine/peripheral/vm0", "property": "requested-size", "value": 1073741824}}' &&
			wait_for 20 test -L $memory/memory37/node1 && wait_for 20 test -L $memory/memory45/node0 || exit 1
		sweep_all 'from empty,'
		sweep 'from empty,' 'auto-movable 60 Y'
		mixed 'movable in between' 'contig-zones 301 Y' online_movable 33 40
		mixed 'kernel in between' 'contig-zones 301 Y' online_kernel 33 36
		mixed 'kernel in between' 'auto-movable 301 N' online_kernel 33 41
		mixed 'movable in between' 'auto-movable 173 Y' online_movable 35 40 43
	END
}

@test "6.12: a node without memory, movable_node, virtio-mem in big blocks" {
	bare amd64-6.12
}

@test "6.1: a node without memory, movable_node, virtio-mem in big blocks" {
	bare amd64-6.1
}

# Memory of a dax device on a node without processors, as CXL memory appears, and a DIMM.
dax() {
	rounds "a node without processors, its memory of a dax device, one DIMM" "$1" 'memhp_default_state=offline memmap=512M%0x120000000-1+0xefffffff' \
		'device_dax kmem dax_hmem' 3G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=2304M -numa node,nodeid=0,memdev=n0,cpus=0-1 \
		-object memory-backend-ram,id=n1,size=768M -numa node,nodeid=1,memdev=n1 \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1,node=0 <<-'END'
		if [ -L /sys/bus/dax/drivers/device_dax/dax0.0 ]; then
			echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind
			echo dax0.0 > /sys/bus/dax/drivers/kmem/new_id
		fi
		wait_for 20 test -L $memory/memory39/node1 || exit 1
		sweep_all 'from empty,'
		mixed 'movable in between' 'contig-zones 301 Y' online_movable 37 41
		mixed 'kernel in between' 'auto-movable 301 N' online_kernel 37
	END
}

@test "6.12: memory of a dax device" {
	dax amd64-6.12
}

@test "6.1: memory of a dax device" {
	dax amd64-6.1
}

# The smallest machine with something to add; the memory map of the DIMM in itself.
dimm() {
	rounds "one node, one DIMM, memmap_on_memory" "$1" 'memhp_default_state=offline memory_hotplug.memmap_on_memory=1' \
		'' 512M,slots=2,maxmem=8G -object memory-backend-ram,id=m1,size=640M -device pc-dimm,id=d1,memdev=m1 <<-'END'
		wait_for 20 test -L $memory/memory36/node0 || exit 1
		sweep_all 'from empty,'
		mixed 'movable in between' 'contig-zones 301 Y' online_movable 33 35
		mixed 'kernel in between' 'contig-zones 301 Y' online_kernel 34
		mixed 'kernel in between' 'auto-movable 301 Y' online_kernel 34
	END
}

@test "6.12: one node, one DIMM, memmap_on_memory" {
	dimm amd64-6.12
}

@test "6.1: one node, one DIMM, memmap_on_memory" {
	dimm amd64-6.1
}

# Three DIMMs of different sizes and two virtio-mem devices, on both of which the room of the other
# depends; the second node has memory at boot but no processor.
bare_cpus() {
	rounds "a node without processors, three DIMMs, two virtio-mem" "$1" memhp_default_state=offline \
		"$(virtio_mem "$1")" 1G,slots=4,maxmem=16G \
		-object memory-backend-ram,id=n0,size=512M -numa node,nodeid=0,memdev=n0,cpus=0-1 \
		-object memory-backend-ram,id=n1,size=512M -numa node,nodeid=1,memdev=n1 \
		-object memory-backend-ram,id=m1,size=256M -device pc-dimm,id=d1,memdev=m1,node=0 \
		-object memory-backend-ram,id=m2,size=384M -device pc-dimm,id=d2,memdev=m2,node=1 \
		-object memory-backend-ram,id=m3,size=640M -device pc-dimm,id=d3,memdev=m3,node=1 \
		-object memory-backend-ram,id=v0,size=1G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=640M,node=0 \
		-object memory-backend-ram,id=v1,size=1G,reserve=off \
		-device virtio-mem-pci,id=vm1,memdev=v1,requested-size=640M,node=1 <<-'END'
		wait_for 20 test -L $memory/memory41/node1 && wait_for 20 test -L $memory/memory46/node0 &&
			wait_for 20 test -L $memory/memory54/node1 || exit 1
		sweep_all 'from empty,'
		mixed 'movable in between' 'contig-zones 301 Y' online_movable 33 35 44 52
		mixed 'movable in between' 'auto-movable 173 N' online_movable 37 43 51
		mixed 'kernel in between' 'auto-movable 301 Y' online_kernel 35 42
		mixed 'kernel in between' 'auto-movable 100 N' online_kernel 38 50 54
	END
}

@test "6.12: a node without processors, three DIMMs, two virtio-mem" {
	bare_cpus amd64-6.12
}

@test "6.1: a node without processors, three DIMMs, two virtio-mem" {
	bare_cpus amd64-6.1
}

# Two nodes with processors, where contig-zones prefers the Movable zone.
movable() {
	rounds "two nodes, two DIMMs, movable_node" "$1" 'memhp_default_state=offline movable_node' '' 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=640M -numa node,nodeid=0,memdev=n0,cpus=0 \
		-object memory-backend-ram,id=n1,size=384M -numa node,nodeid=1,memdev=n1,cpus=1 \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1,node=0 \
		-object memory-backend-ram,id=m2,size=384M -device pc-dimm,id=d2,memdev=m2,node=1 <<-'END'
		wait_for 20 test -L $memory/memory38/node1 || exit 1
		sweep_all 'from empty,'
		mixed 'kernel in between' 'contig-zones 301 Y' online_kernel 33 37
		mixed 'movable in between' 'contig-zones 301 Y' online_movable 33 38
		mixed 'kernel in between' 'auto-movable 1000 Y' online_kernel 32
	END
}

@test "6.12: two nodes, movable_node" {
	movable amd64-6.12
}

@test "6.1: two nodes, movable_node" {
	movable amd64-6.1
}

# Boot memory is in the Movable zone, too, and counts.
core() {
	rounds "one node, movablecore, one DIMM, virtio-mem" "$1" 'memhp_default_state=offline movablecore=384M' \
		"$(virtio_mem "$1")" 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1 \
		-object memory-backend-ram,id=v0,size=1G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=640M <<-'END'
		wait_for 20 test -L $memory/memory40/node0 || exit 1
		sweep_all 'from empty,'
		mixed 'movable in between' 'auto-movable 301 Y' online_movable 33 37
		mixed 'kernel in between' 'auto-movable 301 N' online_kernel 38
	END
}

@test "6.12: movable memory since boot" {
	core amd64-6.12
}

@test "6.1: movable memory since boot" {
	core amd64-6.1
}

# Three nodes, virtio-mem that plugs only a part of its last block, and memory that goes offline and
# back online by other rules than the rest.
three() {
	rounds "three nodes, two DIMMs, two virtio-mem with parts of blocks" "$1" memhp_default_state=offline \
		"$(virtio_mem "$1")" 1408M,slots=4,maxmem=16G \
		-object memory-backend-ram,id=n0,size=512M -numa node,nodeid=0,memdev=n0,cpus=0 \
		-object memory-backend-ram,id=n1,size=384M -numa node,nodeid=1,memdev=n1,cpus=1 \
		-object memory-backend-ram,id=n2,size=512M -numa node,nodeid=2,memdev=n2 \
		-object memory-backend-ram,id=m1,size=384M -device pc-dimm,id=d1,memdev=m1,node=0 \
		-object memory-backend-ram,id=m2,size=640M -device pc-dimm,id=d2,memdev=m2,node=2 \
		-object memory-backend-ram,id=v0,size=1G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=450M,node=2 \
		-object memory-backend-ram,id=v1,size=1G,reserve=off \
		-device virtio-mem-pci,id=vm1,memdev=v1,requested-size=258M,node=1 <<-'END'
		wait_for 20 test -L $memory/memory43/node2 && wait_for 20 test -L $memory/memory50/node1 || exit 1
		sweep 'from empty,' 'auto-movable 301 Y' 'auto-movable 60 N' 'auto-movable 30 Y'
		again 'auto-movable 1000 Y' 32 35-36 41 43 49
		again 'auto-movable 100 N' 33-34 37 42 48-50
		again 'contig-zones 301 Y' 32 39-41 50
		again 'auto-movable 173 Y' 35-39 43 48
		again 'auto-movable 400 N' 32-34 40-42 49-50
		mixed 'movable in between' 'auto-movable 230 Y' online_movable 33 37 41 49
		again 'auto-movable 60 Y' 33 36 40-43 48-50
		again 'auto-movable 4294967295 N' 32-43
		again 'auto-movable 301 Y' 48-50 35
	END
}

@test "6.12: three nodes, parts of blocks, again by other rules" {
	three amd64-6.12
}

@test "6.1: three nodes, parts of blocks, again by other rules" {
	three amd64-6.1
}

# All results of the tests above: many machines and sets of rules, and no wrong prediction.
@test "in all" {
	local kernel machines=(one two bare dax dimm bare_cpus movable core three) answer
	for kernel in amd64-6.12 amd64-6.1; do
		answer=$("$live/forecast" "$BATS_FILE_TMPDIR/$kernel"/*)
		echo "$answer"
		echo "# ${kernel#amd64-} $(tail -n 1 <<< "$answer")" >&3
		(($(grep -c . <<< "$answer") == ${#machines[@]} + 1))
		(($(sed -n 's/^in all: .* \([0-9]*\) policies, .*/\1/p' <<< "$answer") >= 24))
	done
}
