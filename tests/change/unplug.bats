# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp offline --unplug: what is removed and what never is, how a removal ends, and that nothing is
# removed without the option. offline.bats tests how blocks go offline.

load ../change

# In addition to machine: blocks 8-11 and 12-15 are DIMMs, online; 16-23 are one, offline; 30-31
# belong to a dax device, online. The firmware does not offer to remove the device of block 1.
setup() {
	machine << 'END'
block 30-31 online Movable node 1
sys/devices/system/memory/memory{8-11}/firmware_node -> ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00
sys/devices/system/memory/memory{12-15}/firmware_node -> ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:01
sys/devices/system/memory/memory{16-23}/firmware_node -> ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:02
sys/devices/system/memory/memory1/firmware_node -> ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:03
sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00/eject :empty
sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:01/eject :empty
sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:02/eject :empty
sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:03/hid = PNP0C80
sys/bus/dax/devices/dax0.0/state = online_movable
sys/bus/dax/devices/dax0.0/blocks = 30 31
sys/bus/dax/devices/dax0.0/driver -> ../../drivers/kmem
proc/iomem << IOMEM
00000000-3fffffff : System RAM
  01000000-01ffffff : Kernel code
40000000-5fffffff : System RAM
60000000-7fffffff : System RAM
80000000-bfffffff : System RAM
c0000000-efffffff : virtio0
  c0000000-efffffff : System RAM (virtio_mem)
f0000000-ffffffff : dax0.0
  f0000000-ffffffff : System RAM (kmem)
IOMEM
END
}

