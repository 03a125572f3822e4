# SPDX-License-Identifier: GPL-2.0-or-later
#
# A signal at any moment: strace delivers it after one of the system calls that the command makes. A
# change answers with a complete document and 128+N from the first moment on; a command that changes
# nothing just ends. Signals at certain points of a change are in signals.bats. The system calls of
# sanitizers and emulators differ from run to run: only the plain program is tested.

load ../change

setup() {
	whole_machine
	trace=$BATS_TEST_TMPDIR/trace
}

# line_of PATTERN: the number of the first system call in $trace that matches
line_of() {
	grep -nm1 -e "$1" "$trace" | cut -d: -f1
}

# calls ARG…: runs memhp; its system calls are in $trace. $held is the one that holds the signals, $total
# their number.
calls() {
	with strace -qq -o "$trace" -- mem "$@"
	held=$(line_of 'rt_sigprocmask(SIG_BLOCK, ~') || fail "signals are not held"
	total=$(wc -l < "$trace")
	! head -n "$held" "$trace" | grep -e 'fcntl(0, F_GETFD)' || fail "something goes before"
}

# at N ARG…: memhp gets a SIGTERM after the Nth system call of $trace. strace counts each call for itself.
at() {
	local call nth
	call=$(sed -n "$1s/(.*//p" "$trace")
	nth=$(head -n "$1" "$trace" | grep -c "^$call(")
	with strace -qq -o "$trace.at" -e inject="$call:signal=TERM:when=$nth" -- mem "${@:2}"
}

# Polls differ in number: it may have made one call less than before.
was_late() {
	! grep -qE "^--- SIGTERM|^rt_sigtimedwait.* = 15" "$trace.at"
}

# stopped: a complete document with the exit status of the signal
stopped() {
	exits 143
	json 'd["exit_status"] == 143'
}

# moments LAST ARG…: the change is stopped at many moments up to the call LAST, and at those next to both ends
moments() {
	local last=$1 n late=0
	shift
	for n in $(seq $((held + 1)) $(((last - held) / 12 + 1)) "$last") $((held + 2)) $((last - 1)); do
		at "$n" "$@"
		if was_late; then ((++late)); else stopped; fi
		restore
	done
	((late < 5)) || fail "only seldom in time"
}

restore() {
	:
}

@test "offline: at any moment" {
	is_plain || return 0
	restore() {
		mem online 14-15
		exits 0
	}
	calls offline -J 256M
	restore
	moments "$(line_of 'rt_sigprocmask(SIG_UNBLOCK')" offline -J 256M
	# once the document has been written the signal is too late
	at "$(line_of '^write(1, ')" offline -J 256M
	exits 0
	json 'd["exit_status"] == 0'
}

@test "probe, policy: at any moment before the first write" {
	is_plain || return 0
	restore() {
		rm -rf "$root/sys/devices/system/memory/memory40"
	}
	calls probe --yes --force -J 0x140000000
	restore
	moments "$(line_of '^\(clone3\|clone\|fork\|vfork\)(')" probe --yes --force -J 0x140000000
	restore() {
		echo 301 > "$root/sys/module/memory_hotplug/parameters/auto_movable_ratio"
	}
	calls policy -J auto_movable_ratio=5
	restore
	moments "$(line_of '^write([0-9]*, "5')" policy -J auto_movable_ratio=5
	calls policy -J --save auto_movable_ratio=5
	moments "$(line_of 'flock(')" policy -J --save auto_movable_ratio=5
	not_validated
}

@test "what changes nothing ends by a signal at any moment, and so does one that was held" {
	is_plain || return 0
	local words n
	for words in list ratio policy "offline --dry-run 15" "probe --dry-run 0x140000000" "online --help" "offline x" bogus; do
		judged=no calls $words
		for n in $((held + 1)) $(((held + total) / 2)); do
			judged=no at "$n" $words
			exits 143
			[[ -z $out ]] || fail "a report"
		done
	done
}
