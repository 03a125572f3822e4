# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp at the limits of a process, on real kernels: no child can be started, few file descriptors,
# signals that come together during a roll back, signals that would end it with dynamic debug enabled.
# One boot per kernel; each test reads its part of the results. A seed in MEMHP_SEED repeats the moments
# of the signals.

load live
load documents

setup_file() {
	local seed=${MEMHP_SEED:-1}
	echo "# MEMHP_SEED=$seed" >&3
	"$live/limits" plan "$seed" 300 > "$BATS_FILE_TMPDIR/strikes"
	seq 3 30 > "$BATS_FILE_TMPDIR/limits"
	story amd64-6.12
	: > "$BATS_FILE_TMPDIR/strikes"
	: > "$BATS_FILE_TMPDIR/limits"
	story amd64-6.1
}

# A DIMM in blocks 32-35. Block 0 can never go offline, so that a request with it is rolled back.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -k "$1" -a memhp_default_state=offline -m "notifier-error-inject memory-notifier-error-inject" \
		-f "$live/put.c" -f "$live/strike.c" -f "$BATS_FILE_TMPDIR/strikes=/strikes" \
		-f "$BATS_FILE_TMPDIR/limits=/limits" -o "$sent" - \
		-m 1G,slots=2,maxmem=8G -object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1 \
		> "$sent.log" 2>&1 <<-'END' || echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
		in_state() { grep -qx "$2" "$memory/memory$1/state"; }
		inject() { echo "$1" > /sys/kernel/debug/notifier-error-inject/memory/actions/MEM_GOING_OFFLINE/error; }
		encoded() { base64 -w0 < "/run/$1"; }
		wait_for 20 test -e $memory/memory35/valid_zones && state online_movable 32 33 34 35 || exit 1

		# As many processes as the shell is one of.
		mkdir /run/cgroup && mount -t cgroup2 cgroup /run/cgroup && echo +pids > /run/cgroup/cgroup.subtree_control &&
			mkdir /run/cgroup/full && echo 1 > /run/cgroup/full/pids.max || exit 1
		run full sh -c 'echo $$ > /run/cgroup/full/cgroup.procs; exec memhp offline -J 32-33'
		run full-online sh -c 'echo $$ > /run/cgroup/full/cgroup.procs; exec memhp offline -J --all-or-nothing 32-33'
		cat $memory/memory3[23]/state > /run/full-states
		send full-states < /run/full-states

		for limit in $(cat /limits); do
			(ulimit -n $limit && exec memhp offline -J 33) > /run/document 2> /run/errors
			status=$?
			read -r now_state < $memory/memory33/state
			[ "$now_state" = online ] || state online_movable 33 || exit 1
			echo "{\"limit\": $limit, \"status\": $status, \"state\": \"$now_state\"," \
				"\"document\": \"$(encoded document)\", \"errors\": \"$(encoded errors)\"}" >> /run/descriptors
		done
		[ ! -e /run/descriptors ] || send descriptors < /run/descriptors

		hits=0
		while [ $hits -lt 100 ] && read -r events delay signals; do
			strike "$events" "$delay" "$signals" 6 /run/hit \
				memhp offline -J --force --all-or-nothing 0 32-34 < /dev/null > /run/document 2> /run/errors
			status=$?
			read -r hit < /run/hit
			[ "$hit" != hit ] || hits=$((hits + 1))
			states=$(for b in 32 33 34; do echo $(cat $memory/memory$b/state $memory/memory$b/valid_zones); done)
			echo "{\"events\": $events, \"delay\": $delay, \"signals\": \"$signals\", \"hit\": \"$hit\"," \
				"\"status\": $status, \"states\": \"$(echo $states)\"," \
				"\"document\": \"$(encoded document)\", \"errors\": \"$(encoded errors)\"}" >> /run/stops
			for b in 32 33 34; do
				wait_for 20 settled $b
				in_state $b online || state online_movable $b || exit 1
			done
		done < /strikes
		[ ! -e /run/stops ] || send stops < /run/stops

		# In the foreground, where the shell does not ignore SIGQUIT. The wait between two tries is endless.
		debug() { grep 'mm/memory_hotplug.c' /sys/kernel/debug/dynamic_debug/control; }
		is_debug() { [ "$(debug)" != "$before" ]; }
		reset_debug() {
			echo 'file mm/memory_hotplug.c -p' > /sys/kernel/debug/dynamic_debug/control
			echo 'func online_pages +p' > /sys/kernel/debug/dynamic_debug/control
		}
		reset_debug
		before=$(debug)
		inject -16
		# strike_debug SIGNAL: to memhp once it has enabled dynamic debug
		strike_debug() {
			wait_for 20 is_debug
			target=$(pidof memhp | tr ' ' '\n' | sort -n | head -n 1)
			kill -"$1" "$target"
			wait_for 20 test ! -e "/proc/$target/fd/0" || kill -KILL "$target"
		}
		for signal in QUIT USR1 USR2 ALRM VTALRM PROF XCPU; do
			strike_debug $signal &
			memhp offline -q --explain --interval 1h --timeout 0 33 < /dev/null > /run/document 2> /run/errors
			echo "$signal $? $(cat $memory/memory33/state) $(is_debug && echo changed || echo restored)"
			wait
			wait_for 20 in_state 33 online
			reset_debug
		done > /run/debug
		inject 0
		send debug < /run/debug
	END
}

# judged CHECK: of what the guest with 6.12 sent by that name
judged() {
	local answer
	came "$BATS_FILE_TMPDIR/amd64-6.12" || return
	answer=$("$live/limits" "$1" "$BATS_FILE_TMPDIR/amd64-6.12/$1" 2>&1) || { echo "$answer"; return 1; }
	echo "# $answer" >&3
}

@test "a full cgroup of processes: no-child at once, nothing changed" {
	each full 1 'len(b) == 2' 'all(r["result"] == "failed" and r["reason"] == "no-child" for r in d["blocks"])' \
		'all(r["error"] == "EAGAIN" and r["elapsed_ms"] < 5000 and r["hint"] for r in d["blocks"])' \
		'all(r["zone"] == "Movable" for r in d["blocks"])'
	each full-online 1 'b[33]["reason"] == "no-child"' 'd["summary"]["changed"] == 0'
	says full-states $'online\nonline'
}

@test "6.12: few file descriptors: a success, or a clean error at once" {
	judged descriptors
}

@test "6.12: two signals at once do not cut a roll back short, at 100 moments" {
	judged stops
}

@test "signals that would end memhp leave dynamic debug as it was" {
	says debug "$(for signal in QUIT USR1 USR2 ALRM VTALRM PROF XCPU; do
		echo "$signal $((128 + $(kill -l $signal))) online restored"
	done)"
}
