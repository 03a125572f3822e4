# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp offline: which blocks go offline, in which order, what is refused, and the reason of each
# failure. change.bats and signals.bats test what it shares with online: timeouts, signals, rolling back.

load ../change

setup() {
	machine < /dev/null
}

# reason_is REASON RESULT STATUS: what the last document has for block 14, which is online again
reason_is() {
	exits "$3"
	json "b[14]['reason'] == '$1'" "b[14]['result'] == '$2'" 'b[14]["hint"] or "'"$1"'" == "unknown"' \
		'b[14]["zone"] == "Movable"'
	blocks_are 14 "online Movable"
}

@test "named blocks go offline in descending order, each once; the last line" {
	mem offline 8 14 memory10 12-13 0x60000000-0x67ffffff -J
	exits 0
	json 'column("block") == [14, 13, 12, 10, 8]' 'column("result") == ["done"] * 5' 'column("zone") == [None] * 5' \
		'column("zone_before") == ["Movable"] * 5' 'column("from") == ["online"] * 5' \
		'column("to") == ["offline"] * 5' 'sums["changed"] == sums["requested"] == 640 * M'
	blocks_are 12-14 "offline Movable Normal"
	mem offline 7 9 15
	exits 0
	err_is ""
	out_is <<< "$(text offlined "3 blocks" 384M "7, 9, 15")"
	blocks_are 7 "offline Normal Movable"
}

@test "a block that is already offline is a success, and nothing is written" {
	before=$(tree)
	mem offline 16-23
	exits 0
	out_is <<< "$(text already-offline 16-23)"
	[[ $(tree) == "$before" ]] || fail "something is written"
	mem offline 15-16 -J
	exits 0
	json '[r["result"] for r in rows] == ["already", "done"]' 'sums["already"] == sums["changed"] == 128 * M'
	mem offline 15-16
	exits 0
}

@test "an amount: Movable before kernel zones, from the top; never a block that cannot go offline" {
	mem offline 1280M -J
	exits 0
	json 'column("block") == [15, 14, 13, 12, 11, 10, 9, 8, 7, 6]' 'column("zone_before")[-2:] == ["Normal"] * 2'
	mem offline --force 2G -J
	exits 64
	# block 0 spans zones, 24-27 are a driver's
	json 'column("block") == [5, 4, 3, 2, 1]' 'sums["requested"] == 2048 * M'
	mem offline 128M
	exits 1
	mem offline 128M 24-27
	exits 0
	out_is <<< "$(text offlined "1 block" 128M 27)"
	mem offline 128M --origin virtio-mem
	exits 0
	out_is <<< "$(text offlined "1 block" 128M 26)"
}

@test "an amount among named blocks, --total, invalid sizes" {
	mem offline 9-12 256M -J
	exits 0
	json 'column("block") == [12, 11]'
	mem offline --total 512M 8-12 -J
	exits 0
	json 'column("block") == [10, 9]' 'sums["requested"] == 256 * M'
	before=$(tree)
	mem offline --total 512M 8-12
	exits 0
	mem offline 100M
	is_usage_error "$(text nearest-size 100M 128M 128M)" offline
	mem offline 0G
	is_usage_error "$(text zero-amount 0G 128M)" offline
	mem offline 1500M
	is_usage_error "$(text nearest-sizes 1500M 128M 1408M 1536M)" offline
	mem offline 1GB
	is_usage_error "$(text ambiguous-unit 1GB 1G)" offline
	[[ $(tree) == "$before" ]] || fail "something changed"
}

@test "an amount replaces a block that fails by the next candidate" {
	faults "memory15 EBUSY" "memory14 offline EPERM"
	mem offline 256M -J --retries 1 --interval 10ms
	exits 0
	json '[(r["block"], r["result"], r["attempts"]) for r in rows] == [
		(15, "failed", 2), (14, "failed", 1), (13, "done", 1), (12, "done", 1)]' \
		'sums["changed"] == 256 * M and sums["failed"] == 256 * M'
	mem offline 128M --retries 0
	exits 0
	err_has "block 15: "
	out_is <<< "$(text offlined "1 block" 128M 11)"
	faults memory{1..27}" EBUSY"
	mem offline 128M --retries 0
	exits 1
}

