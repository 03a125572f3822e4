# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list on large machines, of 1,000 and of 131,072 blocks: blocks that are found while they are read,
# and limits of system calls and memory, which do not depend on the speed of the machine.

load ../helpers

# calls ARG…: count is the number of system calls that memhp list makes
calls() {
	local trace=$BATS_TEST_TMPDIR/trace
	with strace -f -qq -o "$trace" -- mem list "$@"
	exits 0
	# one line per call, but two where a call of another thread comes between
	count=$(grep -vc 'resumed>' "$trace")
}

@test "1,200 blocks, read by threads: some without a node, some with several, a link to one that does not exist" {
	local memory=sys/devices/system/memory node=sys/devices/system/node
	world <<-END
		block_size 128M
		block 0-599 online Normal node 0
		block 600-1199 online Movable node 1
		$node/node0/memory7 :remove
		$memory/memory7/node0 :remove
		$node/node0/memory{900-949} -> ../../memory/memory900
		$memory/memory{900-949}/node0 -> ../../node/node0
		$node/node1/memory1200 -> ../../memory/memory1199
	END
	mem list -J -o BLOCK,STATE,ZONES,NODES
	exits 0
	json 'column("block") == ["0-6", "7", "8-599", "600-899", "900-949", "950-1199"]' \
		'column("nodes") == [[0], [], [0], [1], [0, 1], [1]]' 'd["summary"]["blocks"] == 1200'
	# More links than the array has room for while blocks are read as they are found.
	world <<-END
		$node/node2/memory{0-1199} -> ../../memory/memory0
		$node/node3/memory{0-1199} -> ../../memory/memory0
	END
	mem list -J -o BLOCK,STATE,ZONES,NODES
	exits 0
	json 'column("block") == ["0-6", "7", "8-599", "600-899", "900-949", "950-1199"]' \
		'column("nodes") == [[0, 2, 3], [2, 3], [0, 2, 3], [1, 2, 3], [0, 1, 2, 3], [1, 2, 3]]' \
		'd["summary"]["blocks"] == 1200'
}

@test "1,000 blocks: 7 system calls per block for the default columns, 4 for BLOCK and STATE" {
	# strace would show the emulator's calls, and LeakSanitizer does not work under it
	is_plain || return 0
	world << 'END'
block_size 128M
block 0 online Normal node 0
END
	calls
	few=$count
	calls -o BLOCK,STATE
	fewer=$count
	world <<< "block 1-1000 online Normal node 0"
	calls
	((count - few <= 7 * 1000)) || fail "$((count - few)) system calls"
	calls -o BLOCK,STATE
	((count - fewer <= 4 * 1000)) || fail "$((count - fewer)) system calls"
	calls -o BLOCK,SIZE --summary=never
	((count - fewer <= 100)) || fail "$((count - fewer)) system calls for columns that need no file"
	# files of attributes that no column needs are not opened
	! grep -E 'open.*(/state|valid_zones|removable|phys_device|firmware|iomem)' "$BATS_TEST_TMPDIR/trace" ||
		fail "opened without need"
}

# Makes 131,071 blocks like memory0, quicker than world does: most of their files are links.
many_blocks() {
	"$python" -I -c '
import os, sys
os.chdir(sys.argv[1] + "/sys/devices/system/memory")
node = os.open("../node/node0", os.O_RDONLY)
for n in range(1, 131072):
    os.mkdir("memory%d" % n)
    if n % 30000 == 1:                 # file systems limit the links to a file
        like = n
        for name in "state", "valid_zones":
            with open("memory%d/%s" % (n, name), "w") as file:
                file.write({"state": "online", "valid_zones": "Normal"}[name] + "\n")
    else:
        for name in "state", "valid_zones":
            os.link("memory%d/%s" % (like, name), "memory%d/%s" % (n, name))
    os.symlink("../../memory/memory%d" % n, "memory%d" % n, dir_fd=node)
' "$root"
}

# peak LIMIT ARG…: runs list, which may use LIMIT MiB
peak() {
	local limit=$1
	shift
	"${under_time[@]}" "${program[@]}" -s "$root" list "$@" > "$out_file" 2> "$err_file"
	if is_plain; then
		used=$(tail -1 "$err_file")
		((used <= limit * 1024)) || fail "$used KiB: list $*"
	fi
}

@test "131,072 blocks: all there, in bounded memory" {
	directory=$(mktemp -d -p "$(test -w /dev/shm && echo /dev/shm || echo "$BATS_TEST_TMPDIR")")
	echo "$directory" > "$BATS_TEST_TMPDIR/large"
	root=$directory/root
	make_world << 'END'
block_size 128M
block 0 online Normal node 0
END
	many_blocks
	make_world << 'END'
block 70000 offline Normal,Movable node 0
block 131071 online Movable node 0
END
	out_file=$BATS_TEST_TMPDIR/out err_file=$BATS_TEST_TMPDIR/err out= err=
	under_time=(/usr/bin/time -f %M)
	peak 32
	out=$(< "$out_file")
	out_is << 'END'
RANGE                                 SIZE   STATE        BLOCK NODE ZONES
0x0000000000000000-0x0000088b7fffffff 8.5T  online      0-69999    0 Normal
0x0000088b80000000-0x0000088b87ffffff 128M offline        70000    0 Normal/Movable
0x0000088b88000000-0x00000ffff7ffffff 7.5T  online 70001-131070    0 Normal
0x00000ffff8000000-0x00000fffffffffff 128M  online       131071    0 Movable

Memory block size:       128M
Total online memory:      16T
Total offline memory:    128M
Total movable memory:    128M
END
	peak 32 -J
	json 'column("block") == ["0-69999", "70000", "70001-131070", "131071"]' 'sums["blocks"] == 131072' \
		'sums["online"] == 131071 * 2**27'
	validate list
	peak 32 --summary
	peak 64 --all --json
	json 'column("block") == [str(n) for n in range(131072)]' \
		'[r["block"] for r in rows if (r["state"], r["zones"], r["node"]) != ("online", ["Normal"], 0)] == ["70000", "131071"]'
	peak 128 --all --summary=never
	(($(wc -l < "$out_file") == 131073)) || fail "rows"
}

teardown() {
	[[ ! -e $BATS_TEST_TMPDIR/large ]] || rm -rf "$(< "$BATS_TEST_TMPDIR/large")"
}
