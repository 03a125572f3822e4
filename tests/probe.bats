# SPDX-License-Identifier: GPL-2.0-or-later
#
# What memhp probe prints: adjacent blocks with the same result are one line, and each block is in the document.
# live/probe.bats adds memory on a real kernel.

load helpers

setup() {
	# blocks 0-2 of 256 MiB exist
	world qemu-ppc64-256m
}

@test "a dry run: one line per run of blocks with the same result" {
	mem probe --dry-run 0x10000000-0x4fffffff
	exits 0
	out_is << END
0x0000000010000000-0x000000002fffffff: $(text probe-present "blocks 1-2")
0x0000000030000000-0x000000004fffffff: $(text probe-would-add "blocks 3-4")
END
	# a gap, and the order of the operands, are kept
	mem probe --dry-run 0x50000000 0x30000000
	exits 0
	out_is << END
0x0000000050000000: $(text probe-would-add "block 5")
0x0000000030000000: $(text probe-would-add "block 3")
END
}

@test "failures: one line with the range; a document has each block" {
	# no kernel adds the blocks
	mem probe --yes 0x30000000-0x4fffffff
	exits 1
	[[ -z $out ]] || fail "output"
	err_is "memhp: probe: 0x0000000030000000-0x000000004fffffff (blocks 3-4): $(text probe-no-block)"
	judged=no mem probe --yes -J 0x30000000-0x4fffffff
	exits 1
	"$python" -I -c '
import json, sys
rows = json.load(open(sys.argv[1]))["blocks"]
assert [(row["block"], row["result"], row["error"]) for row in rows] == [(3, "failed", "ENOENT"), (4, "failed", "ENOENT")], rows
' "$out_file"
}

# What all documents of the file are held to is for list and ratio.
teardown_file() {
	:
}
