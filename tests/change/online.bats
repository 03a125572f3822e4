# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp online: which blocks come online, in which zone, in which order, and why some do not.
# change.bats and signals.bats test what it shares with offline: timeouts, signals, rolling back.

load ../change

setup() {
	machine < /dev/null
}

# A machine with 8 blocks of kernel memory, present in zoneinfo, and 40 blocks to bring online.
ratio_machine() {
	rm -rf "$root"
	world < <(cat << 'END'
block_size 128M
block 0-7 online Normal node 0
block 8-47 offline Normal,Movable node 0
proc/iomem = 00000000-17fffffff : System RAM
proc/zoneinfo << ZONES
Node 0, zone   Normal
  pages free     262144
        spanned  262144
        present  262144
        managed  262144
        cma      0
  start_pfn:           0
Node 0, zone  Movable
  pages free     0
        spanned  0
        present  0
        managed  0
        cma      0
ZONES
END
		cat)
}

@test "auto is the default: the kernel chooses the zone, which is reported" {
	mem online 16-17 28
	exits 0
	err_is "memhp: online: $(text driver-adds virtio-mem "$(text stays-offline-later)" offline "")"
	out_is <<< "$(text onlined "3 blocks" 384M "16-17, 28")"
	blocks_are 16-17 "online Movable"
	blocks_are 28 "online Normal"
	blocks_are 18-23 "offline Movable Normal"
	mem online -J -z auto 18 29
	exits 0
	json 'column("zone") == ["Movable", "Normal"]' 'column("zone_before") == [None] * 2' \
		'column("from") == ["offline"] * 2' 'column("to") == ["online"] * 2' 'column("result") == ["done"] * 2' \
		'column("attempts") == [1, 1]' 'sums["changed"] == sums["requested"] == 256 * M' \
		'b[18]["start"] == 18 * 128 * M and b[18]["node"] == 1 and b[18]["size"] == 128 * M' \
		'b[29]["origin"] == "virtio-mem"' 'd["action"] == "online" and d["dry_run"] is False'
}

@test "-z kernel and -z movable, in upper or lower case, -z and --zone" {
	mem online -z kernel 16-17
	exits 0
	blocks_are 16-17 "online Normal"
	mem online --zone=Movable 28
	exits 0
	blocks_are 28 "online Movable"
	for target in "" Normal default online_movable auto,movable; do
		mem online -z "$target" 18
		is_usage_error "$(text unknown-target "$target")" online
	done
	blocks_are 18 "offline Movable Normal"
}

@test "zones and words of the kernel in place of targets, zones and states: what to write" {
	instead() {
		mem online 18 --dry-run "$1"
		exits 2
		err_has "; write $2"$'\n'
	}
	for zone in Normal DMA dma32 HighMem online_kernel; do
		instead --zone=$zone kernel
	done
	instead --zone=online_movable movable
	instead --zone=online auto
	instead --in-zone=kernel DMA,DMA32,Normal,HighMem
	instead --in-zone=DMA,online_movable Movable
	instead --state=off offline
	instead --state=going_offline going-offline
}

@test "zones are written to the file state; the file online is neither read nor written" {
	for n in 8 16 17; do
		echo 1 > "$root/sys/devices/system/memory/memory$n/online"
	done
	traced openat,openat2,open mem online -z movable 8 16-17
	exits 0
	[[ $(grep -c 'memory1[67]/state.*O_WRONLY' "$trace") == 2 ]] || fail "other writes"
	! grep 'memory[0-9]*/online"' "$trace" || fail "online is opened"
}

@test "named blocks come online in ascending order, each once, whatever the order of the operands" {
	mem online -J 23 memory19 16-18 17 0x80000000-0x8fffffff 20,22
	exits 0
	json 'column("block") == [16, 17, 18, 19, 20, 22, 23]' 'sums["requested"] == 7 * 128 * M'
}

