# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp online and offline on real kernels: zones, amounts, refusals of the kernel and their reasons,
# injected errors, a page that is never released. One boot per kernel runs everything; each test reads
# its part of the results.

load live
load documents

setup_file() {
	stories
}

# Node 1's only memory is a DIMM (blocks 32-39), so that its pages can be filled on purpose.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -k "$1" -a memhp_default_state=offline -m "notifier-error-inject memory-notifier-error-inject" \
		-f "$live/put.c" -f "$live/pin.c" -o "$sent" - -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
		-object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1,node=1 > "$sent.log" 2>&1 <<-'END' ||
		in_state() { grep -qx "$2" "$memory/memory$1/state"; }
		# writers: how many processes write to a block's state
		writers() { ls -l /proc/[0-9]*/fd 2> /dev/null | grep -c '/memory[0-9]*/state$'; }
		inject() { echo "$2" > /sys/kernel/debug/notifier-error-inject/memory/actions/$1/error; }
		wait_for 20 test -L $memory/memory39/node1 || exit 1

		syslogd -O /run/messages && wait_for 20 test -S /dev/log || exit 1
		run auto memhp online -J 39
		run movable memhp online -J -z movable 32-38
		run movable-again memhp online -J -z movable 32-38
		run kernel memhp offline -J 39
		run kernel-online memhp online -J -z kernel 39
		run offline-again memhp offline -J 39
		run offline-twice memhp offline -J 39
		run amount memhp offline -J 256M --node 1
		run amount-back memhp online -J -z movable 256M --node 1
		run several memhp offline -J 0
		wait_for 20 grep -q 'offline -J 0' /run/messages
		grep 'memhp' /run/messages > /run/logged
		send logged < /run/logged
		run third memhp offline -J --force --all-or-nothing 0 37-38

		for error in -12 -16 -1 -11; do
			inject MEM_GOING_OFFLINE $error
			run "inject-offline$error" memhp offline -J --retries 1 --interval 50ms 33
			inject MEM_GOING_OFFLINE 0
			inject MEM_GOING_ONLINE $error
			run "inject-online$error" memhp online -J --retries 1 --interval 50ms 39
			inject MEM_GOING_ONLINE 0
		done
		inject MEM_GOING_OFFLINE -16
		injected() { [ "$(dmesg | grep -c 'Injecting error (-16)')" -gt "$1" ]; }
		before=$(dmesg | grep -c 'Injecting error (-16)')
		(wait_for 20 injected $before; inject MEM_GOING_OFFLINE 0) &
		run goes-away memhp offline -J --retries 5 --interval 500ms 33
		run goes-away-back memhp online -J -z movable 33

		memhp offline 38-39 > /dev/null 2>&1
		pin 700 1 > /run/pinned &
		pinner=$!
		wait_for 90 test -s /run/pinned || exit 1
		run hang memhp offline -J --force --timeout 3s 33
		cat $memory/memory33/state > /run/hang-state
		send hang-state < /run/hang-state
		run nothing-half memhp offline -J --force --all-or-nothing --timeout 2s 34 33

		# in the foreground, where the shell does not ignore SIGINT
		(wait_for 20 in_state 33 going-offline && kill -INT "$(pidof memhp | tr ' ' '\n' | sort -n | head -n 1)") &
		run int memhp offline -J --force 33

		memhp offline -J --force 33 > /run/term 2> /dev/null &
		writer=$!
		wait_for 20 in_state 33 going-offline || exit 1
		kill -TERM $writer
		wait $writer
		echo $? > /run/term-status
		send term < /run/term
		send term-status < /run/term-status

		memhp offline --force 33 > /dev/null 2>&1 &
		writer=$!
		wait_for 20 in_state 33 going-offline || exit 1
		kill -KILL $writer
		no_writer() { [ "$(writers)" = 0 ]; }
		wait_for 20 in_state 33 online && { wait_for 1 no_writer; writers > /run/left; }
		send left < /run/left

		memhp offline -J --force --timeout 3s 33 > /run/suspended 2> /run/suspended.err &
		writer=$!
		wait_for 20 in_state 33 going-offline || exit 1
		kill -STOP $writer
		wait_for 20 in_state 33 online && echo ended > /run/stopped
		kill -CONT $writer
		wait $writer
		echo $? > /run/suspended.status
		send_kept suspended
		send stopped < /run/stopped

		put offline $memory/memory33/state > /dev/null &
		foreign=$!
		wait_for 20 in_state 33 going-offline || exit 1
		run behind memhp offline -J --force --timeout 2s 35
		kill -KILL $foreign
		wait_for 20 in_state 33 online || exit 1

		kill -KILL $pinner
		wait_for 20 test ! -e /proc/$pinner/fd
		run released memhp offline -J 33
		memhp online -z kernel 39 > /dev/null || exit 1
		# page tables follow the policy of their process, and cannot be moved
		pin 200 1 > /run/tables &
		pinner=$!
		wait_for 60 test -s /run/tables || exit 1
		run unmovable memhp offline -J --retries 1 --interval 100ms --explain 39
		grep 'mm/memory_hotplug.c' /proc/dynamic_debug/control | grep -c '=p' > /run/debug
		send debug < /run/debug
		kill -KILL $pinner
		wait_for 20 test ! -e /proc/$pinner/fd
		run lists memhp list -J
	END
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

