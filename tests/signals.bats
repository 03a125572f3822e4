# SPDX-License-Identifier: GPL-2.0-or-later
#
# What signals do to memhp online and offline: a clean stop with a report, with and without roll back;
# a second one; ignored ones; Ctrl-C; memhp stopped or killed while it writes or waits.

load change

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
		finish 5
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
	finish 5
	exits 143
	[[ $out == "offlined 1 block (128M): 15" ]] || fail "no closing line"
	err_has "block 14"
}

@test "a signal and --all-or-nothing: rolled back, exit 128+N" {
	faults "memory13 hang"
	start offline --all-or-nothing 12-15 -J
	await 13 going-offline
	kill -s TERM "$pid"
	finish 5
	exits 143
	json 'column("result") == ["rolled-back", "rolled-back", "interrupted", "skipped"]'
	blocks_are 12-15 "online Movable"
	# between two tries
	faults "memory15 EBUSY"
	start offline --all-or-nothing 14-15 -J --interval 8s
	sleep 0.5
	kill -s INT "$pid"
	finish 5
	exits 130
	blocks_are 14-15 "online Movable"
	# onlining ends by itself, and is undone as well
	faults "memory17 online delay 1s"
	start online --all-or-nothing 16-17 -J
	sleep 0.5
	kill -s INT "$pid"
	finish 5
	exits 130
	blocks_are 16-17 "offline Movable Normal"
	nothing_left
}

@test "signals that are ignored at the start stay ignored" {
	faults "memory15 delay 1s"
	with env --ignore-signal=HUP,INT -- start offline 14-15 -J
	await 15 going-offline
	kill -s HUP "$pid"
	kill -s INT "$pid"
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

@test "a second signal ends at once, and leaves no writer, no lock, no dynamic debug" {
	local debug
	debug=$(< "$root/proc/dynamic_debug/control")
	judged=no
	faults "memory15 online delay 10s" "memory14 hang"
	start offline --all-or-nothing --explain 14-15
	await 14 going-offline
	kill -s INT "$pid"
	await 14 online
	sleep 0.3
	kill -s INT "$pid"
	finish 3
	exits 130
	nothing_left
	[[ $(< "$root/proc/dynamic_debug/control") == "$debug" ]] || fail "dynamic debug stays on"
}

@test "a signal during a roll back that a failure began is not lost; a second one ends at once" {
	judged=no
	faults "memory17 EPERM" "memory16 offline hang"
	start online --all-or-nothing 16-17 -t 30s
	await 16 going-offline
	kill -s INT "$pid"
	sleep 0.5
	kill -s INT "$pid" 2> /dev/null || :
	finish 3
	exits 130
	nothing_left
}

@test "Ctrl-C reaches memhp's process group, but not the write" {
	faults "memory14 hang"
	with setsid -- start offline 13-15 -J
	await 14 going-offline
	kill -s INT -- "-$pid"
	finish 5
	exits 130
	json 'column("result") == ["done", "interrupted", "skipped"]'
	blocks_are 13-14 "online Movable"
}

@test "SIGSTOP does not lift the limit; SIGKILL leaves no writer behind" {
	faults "memory14 hang"
	start offline 13-14 -t 1s -J
	await 14 going-offline
	kill -s STOP "$pid"
	within 4 is_online 14 || fail "the write goes on while memhp is stopped"
	kill -s CONT "$pid"
	finish 5
	exits 64
	json 'b[14]["result"] == "timeout" and b[14]["reason"] == "migration-failing"' 'b[13]["result"] == "done"'
	judged=no
	start offline 14
	await 14 going-offline
	kill -s KILL "$pid"
	finish 3
	exits 137
	nothing_left
	blocks_are 14 "online Movable"
	rm "$root/.faults"
	mem offline 14
	exits 0
}

@test "stopped before it ever looks: the writer tells whether its block was going offline" {
	faults "memory14 lock 1s" "memory14 hang"
	start offline 14 -t 2s -J
	within 5 has_writer
	kill -s STOP "$pid"
	await 14 going-offline
	within 6 is_online 14 || fail "the write goes on while memhp is stopped"
	kill -s CONT "$pid"
	finish 5
	exits 124
	json 'b[14]["result"] == "timeout" and b[14]["reason"] == "migration-failing"' 'b[14]["error"] == "EINTR"'
	# one that never gets the lock ends as well, though a caught signal does not end it
	faults "memory14 lock 60s"
	start offline 14 -t 500ms -J
	within 5 has_writer
	kill -s STOP "$pid"
	within 5 writer_has_ended || fail "the write goes on while memhp is stopped"
	kill -s CONT "$pid"
	finish 5
	exits 124
	json 'b[14]["result"] == "timeout" and b[14]["reason"] == "lock-held"'
	nothing_left
}

is_online() {
	[[ $(block "$1") == online* ]]
}

# The process that memhp writes by.
has_writer() {
	writer=$(grep -l "^PPid:[[:space:]]*$pid$" /proc/[0-9]*/status 2> /dev/null) && writer=${writer//[^0-9]/}
}

writer_has_ended() {
	has_ended "$writer"
}

@test "a signal while it waits for another memhp" {
	flock -F "$root/run/memhp.lock" sleep 20 &
	local holder=$!
	within 5 test -e "$root/run/memhp.lock"
	start online 16 -J
	sleep 0.5
	kill -s TERM "$pid"
	finish 5
	kill "$holder"
	exits 143
	blocks_are 16 "offline Movable Normal"
}