@test "all needs a filter, --force or --dry-run" {
	sed -i 's/2097152 kB/8388608 kB/' "$root/proc/meminfo"
	before=$(tree)
	for words in all "all 5" "-J all"; do
		mem offline $words
		exits 2
		err_says all-refused
	done
	mem offline --dry-run all
	exits 0
	[[ $(tree) == "$before" ]] || fail "something is written"
	mem offline all --in-zone movable --origin boot
	exits 0
	mem offline --force all -J
	exits 64
	json 'b[0]["reason"] == "several-zones"' 'all(r["result"] in ("done", "already") for r in rows if r["block"])'
}

@test "more than fits into the remaining memory is refused, with the figures; --force" {
	echo "MemAvailable:     655360 kB" >> "$root/proc/meminfo"
	sed -i '/MemAvailable: *2097152/d' "$root/proc/meminfo"
	before=$(tree)
	mem offline 768M
	exits 1
	one_message
	err_says no-room 768M 640M
	mem offline 8-13 -J
	exits 1
	json '"no-room" in d["error"]["message"]'
	mem offline --dry-run 8-13
	exits 1
	[[ $(tree) == "$before" ]] || fail "something is written"
	# blocks that are already offline need no room
	mem offline 11-23
	exits 0
	mem offline --force 8-10 4-6
	exits 0
	rm "$root/proc/meminfo"
	mem offline 7
	exits 0
}

@test "--zone is an option of online; --in-zone filters" {
	mem offline --zone movable 8
	is_usage_error "$(text zone-of-online movable)" offline
	mem offline -z Movable 8
	is_usage_error "$(text zone-of-online Movable)" offline
	mem offline -z Nirwana 8
	is_usage_error "$(text in-zone-selects)" offline
	mem offline --in-zone MOVABLE 7-8
	exits 0
	out_is <<< "$(text offlined "1 block" 128M 8)"
	mem offline 8-15 --in-zone Normal -J
	exits 0
	json 'rows == []'
	mem offline 1-7 --in-zone Nirwana
	is_usage_error "$(text unknown-word --in-zone zone Nirwana "DMA, DMA32, Normal, HighMem, Movable, Device or none")" offline
}

@test "several-zones and memory-holes: EINVAL is permanent" {
	mem offline 0 -J
	exits 1
	json 'b[0]["reason"] == "several-zones" and b[0]["attempts"] == 1 and b[0]["error"] == "EINVAL"' \
		'b[0]["errno"] == 22 and b[0]["zone"] == "none" and b[0]["result"] == "failed"'
	sed -i 's/^00000000-3fffffff/00000000-17ffefff/' "$root/proc/iomem"
	faults "memory2 EINVAL"
	mem offline 2 -J
	exits 1
	json 'b[2]["reason"] == "memory-holes" and b[2]["attempts"] == 1'
	mem offline 2
	exits 1
	one_message
	err_has "block 2: "
	err_has "memory-holes"
	# nothing in iomem, but a line in the kernel log
	faults "memory14 EINVAL" 'memory14 log "memory offlining [mem 0x070000000-0x077ffffff] failed due to memory holes"'
	mem offline 14 -J
	reason_is memory-holes failed 1
}

@test "unmovable-pages: by the kernel log since the write; -v prints its line" {
	faults "memory14 EBUSY" 'memory14 log "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x72345"' \
		'memory14 log "page dumped because: unmovable page"'
	mem offline 14 --retries 0 -J
	reason_is unmovable-pages failed 1
	json 'len(b[14]["kernel_log"].split("\n")) == 2'
	mem offline 14 --retries 0 -v
	exits 1
	err_has "unmovable-pages"
	err_has "page dumped because: unmovable page"
	# a stale record, and one of another block, prove nothing
	faults "memory14 EBUSY" 'memory14 log "memory offlining [mem 0x078000000-0x07fffffff] failed due to unmovable page"' \
		'memory14 log "migrating pfn 1 failed ret:1"'
	mem offline 14 --retries 0 -J
	reason_is unknown failed 1
}

