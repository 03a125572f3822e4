# SPDX-License-Identifier: GPL-2.0-or-later
#
# What online and offline share: dry runs, retries, timeouts, rolling back, waiting for another memhp,
# progress and exit statuses. online.bats and offline.bats test which blocks are changed, and why some
# are not; signals.bats tests signals, plan.bats the rows of a plan and the lines about failures.

load ../change

setup() {
	machine < /dev/null
}

# elapsed FROM: the time in the last document is at least FROM milliseconds, and at most what a busy
# machine adds to that; without its timeout the run would take much longer
elapsed() {
	json "$1 <= sums['elapsed_ms'] < $1 + 15000"
}

# pauses "MILLISECONDS…": the waits of the traced run before its retries; the rest of a wait that ended
# early does not count
pauses() {
	local seen
	seen=$(sed -n 's/.*poll(\[{fd=[^]]*}\], 1, \([0-9]\{2,\}\)) .*/\1/p' "$trace" | paste -sd ' ')
	[[ $seen == "$1" ]] || fail "other pauses: $seen"
}

@test "--dry-run writes nothing and opens no file for writing" {
	local before words
	rmdir "$root/run"
	before=$(tree)
	while read -ra words; do
		traced file,write,pwrite64 mem "${words[@]}" --dry-run
		exits 0
		[[ -n $out ]] || fail "no plan"
		! grep -E "open.*(O_WRONLY|O_RDWR|O_CREAT)|mkdir|unlink|rename|symlink|linkat" "$trace" |
			grep -vE 'ENOENT|/dev/null' || fail "it opens something for writing"
		! grep -qE 'memory[0-9]+/online"' "$trace" || fail "online is opened"
	done << 'END'
offline 8-15
offline 256M -J
offline 1G --all-or-nothing --explain -v
offline --force all -J
online 16-23 -z movable --explain
online 256M -J --total 8-23
online all --state offline
online 8
END
	[[ $(tree) == "$before" ]] || fail "the tree changed"
	mem offline --dry-run 14-16
	exits 0
	out_says would-try "2 blocks" 256M "2 likely"
}

@test "the last line, -v, -q, failures on stderr" {
	faults "memory14 EPERM"
	mem offline 13-16
	exits 64
	one_message
	out_is <<< "$(text offlined "2 blocks" 256M "13, 15")"
	mem online -v 13 15
	exits 0
	err_is ""
	[[ $out =~ ^$(text block-zone 13 "done" Movable "1 attempt" "[0-9]+")$'\n'$(text block-zone 15 "done" Movable "1 attempt" "[0-9]+")$'\n' ]] ||
		fail "not one line per block"
	[[ $out == *$'\n'"$(text onlined "2 blocks" 256M "13, 15")" && $(wc -l <<< "$out") == 3 ]] || fail "another last line"
	mem offline -q 13-14
	exits 64
	one_message
	err_has "block 14"
	[[ -z $out ]] || fail "not quiet"
	mem offline -q 8
	exits 0
	[[ -z $out$err ]] || fail "not quiet"
	mem offline 12-14 -Jv
	[[ $out == "{"* ]] || fail "not only a document"
}

@test "retries, with an interval that doubles" {
	faults "memory15 EBUSY x3" "memory14 EAGAIN x2" "memory14 EBUSY x1"
	traced poll mem offline 15 --interval 100ms -J
	exits 0
	json 'b[15]["attempts"] == 4 and b[15]["result"] == "done" and b[15]["errno"] is None and b[15]["reason"] is None'
	elapsed 700
	pauses "100 200 400"
	traced poll mem offline 14 --interval 50ms --retries 2 -J
	exits 1
	json 'b[14]["attempts"] == 3 and b[14]["error"] == "EBUSY"'
	elapsed 150
	pauses "50 100"
	faults "memory14 ENOMEM x1"
	mem offline 14 --retries 0 -J
	exits 1
	json 'b[14]["attempts"] == 1'
	faults "memory14 EINTR x1"
	mem offline 14 --interval 1ms -J
	exits 0
	json 'b[14]["attempts"] == 2'
	faults "memory13 EPERM" "memory12 EINVAL"
	mem offline 12-13 --interval 1ms -J
	exits 1
	json 'column("attempts") == [1, 1]'
}