@test "a block that is already online is a success, and nothing is written" {
	before=$(tree)
	traced openat,openat2,open mem online 8-9 1
	exits 0
	out_is <<< "$(text already-online "1, 8-9")"
	! grep 'state.*O_WRONLY' "$trace" || fail "a state is opened for writing"
	mem online -J -z movable 8-10 16
	exits 0
	json 'column("result") == ["already"] * 3 + ["done"]' 'sums["already"] == 384 * M' 'sums["changed"] == 128 * M' \
		'b[8]["zone"] == b[8]["zone_before"] == "Movable"' 'b[8]["attempts"] == 0'
	mem online -z movable 8-10 16
	exits 0
	mem online -z kernel 1
	exits 0
}

@test "EINVAL because another agent was quicker: already online" {
	faults "memory16 until .done"
	start online 16-17 -J
	within 10 is_written 16
	# while memhp waits for block 16
	echo online > "$root/sys/devices/system/memory/memory17/state"
	echo Movable > "$root/sys/devices/system/memory/memory17/valid_zones"
	touch "$root/.done"
	finish
	exits 0
	json 'b[16]["result"] == "done"' 'b[17]["result"] in ("already", "done")' 'b[17]["errno"] is None'
}

@test "online in another zone than requested: wrong-zone" {
	mem online -z movable 1 16 -J
	exits 64
	json 'b[1]["result"] == "failed" and b[1]["reason"] == "wrong-zone" and b[1]["zone"] == "Normal"' \
		'b[1]["attempts"] == 0' 'b[16]["result"] == "done"'
	mem online -z kernel --dry-run 1 8-10 16
	exits 0
	err_is "memhp: online: $(text misplaced-blocks "8-10, 16")"
	out_says nothing-to-online
	mem online -z movable --dry-run 1 17
	exits 0
	err_is "memhp: online: $(text misplaced-block 1)"
	faults "memory17 online-as Normal"
	mem online -z movable 17 -J
	exits 64
	json 'b[17]["result"] == "failed" and b[17]["reason"] == "wrong-zone" and b[17]["zone"] == "Normal"' \
		'sums["changed"] == sums["failed"] == 128 * M'
}

@test "a block that came online in the wrong zone has changed, in all reports" {
	faults "memory17 online-as Normal"
	mem online -z movable 16-17
	exits 64
	[[ $(block 17) == "online Normal" ]] || fail "block 17 is $(block 17)"
	out_is <<< "$(text onlined "2 blocks" 256M 16-17)"
	err_says block-failed 17 wrong-zone
	faults "memory18 online-as Normal"
	mem online -z movable 18
	exits 64
	out_is <<< "$(text onlined "1 block" 128M 18)"
}

@test "a block that another agent brought online in the wrong zone is not counted as changed" {
	# While memhp waits for block 16 it no longer reads the state of block 17.
	faults "memory16 delay 700"
	start online -z movable 16-17 --all-or-nothing -J
	within 10 is_written 16
	edit memory17/state online
	edit memory17/valid_zones Normal
	finish
	exits 1
	json 'b[17]["reason"] == "wrong-zone" and b[17]["attempts"] == 0' 'b[16]["result"] == "rolled-back"' 'sums["changed"] == 0'
	[[ $(block 17) == "online Normal" ]] || fail "block 17 is $(block 17)"
}

@test "an amount: lowest addresses first, among all blocks or those named with it" {
	mem online 256M -J
	exits 0
	json 'column("block") == [16, 17]' 'sums["requested"] == 256 * M'
	mem online 20-23 0.25G
	exits 0
	out_is <<< "$(text onlined "2 blocks" 256M 20-21)"
	mem online 256MiB --node 1 19,22-23
	exits 0
	blocks_are 18-18 "offline Movable Normal"
	blocks_are 19-22 "online Movable"
	blocks_are 23 "offline Movable Normal"
}

@test "an amount that is not a multiple of the block size, zero, or invalid" {
	before=$(tree)
	mem online 200M
	is_usage_error "$(text nearest-sizes 200M 128M 128M 256M)" online
	mem online 1
	exits 0
	mem online 0M
	is_usage_error "$(text zero-amount 0M 128M)" online
	mem online 64M
	is_usage_error "$(text nearest-size 64M 128M 128M)" online
	mem online 2GB
	is_usage_error "$(text ambiguous-unit 2GB 2G)" online
	mem online 128M 1G
	is_usage_error "$(text several-amounts)" online
	mem online 99999999999999999999G
	is_usage_error "$(text beyond-64-bits 99999999999999999999G)" online
	mem online 16E
	is_usage_error "$(text beyond-64-bits 16E)" online
	mem online 1024
	exits 1
	err_says block-or-amount 1024 1024M
	[[ $(tree) == "$before" ]] || fail "something is written"
}