@test "isolation-failed and hugetlb, by the kernel log" {
	faults "memory14 EBUSY" 'memory14 log "failed to isolate pfn 70123"'
	mem offline 14 --retries 0 -J
	reason_is isolation-failed failed 1
	faults "memory14 EBUSY" 'memory14 log "memory offlining [mem 0x070000000-0x077ffffff] failed due to failure to isolate range"'
	mem offline 14 --retries 0 -J
	reason_is isolation-failed failed 1
	local error
	for error in EBUSY ENOMEM; do
		faults "memory14 $error" "memory14 reason \"failure to dissolve huge pages\""
		mem offline 14 --retries 0 --explain -J
		reason_is hugetlb failed 1
	done
}

@test "notifier: its errno is reported unchanged; temporary ones are retried" {
	while read -r error attempts; do
		faults "memory14 $error" "memory14 log \"Injecting error (-1) to MEM_GOING_OFFLINE\""
		mem offline 14 -J --interval 10ms --retries 2
		reason_is notifier failed 1
		json "b[14]['attempts'] == $attempts" "b[14]['error'] == ('unknown' if '$error' == '512' else '$error')"
	done << 'END'
EPERM 1
ENOMEM 3
EBUSY 3
EAGAIN 3
EINTR 3
EINVAL 1
EIO 1
ENODEV 1
512 1
EHWPOISON 1
END
	faults "memory14 EPERM"
	mem offline 14
	exits 1
	one_message
	err_has "notifier"
	err_has "Operation not permitted"
	faults "memory14 EHWPOISON"
	mem offline 14 -J
	reason_is hwpoison failed 1
}

@test "unknown: the text of errno and the line of the kernel log" {
	faults "memory14 EBUSY" 'memory14 log "some driver: holds memory block 14"'
	mem offline 14 --retries 0 -v
	exits 1
	err_has "Device or resource busy"
	err_has "some driver: holds memory block 14"
	mem offline 14 --retries 0 -J
	reason_is unknown failed 1
}

@test "offline-disabled: boot memory of arm64, whatever the kernel log has" {
	echo aarch64 > "$root/proc/sys/kernel/arch"
	faults "memory3 EPERM"
	mem offline 3 -J
	exits 1
	json 'b[3]["reason"] == "offline-disabled" and b[3]["origin"] == "boot"'
	faults "memory3 EPERM" 'memory3 log "Injecting error (-1) to MEM_GOING_OFFLINE"'
	mem offline 3 -J
	json 'b[3]["reason"] == "offline-disabled"'
	faults "memory24 EPERM"
	mem offline 24 -J
	json 'b[24]["reason"] == "notifier"'
	mem offline --origin boot 1G
	exits 1
}

@test "migration-failing: the timeout came while the block was going offline" {
	faults "memory14 hang"
	mem offline 14 -t 2s -J
	reason_is migration-failing timeout 124
	# the write does not end by itself, and the default timeout is 60 s
	json '2000 <= b[14]["elapsed_ms"] < 20000' 'b[14]["attempts"] == 1'
	nothing_left
	mem offline 14 -t 2s
	exits 124
	err_has "migration-failing"
}

@test "lock-held: the timeout came before, also while another block is going offline" {
	exec 9> "$root/.hotplug"
	flock 9
	mem offline 14 -t 300ms -J
	reason_is lock-held timeout 124
	# K17: the block of another writer, or of the ACPI worker
	echo going-offline > "$root/sys/devices/system/memory/memory15/state"
	echo Movable Normal > "$root/sys/devices/system/memory/memory15/valid_zones"
	mem offline 15 -t 500ms -J
	exec 9>&-
	exits 124
	json 'b[15]["reason"] == "lock-held" and b[15]["from"] == "going-offline"'
	# that block is named, and its line of the kernel log is not reported for another block
	faults "memory13 hang"
	echo online > "$root/sys/devices/system/memory/memory15/state"
	LD_PRELOAD=$fake dd of="$root/sys/devices/system/memory/memory13/state" conv=notrunc status=none <<< offline &
	local holder=$!
	await 13 going-offline
	mem offline 14 -t 400ms -v
	exits 124
	err_has "block 14: $(text timed-out) (lock-held): $(text going-offline 13)"
	one_message
	start offline 14 -t 3s -J
	within 10 has_writer
	echo "6,101,100,-;page dumped because: migration failure" >> "$root/dev/kmsg"
	finish
	kill "$holder"
	exits 124
	json "b[14]['hint'] == '$(text going-offline 13)' and b[14]['kernel_log'] is None"
	nothing_left
}

