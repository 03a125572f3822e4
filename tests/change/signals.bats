# SPDX-License-Identifier: GPL-2.0-or-later
#
# Signals to memhp online and offline: a clean stop with a report, with and without rolling back; a
# second signal; signals that come together; ignored signals; Ctrl-C; memhp stopped or killed while it
# writes or waits; a report that nobody reads. What may arrive at any moment is in moments.bats.

load ../change

setup() {
	machine < /dev/null
}

@test "SIGINT, SIGTERM, SIGHUP: the write is stopped, the rest skipped, the report printed" {
	local signal
	faults "memory14 hang"
	for signal in INT TERM HUP; do
		start offline 13-15 -J
		await 14 going-offline
		kill -s "$signal" "$pid"
		finish
		exits $((128 + $(kill -l "$signal")))
		json 'column("result") == ["done", "interrupted", "skipped"]' 'b[14]["zone"] == "Movable"'
		nothing_left
		blocks_are 13-14 "online Movable"
		mem online 15
		exits 0
	done
	start offline 13-15
	await 14 going-offline
	kill -s TERM "$pid"
	finish
	exits 143
	[[ $out == "$(text offlined "1 block" 128M 15)" ]] || fail "no last line"
	err_has "block 14"
}

@test "every signal that would end memhp stops it, and leaves no dynamic debug" {
	local signal debug
	debug=$(< "$root/proc/dynamic_debug/control")
	faults "memory14 hang"
	for signal in "${stops[@]}"; do
		with env --default-signal -- start offline --explain 14 -J
		await 14 going-offline
		kill -s "$signal" "$pid"
		finish
		exits $((128 + $(kill -l "$signal")))
		json 'column("result") == ["interrupted"]' "d['exit_status'] == $status"
		[[ $(< "$root/proc/dynamic_debug/control") == "$debug" ]] || fail "dynamic debug stays enabled"
	done
}

@test "other signals do not end a change" {
	local signal
	faults "memory14 offline until .done"
	start offline 14 -J
	await 14 going-offline
	for signal in PIPE XFSZ CHLD URG WINCH CONT; do
		kill -s "$signal" "$pid"
	done
	touch "$root/.done"
	finish
	exits 0
}

@test "a signal and --all-or-nothing: rolled back, exit 128+N" {
	faults "memory13 hang"
	start offline --all-or-nothing 12-15 -J
	await 13 going-offline
	kill -s TERM "$pid"
	finish
	exits 143
	json 'column("result") == ["rolled-back", "rolled-back", "interrupted", "skipped"]'
	blocks_are 12-15 "online Movable"
	# between two attempts
	faults "memory15 EBUSY x9"
	start offline --all-or-nothing 14-15 -J --interval 40s
	within 10 grep -q "EBUSY x8" "$root/.faults"
	within 10 has_no_writer
	kill -s INT "$pid"
	finish
	exits 130
	blocks_are 14-15 "online Movable"
	# onlining ends by itself, and is rolled back as well
	faults "memory17 online until .done"
	start online --all-or-nothing 16-17 -J
	within 10 is_written 17
	kill -s INT "$pid"
	within 10 has_taken_signals
	touch "$root/.done"
	finish
	exits 130
	blocks_are 16-17 "offline Movable Normal"
	nothing_left
}

@test "signals that are ignored at the start stay ignored" {
	faults "memory15 until .done"
	with env --ignore-signal=HUP,INT -- start offline 14-15 -J
	await 15 going-offline
	kill -s HUP "$pid"
	kill -s INT "$pid"
	touch "$root/.done"
	finish
	exits 0
	json 'column("result") == ["done", "done"]'
	faults "memory13 hang"
	with env --ignore-signal=HUP,INT -- start offline 12-13 -J
	await 13 going-offline
	kill -s HUP "$pid"
	kill -s TERM "$pid"
	finish
	exits 143
}

