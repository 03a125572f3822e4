# SPDX-License-Identifier: GPL-2.0-or-later
#
# The output of memhp list on real amd64 kernels is true: 6.1 and 6.12, each with one node and with a
# second one that has no processors; boot memory and a DIMM, on 6.12 also virtio-mem and kmem. Each
# machine is booted once.

load live
load machines

setup_file() {
	one-node-6.1
	two-nodes-6.1
	one-node-6.12
	two-nodes-6.12
}

one-node-6.1() {
	machine "${FUNCNAME[0]}" amd64-6.1 '' '' -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1 <<-'END'
		wait_for 20 test -e $memory/memory35 && state online_movable 32 33 && state online_kernel 34 || exit 1
	END
}

# Block 3 is on both nodes.
two-nodes-6.1() {
	machine "${FUNCNAME[0]}" amd64-6.1 '' '' -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=448M -numa node,nodeid=0,memdev=n0,cpus=0-1 \
		-object memory-backend-ram,id=n1,size=576M -numa node,nodeid=1,memdev=n1 \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1,node=1 <<-'END'
		wait_for 20 test -e $memory/memory35 && state online_movable 32 33 34 || exit 1
	END
}

one-node-6.12() {
	machine "${FUNCNAME[0]}" amd64-6.12 'memmap=512M%0x120000000-1+0xefffffff' 'virtio_mem device_dax kmem dax_hmem' \
		-m 3G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1 \
		-object memory-backend-ram,id=v0,size=2G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=384M <<-'END'
		wait_for 20 test -e $memory/memory46 && wait_for 20 test -e $memory/memory39 &&
			state online_movable 36 37 40 41 44 45 && state online_kernel 38 || exit 1
	END
}

two-nodes-6.12() {
	machine "${FUNCNAME[0]}" amd64-6.12 'memmap=512M%0x120000000-1+0xefffffff' 'virtio_mem device_dax kmem dax_hmem' \
		-m 3G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=2304M -numa node,nodeid=0,memdev=n0,cpus=0-1 \
		-object memory-backend-ram,id=n1,size=768M -numa node,nodeid=1,memdev=n1 \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1,node=0 \
		-object memory-backend-ram,id=v0,size=2G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=384M,node=1 <<-'END'
		wait_for 20 test -e $memory/memory46 && wait_for 20 test -e $memory/memory39 &&
			state online_movable 36 37 40 41 44 45 && state online_kernel 38 42 || exit 1
	END
}

each() {
	local name failed=0
	for name in one-node-6.1 two-nodes-6.1 one-node-6.12 two-nodes-6.12; do
		judged "$name" "$@" || failed=1
	done
	return $failed
}

@test "every cell agrees with the files" {
	each same
}

@test "6.1: where each block came from" {
	judged one-node-6.1 origin 0-7=boot 32-35=hotplug,PNP0C80:00
	judged two-nodes-6.1 origin 0-7=boot 32-35=hotplug,PNP0C80:00
}

@test "6.12: where each block came from" {
	local blocks=(0-15=boot 32-35=boot 36-39=kmem,dax0.0 40-43=hotplug,PNP0C80:00 44-46=virtio-mem,virtio0)
	judged one-node-6.12 origin "${blocks[@]}"
	judged two-nodes-6.12 origin "${blocks[@]}"
}

@test "without root, values may be missing but none is wrong" {
	each user
}

@test "no block with the verdict no goes offline, every likely one does, and why" {
	each offlinable no unlikely likely
}

@test "lsmem has the same output" {
	each lsmem
}