@test "a block that another agent takes offline: it fails, and an amount leaves it out" {
	echo going-offline > "$root/sys/devices/system/memory/memory15/state"
	echo Movable Normal > "$root/sys/devices/system/memory/memory15/valid_zones"
	mem offline 15 -J
	exits 1
	json 'b[15]["result"] == "failed" and b[15]["from"] == "going-offline" and b[15]["error"] == "EINVAL"' \
		'b[15]["hint"]'
	mem offline 128M -J
	json 'column("block") == [14]'
}

@test "vanished: during the write, and before it" {
	faults "memory14 vanish" 'memory14 log "page dumped because: migration failure"'
	mem offline 13-14 -J
	exits 64
	json 'b[14]["kernel_log"] is None'
	json 'b[14]["reason"] == "vanished" and b[14]["result"] == "failed" and b[14]["zone"] is None' \
		'b[14]["error"] == "ENODEV" and b[14]["attempts"] == 1' 'b[13]["result"] == "done"'
	faults "memory12 until .done"
	start offline 11-12 -J
	await 12 going-offline
	rm -r "$root/sys/devices/system/memory/memory11"
	touch "$root/.done"
	finish
	exits 64
	json 'b[11]["reason"] == "vanished" and b[11]["error"] == "ENOENT"' 'b[12]["result"] == "done"'
}

@test "raced: changed back at once, or before the last write" {
	faults "memory14 raced"
	mem offline 14 -J
	reason_is raced failed 1
	faults "memory14 raced-later x1"
	mem offline 13-14 -J
	exits 64
	json 'b[14]["reason"] == "raced" and b[14]["result"] == "failed" and b[14]["zone"] == "Movable"' \
		'b[13]["result"] == "done"'
	mem offline 12 14
	exits 0
}

@test "a state that cannot be understood after the write shows no other agent" {
	local reads
	for reads in ERROR-UNKNOWN-4 $'a\e[31m'; do
		edit memory14/state online
		edit memory13/state offline
		faults "memory14 reads $reads"
		mem offline 14 -J
		exits 1
		json 'b[14]["reason"] == "unknown" and b[14]["result"] == "failed"' 'b[14]["error"] is None and b[14]["to"] == "offline"'
		faults "memory13 reads $reads"
		mem online 13
		exits 1
		err_says state-reads "${reads//$'\e'/?}"
	done
}

@test "no-permission: an ordinary user, and errors when opening the file" {
	chmod 0644 "$root"/sys/devices/system/memory/memory*/state
	chmod 0444 "$root/sys/devices/system/memory/memory14/state"
	unprivileged mem offline 14 -J
	reason_is no-permission failed 1
	json 'b[14]["error"] == "EACCES"'
	unprivileged mem offline 14
	exits 1
	err_has "(no-permission): $(text "$( ((EUID)) && echo run-as-root || echo root-in-container)")"
	faults "memory14 open EPERM"
	mem offline 14 -J
	reason_is no-permission failed 1
}

@test "read-only: sysfs in a container" {
	faults "memory14 open EROFS"
	mem offline 14 -J
	reason_is read-only failed 1
	mem offline 14
	err_is "memhp: offline: block 14: Read-only file system (read-only): $(text read-only-sysfs)"
	before=$(tree)
	mem offline --all-or-nothing 13-15
	exits 1
	[[ $(tree) == "$before" ]] || fail "something is left changed"
}