@test "a second signal ends memhp at once, and leaves no writer, no lock, no dynamic debug" {
	local debug
	debug=$(< "$root/proc/dynamic_debug/control")
	judged=no
	faults "memory15 online until .done" "memory14 hang"
	start offline --all-or-nothing --explain 14-15
	await 14 going-offline
	kill -s INT "$pid"
	within 10 is_written 15
	later
	kill -s INT "$pid"
	finish
	exits 130
	nothing_left
	[[ $(< "$root/proc/dynamic_debug/control") == "$debug" ]] || fail "dynamic debug stays enabled"
}

@test "a signal while a failure is rolled back is not lost; a second one ends memhp at once" {
	judged=no
	faults "memory17 EPERM" "memory16 offline hang"
	start online --all-or-nothing 16-17 -t 60s
	await 16 going-offline
	kill -s INT "$pid"
	within 10 has_taken_signals
	is_state 16 going-offline || fail "the first signal ended the roll back"
	later
	kill -s INT "$pid"
	finish
	exits 130
	nothing_left
}

# Further signals within a second belong to the first one.
later() {
	sleep 1.5
}

# both SIGNAL…: it gets all of them at once
both() {
	kill -s STOP "$pid"
	within 10 is_stopped || fail "it does not stop"
	for signal; do
		kill -s "$signal" "$pid"
	done
	kill -s CONT "$pid"
}

is_stopped() {
	grep -q ') T ' "/proc/$pid/stat"
}

@test "signals that come together are one stop, and do not cut the roll back" {
	local pair
	faults "memory15 online until .done" "memory14 hang"
	for pair in "TERM HUP" "TERM INT" "USR1 TERM" "TERM CONT"; do
		rm -f "$root/.done"
		start offline --all-or-nothing 14-15 -J
		await 14 going-offline
		both $pair
		within 10 is_written 15 || fail "no roll back"
		touch "$root/.done"
		finish
		is_stop_status "$status" || fail "not stopped"
		json 'column("result") == ["rolled-back", "interrupted"]'
		blocks_are 14-15 "online Movable"
	done
}

@test "after the first signal only INT, TERM and QUIT count" {
	local signal
	faults "memory15 online until .done" "memory14 hang"
	start offline --all-or-nothing 14-15 -J
	await 14 going-offline
	kill -s TERM "$pid"
	within 10 is_written 15 || fail "no roll back"
	later
	for signal in HUP USR1 ALRM RTMIN; do
		kill -s "$signal" "$pid"
	done
	is_written 15 || fail "it was cut"
	touch "$root/.done"
	finish
	exits 143
	json 'column("result") == ["rolled-back", "interrupted"]'
	for signal in INT TERM QUIT; do
		rm -f "$root/.done"
		start offline --all-or-nothing 14-15 -J
		await 14 going-offline
		kill -s HUP "$pid"
		within 10 is_written 15 || fail "no roll back"
		later
		kill -s "$signal" "$pid"
		finish
		exits 129
		json 'b[14]["result"] == "interrupted"' 'b[15]["result"] != "rolled-back"'
		touch "$root/.done"
		nothing_left
		mem online 15
	done
}

# start_unread ARG…: as start, and nobody reads its standard output
start_unread() {
	unread=$BATS_TEST_TMPDIR/unread
	[[ -e $unread ]] || mkfifo "$unread"
	exec 8<> "$unread"
	dd if=/dev/zero of="$unread" bs=4096 oflag=nonblock &> /dev/null || :
	with sh -c 'exec "$@" > '"$unread" sh -- start "$@" 8<&-
}

# read_it: somebody reads it after all; waits for its end
read_it() {
	timeout 20 cat < "$unread" > "$BATS_TEST_TMPDIR/read" 8<&- &
	exec 8<&-
	finish
	wait $!
	tr -d '\0' < "$BATS_TEST_TMPDIR/read" > "$out_file"
	out=$(< "$out_file")
}

