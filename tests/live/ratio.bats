# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp ratio --add on real kernels: its forecast for a DIMM or virtio-mem, which is then plugged over
# QMP. The zones, the ratio afterwards and the size and place of the memory map are as forecast, or were
# called uncertain. added compares them, and has the tolerance.

load live

# rounds NAME KERNEL APPEND ROUNDS QEMU-ARGUMENT… < what the guest does
rounds() {
	local name=$1 kernel=$2 append=$3 expected=$4 sent=$BATS_TEST_TMPDIR/sent answer status=0
	shift 4
	mkdir "$sent"
	{
		cat "$live/guest-added" -
		echo 'send rounds < /run/rounds'
	} > "$sent.script"
	guest -p -k "$kernel" -a "$append" -m "$(virtio_mem "$kernel")" -f "$live/put.c" -o "$sent" "$sent.script" \
		"$@" > "$sent.log" 2>&1 || { echo "status $?" && cat "$sent.log" && return 1; }
	cat "$sent.log"
	answer=$("$live/added" "$sent/rounds" "$live/../../src/schemas/ratio.schema.json") || status=1
	while read -r line; do
		echo "# ${kernel#amd64-}, $name: $line" >&3
	done <<< "$answer"
	echo "$answer"
	[[ $answer == *"$expected"* ]]
	return $status
}

# One node. Plugged memory stays; each round begins with what the rounds before it left.
one() {
	rounds "one node" "$1" memhp_default_state=offline "8 rounds, 0 uncertain, 0 wrong" -m 1G,slots=8,maxmem=32G \
		-object memory-backend-ram,id=v0,size=4G,reserve=off -device virtio-mem-pci,id=vm0,memdev=v0,requested-size=0 \
		-object memory-backend-ram,id=v1,size=4G,reserve=off -device virtio-mem-pci,id=vm1,memdev=v1,requested-size=0 \
		-object memory-backend-ram,id=v2,size=4G,reserve=off -device virtio-mem-pci,id=vm2,memdev=v2,requested-size=0 <<-'END'
		policy offline contig-zones 301 Y
		say 'contig-zones' --add 512M && plug d1 512 && came 4
		policy online_movable contig-zones 301 Y
		say 'contig-zones online_movable' --add 512M && plug d2 512 && came 4
		say 'contig-zones online_movable, virtio-mem' --add 256M,kind=virtio-mem && resize vm0 256 && came 2
		policy offline auto-movable 301 Y
		say 'auto-movable 301' --add 512M && plug d3 512 && came 4
		say 'auto-movable 301, virtio-mem' --add 640M,kind=virtio-mem && resize vm1 640 && came 5
		policy online auto-movable 301 Y
		say 'auto-movable 301 online, virtio-mem beyond the limit' --add 2G,kind=virtio-mem && resize vm2 2048 && came 16
		policy offline auto-movable 400 N
		say 'auto-movable 400, two at once' --add 256M --add 128M && plug d4 256 && plug d5 128 && came 3
		policy offline auto-movable 0 Y
		say 'auto-movable 0' --add 128M && plug d6 128 && came 1
	END
}

@test "6.12: one node" {
	one amd64-6.12
}

@test "6.1: one node" {
	one amd64-6.1
}

# Two nodes; a third without memory of its own, whose memory maps are taken from another node.
two() {
	rounds "two nodes" "$1" memhp_default_state=offline "8 rounds, 0 uncertain, 0 wrong" -m 1G,slots=8,maxmem=32G \
		-object memory-backend-ram,id=n0,size=640M -numa node,nodeid=0,memdev=n0,cpus=0 \
		-object memory-backend-ram,id=n1,size=384M -numa node,nodeid=1,memdev=n1,cpus=1 -numa node,nodeid=2 \
		-object memory-backend-ram,id=v0,size=4G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=0,node=0 \
		-object memory-backend-ram,id=v1,size=4G,reserve=off \
		-device virtio-mem-pci,id=vm1,memdev=v1,requested-size=0,node=1 <<-'END'
		policy online_movable contig-zones 301 Y
		say 'contig-zones online_movable' --add 512M,node=1 && plug d1 512 1 && came 4
		policy offline auto-movable 301 Y
		say 'auto-movable 301 Y' --add 512M,node=0 && plug d2 512 0 && came 4
		say 'auto-movable 301 Y, beyond the limit of the node' --add 1G,node=1 && plug d3 1024 1 && came 8
		say 'auto-movable 301 Y, virtio-mem' --add 384M,node=1,kind=virtio-mem && resize vm1 384 && came 3
		policy offline auto-movable 301 N
		say 'auto-movable 301 N' --add 256M,node=1 && plug d4 256 1 && came 2
		policy online auto-movable 301 Y
		say 'auto-movable 301 Y online, virtio-mem beyond the limit' --add 2G,kind=virtio-mem && resize vm0 2048 && came 16
		policy offline auto-movable 1000 Y
		say 'auto-movable 1000 Y, two nodes at once' --add 128M,node=0 --add 128M,node=1 &&
			plug d5 128 0 && plug d6 128 1 && came 2
		policy offline contig-zones 301 Y
		say 'a node without memory' --add 128M,movable,node=2 && echo online_movable > $memory/auto_online_blocks &&
			plug d7 128 2 && came 1
	END
}

@test "6.12: two nodes" {
	two amd64-6.12
}

@test "6.1: two nodes" {
	two amd64-6.1
}

# The memory map of a DIMM in the DIMM: for several blocks only certain where the kernel counts maps.
own() {
	rounds "memmap_on_memory" "$1" 'memhp_default_state=offline memory_hotplug.memmap_on_memory=Y' \
		"4 rounds, 0 uncertain, 0 wrong" -m 1G,slots=4,maxmem=16G \
		-object memory-backend-ram,id=v0,size=4G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=0 <<-'END'
		policy offline auto-movable 301 Y
		say 'one block' --add 128M && plug d1 128 && came 1
		say 'several blocks' --add 512M && plug d2 512 && came 4
		policy online_movable contig-zones 301 Y
		say 'several blocks, online_movable' --add 384M && plug d3 384 && came 3
		say 'virtio-mem' --add 256M,kind=virtio-mem && resize vm0 256 && came 2
	END
}

@test "6.12: the map on the memory itself" {
	own amd64-6.12
}

@test "6.1: the map on the memory itself" {
	own amd64-6.1
}
