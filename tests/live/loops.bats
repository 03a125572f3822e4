# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2034
#
# Loops that testers of memory hotplug run: the example of memhp-offline(8), as the page has it; shares
# of the machine and of a node, again and again; failures that the kernel injects. All under load. What
# the shell of the guest reads in /sys after each command is the judge. One boot per kernel.

load live
load documents
load ../recipes

kernels+=(amd64-backports)
page=${page%/*}/memhp-offline.8

setup_file() {
	local directory=$BATS_FILE_TMPDIR/commands number=0 command
	mkdir "$directory"
	while IFS= read -r command; do
		[[ $number != 0 || $command == "memhp online "* ]] || continue
		number=$((number + 1))
		echo "$command" > "$directory/$number"
	done < <(commands_of EXAMPLES)
	stories
}

# Boot memory 0-7 on node 0; a DIMM of 16 blocks on node 1.
story() {
	local sent=$BATS_FILE_TMPDIR/$1 directory=$BATS_FILE_TMPDIR/commands n files=()
	mkdir "$sent"
	for n in 1 2 3 4; do
		files+=(-f "$directory/$n=/loops/$n")
	done
	guest -p -k "$1" -a memhp_default_state=offline -m "notifier-error-inject memory-notifier-error-inject" \
		"${files[@]}" -o "$sent" - -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
		-object memory-backend-ram,id=m1,size=2G -device pc-dimm,id=d1,memdev=m1,node=1 > "$sent.log" 2>&1 <<-'END' ||
		inject() { echo "$2" > /sys/kernel/debug/notifier-error-inject/memory/actions/$1/error; }
		offline() { cat $memory/memory[0-9]*/state | grep -vcx online; }
		wait_for 20 test -L $memory/memory47/node1 || exit 1

		# After each change a line: its name, exit status, how many blocks are not online now.
		mv /bin/memhp /bin/memhp.real
		cat > /bin/memhp <<-'MEMHP'
			#!/bin/sh
			memhp.real "$@"
			status=$?
			[ "$1" = list ] || echo "$1 $status $(cat /sys/devices/system/memory/memory[0-9]*/state | grep -vcx online)" >> /run/trace
			exit $status
		MEMHP
		chmod +x /bin/memhp
		# go NAME COMMAND…: the command, its lines, and all blocks afterwards
		go() {
			: > /run/trace
			run "$@"
			send "$1.trace" < /run/trace
			read_blocks | cut -f 1-3 > /run/now
			send "$1.blocks" < /run/now
		}

		# The load: files in memory, written, read and removed.
		while [ ! -e /run/calm ]; do
			dd if=/dev/zero of=/run/load bs=1M count=96 && cat /run/load && rm /run/load
		done > /dev/null 2>&1 &

		go page.1 sh /loops/1
		go page.2 sh /loops/2
		go page.3 sh /loops/3
		go page.4 sh /loops/4

		# repeat NAME WORD…: offline with these words, twice, and back; three times
		repeat() {
			loop=$1
			shift
			for round in 1 2 3; do
				go "$loop.$round" memhp offline -J --total "$@"
				go "$loop.$round.again" memhp offline -J --total "$@"
				go "$loop.$round.back" memhp online -J -z movable all --state=offline
			done
		}
		repeat machine 10%
		repeat node 25% --node=1
		# Few pages are in use, so most blocks are "yes".
		go likely memhp offline -J 10% --offlinable=yes,likely
		go likely-back memhp online -J -z movable all --state=offline

		inject MEM_GOING_OFFLINE -12
		go injected memhp offline -J 10% --retries=0
		inject MEM_GOING_OFFLINE 0
		go offline memhp offline -J 10%
		inject MEM_GOING_ONLINE -12
		go injected-back memhp online -J -z movable all --state=offline --retries=0
		inject MEM_GOING_ONLINE 0
		go back memhp online -J -z movable all --state=offline
		touch /run/calm
		wait
	END
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# went NAME STATUS LINE…: the exit status, and what the guest's shell found after each change
went() {
	local kernel
	for kernel in "${kernels[@]}"; do
		came "$BATS_FILE_TMPDIR/$kernel" || return
		[[ $(< "$BATS_FILE_TMPDIR/$kernel/$1.status") == "$2" ]] ||
			{ echo "$kernel: $1: $(cat "$BATS_FILE_TMPDIR/$kernel/$1"{.err,.trace,})"; return 1; }
	done
	says "$1.trace" "$(printf '%s\n' "${@:3}")"
}

# all_online NAME: after it boot memory is online, and the DIMM in the Movable zone
all_online() {
	local kernel
	for kernel in "${kernels[@]}"; do
		[[ $(grep -cP '^[0-7]\tonline\t' "$BATS_FILE_TMPDIR/$kernel/$1.blocks") == 8 &&
			$(grep -cP '^(3[2-9]|4[0-7])\tonline\tMovable' "$BATS_FILE_TMPDIR/$kernel/$1.blocks") == 16 ]] ||
			{ echo "$kernel: $1: $(< "$BATS_FILE_TMPDIR/$kernel/$1.blocks")"; return 1; }
	done
}

@test "the example of the page: all online, a share offline, back" {
	went page.1 0 "online 0 0"
	all_online page.1
	# 10% of 24 blocks
	went page.2 0 "offline 0 2"
	went page.3 0 "online 0 0"
	all_online page.3
}

@test "the example of the page: each block in turn" {
	local turns=() n
	for n in $(seq 16); do
		turns+=("offline 0 1" "online 0 0")
	done
	went page.4 0 "${turns[@]}"
	all_online page.4
}

# rounds NAME COUNT: that many blocks go offline in each round, and stay the same the second time
rounds() {
	local round
	for round in 1 2 3; do
		went "$1.$round" 0 "offline 0 $2" || return
		went "$1.$round.again" 0 "offline 0 $2" || return
		went "$1.$round.back" 0 "online 0 0" || return
		all_online "$1.$round.back" || return
	done
}

@test "a share in total, of the machine and of a node; again and again" {
	# 10% of 24 blocks, 25% of 16
	rounds machine 2
	rounds node 4
	each node.1 0 'len(b) >= 4' 'all(r["block"] >= 32 for r in d["blocks"])'
}

@test "a share of what can go offline, or is likely to" {
	each likely 0 'len([r for r in d["blocks"] if r["result"] == "done"]) in (1, 2)'
	went likely-back 0 "online 0 0"
	all_online likely-back
}

@test "failures that the kernel injects change nothing" {
	went injected 1 "offline 1 0"
	all_online injected
	went offline 0 "offline 0 2"
	went injected-back 1 "online 1 2"
	went back 0 "online 0 0"
	all_online back
}