# whys BLOCKS: what list says about them, in words between blanks
whys() {
	mem list -r -n -o BLOCK,OFFLINABLE,WHY --summary=never "$1"
	out=${out//\\x20/ }
}

gone() {
	blocks_are "$1" gone
}

# unchanged COMMAND…: nothing is written
unchanged() {
	local before
	before=$(tree)
	"$@"
	[[ $(tree) == "$before" ]] || fail "something is written"
}

@test "a DIMM goes offline and is removed; the last line" {
	mem offline --unplug 8-11
	exits 0
	err_is ""
	out_is <<< "$(text removed "4 blocks" 512M 8-11 PNP0C80:00)"
	gone 8-11
	blocks_are 12-15 "online Movable"
	nothing_left
	mem offline --unplug all --device PNP0C80:01 -J
	exits 0
	json 'column("block") == [15, 14, 13, 12]' 'column("result") == ["removed"] * 4' 'column("to") == ["removed"] * 4' \
		'column("from") == ["online"] * 4' 'column("zone") == [None] * 4' \
		'sums == dict(requested=512*M, planned=0, changed=512*M, already=0, failed=0, elapsed_ms=sums["elapsed_ms"])'
	gone 12-15
}

@test "without --unplug nothing is removed" {
	mem offline 8-11 --whole-devices
	exits 0
	blocks_are 8-11 "offline Movable Normal"
}

@test "blocks that are already offline are removed, also those of the device that were not named" {
	mem offline --unplug -J 16-19
	exits 0
	json 'sorted(column("block")) == list(range(16, 24))' 'column("result") == ["removed"] * 8' \
		'column("from") == ["offline"] * 8' 'sums["requested"] == 512 * M' 'sums["changed"] == 1024 * M'
	gone 16-23
	mem offline 8-9
	mem offline --unplug -v 10-11
	exits 0
	out_says block-removed 8
	out_says removed "4 blocks" 512M 8-11 PNP0C80:00
	gone 8-11
}

@test "several devices are removed; one line for all" {
	mem offline --unplug 8-15 16-23
	exits 0
	out_is <<< "$(text removed "16 blocks" 2G 8-23 "PNP0C80:02, PNP0C80:01, PNP0C80:00")"
	gone 8-23
}

@test "a dry run prints what would be removed, and writes nothing" {
	unchanged mem offline --unplug --dry-run -a 8-11
	exits 0
	out_has "   11 0x0000000058000000 128M    0 removed likely     Movable planned"
	out_says would-try "4 blocks" 512M "4 likely"
	out_says would-remove "4 blocks" 512M 8-11 PNP0C80:00
	unchanged mem offline --unplug --dry-run 8-11
	exits 0
	out_has " 8-11 0x0000000040000000 512M    0 removed likely     Movable planned"
	out_says would-remove "4 blocks" 512M 8-11 PNP0C80:00
	unchanged mem offline --unplug --dry-run -J 16
	exits 0
	json 'rows[0]["to"] == "removed" and rows[0]["result"] == "planned" and rows[0]["from"] == "offline"' \
		'sums["already"] == 0'
	unchanged mem offline --unplug --dry-run 16
	out_says would-remove "8 blocks" 1G 16-23 PNP0C80:02
	faults "PNP0C80:00 write ENODEV"
	unchanged mem offline --unplug --dry-run 10
	exits 2
}

@test "refused before anything is written: boot memory, memory of drivers, devices that cannot be removed" {
	unchanged mem offline --unplug 2-3
	is_usage_error "$(text not-removable-blocks 2-3 "$(text boot-memory)")" offline
	unchanged mem offline --unplug 24-29 8-11
	is_usage_error "$(text not-removable-blocks "24-29 (virtio0)" "$(text virtio-mem-memory)")" offline
	unchanged mem offline --unplug --force --dry-run all
	is_usage_error "$(text not-removable-blocks "0, 2-7" "$(text boot-memory)")" offline
	unchanged mem offline --unplug 1 -J
	exits 3
	err_says no-eject 1 PNP0C80:03
	json 'd["exit_status"] == 3'
	rm "$root/sys/bus/dax/devices/dax0.0/state"
	unchanged mem offline --unplug 30-31
	exits 3
	err_says no-dax-state 30-31 dax0.0
	unchanged mem offline --unplug --total 512M
	is_usage_error "$(text total-and-unplug)" offline
	mem online --unplug 16
	is_usage_error "--unplug" online
}

@test "memory of a dax device that has lost its driver: list shows it, and --unplug names it" {
	rm "$root/sys/bus/dax/devices/dax0.0/"{state,driver}
	unchanged mem offline --unplug 30-31
	exits 1
	err_is "memhp: offline: $(text no-dax-driver 30-31 dax0.0)"
	unchanged mem offline --unplug --dry-run all --device dax0.0
	exits 1
	err_is "memhp: offline: $(text no-dax-driver 30-31 dax0.0)"
	whys 30-31
	[[ $out == "30-31 likely $(text movable-zone), $(text stays)" ]] || fail "another reason"
	# it can still go offline
	mem offline 31
	exits 0
	whys 30-31
	[[ $out == "30 likely $(text movable-zone), $(text stays)"$'\n'"31 - $(text stays)" ]] || fail "another reason"
	# bound to another driver, or the whole device is gone
	world <<< 'sys/bus/dax/devices/dax0.0/driver -> ../../drivers/device_dax'
	mem offline --unplug 30-31
	err_is "memhp: offline: $(text no-dax-driver 30-31 dax0.0)"
	rm -r "$root/sys/bus/dax/devices/dax0.0"
	mem offline --unplug 30-31
	err_is "memhp: offline: $(text no-dax-driver 30-31 dax0.0)"
	# a tree without the bus proves nothing
	rm -r "$root/sys/bus/dax"
	whys 30
	[[ $out == "30 likely $(text movable-zone)" ]] || fail "another reason"
}

@test "a DIMM of which the firmware's device is gone" {
	rm -r "$root/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00"
	unchanged mem offline --unplug 8-11
	exits 1
	err_is "memhp: offline: $(text device-gone 8-11 PNP0C80:00)"
}

@test "a device whose files may not be read is not one without a feature" {
	chmod 0 "$root/sys/bus/dax/devices/dax0.0"
	unprivileged mem offline --unplug 30-31
	chmod 755 "$root/sys/bus/dax/devices/dax0.0"
	exits 1
	err_has "Permission denied"
	err_lacks "(needs Linux"
}

@test "part of a device is refused, and a block that would remain is named" {
	unchanged mem offline --unplug 8-10
	is_usage_error "$(text part-of-device PNP0C80:00 512M 11)$(text whole-device PNP0C80:00)" offline
	unchanged mem offline --unplug 8-14
	is_usage_error "$(text part-of-device PNP0C80:01 512M 15)$(text whole-device PNP0C80:01)" offline
	unchanged mem offline --unplug --force 384M
	is_usage_error "$(text part-of-device PNP0C80:02 1G 16)$(text whole-device PNP0C80:02)" offline
}

@test "an amount takes whole devices that can be removed; blocks that are offline count" {
	mem offline --unplug --dry-run -J 1G
	exits 0
	json 'sorted(column("block")) == list(range(16, 24))'
	rm "$root/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:02/eject"
	mem offline --unplug -J 512M
	exits 0
	json 'column("block") == [15, 14, 13, 12]'
	gone 12-15
	mem offline --unplug -J 512M 2-7 8-11
	exits 0
	json 'column("block") == [11, 10, 9, 8]'
	mem offline --unplug 512M 2-7
	exits 2
	mem offline --unplug 256M
	exits 0
	out_is <<< "$(text removed "2 blocks" 256M 30-31 dax0.0)"
}

@test "a block that fails keeps its device; others are removed; nothing replaces it" {
	faults "memory13 EBUSY"
	mem offline --unplug --retries 0 8-15 -J
	exits 64
	json 'all(b[i]["result"] == "removed" for i in range(8, 12))' 'b[13]["result"] == "failed"' \
		'all(b[i]["result"] == "done" and b[i]["reason"] == "device-in-use" for i in (12, 14, 15))' \
		"b[12]['hint'] == '$(text device-in-use 13)'" 'sums["changed"] == 7 * 128 * M'
	gone 8-11
	blocks_are 14-15 "offline Movable Normal"
	blocks_are 13 "online Movable"
	mem offline --unplug --retries 0 12-15
	exits 1
	err_has "memhp: offline: $(text not-removed PNP0C80:01) (device-in-use): $(text device-in-use 13)"
	[[ $(grep -c PNP0C80:01 <<< "$err") == 1 ]] || fail "not one message about the device"
	out_is <<< "$(text nothing-changed)"
	# the dax device and a quarter of what is offline
	rm "$root/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:01/eject"
	unchanged mem offline --unplug 512M
	is_usage_error "$(text part-of-device PNP0C80:02 1G 16)$(text whole-device PNP0C80:02)" offline
}

@test "memory of a dax device: removed by its file state; errors are those of the write" {
	faults "dax0.0 EBUSY"
	mem offline --unplug --retries 1 --interval 10ms 30-31 -J
	exits 64
	json 'column("result") == ["done"] * 2' 'column("reason") == ["removal-failed"] * 2' 'column("error") == ["EBUSY"] * 2'
	blocks_are 30-31 "offline Movable Normal"
	mem offline --unplug --retries 0 30-31
	exits 1
	err_has "$(text not-removed dax0.0): Device or resource busy (removal-failed): "
	faults ""
	mem offline --unplug 30
	exits 0
	out_is <<< "$(text removed "2 blocks" 256M 30-31 dax0.0)"
	gone 30-31
}

@test "a write that fails: no permission, removal disabled, temporary errors" {
	faults "PNP0C80:00 write ENODEV"
	mem offline --unplug 8-11
	exits 64
	err_has "$(text not-removed PNP0C80:00): No such device (removal-failed): $(text removal-disabled)"
	out_is <<< "$(text offlined "4 blocks" 512M 8-11)"
	faults "PNP0C80:00 write EAGAIN"
	traced write mem offline --unplug --retries 2 --interval 10ms 8-11 -J
	exits 1
	json 'column("result") == ["failed"] * 4' 'column("error") == ["EAGAIN"] * 4' 'sums["failed"] == 512 * M'
	[[ $(grep -c 'write([0-9]*, "1", 1)' "$trace") == 0 ]] || :
	faults ""
	chmod 0444 "$root/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00/eject"
	chmod -R a+rwX "$root/run"
	unprivileged mem offline --unplug 8-11 -J
	exits 1
	json 'column("reason") == ["no-permission"] * 4' 'column("error") == ["EACCES"] * 4'
	blocks_are 8-11 "offline Movable Normal"
}

@test "the kernel gives up: the line of its log, and memory that was brought back online" {
	faults "PNP0C80:00 EBUSY" "PNP0C80:00 delay 300ms" "PNP0C80:01 EPERM"
	mem offline --unplug 8-15 -J
	exits 64
	json 'all(b[i]["reason"] == "removal-failed" and b[i]["result"] == "done" for i in range(8, 16))' \
		'b[8]["kernel_log"] == "memory memory8: Offline failed."' 'b[12]["kernel_log"] == "acpi PNP0C80:01: Eject disabled"'
	blocks_are 8-15 "offline Movable Normal"
	mem offline --unplug 8-11 -v
	exits 1
	err_says kernel-line PNP0C80:00 "memory memory8: Offline failed."

	faults "PNP0C80:02 raced" "PNP0C80:02 until .done"
	start offline --unplug -J 16-23
	within 10 is_removed
	LD_PRELOAD=$fake dd of="$root/sys/devices/system/memory/memory17/state" bs=99 conv=notrunc status=none <<< online_movable &
	echo online > "$root/sys/devices/system/memory/memory17/state"
	touch "$root/.done"
	finish
	exits 1
	json 'b[17]["reason"] == "raced"' 'b[16]["result"] == "failed" and b[16]["reason"] == "raced"'
	wait
	within 10 is_quiet
}

@test "a slow removal is waited for; after the timeout the kernel may still do it, and does" {
	faults "PNP0C80:00 delay 700ms"
	mem offline --unplug 8-11 -J
	exits 0
	json 'column("result") == ["removed"] * 4' 'all(r["elapsed_ms"] >= 500 for r in rows)'
	faults "PNP0C80:01 until .done"
	mem offline --unplug --timeout 2s 12-15
	exits 64
	err_has "$(text not-removed-yet PNP0C80:01) (lock-held): "
	err_says may-still-be-removed
	blocks_are 12-15 "offline Movable Normal"
	touch "$root/.done"
	within 10 is_quiet
	gone 12-15
	faults "PNP0C80:02 until .later"
	mem offline --unplug --deadline 2s 16-23 -J
	exits 64
	json 'column("result") == ["unsettled"] * 8'
	touch "$root/.later"
	within 10 is_quiet
}

@test "SIGINT while memhp waits for the removal: a report, and 130; a write that hangs is killed at the timeout" {
	faults "PNP0C80:01 until .done"
	start offline --unplug -J 8-15
	within 10 is_removed
	kill -INT "$pid"
	finish
	touch "$root/.done"
	exits 130
	json 'all(b[i]["result"] == "unsettled" for i in range(12, 16))' 'all(b[i]["result"] == "done" for i in range(8, 12))'
	within 10 is_quiet
	faults "PNP0C80:02 stuck"
	mem offline --unplug --timeout 500ms 16-23 -J
	exits 124
	json 'column("result") == ["timeout"] * 8' 'column("reason") == ["lock-held"] * 8'
	nothing_left
	mem offline --unplug --timeout 500ms 16-23
	exits 124
	err_has "$(text not-removed PNP0C80:02): Interrupted system call (lock-held)"
}

@test "--all-or-nothing: removed only when all is offline; removed memory is not rolled back" {
	faults "memory8 EBUSY"
	mem offline --unplug --all-or-nothing --retries 0 8-15 16-23 -J
	exits 1
	json 'all(b[i]["result"] == "rolled-back" for i in range(9, 16))' 'b[8]["result"] == "failed"' \
		'all(b[i]["result"] == "skipped" for i in range(16, 24))' 'sums["changed"] == 0'
	blocks_are 8-15 "online Movable"
	blocks_are 16-23 "offline Movable Normal"
	faults "PNP0C80:01 EBUSY"
	mem offline --unplug --all-or-nothing 8-15 -J
	exits 1
	json 'all(b[i]["result"] == "rolled-back" for i in range(8, 16))' 'b[12]["reason"] == "removal-failed"'
	blocks_are 8-15 "online Movable"
	mem offline --unplug --all-or-nothing 8-15
	exits 1
	err_has "$(text not-removed PNP0C80:01) (removal-failed): "
	faults "PNP0C80:00 EBUSY"
	mem offline --unplug --all-or-nothing 8-15 -J
	exits 64
	json 'all(b[i]["result"] == "removed" for i in range(12, 16))' 'all(b[i]["result"] == "rolled-back" for i in range(8, 12))'
	gone 12-15
	blocks_are 8-11 "online Movable"
}

@test "no removal after the deadline, or when a block is online again" {
	faults "memory8 hang"
	mem offline --unplug --deadline 3s --timeout 0 8-15 -J
	((status == 64))
	json 'all(r["result"] != "removed" for r in rows)'
	blocks_are 12-15 "offline Movable Normal"
	mem online -q -z movable 13
	faults "memory13 offline raced"
	mem offline --unplug 12-15
	exits 1
	err_has "block 13: "
	err_has "(raced)"
	err_has "$(text not-removed PNP0C80:01) (device-in-use)"
}

@test "devices that fail for the same reason are one line" {
	faults "PNP0C80:00 write ENODEV" "PNP0C80:01 write ENODEV"
	mem offline --unplug 8-15
	exits 64
	err_is "memhp: offline: $(text not-removed "PNP0C80:01, PNP0C80:00"): No such device (removal-failed): $(text removal-disabled)"
	out_is <<< "$(text offlined "8 blocks" 1G 8-15)"
}

@test "a device that the host removes meanwhile is removed as requested" {
	faults "memory8 removed" "memory9 removed" "memory10 removed" "memory11 removed"
	mem offline --unplug 8-11 -J
	exits 0
	json 'column("result") == ["removed"] * 4' 'column("reason") == [None] * 4' 'sums["changed"] == 512 * M'
	gone 8-11
	# not even the ones that memhp did not change are a failure
	faults "memory12 removed" "memory13 vanish" "memory14 removed" "memory15 vanish"
	mem offline --unplug --all-or-nothing 12-15
	exits 0
	out_is <<< "$(text removed "4 blocks" 512M 12-15 PNP0C80:01)"
	# a part of it is left
	faults "memory17 offline vanish"
	mem online 16-23
	mem offline --unplug 16-23 -J
	exits 0
	json 'all(b[i]["result"] == "removed" for i in range(16, 24))'
}

@test "a device that the kernel refuses to remove, and that the host removes a moment later, is removed" {
	faults "PNP0C80:01 EBUSY" "PNP0C80:00 until .done"
	start offline --unplug 8-15 -J
	within 10 has_log "memory memory12: Offline failed." || fail "it was not refused"
	within 10 is_removed || fail "the other one is not being removed"
	mv "$root"/sys/devices/system/memory/memory1[2-5] "$BATS_TEST_TMPDIR"
	touch "$root/.done"
	finish
	exits 0
	json 'column("result") == ["removed"] * 8' 'column("reason") == [None] * 8'
}

has_log() {
	grep -qF "$1" "$root/dev/kmsg"
}

@test "a kernel that crashes in the removal: a failure, although the blocks are gone" {
	echo 15 > "$root/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00/status"
	faults "PNP0C80:00 crashes"
	mem offline --unplug 8-11
	exits 64
	gone 8-11
	err_has "$(text not-removed PNP0C80:00) (removal-failed): $(text removal-crashed)"
	out_lacks "$(text removed "4 blocks" 512M 8-11 PNP0C80:00)"
	echo 15 > "$root/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:01/status"
	faults "PNP0C80:01 crashes"
	mem offline --unplug 12-15 -J
	exits 64
	json 'column("result") == ["done"] * 4' 'column("reason") == ["removal-failed"] * 4' \
		'b[12]["kernel_log"].startswith("BUG: unable to handle page fault")'
	# and where the removal ends well the status says so
	echo 15 > "$root/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:02/status"
	faults ""
	mem offline --unplug 16-23
	exits 0
}

@test "boot memory that covers a part of a GiB is removed only with --force, unless it is mapped in pieces" {
	echo "DirectMap1G:     3145728 kB" >> "$root/proc/meminfo"
	unchanged mem offline --unplug 8-11
	exits 1
	err_is "memhp: offline: $(text may-crash PNP0C80:00)"
	unchanged mem offline --unplug --dry-run 12-15
	exits 1
	# an amount takes others
	mem offline --unplug --dry-run 1G -J
	exits 0
	json 'column("block") == list(range(23, 15, -1))'
	mem offline --unplug 16-23
	exits 0
	mem offline --unplug --force 8-11
	exits 0
	sed -i 's/^DirectMap1G:.*/DirectMap1G:           0 kB/' "$root/proc/meminfo"
	mem offline --unplug 12-15
	exits 0
}

@test "no process can be started for the removal" {
	# strace would see the emulator's calls, and LeakSanitizer fails under it
	is_plain || return 0
	mem offline 8-11
	with strace -f -qq -o /dev/null -e trace=clone3 -e inject=clone3:error=EAGAIN -- mem offline --unplug 8-11
	exits 1
	err_has "$(text not-removed PNP0C80:00): Resource temporarily unavailable (no-child): $(text too-many-processes)"
	blocks_are 8-11 "offline Movable Normal"
}
