# SPDX-License-Identifier: GPL-2.0-or-later
#
# Signals to memhp online and offline: a clean stop with a report, with and without rolling back; a
# second signal; ignored signals; Ctrl-C; memhp stopped or killed while it writes or waits.

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
	kill -s INT "$pid"
	finish
	exits 130
	nothing_left
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
