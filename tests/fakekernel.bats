# SPDX-License-Identifier: GPL-2.0-or-later
#
# The fake kernel itself, without memhp: that it behaves as KERNEL.md describes the kernel, since the
# other suites depend on it; and memhp under it with random faults (see faults).

load change

setup() {
	machine < /dev/null
	memory=$root/sys/devices/system/memory
}

# put FILE TEXT: one write(2); sets error to its error, or to nothing
put() {
	error=$(printf '%b' "$2" | LC_ALL=C LD_PRELOAD=$fake dd of="$memory/$1" bs=9999 conv=notrunc status=none 2>&1) && error=
	error=${error##*: }
}

# puts TEXT ERROR STATE: the error and the state after a write to block 16
puts() {
	put memory16/state "$1"
	[[ $error == "$2" && $(block 16) == "$3" ]] || fail "'$1': '$error', block 16 is $(block 16)"
}

teardown_file() { :; }

@test "words: exact, one newline allowed; EINVAL if the block is already in that state" {
	puts online "" "online Movable"
	puts 'online\n' "Invalid argument" "online Movable"
	puts online_kernel "Invalid argument" "online Movable"
	puts 'offline\n' "" "offline Movable Normal"
	puts offline "Invalid argument" "offline Movable Normal"
	for word in "online " "Online" "online_" "1" " online" "online\n\n" "onlin"; do
		puts "$word" "Invalid argument" "offline Movable Normal"
	done
	puts 'online_kernel\0junk' "" "online Normal"
	puts offline "" "offline Normal Movable"
	puts online "" "online Normal"
	put memory0/state offline
	[[ $error == "Invalid argument" && $(block 0) == "online none" ]]
	rm "$memory/memory8/valid_zones"
	put memory8/state offline
	[[ $error == "Invalid argument" && $(block 8) == online ]]
}

@test "auto_online_blocks and probe" {
	put auto_online_blocks maybe
	[[ $error == "Invalid argument" ]]
	: > "$memory/probe"
	put probe 0xf0000001
	[[ $error == "Invalid argument" ]]
	put probe 0x80000000
	[[ $error == "File exists" ]]
	put probe 0xf0000000
	[[ -z $error && $(block 30) == "offline Normal Movable" ]]
	put auto_online_blocks online_movable
	[[ -z $error && $(< "$memory/auto_online_blocks") == online_movable ]]
	put probe 0x0f8000000
	[[ -z $error && $(block 31) == "online Movable" ]]
}

@test "a signal ends offlining but not onlining; other writers wait for the lock, and a caught signal does not end them" {
	local first second
	faults "memory15 hang" "memory16 until .done"
	printf offline | LD_PRELOAD=$fake dd of="$memory/memory15/state" conv=notrunc status=none &
	first=$!
	await 15 going-offline
	[[ $(< "$memory/memory15/valid_zones") == "Movable Normal" ]]
	# a shell's handler runs, and the write goes on
	LD_PRELOAD=$fake "$python" -c '
import os, signal, sys
signal.signal(signal.SIGUSR1, lambda *_: None)
open(sys.argv[2], "w").close()
os.write(os.open(sys.argv[1], os.O_WRONLY), b"offline")' "$memory/memory14/state" "$BATS_TEST_TMPDIR/ready" &
	second=$!
	within 20 test -e "$BATS_TEST_TMPDIR/ready"
	sleep 0.3
	kill -s USR1 "$second"
	sleep 0.3
	[[ $(block 14) == "online Movable" && -e /proc/$second ]]
	kill -s TERM "$first"
	wait "$first" || :
	[[ $(block 15) == "online Movable" ]]
	wait "$second"
	[[ $(block 14) == "offline Movable Normal" ]]
	printf online | LD_PRELOAD=$fake dd of="$memory/memory16/state" conv=notrunc status=none &
	first=$!
	within 20 is_written 16
	kill -s TERM "$first"
	touch "$root/.done"
	! wait "$first" || fail "it succeeded"
	[[ $(block 16) == "online Movable" ]]
}

@test "a writer that is killed leaves its block online and the lock free" {
	faults "memory15 hang"
	printf offline | LD_PRELOAD=$fake dd of="$memory/memory15/state" conv=notrunc status=none &
	await 15 going-offline
	kill -s KILL $!
	wait $! || :
	[[ $(block 15) == "online Movable" ]]
	put memory14/state offline
	[[ -z $error ]]
}

@test "whoever reads while another writer ends or is killed reads each byte once" {
	local rest
	rest=$(LD_PRELOAD=$fake "$python" -c '
import os, sys
state = os.open(sys.argv[1], os.O_RDONLY)
os.read(state, 2)
with open(sys.argv[2], "w") as transition:
    transition.write("14 Movable")
open(sys.argv[3], "w").close()
print(os.read(state, 99).decode() + "-")' "$memory/memory15/state" "$root/.transition" "$root/.hotplug")
	[[ $rest == $'line\n-' ]]
}

@test "dynamic debug decides whether the kernel log has the reason" {
	local control=$root/proc/dynamic_debug/control
	faults "memory15 EBUSY"
	put memory15/state offline
	! grep "failed due to" "$root/dev/kmsg" || fail "a reason without dynamic debug"
	printf 'file mm/memory_hotplug.c +p\n' | LD_PRELOAD=$fake dd of="$control" conv=notrunc status=none
	[[ $(grep -c "=p " "$control") == 2 && $(grep -c "=_ " "$control") == 1 ]]
	put memory15/state offline
	grep "memory offlining \[mem 0x0078000000-0x007fffffff\] failed due to failure to isolate range" "$root/dev/kmsg"
	printf 'file mm/memory_hotplug.c line 1127 -p' | LD_PRELOAD=$fake dd of="$control" conv=notrunc status=none
	[[ $(grep -c "=p " "$control") == 1 ]]
}

@test "memhp under 100 scripts of random faults" {
	"$tests/faults" --program "${program[*]}" --preload "$fake" --runs 100 --seed 50000
}