@test "an amount larger than what qualifies: all that qualifies, exit 64; nothing, exit 1" {
	mem online 2G 8-23 -J
	exits 64
	json 'column("block") == list(range(16, 24))' 'sums["requested"] == 2048 * M and sums["changed"] == 1024 * M'
	mem online 2G 8-23
	exits 1
	err_says nothing-qualifies "bring online"
	blocks_are 28-29 "offline Normal Movable"
}

@test "an amount replaces a block that fails by the next candidate, and exits 0" {
	faults "memory16 EPERM" "memory18 EHWPOISON"
	mem online 384M -J
	exits 0
	json '[(r["block"], r["result"]) for r in rows] == [(16, "failed"), (17, "done"), (18, "failed"), (19, "done"), (20, "done")]' \
		'sums["changed"] == 384 * M and sums["failed"] == 256 * M'
	faults "memory16 EPERM" "memory18 EPERM" "memory21 EPERM" "memory22 EPERM" "memory23 EPERM"
	mem online 128M 8-23
	exits 1
	blocks_are 21-23 "offline Movable Normal"
}

@test "--total: the same command again changes nothing" {
	mem online --total 1280M 8-23 -J
	exits 0
	json 'column("block") == [16, 17]' 'sums["requested"] == 256 * M'
	before=$(tree)
	mem online --total 1280M 8-23 -J
	exits 0
	json 'sums["changed"] == 0' 'rows == []'
	mem online --total 1G 8-23
	exits 0
	[[ $(tree) == "$before" ]] || fail "something changed"
}

@test "an amount takes blocks of drivers, too; their drivers wait for it" {
	mem online 128M --origin virtio-mem
	exits 0
	out_is <<< "$(text onlined "1 block" 128M 28)"
	mem online 1152M -J
	exits 0
	json 'column("block") == [*range(16, 24), 29]'
}

@test "more MOVABLE than the ratio allows is refused, with the figures; --force" {
	ratio_machine < /dev/null
	before=$(tree)
	mem online -z movable 8-40
	exits 1
	one_message
	err_says ratio-exceeded 4.1G 0B 1G 400
	mem online -z movable --dry-run -J 8-40
	exits 1
	json '"ratio" in d["error"]["message"]'
	[[ $(tree) == "$before" ]] || fail "something is written"
	# 4:1 exactly is allowed
	mem online -z movable --dry-run 8-39
	exits 0
	mem online 8-40 --dry-run
	exits 0
	mem online -z movable --force 8-40
	exits 0
	out_is <<< "$(text onlined "33 blocks" 4.1G 8-40)"
}

@test "with the policy auto-movable its ratio is the limit; unknown figures refuse nothing" {
	ratio_machine << 'END'
sys/module/memory_hotplug/parameters/online_policy = auto-movable
sys/module/memory_hotplug/parameters/auto_movable_ratio = 150
END
	mem online -z movable 1664M
	exits 1
	err_says ratio-exceeded 1.6G 0B 1G 150
	mem online -z movable 1536M
	exits 0
	rm "$root/proc/zoneinfo"
	mem online -z movable 2G
	exits 0
}

@test "reasons by errno, with hints; permanent failures are not retried" {
	while read -r error reason attempts; do
		faults "memory16 $error"
		mem online 16 -J --interval 10ms --retries 2
		exits 1
		json 'b[16]["result"] == "failed"' "b[16]['reason'] == '$reason'" "b[16]['attempts'] == $attempts" \
			"b[16]['error'] == ('unknown' if '$error' == '512' else '$error')" 'b[16]["zone"] is None'
		[[ $(block 16) == "offline Movable Normal" ]] || fail "block 16 changed"
	done << 'END'
EHWPOISON hwpoison 1
EPERM notifier 1
EBUSY notifier 3
ENOMEM notifier 3
EAGAIN notifier 3
EIO notifier 1
EOPNOTSUPP notifier 1
512 notifier 1
EINVAL unknown 1
END
	faults "memory16 EHWPOISON"
	mem online 16
	exits 1
	one_message
	err_has "block 16: "
	err_says memory-errors
}