@test "--timeout bounds all retries of a block, and each block anew" {
	faults "memory15 EBUSY" "memory14 EBUSY"
	mem offline 14-15 --retries 100000 --interval 100ms -t 2s -J
	[[ $status == 1 || $status == 124 ]] || fail "exit status"
	json 'all(1200 <= row["elapsed_ms"] < 15000 and row["attempts"] >= 3 for row in rows)'
	elapsed 2400
	faults "memory15 EBUSY x1" "memory15 hang"
	mem offline 15 --interval 100ms -t 3s -J
	exits 124
	json 'b[15]["attempts"] == 2 and b[15]["result"] == "timeout" and b[15]["reason"] == "migration-failing"'
	elapsed 3000
}

@test "--deadline bounds the whole command: the rest is skipped" {
	faults memory{8..15}" delay 1s"
	mem offline 8-15 --deadline 3s -J
	exits 64
	json 'column("result")[0] == "done"' 'column("result")[-1] == "skipped"' 'b[8]["attempts"] == 0' \
		'any(r in ("timeout", "skipped") for r in column("result")[2:])' 'sums["requested"] == 1024 * M'
	elapsed 3000
	nothing_left
}

@test "--deadline: blocks that are already online need no time" {
	faults "memory16 delay 3s"
	mem online 17 28
	mem online 16-17 28 --deadline 1s -J
	exits 0
	json 'column("result") == ["done", "already", "already"]'
}

@test "--deadline and the reported time include the wait for another memhp" {
	faults "memory15 hang"
	exec 9> "$root/run/memhp.lock"
	flock 9
	start offline 15 --deadline 5s -J 9>&-
	within 10 grep -qxF "memhp: offline: $(text waiting "")" "$err_file" || fail "it does not wait"
	sleep 2.5
	exec 9>&-
	finish
	exits 124
	json 'b[15]["result"] == "timeout" and b[15]["elapsed_ms"] < 5000' 'b[15]["elapsed_ms"] <= sums["elapsed_ms"] - 2500'
	elapsed 5000
	nothing_left
}

@test "--timeout 0 with --deadline, and a deadline shorter than the timeout" {
	faults "memory15 hang"
	mem offline 14-15 --timeout 0 --deadline 2s -J
	exits 124
	json 'b[15]["result"] == "timeout"' 'b[14]["result"] == "skipped"'
	elapsed 2000
	mem offline 14-15 --timeout 30s --deadline 2s
	exits 124
	err_has "block 15"
	faults "memory15 EPERM" "memory14 hang"
	mem offline 13-15 --deadline 2s
	exits 1
	faults "memory15 delay 1s"
	mem offline 15 --timeout 0 --deadline 0
	exits 0
}

@test "durations and numbers: invalid ones, overflows, and the longest" {
	local word
	local option problem
	while read -r problem word; do
		for option in --timeout --deadline --interval; do
			mem offline 15 "$option" "$word"
			is_usage_error "$(text "$problem" "$option" "$word")" offline
		done
	done << 'END'
too-long 99999999999999999999
too-long 18446744073709551615m
too-long 18446744073709551615s
too-long 9223372036854775808ms
not-a-duration -1
unknown-unit 1.5s
unknown-unit 5d
unknown-unit 5 s
not-a-duration
not-a-duration s
unknown-unit 0x10
not-a-duration +3
unknown-unit 1m30s
END
	for word in -1 1.5 many "" 99999999999999999999; do
		mem offline 15 --retries "$word"
		is_usage_error "$(text not-retries "$word")" offline
	done
	for word in never, always ""; do
		mem offline 15 --progress="$word"
		is_usage_error "$(text unknown-word --progress value "$word" "auto or never")" offline
	done
	faults "memory15 EBUSY x1"
	mem offline 15 --timeout 4611686018427387s --deadline 4611686018427387903ms --interval 100ms --retries 1000000
	exits 0
	mem online 15 --timeout 2m --deadline 1h --interval 0
	exits 0
}

