# SPDX-License-Identifier: GPL-2.0-or-later
#
# What became of a block, where others act as well or something is cut off: blocks that are removed
# meanwhile, rollbacks that fail, attempts that find nothing out, writes for which no process can be
# started, processes that cannot be killed. raced.bats and gone.bats show the same on real kernels.

load ../change

setup() {
	machine
}

teardown_file() {
	validate_all
}

@test "a block that goes offline and is then removed is done, and that is said" {
	faults "memory14 removed" "memory12 removed-later"
	mem offline 12-14 -J
	exits 0
	json 'column("result") == ["done"] * 3' 'b[14]["reason"] is None and b[12]["reason"] is None' \
		"b[14][\"hint\"] == \"$(text gone-hint)\"" 'b[13]["hint"] is None' 'b[14]["zone"] is None' \
		'sums["changed"] == 3 * 128 * M and sums["failed"] == 0'
	blocks_are 14 gone
	machine
	faults "memory14 removed"
	mem offline 13-14
	exits 0
	out_is <<< "offlined 2 blocks (256M): 13-14"
	err_says gone-one 14
}

@test "a block that another memhp wrote in between is removed: it was done" {
	faults "memory14 removed-later"
	mem offline 13-14 -J
	exits 0
	json 'column("result") == ["done"] * 2' 'b[14]["hint"] is not None'
	blocks_are 14 gone
}

@test "a block that was removed before it was changed has vanished" {
	faults "memory14 vanish"
	mem offline 13-14 -J
	exits 64
	json 'b[14]["result"] == "failed" and b[14]["reason"] == "vanished"' 'sums["changed"] == 128 * M'
}

@test "a removed block counts towards an amount" {
	faults "memory15 removed" "memory14 removed-later"
	mem offline 256M -J
	exits 0
	json 'column("block") == [15, 14]' 'column("result") == ["done"] * 2' 'sums["changed"] == 256 * M'
	blocks_are 13 "online Movable"
}

@test "a removed block is no reason to roll back, and cannot be rolled back" {
	faults "memory14 removed"
	mem offline --all-or-nothing 12-14 -J
	exits 0
	json 'column("result") == ["done"] * 3'
	blocks_are 12-13 "offline Movable Normal"
	machine
	faults "memory15 removed" "memory13 EINVAL"
	mem offline --all-or-nothing 13-15 -J
	exits 64
	json 'b[15]["result"] == "done" and b[15]["reason"] is None' 'b[14]["result"] == "rolled-back"' \
		'sums["changed"] == 128 * M'
	machine
	faults "memory14 online removed" "memory13 EINVAL"
	mem offline --all-or-nothing 13-14 -J
	exits 1
	json 'b[14]["result"] == "rolled-back" and b[14]["hint"] is not None'
}

@test "an onlined block that is removed was onlined" {
	faults "memory16 removed"
	mem online 16-17 -J
	exits 0
	json 'column("result") == ["done"] * 2' 'b[16]["zone"] is None and b[16]["hint"] is not None'
}

@test "a block that was offline already and comes online meanwhile is not already offline" {
	mem offline 14
	exits 0
	echo "14 online Movable" > "$root/.later"
	mem offline 13-14 -J
	exits 64
	json 'b[14]["result"] == "failed" and b[14]["reason"] == "raced" and b[14]["attempts"] == 0' \
		'b[13]["result"] == "done"' 'sums["already"] == 0'
}

@test "another agent puts a block into another zone: raced" {
	faults "memory16 later-zone Normal"
	mem online -z movable 16-17 -J
	exits 64
	json 'b[16]["result"] == "failed" and b[16]["reason"] == "raced" and b[16]["zone"] == "Normal"' \
		'sums["changed"] == 256 * M'
	# the kernel's choice is not asked for
	machine
	faults "memory16 later-zone Normal"
	mem online 16-17 -J
	exits 0
}

@test "a rollback that fails is told as such, with what was found" {
	faults "memory14 online EBUSY" "memory13 EINVAL"
	mem offline --all-or-nothing 13-14 --retries 1 --interval 10ms
	exits 64
	err_says rollback-failed 14
	err_has "Device or resource busy (notifier)"
	out_is <<< "offlined 1 block (128M): 14"
	machine
	faults "memory14 online EBUSY" "memory13 EINVAL"
	mem offline --all-or-nothing 13-14 --retries 0 -J
	exits 64
	json 'b[14]["result"] == "done" and b[14]["reason"] == "notifier" and b[14]["error"] == "EBUSY"' \
		'b[14]["hint"].startswith("rollback failed: ")'
	# the block that is in the way
	machine
	faults "memory16 offline lock" "memory17 EINVAL"
	mem online --all-or-nothing 16-17 --retries 0 -t 2s -J
	exits 64
	json 'b[16]["result"] == "done" and b[16]["reason"] == "lock-held"' 'b[16]["hint"].startswith("rollback failed: ")'
}

