# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp online and offline beside a real udevd: a rule that undoes a change is reported at the first
# try, and the wait for udev ends whatever udev does. One boot per kernel; each test reads its part of
# the results. Limits are either too long to be reached or too short to be kept, however slow a guest
# is.

load live
load documents

kernels+=(amd64-backports)

setup_file() {
	stories
}

# how often a block goes offline that a rule brings back
rounds_of() {
	[[ $1 == amd64-6.12 ]] && echo 50 || echo 10
}

# story KERNEL. Node 1's only memory is a DIMM (blocks 32-39), so that nothing else uses it.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	{ echo "rounds=$(rounds_of "$1")"; cat; } > "$sent.script" <<-'END'
		. /udev.sh

		# to STATE NUMBER…: blocks, whatever a command has made of them
		to() {
			word=$1
			shift
			for b; do
				wait_for 20 is_put || die "block $b is $(cat "$memory/memory$b/state"), not $word: $(cat /run/put)"
			done
		}
		# A page that is in use just now makes it fail.
		is_put() {
			put "$word" "$memory/memory$b/state" > /run/put
			grep -qx "${word%_movable}" "$memory/memory$b/state"
		}
		die() {
			echo "$*"
			exit 1
		}

		# often NAME TIMES COMMAND…: all its documents, messages and statuses
		often() {
			name=$1 left=$2
			shift 2
			while [ $((left -= 1)) -ge 0 ]; do
				"$@" >> "/run/$name" 2>> "/run/$name.err"
				echo $? >> "/run/$name.status"
			done
			send_kept "$name"
		}

		# clocked NAME: an idle block goes offline, 20 times
		clocked() {
			for i in $(seq 20); do
				memhp offline -J 39 >> "/run/$1" || die "block 39: $(tail -n 6 "/run/$1")"
				to online_movable 39
				[ ! -e /run/udev/control ] || udev_settle
			done
			send "$1" < "/run/$1"
		}

		# watched NAME COMMAND…: also what the kernel announced meanwhile, sorted, as NAME.events
		watched() {
			udevadm monitor --kernel --subsystem-match=memory > /run/events 2>&1 &
			monitor=$!
			wait_for 20 grep -q '^KERNEL - ' /run/events || die "no monitor"
			run "$@"
			udev_settle
			echo change > $memory/memory0/uevent
			wait_for 20 grep -q 'change.*/memory0 ' /run/events || die "no event of memory0"
			kill $monitor
			sed -n 's/^KERNEL.*\] \(o[a-z]*\) .*\/memory\([0-9]*\) .*/\2 \1/p' /run/events | sort | send "$1.events"
		}

		# held COMMAND: block 38 goes offline while a rule keeps udev busy with it; NAME.held says whether
		# udev still was when the command had ended
		held() {
			rm -f /run/free /run/held
			"$@"
			wait_for 20 test -e /run/held || die "the rule of block 38 does not run"
			pidof hold.sh > /dev/null && echo yes > /run/still || echo no > /run/still
			touch /run/free
			send "$name.held" < /run/still
			to online_movable 38
			udev_settle
		}
		cat > /hold.sh <<-'HOLD'
			#!/bin/busybox sh
			PATH=/bin
			touch /run/held
			until [ -e /run/free ]; do
				sleep 0.2
			done
		HOLD
		# terminated NAME COMMAND…: once it waits for udev
		terminated() {
			name=$1
			shift
			"$@" > "/run/$name" 2> "/run/$name.err" &
			waiter=$!
			wait_for 20 test -e /run/held || die "the rule of block 38 does not run"
			sleep 1
			kill -TERM $waiter
			wait $waiter
			echo $? > "/run/$name.status"
			send_kept "$name"
		}
		# udevd kills it after 180 s
		cat > /nested.sh <<-'NESTED'
			#!/bin/busybox sh
			PATH=/bin
			for block in 38 37; do
				memhp offline -J --settle=500s $block > /run/nested-$block 2> /run/nested-$block.err
				echo $? > /run/nested-$block.status
			done
			touch /run/nested
		NESTED
		chmod +x /hold.sh /nested.sh

		wait_for 20 test -L $memory/memory39/node1 || die "no DIMM"
		to online_movable 32 33 34 35 36 37 38 39
		run no-udev timeout -s KILL 400 memhp offline -J --settle=500s 37
		to online_movable 37
		[ $rounds = 10 ] || clocked without
		udev_start || die "no udev"
		[ $rounds = 10 ] || clocked with

		udev_obey 'SUBSYSTEM=="memory", KERNEL=="memory36", ATTR{state}=="offline", ATTR{state}="online_movable"'
		often offline $rounds memhp offline -J --settle=500s 36
		busy=
		for i in 1 2 3 4; do
			while :; do :; done &
			busy="$busy $!"
		done
		often offline-busy $((rounds * 2 / 5)) memhp offline -J --settle=500s 36
		kill $busy
		run partly memhp offline -J --settle=500s 36-37
		to online_movable 37
		watched offline-all memhp offline -J --settle=500s --all-or-nothing 36-37

		udev_obey
		to offline 36 37
		udev_obey 'SUBSYSTEM=="memory", KERNEL=="memory37", ACTION=="online", ATTR{state}="offline"'
		often online 10 memhp online -J -z movable --settle=500s 37
		watched online-all memhp online -J -z movable --settle=500s --all-or-nothing 36-37
		udev_obey
		to online_movable 36 37
		udev_obey 'SUBSYSTEM=="memory", KERNEL=="memory37", ACTION=="online", ATTR{state}="offline"'
		watched back-again memhp offline -J --force --settle=500s --all-or-nothing 0 37

		udev_obey 'SUBSYSTEM=="memory", KERNEL=="memory38", ACTION=="offline", RUN+="/hold.sh"'
		held run slow memhp offline -J --settle=1s 38
		held run off memhp offline -J --settle=0 38
		# A slow guest needs some time for the block.
		[ $rounds = 10 ] || held run deadline memhp offline -J --settle=500s --deadline=15s 38
		held terminated term memhp offline -J --settle=500s 38

		udev_obey 'SUBSYSTEM=="memory", KERNEL=="memory38", ACTION=="change", RUN+="/nested.sh"'
		to online_movable 37
		udevadm trigger --action=change $memory/memory38
		wait_for 60 test -e /run/nested || die "the rule of the change does not run"
		send_kept nested-38
		send_kept nested-37
		udev_obey
		to online_movable 37 38

		while [ ! -e /run/calm ]; do
			udevadm trigger --action=add
		done &
		coldplug=$!
		run coldplug timeout -s KILL 400 memhp offline -J --settle=2s 37
		touch /run/calm
		wait $coldplug
		udev_settle

		run own-network timeout -s KILL 400 unshare -n memhp offline -J --settle=1s 36
		run own-user timeout -s KILL 400 unshare -n -U -r memhp offline -J --settle=500s 38
		udev_settle
		udev_die && [ -e /run/udev/control ] || die "udev is not dead"
		run silent timeout -s KILL 400 memhp offline -J --settle=1s 39
	END
	guest -p -k "$1" -a memhp_default_state=offline -f "$("$live/udev")" -f "$live/guest-udev=/udev.sh" -f "$live/put.c" \
		-o "$sent" "$sent.script" -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
		-object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1,node=1 > "$sent.log" 2>&1 ||
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# always NAME TIMES STATUS EXPRESSION…: each time; TIMES may use the rounds of a kernel
always() {
	local kernel times rounds
	for kernel in "${kernels[@]}"; do
		came "$BATS_FILE_TMPDIR/$kernel" || return
		rounds=$(rounds_of "$kernel")
		times=$(($2))
		cd "$BATS_FILE_TMPDIR/$kernel" || return
		[[ $(uniq -c "$1.status") =~ ^\ *$times\ $3$ ]] || { echo "$kernel: $1: $(uniq -c "$1.status")"; return 1; }
		[[ $(grep -c '"format_version"' "$1") == "$times" ]] || { echo "$kernel: $1: $(< "$1")"; return 1; }
		document "$1" "${@:4}" || { echo "$kernel: $1"; return 1; }
	done
}

