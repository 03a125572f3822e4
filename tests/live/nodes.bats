# SPDX-License-Identifier: GPL-2.0-or-later
#
# Processes that are bound to the node that loses its memory, on real kernels: by a cpuset, and by memory
# policies; and the OOM killer at work while memory goes offline. One boot per kernel; each test reads its
# part of the results.

load live
load documents

setup_file() {
	stories
	oom amd64-6.1
	oom amd64-6.12
}

# two_nodes NAME KERNEL: runs the script on stdin in a guest. Node 1's only memory is a DIMM, blocks 32-39,
# online as movable.
two_nodes() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	cat - > "$sent.script" <<-'END'
		fail() { echo "$1"; exit 1; }
		wait_for 20 test -L $memory/memory39/node1 || fail "no DIMM"
		memhp online -q -z movable 32-39 || fail "cannot go online"
		# bound FILE WORD…: in the background
		bound() {
			file=/run/$1
			shift
			"$@" > "$file" &
			echo $! > "$file.pid"
			wait_for 120 test -s "$file" || fail "not there: $*"
		}
	END
	cat >> "$sent.script"
	guest -p -k "$2" -a memhp_default_state=offline -f "$live/bind.c" -o "$sent" "$sent.script" -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
		-object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1,node=1 > "$sent.log" 2>&1 ||
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

story() {
	two_nodes "$1" "$1" <<-'END'
		run nobody memhp offline --dry-run 32-39
		bound task bind 1 task
		bound mapping bind 1 mapping
		bound other bind 0 task
		mkdir /run/cgroup && mount -t cgroup2 cgroup /run/cgroup || fail "no cgroups"
		echo +cpuset > /run/cgroup/cgroup.subtree_control
		mkdir /run/cgroup/one && echo 1 > /run/cgroup/one/cpuset.mems || fail "no cpuset"
		bound caged sh -c 'echo $$ > /run/cgroup/one/cgroup.procs && exec bind fill 4'
		run part memhp offline --dry-run 33-39
		run most memhp offline --dry-run 32-39
		send caged < /run/caged.pid
		run all memhp offline 32-39
		grep Mems_allowed_list "/proc/$(cat /run/caged.pid)/status" | send moved
	END
}

# More is in use than node 0 has, and more is asked for all the time. The killer finds the right one.
oom() {
	two_nodes "$1-oom" "$1" <<-'END'
		echo -1000 > /proc/self/oom_score_adj
		bound fill sh -c 'echo 1000 > /proc/$$/oom_score_adj && exec bind fill 1100'
		while :; do dd if=/dev/zero of=/dev/null bs=48M count=1 2> /dev/null; done &
		asker=$!
		run oom memhp offline --force --timeout 100s 32-39
		kill -KILL $asker
		dmesg | grep -c 'Out of memory: Killed process' | send killed
	END
}

@test "a dry run and a run name the node and count the processes: by a cpuset, for all memory, for a mapping" {
	local kernel directory
	for kernel in "${kernels[@]}"; do
		directory=$BATS_FILE_TMPDIR/$kernel
		came "$directory"
		for name in most all; do
			grep -qF -- "$(text bound-to "node 1" "without memory" "3 processes are" it "$(< "$directory/caged") (bind)")" \
				"$directory/$name.err" || { cat "$directory/$name"*; return 1; }
			[[ $(< "$directory/$name.status") == 0 ]]
		done
	done
}

@test "no notice without such a process, and where the node keeps memory" {
	local kernel
	for kernel in "${kernels[@]}"; do
		came "$BATS_FILE_TMPDIR/$kernel"
		! grep "would be left" "$BATS_FILE_TMPDIR/$kernel/nobody.err" "$BATS_FILE_TMPDIR/$kernel/part.err" || return 1
	done
}

@test "the kernel gives such a process memory of another node: the notice is not in vain" {
	local kernel
	for kernel in "${kernels[@]}"; do
		came "$BATS_FILE_TMPDIR/$kernel"
		[[ $(< "$BATS_FILE_TMPDIR/$kernel/moved") == *[[:blank:]]0 ]] || { cat "$BATS_FILE_TMPDIR/$kernel/moved"; return 1; }
	done
}

@test "the OOM killer meanwhile: a warning with the figure; offlined nevertheless" {
	local kernel directory
	for kernel in "${kernels[@]}"; do
		directory=$BATS_FILE_TMPDIR/$kernel-oom
		came "$directory"
		[[ $(< "$directory/killed") == 1 && $(< "$directory/oom.status") == 0 ]] || { cat "$directory"/*; return 1; }
		grep -qF "$(text oom-kills "1 process" "its name")" "$directory/oom.err" || { cat "$directory"/oom*; return 1; }
	done
}