@test "holes in a range are named and the other blocks come online; blocks that do not exist" {
	before=$(tree)
	mem online 30-40
	exits 1
	mem online 40 16
	exits 1
	err_says no-such-block 40
	mem online 0x80000000 0x1400000000
	exits 1
	mem online 16 --node 7
	exits 1
	err_says no-such-node 7
	[[ $(tree) == "$before" ]] || fail "something is written"
	mem online 23-40
	exits 0
	err_says no-such-blocks 30-40
	blocks_are 23 "online Movable"
}

@test "an address stands for its block; a range of parts of blocks is refused with the whole range" {
	mem online 0x84000000 -J
	exits 0
	json 'column("block") == [16]'
	mem online 0x88000000-0x97ffffff
	exits 0
	out_is <<< "$(text onlined "2 blocks" 256M 17-18)"
	mem online 0x98000000-0xa3ffffff
	is_usage_error "$(text part-of-block 0x98000000-0xa3ffffff 0x98000000-0xa7ffffff)" online
	blocks_are 19 "offline Movable Normal"
}

@test "filters narrow every operand; without any block left there is a notice and exit 0" {
	mem online all --state offline --in-zone Normal
	exits 0
	err_is "memhp: online: $(text nothing-to-do)"
	mem online all --node 0 --state offline -J
	exits 0
	json 'rows == []' 'sums["requested"] == 0'
	mem online 16-29 --state offline --origin VIRTIO-MEM
	exits 0
	out_is <<< "$(text onlined "2 blocks" 256M 28-29)"
	mem online all --state offline --node 1
	exits 0
	out_is <<< "$(text onlined "8 blocks" 1G 16-23)"
	mem online
	is_usage_error "$(text missing-blocks)" online
}

@test "onlining cannot be interrupted: the timeout bounds the wait for the lock, which is reported" {
	faults "memory16 delay 4s"
	mem online 16 17 -t 2s -v
	exits 0
	blocks_are 16-17 "online Movable"
	out_says beyond-timeout
}

@test "while another hotplug operation has the lock: lock-held at the timeout" {
	exec 9> "$root/.hotplug"
	flock 9
	mem online 16 -t 500ms -J
	exits 124
	json 'b[16]["result"] == "timeout" and b[16]["reason"] == "lock-held"' '500 <= b[16]["elapsed_ms"] < 20000'
	exec 9>&-
	[[ $(block 16) == "offline Movable Normal" ]] || fail "block 16 changed"
	nothing_left
}

@test "--dry-run prints the zones: certain for the first block, and for a target" {
	mem online --dry-run -J 8 16-17 28
	exits 0
	json 'column("result") == ["already"] + ["planned"] * 3' 'column("zone") == ["Movable"] * 3 + ["Normal"]' \
		'column("certain") == [True, True, False, False]' 'd["dry_run"] is True' 'd["exit_status"] == 0' \
		'sums["already"] == 128 * M and sums["changed"] == 0'
	mem online --dry-run -J -z movable 16-17 28
	json 'column("zone") == ["Movable"] * 3' 'column("certain") == [True] * 3'
	mem online --dry-run -J -z kernel 16-17 28
	json 'column("zone") == ["Normal"] * 3'
	mem online --dry-run -J 384M
	json 'column("block") == [16, 17, 18]'
	mem online --dry-run 384M
	out_says would-online "3 blocks" 384M 16-18
	mem online --dry-run -J -z movable 1
	json 'rows[0]["zone"] == "Normal"'
}

@test "without memory hotplug: exit 3; without valid_zones it works, the zone is unknown" {
	rm -r "$root"
	world no-hotplug
	mem online 16 -J
	exits 3
	rm -r "$root"
	world no-hotremove
	local n
	n=$(cd "$root/sys/devices/system/memory" && grep -l online memory*/state | sed 's/[^0-9]//g' | sort -n | tail -1)
	echo offline > "$root/sys/devices/system/memory/memory$n/state"
	mem online "$n" -J
	exits 0
	json 'rows[0]["result"] == "done" and rows[0]["zone"] is None'
}
