# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp online and offline on arm64 6.12, cross-compiled: a DIMM goes online and offline and is removed;
# boot memory never goes offline.

load live
load documents

# Boot memory 8-15, half of it Movable and free; block 0 is the flash, which has holes.
setup_file() {
	local sent=$BATS_FILE_TMPDIR/arm64
	mkdir "$sent"
	guest -p -k arm64-6.12 -a 'memhp_default_state=offline movablecore=512M' -o "$sent" - \
		-m 1G,slots=2,maxmem=8G > "$sent.log" 2>&1 <<-'END' ||
		plug d1 512 && wait_for 20 test -L $memory/memory19/node0 || exit 1
		run online memhp online -J -z movable 16-19
		run twice memhp online -J -z movable 16-19
		run amount memhp offline -J 256M
		run offline memhp offline -J all --device PNP0C80:00
		unplug d1 || exit 1
		run boot memhp offline -J --force --retries 0 8-15
		run holes memhp offline -J 0
		run nothing memhp offline -J 128M
		plug d2 512 && wait_for 20 test -L $memory/memory19/node0 || exit 1
		run auto memhp online -J 16
		run list memhp list -J -o BLOCK,STATE,ORIGIN --state online --origin boot
	END
		echo "status $?: $(cat "$sent.log")" > "$sent.failed"
}

@test "a DIMM goes online as movable and offline, by amount and by its device" {
	is arm64 online 0 'all(r["result"] == "done" and r["zone"] == "Movable" for r in d["blocks"])' 'len(b) == 4'
	is arm64 twice 0 'all(r["result"] == "already" for r in d["blocks"])'
	# never boot memory, although it is Movable as well
	is arm64 amount 0 'list(b) == [19, 18]' 'all(r["result"] == "done" for r in d["blocks"])'
	is arm64 offline 0 '[r["result"] for r in d["blocks"]] == ["already"] * 2 + ["done"] * 2'
	is arm64 auto 0 'b[16]["zone"] == "Normal"'
}

@test "boot memory: offline-disabled where the kernel applies the rule, never offline, never chosen" {
	is arm64 boot 1 'd["summary"]["changed"] == 0' 'all(r["result"] == "failed" for r in d["blocks"])' \
		'any(r["reason"] == "offline-disabled" and r["error"] == "EPERM" for r in d["blocks"])' \
		'all((r["reason"] == "offline-disabled") == (r["error"] == "EPERM") for r in d["blocks"])' \
		'any("offlining attempted" in (r["kernel_log"] or "") for r in d["blocks"])'
	is arm64 holes 1 'b[0]["reason"] == "memory-holes" and b[0]["error"] == "EINVAL"'
	is arm64 nothing 1 'd["blocks"] == []'
	is arm64 list 0 'd["memory"] == [dict(block="8-15", state="online", origin="boot")]'
}
