# SPDX-License-Identifier: GPL-2.0-or-later
#
# The kernel as the oracle of memhp online --dry-run: by each set of rules memhp says into which zone
# each block would go, then all are brought online. No block that it is certain of is elsewhere, and
# it is certain of all. Machines are booted once for many rounds (guest-rounds); forecast judges.

load live

# What virtio-mem needs, in the order in which it is loaded; 6.1 has more of it in modules.
virtio_mem() {
	[[ $1 != amd64-6.1 ]] || echo virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci
	echo virtio_mem
}

# rounds NAME KERNEL APPEND MODULES QEMU-ARGUMENT… < what the guest does
rounds() {
	local name=$1 kernel=$2 append=$3 modules=$4 sent=$BATS_TEST_TMPDIR/sent answer status=0
	shift 4
	mkdir "$sent"
	{
		cat "$live/guest-rounds" -
		echo 'send rounds < /run/rounds'
	} > "$sent.script"
	guest -p -k "$kernel" -t 600 -a "$append" -m "$modules" -f "$live/put.c" -o "$sent" "$sent.script" \
		-m "$@" > "$sent.log" 2>&1 || { echo "status $?" && cat "$sent.log" && return 1; }
	cat "$sent.log"
	answer=$("$live/forecast" "$sent/rounds") || status=1
	echo "# $name, ${kernel#amd64-}: ${answer//$'\n'/; }" >&3
	echo "$answer"
	return $status
}

# One node; two DIMMs, whose blocks are decided about together, and virtio-mem, whose are not.
one() {
	rounds "one node" "$1" memhp_default_state=offline "$(virtio_mem "$1")" 512M,slots=4,maxmem=16G \
		-object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1 \
		-object memory-backend-ram,id=m2,size=384M -device pc-dimm,id=d2,memdev=m2 \
		-object memory-backend-ram,id=v0,size=4G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=2560M <<-'END'
		wait_for 20 test -L $memory/memory50/node0 || exit 1
		sweep 'from empty,' 'contig-zones 301 Y' 'auto-movable 301 Y' 'auto-movable 0 Y' 'auto-movable 1 N' \
			'auto-movable 30 N' 'auto-movable 100 Y' 'auto-movable 173 N' 'auto-movable 301 N' \
			'auto-movable 1000 Y' 'auto-movable 4294967295 N'
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

# Each node has a DIMM, the second virtio-mem, too. All that was added was online as kernel memory
# before memhp looked.
two() {
	rounds "two nodes" "$1" memhp_default_state=online_kernel "$(virtio_mem "$1")" 1G,slots=4,maxmem=16G \
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
		sweep 'from empty,' 'contig-zones 301 Y' 'auto-movable 301 Y' 'auto-movable 301 N' 'auto-movable 100 Y' \
			'auto-movable 173 N' 'auto-movable 1000 Y' 'auto-movable 30 Y'
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

# A node that has neither processors nor memory at first, three DIMMs, movable_node; virtio-mem in
# big blocks of two memory blocks each.
bare() {
	rounds "a node without memory, movable_node, big blocks" "$1" 'memhp_default_state=offline movable_node' \
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
		sweep 'from empty,' 'contig-zones 301 Y' 'auto-movable 301 Y' 'auto-movable 301 N' 'auto-movable 100 N' \
			'auto-movable 60 Y' 'auto-movable 0 N'
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
	rounds "dax, no processors" "$1" 'memhp_default_state=offline memmap=512M%0x120000000-1+0xefffffff' \
		'device_dax kmem dax_hmem' 3G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=2304M -numa node,nodeid=0,memdev=n0,cpus=0-1 \
		-object memory-backend-ram,id=n1,size=768M -numa node,nodeid=1,memdev=n1 \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1,node=0 <<-'END'
		if [ -L /sys/bus/dax/drivers/device_dax/dax0.0 ]; then
			echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind
			echo dax0.0 > /sys/bus/dax/drivers/kmem/new_id
		fi
		wait_for 20 test -L $memory/memory39/node1 || exit 1
		sweep 'from empty,' 'contig-zones 301 Y' 'auto-movable 301 Y' 'auto-movable 301 N' 'auto-movable 100 Y' \
			'auto-movable 30 N'
	END
}

@test "6.12: memory of a dax device" {
	dax amd64-6.12
}

@test "6.1: memory of a dax device" {
	dax amd64-6.1
}
