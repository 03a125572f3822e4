# SPDX-License-Identifier: GPL-2.0-or-later
#
# A child of memhp that SIGKILL does not end, on real kernels: memhp and the readers of its output end
# all the same, and its writer is named. One boot per kernel; each test reads its part of the results.

load live
load documents

kernels=(amd64-6.12 amd64-backports)

setup_file() {
	stories
}

# A DIMM in blocks 32-35.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -k "$1" -a memhp_default_state=offline -f "$live/put.c" -f "$live/hog.c" -o "$sent" - \
		-m 1G,slots=2,maxmem=8G -object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1 \
		> "$sent.log" 2>&1 <<-'END' || echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
		fail() {
			echo "$*"
			exit 1
		}
		in_state() { grep -qx "$2" "$memory/memory$1/state"; }
		# The processor is taken when this returns.
		take() {
			: > /run/hog
			hog 1 > /run/hog &
			hog=$!
			wait_for 20 test -s /run/hog
		}
		# Whoever takes memory offline waits for the processors that hold pages back. One is kept busy, and
		# SIGKILL does not end the wait. All else is kept away from that processor.
		stall() {
			taskset -p 1 $$ > /dev/null
			echo 1 > /sys/devices/virtual/workqueue/cpumask
			[ ! -e /sys/kernel/debug/sched/fair_server ] || echo 0 > /sys/kernel/debug/sched/fair_server/cpu1/runtime
			echo -1 > /proc/sys/kernel/sched_rt_runtime_us
			take
			(sleep 300; kill -KILL $hog) 2> /dev/null &
			guard=$!
		}
		writer_of() { pidof memhp | tr ' ' '\n' | sort -n | tail -n 1; }
		is_stuck() { grep -q '^State:.D' "/proc/$1/status" && echo yes || echo no; }
		free() { wait_for 30 test ! -e "/proc/$1/fd/0"; }

		wait_for 20 test -e $memory/memory35/valid_zones && state online_movable 32 33 34 35 || fail "no blocks"
		stall
		# As in out=$(memhp ...): what it waits for is the end of its output.
		(memhp offline -J -t 2s 34 2> /run/stuck.err; echo $? > /run/stuck.status) | cat > /run/stuck &
		reader=$!
		wait_for 20 in_state 34 going-offline || fail "block 34 is $(cat "$memory/memory34/state")"
		writer=$(writer_of)
		ls -l "/proc/$writer/fd" | sed -n 's/.* \([0-9]* -> .*\)/\1/p' > /run/descriptors-of-writer
		wait $reader
		is_stuck "$writer" > /run/still
		[ "$(cat /run/still)" = yes ] || fail "memhp or its reader waited for the writer"
		send_kept stuck
		send still < /run/still
		send descriptors-of-writer < /run/descriptors-of-writer
		echo "$writer" > /run/writer
		send writer < /run/writer
		send lock < /run/memhp.lock
		run next memhp offline -J -t 2s 33
		kill -KILL $hog
		free "$writer" || fail "writer $writer does not end"
		run after memhp offline -J 34

		# The same with SIGTERM in place of the timeout.
		take
		memhp offline -J 33 > /run/term 2> /run/term.err &
		runner=$!
		wait_for 20 in_state 33 going-offline || fail "block 33 is $(cat "$memory/memory33/state")"
		writer=$(writer_of)
		kill -TERM $runner
		wait $runner
		echo $? > /run/term.status
		is_stuck "$writer" > /run/term-still
		send_kept term
		send term-still < /run/term-still
		kill -KILL $hog $guard
		free "$writer" || fail "writer $writer does not end"
		run end memhp offline -J 33
	END
}

@test "a writer that SIGKILL does not end: the command and its readers end, unsettled, and the writer is named" {
	local kernel writer
	says still yes
	each stuck 64 'b[34]["result"] == "unsettled"'
	for kernel in "${kernels[@]}"; do
		cd "$BATS_FILE_TMPDIR/$kernel" || return
		writer=$(< writer)
		grep -qw "$writer" lock || { echo "$kernel: the lock file: $(< lock)"; return 1; }
		grep -qw "$writer" next.err || { echo "$kernel: the next memhp: $(< next.err)"; return 1; }
		! grep -qw "$writer" after.err || { echo "$kernel: after its end: $(< after.err)"; return 1; }
	done
	each next 124 'b[33]["result"] == "timeout" and b[33]["reason"] == "lock-held"'
	each after 0 'b[34]["result"] == "done"'
}

@test "SIGTERM while the writer is stuck: the report, unsettled, 143" {
	says term-still yes
	each term 143 'b[33]["result"] == "unsettled"' 'd["exit_status"] == 143'
	each end 0 'b[33]["result"] in ("done", "already")'
}

@test "the writer has /dev/null and its own two descriptors" {
	local kernel
	for kernel in "${kernels[@]}"; do
		cat "$BATS_FILE_TMPDIR/$kernel/descriptors-of-writer"
		awk '$1 < 3 && $3 == "/dev/null" { null++ } $1 > 2 { own++ } END { exit null != 3 || own > 3 }' \
			"$BATS_FILE_TMPDIR/$kernel/descriptors-of-writer"
	done
}
