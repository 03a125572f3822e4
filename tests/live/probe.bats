# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp probe on a kernel that has the file probe (ppc64el 6.1: 64 KiB pages, 256 MiB blocks; without
# DLPAR the kernel brings nothing online). Of the machine's 1 GiB, mem=768M leaves the last block to be
# probed.

load live

setup_file() {
	sent=$BATS_FILE_TMPDIR
	guest -p -k ppc64el-6.1 -a "mem=768M" -o "$sent" - -m 1G,slots=4,maxmem=16G > "$sent/log" 2>&1 <<-'END' ||
		run unaligned memhp probe --yes 0x30000001
		run present memhp probe -J --yes 0x10000000
		run dry memhp probe -J --dry-run 0x30000000
		run asked memhp probe 0x30000000
		blocks | wc -w > /run/before
		send before < /run/before
		# a resource without a block: the window of PCI
		window=$(sed -n '/System RAM/!s/^ *\([0-9a-f]*\)-.*/\1/p' /proc/iomem | tail -n 1)
		run resource memhp probe --yes 0x$(printf '%x' $((0x$window / 0x10000000 * 0x10000000)))
		run probed memhp probe -J --yes 0x30000000
		run again memhp probe -J --yes 0x30000000
		run online memhp online -J -z movable 3
		run list memhp list -J 3
		run offline memhp offline -J 3
		run both memhp probe -J --yes --online=movable 0x30000000
	END
		echo "status $?: $(cat "$sent/log")" > "$sent/failed"
}

# is NAME STATUS [EXPRESSION…]: the exit status; each expression is true of its document as d
is() {
	local name=$BATS_FILE_TMPDIR/$1 status=$2
	shift 2
	[[ ! -e $BATS_FILE_TMPDIR/failed ]] || { cat "$BATS_FILE_TMPDIR/failed"; return 1; }
	[[ $(< "$name.status") == "$status" ]] || { cat "$name".*; return 1; }
	[[ $# == 0 ]] || /usr/bin/python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
for expression in sys.argv[2:]:
    if not eval(expression):
        sys.exit(f"not true: {expression}\n{json.dumps(d, indent=1)}")
' "$name" "$@"
}

@test "refused before anything is written: unaligned, not confirmed, a resource without a block" {
	is unaligned 2
	grep -qF "$(text not-aligned 0x30000001 0x10000000)" "$BATS_FILE_TMPDIR/unaligned.err"
	is asked 2
	grep -qF "$(text needs-yes)" "$BATS_FILE_TMPDIR/asked.err"
	is resource 1
	grep -q "$(text in-use "0x[0-9a-f]*" ".*" "0x[0-9a-f]*-0x[0-9a-f]*")" "$BATS_FILE_TMPDIR/resource.err"
	[[ $(< "$BATS_FILE_TMPDIR/before") == 3 ]]
}

@test "present memory is already there, a dry run writes nothing, then done, then already there" {
	is present 0 'd["blocks"][0]["block"] == 1' 'd["blocks"][0]["result"] == "already"'
	is dry 0 'd["blocks"][0]["result"] == "planned"' 'd["dry_run"]'
	is probed 0 'd["blocks"] == [dict(block=3, start=0x30000000, size=256 << 20, result="done", errno=None, error=None)]'
	is again 0 'd["blocks"][0]["result"] == "already"'
}

@test "the new block goes online as movable and offline again; 256 MiB blocks" {
	is online 0 'd["blocks"][0]["zone"] == "Movable"'
	is list 0 'd["block_size"] == 256 << 20' 'd["memory"][0]["zones"] == ["Movable"]'
	is offline 0 'd["blocks"][0]["result"] == "done"'
	is both 0 'd["action"] == "online"' 'd["blocks"][0]["zone"] == "Movable"'
}