# result, reason, bytes, settled
raced='["failed", "raced", 0, True]'
@test "a rule brings a block online again: raced at the first try, idle and under load" {
	local undone='[b[36]["result"], b[36]["reason"], d["summary"]["changed"], d["settled"]] == '$raced
	always offline rounds 1 "$undone" 'b[36]["zone"] == "Movable"'
	always offline-busy 'rounds * 2 / 5' 1 "$undone" 'b[36]["zone"] == "Movable"'
	each partly 64 'b[36]["result"] == "failed" and b[36]["reason"] == "raced" and b[37]["result"] == "done"' \
		'd["summary"]["changed"] == 128 << 20 and d["settled"]'
}

@test "a rule takes a block offline again: raced at the first try" {
	always online 10 1 '[b[37]["result"], b[37]["reason"], d["summary"]["changed"], d["settled"]] == '"$raced" \
		'b[37]["zone"] is None'
}

@test "--all-or-nothing: rolled back once, without a fight" {
	each offline-all 1 'b[36]["reason"] == "raced" and b[37]["result"] == "rolled-back" and b[37]["zone"] == "Movable"' \
		'd["summary"]["changed"] == 0 and d["settled"]'
	says offline-all.events $'36 offline\n36 online\n37 offline\n37 online'
	each online-all 1 'b[37]["reason"] == "raced" and b[36]["result"] == "rolled-back" and b[36]["zone"] is None' \
		'd["summary"]["changed"] == 0 and d["settled"]'
	says online-all.events $'36 offline\n36 online\n37 offline\n37 online'
}