@test "--all-or-nothing rolls back in reverse order, Movable as movable, other memory as kernel" {
	local before n
	before=$(tree)
	faults "memory5 EPERM" "memory6 online log \"back 6\"" "memory7 online log \"back 7\"" \
		"memory14 online log \"back 14\"" "memory15 online log \"back 15\""
	mem offline --all-or-nothing 4-7 14-15 -J
	exits 1
	json 'column("block") == [15, 14, 7, 6, 5, 4]' 'column("result") == ["rolled-back"] * 4 + ["failed", "skipped"]' \
		'b[15]["zone"] == "Movable" and b[7]["zone"] == "Normal"' 'sums["changed"] == 0' 'b[5]["reason"] == "notifier"'
	[[ $(grep -o 'back [0-9]*' "$root/dev/kmsg" | paste -sd ' ') == "back 6 back 7 back 14 back 15" ]] ||
		fail "another order"
	faults "memory18 EBUSY"
	mem online --all-or-nothing --retries 1 --interval 10ms 16-20
	exits 1
	err_has "block 18"
	faults memory{8..14}" EBUSY"
	mem offline --all-or-nothing 512M 8-15 --retries 0 -J
	exits 1
	json 'b[15]["result"] == "rolled-back"'
	[[ $(tree | grep -v ./dev/kmsg) == "$(grep -v ./dev/kmsg <<< "$before")" ]] || fail "the tree differs"
}

@test "--all-or-nothing that succeeds, also with replacements" {
	faults "memory15 EPERM"
	mem offline --all-or-nothing 256M -J
	exits 0
	json 'column("result") == ["failed", "done", "done"]'
	mem offline --all-or-nothing 12-14
	exits 0
	blocks_are 12-14 "offline Movable Normal"
}

@test "--all-or-nothing: a block that cannot be rolled back is reported, exit 64" {
	faults "memory13 EPERM" "memory15 online EHWPOISON"
	mem offline --all-or-nothing 13-15 -J
	exits 64
	json 'b[14]["result"] == "rolled-back"' 'b[15]["result"] == "done" and b[15]["reason"] == "hwpoison"' \
		'sums["changed"] == 128 * M' 'b[15]["zone"] is None'
	blocks_are 13-14 "online Movable"
	blocks_are 15 "offline Movable Normal"
	mem offline --all-or-nothing 13-14
	exits 1
	faults "memory13 EPERM" "memory14 online EHWPOISON"
	mem offline --all-or-nothing 13-14
	exits 64
	err_has "block 14"
}

@test "--all-or-nothing: another kernel zone, a wrong zone and a race are rolled back, too" {
	local memory=$root/sys/devices/system/memory
	echo DMA32 > "$memory/memory7/valid_zones"
	faults "memory6 EPERM" "memory7 online-as Normal"
	mem offline --all-or-nothing 6-7 -J
	exits 1
	json 'b[7]["result"] == "rolled-back" and b[7]["zone_before"] == "DMA32" and b[7]["zone"] == "Normal"' \
		'b[7]["reason"] == "wrong-zone"'
	faults "memory18 online-as Normal"
	mem online --all-or-nothing -z movable 16-19 -J
	exits 1
	blocks_are 16-17 "offline Movable Normal"
	[[ $(block 18) == offline* ]] || fail "block 18 stays $(block 18)"
	faults "memory15 raced-later x1"
	mem offline --all-or-nothing 13-15 -J
	exits 1
	json 'b[15]["reason"] == "raced"'
	blocks_are 13-15 "online Movable"
}

@test "--all-or-nothing: a block in another kind of zone than before, or not rolled back, has changed" {
	faults "memory13 EPERM" "memory14 online-as Normal"
	mem offline --all-or-nothing 13-14
	exits 64
	out_is <<< "$(text in-another-zone 14)"
	err_says block-failed 14 wrong-zone
	faults "memory18 online-as Normal" "memory18 offline EBUSY"
	mem online --all-or-nothing -z movable 18 --retries=0
	exits 64
	out_is <<< "$(text onlined "1 block" 128M 18)"
	blocks_are 18-18 "online Normal"
}

@test "--all-or-nothing and timeouts: 124, and rolling back has timeouts of its own" {
	faults "memory13 hang"
	mem offline --all-or-nothing 13-15 -t 2s -J
	exits 124
	json 'column("result") == ["rolled-back", "rolled-back", "timeout"]'
	mem offline --all-or-nothing 12-15 --deadline 3s -J
	exits 124
	json 'column("result") == ["rolled-back", "rolled-back", "timeout", "skipped"]'
	blocks_are 12-15 "online Movable"
	# taking it offline again does not end
	faults "memory18 EPERM" "memory17 offline hang"
	mem online --all-or-nothing 16-18 -t 2s -J
	exits 64
	json 'b[17]["result"] == "done" and b[17]["reason"] == "migration-failing"' 'b[16]["result"] == "rolled-back"'
	elapsed 2000
	faults "memory19 EPERM" "memory18 offline hang"
	with timeout -s KILL 60 -- mem online --all-or-nothing 18-19 --timeout 0 --deadline 2s -J
	exits 64
}

