# SPDX-License-Identifier: GPL-2.0-or-later
#
# What taking memory offline means for processes: those that are bound to a node that loses its memory, and
# those that the OOM killer ends. unit/base/test-bound.c has the forms of cpusets and policies; live/nodes.bats
# shows that kernels have them.

load ../change

# Node 1 has blocks 24-27, of virtio-mem, online. Of four processes one has a cpuset, and one a memory policy.
setup() {
	machine <<- 'END'
		sys/devices/system/node/has_memory = 0-1
		proc/1/comm = init
		proc/1/status << S
		Name:	x
		VmRSS:	  10 kB
		Mems_allowed_list:	0-1
		S
		proc/1/numa_maps = 00400000 default
		proc/2/comm = kthreadd
		proc/2/status = Mems_allowed_list:	0-1
		proc/77/comm = postgres
		proc/77/status << S
		Name:	x
		VmRSS:	  10 kB
		Mems_allowed_list:	1
		S
		proc/78/comm = qemu
		proc/78/status << S
		Name:	x
		VmRSS:	  10 kB
		Mems_allowed_list:	0-1
		S
		proc/78/numa_maps << MAPS
		00400000 default file=/usr/bin/qemu
		7f0000000000 bind:1 anon=100 dirty=100 N1=100
		MAPS
		proc/vmstat = oom_kill 4
	END
}

@test "a node that is left without memory: processes that are bound to it are counted" {
	mem offline --dry-run 24-27
	exits 0
	err_says bound-to "node 1" "without memory" "2 processes are" it "77 (postgres)"
	mem offline 24-27
	exits 0
	err_says bound-to "node 1" "without memory" "2 processes are" it "77 (postgres)"
	blocks_are 24-27 "offline Movable Normal"
}

@test "a node that keeps memory, quiet, and nothing that is bound: no notice" {
	mem offline --dry-run 25-27
	err_is ""
	mem offline --dry-run -q 24-27
	err_is ""
	mem offline --dry-run 1-7
	err_is ""
	rm -r "$root/proc/77" "$root/proc/78"
	mem offline --dry-run 24-27
	err_is ""
	# a machine without nodes
	rm -r "$root/sys/devices/system/node/has_memory"
	mem offline --dry-run 24-27
	err_is ""
}

@test "nearly all memory of a node: what is left is named" {
	world <<- 'END'
		block 16-23 online Movable node 1
		block 30-45 online Movable node 1
	END
	mem offline --force --dry-run 16-27,30-43
	err_says bound-to "node 1" "with 256M of 3.5G" "2 processes are" it "77 (postgres)"
	mem offline --force --dry-run 16-27,30-41
	err_lacks "would be left"
}

@test "processes that cannot be looked at are counted" {
	rm -r "$root/proc/77"
	chmod 0 "$root/proc/78/numa_maps"
	unprivileged mem offline --dry-run 24-27
	err_says bound-unknown "node 1" "without memory" it 2 3
}

@test "a warning about processes that the OOM killer ended meanwhile, and only those" {
	faults "memory27 delay 600ms"
	start offline --force 27
	await 27 going-offline
	echo "oom_kill 6" > "$root/proc/vmstat"
	finish
	exits 0
	err_says oom-kills "2 processes" "their names"
	blocks_are 27 "offline Movable Normal"
	mem online 27
	err_lacks "OOM"
}