@test "a rule undoes the rollback: the block is reported as changed, without a fight" {
	each back-again 64 'b[0]["reason"] == "several-zones" and b[37]["result"] == "done" and b[37]["reason"] == "raced"' \
		'd["summary"]["changed"] == 128 << 20 and d["settled"]'
	says back-again.events $'37 offline\n37 offline\n37 online'
}

@test "udev does not finish: the wait ends with --settle, and that is said" {
	each slow 0 'b[38]["result"] == "done" and d["settled"] is False'
	says slow.held yes
	errs slow "$(text udev-not-finished)"
}

@test "--settle=0: no wait" {
	each off 0 'b[38]["result"] == "done" and d["settled"] is None'
	says off.held yes
	says off.err ''
}

@test "the deadline and SIGTERM end the wait" {
	local kernels=(amd64-6.12)
	each deadline 0 'b[38]["result"] == "done" and d["settled"] is False'
	says deadline.held yes
	errs deadline "$(text udev-not-finished)"
	kernels=(amd64-6.1 amd64-6.12 amd64-backports)
	each term 143 'b[38]["result"] == "done" and d["settled"] is False'
	says term.held yes
}

@test "a program that udev runs does not wait for udev" {
	each nested-38 0 'b[38]["result"] == "done" and d["settled"] is None'
	each nested-37 0 'b[37]["result"] == "done" and d["settled"] is None'
}

@test "coldplug at the same time: the wait ends" {
	each coldplug 0 'b[37]["result"] == "done" and d["settled"] in (True, False)'
}

@test "udev's events do not arrive: the wait ends; the kernel's do not either, or there is no udev: no wait" {
	each silent 0 'b[39]["result"] == "done" and d["settled"] is False'
	errs silent "$(text udev-not-finished)"
	each own-network 0 'b[36]["result"] == "done" and d["settled"] is False'
	each own-user 0 'b[38]["result"] == "done" and d["settled"] is None'
	each no-udev 0 'b[37]["result"] == "done" and d["settled"] is None'
}

# median NAME: of what the commands took, in ms
median() {
	sed -n 's/.*"elapsed_ms": \([0-9]*\) }.*/\1/p' "$BATS_FILE_TMPDIR/amd64-6.12/$1" | sort -n | sed -n 10p
}

@test "how long udev is waited for" {
	echo "# offline an idle block: median $(median with) ms with udev, $(median without) ms without" >&3
	[[ -n $(median with) && -n $(median without) ]]
}