@test "a second memhp waits for the first: a notice, and a limit by --timeout and --deadline" {
	local first
	faults "memory15 hang"
	start offline 15 -t 100s
	first=$pid
	await 15 going-offline
	mem online 16 -t 300ms
	exits 124
	err_says waited " (pid $first)"
	mem online 16 -t 300ms -J
	exits 124
	err_says waited " (pid $first)"
	json 'd["exit_status"] == 124'
	with timeout -s KILL 60 -- mem online 16 --timeout 0 --deadline 300ms
	exits 124
	start online 16 -t 60s
	within 10 grep -qF "$(text waiting " (pid $first)")" "$err_file" || fail "no notice"
	sleep 0.5
	is_state 16 offline || fail "it did not wait"
	kill -s TERM "$first"
	finish
	exits 0
	[[ $(grep -c "pid $first" <<< "$err") == 1 ]] || fail "not one notice"
	[[ $(stat -c %a "$root/run/memhp.lock") == 600 ]] || fail "not mode 0600"
	nothing_left
	rm -r "$root/run"
	mem online 17
	exits 0
	[[ ! -e $root/run ]] || fail "run is made"
}

@test "the progress line: on a terminal only, after a second, never with -q, -J or --progress=never" {
	local lines begin
	faults memory{8..15}" delay 400ms"
	on_terminal xterm offline 12-15 -t 9s
	[[ $seen == *$'\r'* && $seen =~ $(text progress "[0-4]/4" "[0-9]+M/512M" "1[2-5]" "[0-9]" "/9s") ]] || fail "no progress: $seen"
	[[ $seen == *"$(text offlined "4 blocks" 512M 12-15)"* ]] || fail "no last line"
	mem offline 8-10
	err_is ""
	mem online 8-15
	for lines in "dumb offline 13-15" "xterm offline -q 13-15" "xterm offline -J 13-15" "xterm offline --progress=never 13-15"; do
		on_terminal $lines
		[[ ! $seen =~ $(text progress ".*" ".*" ".*" ".*" "") && $seen != *$'\e'* ]] || fail "progress with '$lines': $seen"
		mem online 8-15
	done
	rm "$root/.faults"
	# short, unless the machine is that busy
	for _ in {1..20}; do
		begin=${EPOCHREALTIME/.}
		on_terminal xterm offline 13-15
		((${EPOCHREALTIME/.} - begin >= 1000000)) || break
		mem online -q 13-15
	done
	[[ $seen != *$'\e'* ]] || fail "progress of short work: $seen"
}

@test "the progress line estimates by pages: full blocks come last and take longer" {
	faults memory{8..13}" delay 250ms" "memory15 delay 1s"
	pages <<< $'8-13 free\n14-15 anon'
	on_terminal xterm offline --order=work 1G
	[[ $seen =~ $(text progress 6/8 768M/1G 15 "[0-9]+" /60s)$(text progress-rest "([0-9]+)") ]] || fail "no such line: $seen"
	((BASH_REMATCH[1] >= 2)) || fail "as if these were as empty: $seen"
	blocks_are 8-15 "offline Movable Normal"
}

@test "the progress line: a block that hangs takes the longer the longer it hangs" {
	local last
	faults memory{13..15}" delay 200ms" "memory12 delay 5s"
	on_terminal xterm offline 12-15
	last=$(grep -oE "$(text progress 3/4 384M/512M 12 4 /60s)$(text progress-rest "[0-9]+")" <<< "$seen" | tail -n 1)
	[[ $last =~ $(text progress-rest "([0-9]+)")$ ]] || fail "no such line: $seen"
	((BASH_REMATCH[1] >= 4)) || fail "as if it were over soon: $last"
}

# on_terminal TERM ARG…: what memhp prints there
on_terminal() {
	seen=$("${prefix[@]}" TERM="$1" script -qec "$(printf '%q ' "${program[@]}" -s "$root" "${@:2}")" /dev/null < /dev/null)
}