@test "a second attempt that succeeds has nothing of the first one" {
	faults "memory14 EBUSY x1" 'memory14 log "page dumped because: unmovable page" x1'
	mem offline 14 --retries 2 --interval 10ms -J
	exits 0
	json 'b[14]["attempts"] == 2 and b[14]["kernel_log"] is None and b[14]["errno"] is None and b[14]["reason"] is None'
}

@test "an attempt that is cut off early keeps the failure that is known" {
	faults "memory14 EBUSY x2" 'memory14 log "page dumped because: unmovable page" x2' "memory14 hang"
	mem offline 14 --retries 9 --interval 10ms -t 700ms -J
	exits 1
	json 'b[14]["result"] == "failed" and b[14]["reason"] == "unmovable-pages" and b[14]["error"] == "EBUSY"' \
		'"unmovable page" in b[14]["kernel_log"]'
	# a longer one has found something out
	faults "memory14 EBUSY x2" 'memory14 log "page dumped because: unmovable page" x2' "memory14 hang"
	mem offline 14 --retries 9 --interval 10ms -t 5s -J
	exits 124
	json 'b[14]["result"] == "timeout" and b[14]["reason"] == "migration-failing" and b[14]["kernel_log"] is None'
}

@test "a limit that passes before anything was seen: a timeout without a reason" {
	faults "memory14 hang"
	mem offline 14 -t 1ms -J
	exits 124
	json 'b[14]["result"] == "timeout" and b[14]["reason"] in (None, "migration-failing")' \
		'b[14]["attempts"] or not (b[14]["reason"] or b[14]["error"])'
	# It takes longer than a millisecond to read a thousand blocks, however fast the machine is.
	world <<< "block 1000-1999 online Movable node 0"
	mem offline 14 --deadline 1ms -J
	exits 124
	json 'b[14]["result"] == "skipped" and b[14]["attempts"] == 0 and b[14]["reason"] is None'
	mem offline 14 --deadline 1ms
	exits 124
	err_is "memhp: offline: $(text deadline-passed "block 14")"
}

@test "no process can be started: failed at once, and which limit was met" {
	# strace would see the emulator's calls, and LeakSanitizer fails under it
	is_plain || return 0
	local strace=(strace -f -qq -o /dev/null)
	with "${strace[@]}" -e trace=clone3 -e inject=clone3:error=EAGAIN -- mem offline 13-14 -J
	exits 1
	json 'column("result") == ["failed"] * 2' 'column("reason") == ["no-child"] * 2' 'column("error") == ["EAGAIN"] * 2' \
		'column("attempts") == [1, 1]'
	with "${strace[@]}" -e trace=clone3 -e inject=clone3:error=EAGAIN -- mem offline 13-14
	exits 1
	err_says no-child 13-14 "Resource temporarily unavailable" "$(text too-many-processes)"
	with "${strace[@]}" -e trace=clone3 -e inject=clone3:error=EMFILE -- mem online 16
	exits 1
	err_has "Too many open files (no-child)"
	err_has "ulimit -n"
	# clone3(2) and its replacement
	with "${strace[@]}" -e trace=clone3,clone,fork -e inject=clone3,clone,fork:error=EPERM -- mem online 16
	exits 1
	err_has "Operation not permitted (no-child)"
	err_has seccomp
	blocks_are 13-14 "online Movable"
	blocks_are 16 "offline Movable Normal"
	nothing_left
}

@test "a writer that does not end does not keep the caller's pipe open" {
	local begin=$SECONDS output
	faults "memory14 hang" "memory14 linger 60s"
	output=$("${prefix[@]}" "${program[@]}" -s "$root" offline 14 -t 1s -J 2> "$BATS_TEST_TMPDIR/err") || status=$?
	((SECONDS - begin < 50)) || fail "the pipe was open for $((SECONDS - begin)) s"
	[[ $status == 64 && $output == *'"result": "unsettled"'* ]]
	for writer in $(users | cut -d/ -f3 | sort -u); do
		kill -9 "$writer"
	done
	grep -E "$(text unsettled-writer '[0-9]+')" "$BATS_TEST_TMPDIR/err"
	nothing_left
}

@test "--settle is a duration; below another root there is no udev to wait for" {
	local value
	mem offline 14 --settle=1s -J
	exits 0
	json 'd["settled"] is None'
	mem offline --dry-run 13 -J
	json 'd["settled"] is None'
	for value in 1x -1 ""; do
		mem offline 13 "--settle=$value"
		is_usage_error "--settle: '$value'" offline
	done
}