@test "a state file that is missing or has garbage: its block fails, the others go offline" {
	rm "$root/sys/devices/system/memory/memory14/state"
	echo garbage > "$root/sys/devices/system/memory/memory12/state"
	mem offline 12-14 -J
	exits 64
	json 'b[13]["result"] == "done"' 'b[14]["result"] == "failed" and b[14]["reason"] and b[14]["from"] is None' \
		'b[12]["result"] == "failed" and b[12]["reason"]'
	[[ ! -e $root/sys/devices/system/memory/memory14/state ]] || fail "it is made"
}

@test "--explain: the kernel's reason, and dynamic debug as it was before" {
	local control=$root/proc/dynamic_debug/control
	faults "memory14 EBUSY"
	before=$(< "$control")
	mem offline 14 --retries 0 -J
	reason_is unknown failed 1
	mem offline 14 --retries 0 -v --explain
	exits 1
	err_has "isolation-failed"
	err_has "failed due to failure to isolate range"
	[[ $(< "$control") == "$before" ]] || fail "dynamic debug differs: $(diff <(echo "$before") "$control")"
	# some of it was enabled before
	sed -i '/offline_pages/s/=_/=pmf/; /online_pages/s/=_/=l/' "$control"
	before=$(< "$control")
	mem offline 13 --explain
	exits 0
	[[ $(< "$control") == "$before" ]] || fail "dynamic debug differs: $(diff <(echo "$before") "$control")"
	faults "memory12 hang"
	mem offline 11-12 -t 300ms --explain
	[[ $(< "$control") == "$before" ]] || fail "dynamic debug differs after a timeout"
}

@test "--explain where the kernel's reasons are not available: one notice with the cause, and nothing else changes" {
	local control=$root/proc/dynamic_debug/control
	explained() {
		mem offline "$1" --explain
		exits 0
		err_is "memhp: offline: $(text "${@:2}")"
	}
	faults "memory9 EBUSY"
	chmod 0444 "$control"
	unprivileged explained 15 debug-failed "$control" "Permission denied; $(what_permits)"
	chmod 0644 "$control"
	grep -v '^mm/memory_hotplug.c' "$control" > "$root/other"
	mv "$root/other" "$control"
	explained 14 no-debug-messages "$control"
	rm -r "$root/proc/dynamic_debug"
	explained 13 no-dynamic-debug "$control"
	mem offline 12 --explain -q
	err_is ""
	mem offline 11
	err_is ""
	mem offline 9 --explain -J --retries 0
	exits 1
	err_is "memhp: offline: $(text no-dynamic-debug "$control")"
	json 'b[9]["error"] == "EBUSY"'
	rm "$root/dev/kmsg"
	explained 10 no-kernel-log "$root/dev/kmsg"
}

@test "two --explain at once, each below a lock of its own: the second leaves dynamic debug alone and says so" {
	local control=$root/proc/dynamic_debug/control
	before=$(< "$control")
	faults "memory15 until .done"
	start offline 15 --explain
	await 15 going-offline
	[[ $(< "$control") != "$before" ]] || fail "dynamic debug is off"
	first=("$pid" "$out_file" "$err_file" "$(< "$control")")
	# Without the lock of the program there is only that of the library.
	rm "$root/run/memhp.lock"
	mem online 14 --explain
	exits 0
	err_is "memhp: online: $(text debug-in-use "$control")"
	[[ $(< "$control") == "${first[3]}" ]] || fail "dynamic debug of the first is changed"
	touch "$root/.done"
	pid=${first[0]} out_file=${first[1]} err_file=${first[2]}
	finish
	exits 0
	err_is ""
	[[ $(< "$control") == "$before" ]] || fail "dynamic debug differs: $(diff <(echo "$before") "$control")"
	mem offline 14 --explain
	err_is ""
}

@test "a kernel without memory offlining: exit 3" {
	rm -r "$root"
	world no-hotremove
	local n
	n=$(cd "$root/sys/devices/system/memory" && grep -l online memory*/state | sed 's/[^0-9]//g' | sort -n | tail -1)
	mem offline "$n" -J
	exits 3
	err_says no-offlining
}