@test "a crash kernel whose memory map is out of date: one notice, only after a change" {
	mkdir -p "$root/sys/kernel"
	echo 1 > "$root/sys/kernel/kexec_crash_loaded"
	mem offline 14-15
	exits 0
	one_message
	err_says crash-kernel
	mem offline 14-15
	err_is ""
	mem offline --dry-run 13
	err_is ""
	mem offline -J 13
	err_says crash-kernel
	mem offline -q 12
	err_is ""
	echo 1 > "$root/sys/devices/system/memory/crash_hotplug"
	mem offline 11
	err_is ""
	echo 0 > "$root/sys/devices/system/memory/crash_hotplug"
	mem offline 10
	err_says crash-kernel
	echo 0 > "$root/sys/kernel/kexec_crash_loaded"
	mem offline 9
	err_is ""
}

@test "a dry run whose plan cannot be written: one message with the reason" {
	with sh -c 'exec "$@" > /dev/full' sh -- mem offline --dry-run 10-11
	exits 1
	err_is "memhp: offline: $(text cannot-write): No space left on device"
}

@test "no syslog under --sysroot; a reader who left does not stop it" {
	traced network mem offline 15
	! grep -E 'connect|sendto' "$trace" || fail "it connects to something"
	"${prefix[@]}" "${program[@]}" -s "$root" offline -v 8-14 2>&1 | true
	blocks_are 8-14 "offline Movable Normal"
	with sh -c 'exec "$@" >&-' sh -- mem online 8-9
	blocks_are 8-9 "online Movable"
}

@test "a report that cannot be written: exit 64 after a change, else 1" {
	local json
	full=(sh -c 'exec "$@" > /dev/full' sh)
	for json in "" -J; do
		with "${full[@]}" -- mem offline 10-11 $json
		exits 64
		err_is "memhp: offline: $(text cannot-write): No space left on device"
		blocks_are 10-11 "offline Movable Normal"
		with "${full[@]}" -- mem offline 10-11 $json
		exits 1
		mem online 10-11
	done
	# a complete roll back is no change; what could not be rolled back is one
	faults "memory10 EPERM"
	with "${full[@]}" -- mem offline --all-or-nothing 10-11 -J
	exits 1
	blocks_are 10-11 "online Movable"
	faults "memory10 EPERM" "memory11 online EPERM x9"
	with "${full[@]}" -- mem offline --all-or-nothing 10-11 -J
	exits 64
	blocks_are 11 "offline Movable Normal"
	# a timeout is one no more, a signal goes before
	faults "memory14 hang"
	with "${full[@]}" -- mem offline 14 -t 300ms -J
	exits 1
	with "${full[@]}" -- start offline 14 -J
	await 14 going-offline
	kill -s TERM "$pid"
	finish
	exits 143
	not_validated
}

@test "a report that memory does not suffice for: exit 64 after a change, else 1" {
	# sanitizers have an allocator of their own
	is_plain || return 0
	# no memory from the moment on at which the report begins
	gcc -shared -fPIC -o "$BATS_TEST_TMPDIR/short.so" -x c - <<- 'END'
		#define _GNU_SOURCE
		#include <errno.h>
		#include <signal.h>
		#include <stddef.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		void *__libc_calloc(size_t count, size_t size);
		static int is_short;
		int sigprocmask(int how, const sigset_t *set, sigset_t *old)
		{
			is_short |= how == SIG_UNBLOCK;
			return (int)syscall(SYS_rt_sigprocmask, how, set, old, 8);
		}
		void *calloc(size_t count, size_t size)
		{
			errno = ENOMEM;
			return is_short ? NULL : __libc_calloc(count, size);
		}
	END
	short=(env LD_PRELOAD="$BATS_TEST_TMPDIR/short.so:$fake")
	with "${short[@]}" -- mem offline 11 -J
	exits 64
	err_is "memhp: offline: out of memory"
	blocks_are 11 "offline Movable Normal"
	with "${short[@]}" -- mem offline 11 -J
	exits 1
	not_validated
}

@test "unsettled: a killed write that does not end, exit 64" {
	faults "memory15 hang" "memory15 linger 90s"
	mem offline 14-15 -t 2s -J
	exits 64
	json 'b[15]["result"] == "unsettled" and b[15]["reason"] == "migration-failing"'
	elapsed 12000
}