@test "online auto, kernel and movable: the requested zone; the second time it is already online" {
	each auto 0 'b[39]["result"] == "done" and b[39]["zone"] == "Normal"'
	each movable 0 'all(r["zone"] == "Movable" and r["result"] == "done" for r in d["blocks"])' 'len(b) == 7'
	each movable-again 0 'all(r["result"] == "already" for r in d["blocks"])'
	each kernel-online 0 'b[39]["zone"] == "Normal"'
}

@test "every change writes one line to the system log: who, which request, blocks, result" {
	local kernel log
	for kernel in amd64-6.1 amd64-6.12; do
		log=$BATS_FILE_TMPDIR/$kernel/logged
		[[ $(grep -c ": $(text logged 39 0 "[^']*online -J 39")$" "$log") == 1 ]] || { cat "$log" && return 1; }
		[[ $(grep -c ": $(text logged none 1 "[^']*offline -J 0")$" "$log") == 1 ]] || { cat "$log" && return 1; }
		[[ $(grep -c "256M" "$log") == 2 ]] || { cat "$log" && return 1; }
	done
}

@test "offline, offline again, by amount and back" {
	each kernel 0 'b[39]["result"] == "done" and b[39]["zone_before"] == "Normal"'
	each offline-again 0 'b[39]["result"] == "done"'
	each offline-twice 0 'b[39]["result"] == "already" and b[39]["attempts"] == 0'
	each amount 0 'list(b) == [38, 37]' 'd["summary"]["changed"] == 256 << 20'
	each amount-back 0 'list(b) == [37, 38]' 'all(r["zone"] == "Movable" for r in d["blocks"])'
}

@test "several zones, and a kernel zone with page tables; dynamic debug is off again" {
	each several 1 'b[0]["reason"] == "several-zones" and b[0]["error"] == "EINVAL"'
	each unmovable 1 'b[39]["reason"] == "unmovable-pages" and b[39]["error"] == "EBUSY" and b[39]["attempts"] == 2' \
		'"failed due to failure to isolate range" in b[39]["kernel_log"]'
	says debug 0
}

@test "injected errors: errno, reason, attempts; one that disappears" {
	local name
	for name in offline online; do
		each "inject-$name-12" 1 'all(r["error"] == "ENOMEM" and r["reason"] == "notifier" and r["attempts"] == 2 for r in d["blocks"])'
		each "inject-$name-16" 1 'all(r["error"] == "EBUSY" and r["reason"] == "notifier" and r["attempts"] == 2 for r in d["blocks"])'
		each "inject-$name-1" 1 'all(r["error"] == "EPERM" and r["reason"] == "notifier" and r["attempts"] == 1 for r in d["blocks"])'
		each "inject-$name-11" 1 'all(r["error"] == "EAGAIN" and r["reason"] == "notifier" and r["attempts"] == 2 for r in d["blocks"])'
	done
	each goes-away 0 'b[33]["result"] == "done" and b[33]["attempts"] > 1'
	each goes-away-back 0 'b[33]["zone"] == "Movable"'
}

@test "a pinned page: the timeout, migration-failing, the block is online afterwards" {
	each hang 124 'b[33]["result"] == "timeout" and b[33]["reason"] == "migration-failing"' \
		'2900 <= b[33]["elapsed_ms"]'
	says hang-state online
	each nothing-half 124 'b[33]["result"] == "timeout" or b[34]["result"] == "timeout"' \
		'd["summary"]["changed"] == 0'
}

@test "--all-or-nothing: the third of three blocks cannot go offline, the others are rolled back" {
	each third 1 '[r["block"] for r in d["blocks"]] == [38, 37, 0]' 'b[0]["reason"] == "several-zones"' \
		'all(b[i]["result"] == "rolled-back" and b[i]["zone"] == "Movable" for i in (37, 38))' \
		'd["summary"]["changed"] == 0'
}

@test "SIGINT stops cleanly, with a report" {
	each int 130 'b[33]["result"] == "interrupted" and b[33]["attempts"] == 1'
}

@test "SIGTERM stops cleanly, SIGKILL leaves no writer behind, SIGSTOP does not suspend the timeout" {
	says term-status 143
	says left 0
	says stopped ended
	each suspended 124 'b[33]["result"] == "timeout" and b[33]["reason"] == "migration-failing"' 'b[33]["error"] == "EINTR"'
}

@test "the timeout ends the wait for another writer's lock; when the page is released, it succeeds" {
	each behind 124 'b[35]["result"] == "timeout" and b[35]["reason"] == "lock-held"'
	each released 0 'b[33]["result"] == "done"'
}