# answers: the change has ended; the report is being printed, or about to be
answers() {
	local caught blocked term=$((1 << ($(kill -l TERM) - 1)))
	caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$pid/status")
	blocked=$(sed -n 's/^SigBlk:[[:space:]]*//p' "/proc/$pid/status")
	((16#$caught & term && !(16#$blocked & term)))
} 2> /dev/null

@test "a reader that does not read: a signal ends memhp, the lock is free" {
	local signal
	for signal in TERM HUP INT USR1; do
		start_unread offline 15
		within 10 answers || fail "no report"
		kill -s "$signal" "$pid"
		judged=no finish
		exits $((128 + $(kill -l "$signal")))
		blocks_are 15 "offline Movable Normal"
		flock -n "$root/run/memhp.lock" true || fail "the lock is held"
		mem online 15
	done
	# in the report of a change that was stopped, too
	faults "memory14 hang"
	start_unread offline 13-14
	await 14 going-offline
	kill -s HUP "$pid"
	within 10 answers || fail "no report"
	later
	kill -s TERM "$pid"
	judged=no finish
	exits 143
}

@test "a signal that belongs to the first one does not cut the report" {
	faults "memory14 hang"
	start_unread offline 13-14 -J
	await 14 going-offline
	kill -s TERM "$pid"
	within 10 answers || fail "no report"
	kill -s HUP "$pid"
	later
	has_ended "$pid" && fail "SIGHUP ended it"
	judged=no read_it
	exits 143
	json 'column("result") == ["interrupted", "skipped"]' 'd["exit_status"] == 143'
}

@test "Ctrl-C reaches memhp's process group, but not the write" {
	faults "memory14 hang"
	with setsid -- start offline 13-15 -J
	await 14 going-offline
	kill -s INT -- "-$pid"
	finish
	exits 130
	json 'column("result") == ["done", "interrupted", "skipped"]'
	blocks_are 13-14 "online Movable"
}

@test "SIGSTOP does not suspend the timeout; SIGKILL leaves no writer behind" {
	faults "memory14 hang"
	start offline 13-14 -t 1s -J
	await 14 going-offline
	kill -s STOP "$pid"
	within 20 is_online 14 || fail "the write goes on while memhp is stopped"
	kill -s CONT "$pid"
	finish
	exits 64
	json 'b[14]["result"] == "timeout" and b[14]["reason"] == "migration-failing"' 'b[13]["result"] == "done"'
	judged=no
	start offline 14
	await 14 going-offline
	kill -s KILL "$pid"
	finish
	exits 137
	nothing_left
	blocks_are 14 "online Movable"
	rm "$root/.faults"
	mem offline 14
	exits 0
}

@test "stopped before it reads any state: the writer reports whether its block was going offline" {
	faults "memory14 hang"
	exec 9> "$root/.hotplug"
	flock 9
	start offline 14 -t 4s -J 9>&-
	within 10 has_writer
	kill -s STOP "$pid"
	exec 9>&-
	await 14 going-offline
	within 20 is_online 14 || fail "the write goes on while memhp is stopped"
	kill -s CONT "$pid"
	finish
	exits 124
	json 'b[14]["result"] == "timeout" and b[14]["reason"] == "migration-failing"' 'b[14]["error"] == "EINTR"'
	# a writer that never gets the lock ends as well, although a caught signal does not end it
	faults "memory14 lock 60s"
	start offline 14 -t 1s -J
	within 10 has_writer
	kill -s STOP "$pid"
	within 20 writer_has_ended || fail "the write goes on while memhp is stopped"
	kill -s CONT "$pid"
	finish
	exits 124
	json 'b[14]["result"] == "timeout" and b[14]["reason"] == "lock-held"'
	nothing_left
}

is_online() {
	[[ $(block "$1") == online* ]]
}

has_no_writer() {
	! has_writer
}

writer_has_ended() {
	has_ended "$writer"
}

@test "a signal while it waits for another memhp" {
	exec 9> "$root/run/memhp.lock"
	flock 9
	start online 16 -J 9>&-
	within 10 grep -qF "$(text waiting "")" "$err_file" || fail "no notice about the wait"
	kill -s TERM "$pid"
	finish
	exec 9>&-
	exits 143
	blocks_are 16 "offline Movable Normal"
}
