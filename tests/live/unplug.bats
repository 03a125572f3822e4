# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp offline --unplug on real kernels: a DIMM is removed, as QEMU confirms; one that is in use stays;
# memory that a kernel cannot remove is refused, or has lost its driver. One boot per kernel; each test reads its part of the
# results.

load live
load documents

setup_file() {
	story amd64-6.1
	story amd64-6.12
	dax amd64-6.12
	lost amd64-6.12
	lost amd64-backports
}

# Node 1's only memory is DIMMs: d1 in 32-39, later others of four blocks.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -k "$1" -a memhp_default_state=offline -f "$live/put.c" -f "$live/pin.c" -o "$sent" - \
		-m 1G,slots=4,maxmem=16G \
		-object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
		-object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1,node=1 > "$sent.log" 2>&1 <<-'END' ||
		fail() { echo "$1"; exit 1; }
		has_four() { [ "$(memhp list -qrn -a -o BLOCK --node 1 2> /dev/null | grep -c .)" = 4 ]; }
		device=$(basename "$(readlink $memory/memory32/firmware_node)")
		# states NAME: of the DIMM's blocks, one per line
		states() {
			cat $memory/memory3[2-9]/state > "/run/$1"
			send "$1" < "/run/$1"
		}
		wait_for 20 test -L $memory/memory39/node1 || fail "no DIMM"
		memhp online -q -z movable 32-39 || fail "cannot go online"

		run dry memhp offline -J --unplug --dry-run --force all --device "$device"
		run part memhp offline -J --unplug 32-38
		run boot memhp offline -J --unplug 1
		states untouched

		# pinned pages: blocks without them go offline, and the DIMM stays
		pin 300 1 > /run/pinned &
		pinner=$!
		wait_for 90 test -s /run/pinned || fail "nothing is pinned"
		run pinned memhp offline -J --force --unplug --timeout 4s 32-39
		states pinned-states
		waitev DEVICE_DELETED 2 > /run/deleted
		send pinned-deleted < /run/deleted

		# The kernel's switch for it.
		kill -KILL $pinner
		wait_for 20 test ! -e /proc/$pinner/fd
		echo 0 > /sys/firmware/acpi/hotplug/memory/enabled
		run switched-off memhp offline -J --unplug --force --retries 8 32-39
		echo 1 > /sys/firmware/acpi/hotplug/memory/enabled
		states off-states

		# All is offline now; then, by amount, a DIMM that is plugged while the guest runs.
		run offline-already memhp offline -v --unplug --timeout 100s 32
		waitev DEVICE_DELETED 100 > /run/deleted
		send deleted-1 < /run/deleted
		blocks | grep -c '^3[2-9]$' > /run/left
		send left-1 < /run/left
		run gone memhp offline -J --unplug 32-39

		plug d2 512 1 || fail "no second DIMM"
		wait_for 60 has_four || fail "no blocks of it"
		memhp online -q -z movable all --node 1 || fail "it cannot go online"
		run amount memhp offline -J --unplug --timeout 100s 512M --node 1
		waitev DEVICE_DELETED 100 > /run/deleted
		send deleted-2 < /run/deleted
		run after memhp list -J

		# Page tables in a kernel zone: the block cannot go offline, so the DIMM must stay. Last, because other
		# pages stay there.
		plug d3 512 1 && wait_for 60 has_four || fail "no third DIMM"
		set -- $(memhp list -qrn -a -o BLOCK --node 1)
		memhp online -q -z movable "$1" "$2" "$3" && memhp online -q -z kernel "$4" || fail "the third cannot go online"
		pin 200 1 > /run/tables &
		pinner=$!
		wait_for 90 test -s /run/tables || fail "no page tables"
		run unmovable memhp offline -J --force --unplug --all-or-nothing --retries 1 --interval 100ms "$1-$4"
		memhp list -qrn -a -o STATE --node 1 > /run/kept
		send kept < /run/kept
		kill -KILL $pinner
	END
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# Node 1 has only dax0.0, blocks 32-39; node 0 has virtio-mem.
dax() {
	local sent=$BATS_FILE_TMPDIR/dax
	mkdir "$sent"
	guest -p -k "$1" -a 'memhp_default_state=offline memmap=1G%0x100000000-1+0xefffffff' \
		-m 'virtio_mem device_dax kmem dax_hmem' -f "$live/put.c" -o "$sent" - -m 3G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=2G -numa node,nodeid=0,memdev=n0,cpus=0-1 \
		-object memory-backend-ram,id=n1,size=1G -numa node,nodeid=1,memdev=n1 \
		-object memory-backend-ram,id=v0,size=1G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=256M,node=0 > "$sent.log" 2>&1 <<-'END' ||
		wait_for 20 test -e $memory/memory39/valid_zones || exit 1
		memhp online -q -z movable 32-39 || exit 1
		run unplug memhp offline -J --unplug 32-39
		[ -e /sys/bus/dax/devices/dax0.0/state ] && echo yes > /run/has || echo no > /run/has
		send has < /run/has
		run list memhp list -J -o BLOCK,STATE --node 1
		has_driver_s() { memhp list -qrn -a -o BLOCK --origin virtio-mem 2> /dev/null | grep -q .; }
		wait_for 60 has_driver_s || { echo "no virtio-mem"; exit 1; }
		run virtio memhp offline -J --unplug "$(memhp list -rn -a -o BLOCK --origin virtio-mem | head -n 1)"
	END
		echo "dax: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# dax0.0, blocks 32-39, loses its driver while they are online.
lost() {
	local sent=$BATS_FILE_TMPDIR/lost-$1
	mkdir "$sent"
	guest -p -x -k "$1" -a 'memhp_default_state=offline memmap=1G%0x100000000-1+0xefffffff' \
		-m 'device_dax kmem dax_hmem' -f "$live/put.c" -o "$sent" - -m 3G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=2G -numa node,nodeid=0,memdev=n0,cpus=0-1 \
		-object memory-backend-ram,id=n1,size=1G -numa node,nodeid=1,memdev=n1 > "$sent.log" 2>&1 <<-'END' ||
		wait_for 20 test -e $memory/memory39/valid_zones || exit 1
		state online_movable 32 33 34 35 36 37 38 39 || exit 1
		run before memhp list -J -o BLOCK,WHY --device dax0.0
		put dax0.0 /sys/bus/dax/drivers/kmem/unbind
		run list memhp list -J -o BLOCK,STATE,OFFLINABLE,WHY --device dax0.0
		run unplug memhp offline -J --unplug 32-39
		run offline memhp offline -q 33
		run after memhp list -J -o BLOCK,STATE,OFFLINABLE,WHY --device dax0.0
		run scan memhp list --scan -J -a 34
	END
		echo "lost-$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# lines NAME LINE COUNT: the file has the line that often, on both kernels
lines() {
	local kernel
	for kernel in amd64-6.1 amd64-6.12; do
		[[ $(grep -cx "$2" "$BATS_FILE_TMPDIR/$kernel/$1") == "$3" ]] ||
			{ echo "$kernel: $1: $(< "$BATS_FILE_TMPDIR/$kernel/$1")"; return 1; }
	done
}

deleted() {
	local kernel
	for kernel in amd64-6.1 amd64-6.12; do
		grep -q "\"DEVICE_DELETED\".*\"device\": \"$2\"" "$BATS_FILE_TMPDIR/$kernel/$1" ||
			{ echo "$kernel: $1: $(< "$BATS_FILE_TMPDIR/$kernel/$1")"; return 1; }
	done
}

@test "a dry run, and refusals: boot memory, a part; nothing is touched" {
	each dry 0 'len(b) == 8' 'all(r["to"] == "removed" and r["result"] == "planned" for r in d["blocks"])'
	each part 2
	errs part "$(text part-of-device "PNP0C80:0[0-9]" 1G 39)"
	each boot 2 "d['error']['message'] == '$(text not-removable 1 "$(text boot-memory)")'"
	lines untouched online 8
}

@test "a block that the kernel uses keeps its DIMM; --all-or-nothing rolls the rest back" {
	each unmovable 1 'd["blocks"][0]["reason"] == "unmovable-pages"' 'all(r["result"] != "removed" for r in d["blocks"])'
	lines kept online 4
}

@test "pinned pages keep a DIMM; blocks that went offline have the reason why they are not removed" {
	local kernel status
	for kernel in amd64-6.1 amd64-6.12; do
		status=$(< "$BATS_FILE_TMPDIR/$kernel/pinned.status")
		[[ $status == 64 || $status == 124 ]]
		is $kernel pinned "$status" 'any(r["result"] == "timeout" and r["reason"] == "migration-failing" for r in d["blocks"])' \
			'all(r["reason"] == "device-in-use" for r in d["blocks"] if r["result"] == "done")'
	done
	says pinned-deleted timeout
}

@test "removal is disabled: offline, and not removed" {
	each switched-off 64 'all(r["reason"] == "removal-failed" and r["error"] == "ENODEV" for r in d["blocks"])' \
		"all(r['hint'] == '$(text removal-disabled)' for r in d['blocks'])"
	lines off-states offline 8
}

@test "a DIMM that is offline is removed: DEVICE_DELETED, no block is left" {
	local kernel
	for kernel in amd64-6.1 amd64-6.12; do
		[[ $(< "$BATS_FILE_TMPDIR/$kernel/offline-already.status") == 0 ]]
		grep -qx "$(text removed "8 blocks" 1G 32-39 "PNP0C80:0[0-9]")" "$BATS_FILE_TMPDIR/$kernel/offline-already"
	done
	deleted deleted-1 d1
	says left-1 0
	each gone 1 "d['error']['message'] == '$(text no-such-blocks 32-39)'"
}

@test "a DIMM that was plugged later is emptied and removed, by amount" {
	each amount 0 'len(b) == 4' 'all(r["result"] == "removed" and r["from"] == "online" for r in d["blocks"])' \
		'd["summary"]["changed"] == 512 << 20'
	deleted deleted-2 d2
	each after 0 'not any(r["node"] == 1 for r in d["memory"])'
}

@test "6.12: a dax device cannot be removed as a whole, and is left as it is" {
	[[ $(< "$BATS_FILE_TMPDIR/dax/has") == no ]]
	is dax unplug 3 "d['error']['message'] == \"$(text no-dax-state 32-39 dax0.0)\""
	is dax list 0 'd["memory"] == [dict(block="32-39", state="online")]'
}

@test "a dax device that lost its driver: its memory stays until the next boot, and can still go offline" {
	local kernel zone
	zone=$(text movable-zone)
	for kernel in amd64-6.12 amd64-backports; do
		is lost-$kernel before 0 "d['memory'] == [dict(block='32-39', why='$zone')]"
		is lost-$kernel list 0 "d['memory'] == [dict(block='32-39', state='online', offlinable='likely', why='$zone, $(text stays)')]"
		is lost-$kernel unplug 1 "d['error']['message'] == '$(text no-dax-driver 32-39 dax0.0)'"
		is lost-$kernel after 0 "d['memory'][1] == dict(block='33', state='offline', offlinable=None, why='$(text stays)')"
		is lost-$kernel scan 0 "d['memory'][0]['why'].endswith(', $(text stays)')"
	done
}

@test "6.12: memory of virtio-mem is refused" {
	is dax virtio 2
	grep -q -- "$(text not-removable "[0-9]* (virtio0)" "$(text virtio-mem-memory)")" "$BATS_FILE_TMPDIR/dax/virtio.err"
}
