# SPDX-License-Identifier: GPL-2.0-or-later
#
# What memhp probe prints: adjacent blocks with the same result are one line, and each block is in the document.
# The confirmation, and signals during it. Signals at any moment are in change/moments.bats.
# live/probe.bats adds memory on a real kernel.

load change

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
	prefix=()
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

@test "a report that cannot be written: exit 64 after a change, else 1" {
	full=(sh -c 'exec "$@" > /dev/full' sh)
	with "${full[@]}" -- mem probe --yes 0x30000000
	exits 64
	err_is "memhp: probe: $(text cannot-write): No space left on device"
	with "${full[@]}" -- mem probe --yes 0x30000000
	exits 1
	with "${full[@]}" -- mem probe --yes -J --online 0x40000000
	exits 64
	with "${full[@]}" -- mem probe --yes -J --online 0x40000000
	exits 1
}

# answered KEYS: the probe of block 3 on a terminal where somebody types that; its output and exit status
answered() {
	"$python" -I -c '
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
text = b""
while b"[y/N]" not in text:
    text += os.read(fd, 999)
os.write(fd, sys.argv[1].encode())
try:
    while more := os.read(fd, 999):
        text += more
except OSError:
    pass
print(text.decode().replace("\r", ""), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
' "$1" "${prefix[@]}" "${program[@]}" -s "$root" probe 0x30000000
}

@test "the confirmation: y, anything else, Ctrl-C, the end of the input" {
	out=$(answered $'n\n')
	[[ $out == *"$(text not-confirmed)"*" 1" ]] || fail "not refused"
	out=$(answered $'\x04')
	[[ $out == *"$(text not-confirmed)"*" 1" ]] || fail "not refused"
	out=$(answered $'\x03')
	[[ $out == *"$(text stopped-by 2)"*" 130" ]] || fail "not stopped"
	out=$(answered $'\x1c')
	[[ $out == *"$(text stopped-by 3)"*" 131" ]] || fail "not stopped"
	[[ ! -e $root/sys/devices/system/memory/memory3 ]] || fail "probed"
	out=$(answered $'y\n')
	[[ $out == *"added"*" 0" ]] || fail "not added"
}

# What all documents of the file are held to is for list and ratio.
teardown_file() {
	:
}
