# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list and trees that no healthy kernel has: unreadable and garbage attributes, impossible sizes
# and numbers, links in circles or out of the tree, directories in place of files. One message names the
# fault, everything else is shown, and nothing hangs.

load ../helpers

memory=sys/devices/system/memory

setup() {
	secret=$BATS_TEST_TMPDIR/outside
}

# A new tree: blocks 0-7 of 128M, all online in zone Normal of node 0, and the statements on stdin.
eight_blocks() {
	rm -rf "$BATS_TEST_TMPDIR/root"
	world < <(printf 'block_size 128M\nblock 0-7 online Normal node 0\n'
		echo 'proc/iomem = 00000000-3fffffff : System RAM'
		cat)
}

# only_block_3_is_unknown FILE: one warning names the file, and all other blocks are shown
only_block_3_is_unknown() {
	exits 64
	one_message
	err_has "warning: "
	err_has "$1"
	json 'len(rows) == 8' 'all(rows[i]["state"] == "online" and rows[i]["zones"] == ["Normal"] for i in range(8) if i != 3)'
}

# one_garbage STATEMENT: what the file with the state of block 3 contains
one_garbage() {
	local what=$1
	eight_blocks <<< "$memory/memory3/state $what"
	with timeout 100 -- mem list -aJ
	only_block_3_is_unknown "memory3/state"
	json 'rows[3]["state"] is None' 'rows[3]["zones"] == ["Normal"]' 'sums["blocks"] == 8' 'sums["online"] == 7 * 2**27'
	mem list -ra -o BLOCK,STATE,ZONES,ZONE,NODE 3
	exits 64
	out_is <<< $'BLOCK STATE ZONES ZONE NODE\n3 - Normal - 0'
}

@test "a state that is empty, truncated, unknown, or more than a word" {
	for what in ":empty" "=" "= onlin" "= onlinex" "= Online" "= online offline" "= online " "=  online" "= ERROR-UNKNOWN-7" "= 1"; do
		one_garbage "$what"
	done
}

@test "a state that is binary, huge, a directory, a FIFO" {
	one_garbage ":hex 6f 6e 6c 69 6e 65 00 0a"
	one_garbage ":hex 00*16"
	one_garbage ":hex ff fe 80 0a"
	one_garbage ":size 5M"
	eight_blocks <<< "$memory/memory3/state :remove
$memory/memory3/state/below = online"
	mem list -aJ
	only_block_3_is_unknown "memory3/state: Is a directory"
	rm -r "$root/$memory/memory3/state"
	mkfifo "$root/$memory/memory3/state"
	with timeout 100 -- mem list -aJ
	only_block_3_is_unknown "memory3/state"
	# also with a writer that writes nothing
	sleep 30 3<> "$root/$memory/memory3/state" &
	with timeout 100 -- mem list -aJ
	kill $!
	only_block_3_is_unknown "memory3/state"
}

@test "unreadable attributes: null, one warning with the reason and the number" {
	eight_blocks <<< "$memory/memory3/state :mode 000
$memory/memory3/valid_zones :mode 000"
	unprivileged mem list -aJ
	only_block_3_is_unknown "memory3/state: Permission denied"
	err_is "memhp: list: warning: $(text bad-attributes "2 attributes" "memory3/state: Permission denied")"
	json 'rows[3]["state"] is None and rows[3]["zones"] is None' 'sums["online"] == 7 * 2**27'
	unprivileged mem list -r -o BLOCK,NODE
	exits 0
	err_is ""
	# only about blocks that are shown, or that a filter cannot judge
	unprivileged mem list -r 0-2
	exits 0
	err_is ""
	eight_blocks <<< "block 3 online Normal node 1
$memory/memory3/state = junk"
	mem list -r --node=0
	exits 0
	err_is ""
	mem list -r --node=1
	exits 64
	mem list -r --state=offline
	exits 64
}

@test "-v names each attribute that is unreadable or garbage, equal ones together" {
	eight_blocks <<< "$memory/memory1/state = junk
$memory/memory3/valid_zones :size 5M
$memory/memory3/state :empty"
	mem list -v
	exits 64
	err_is "memhp: list: $(text unexpected-content "$(text attribute-of-blocks state "1, 3")")
memhp: list: $(text unexpected-content memory3/valid_zones)
memhp: list: warning: $(text bad-attributes "3 attributes" "$(text unexpected-content memory1/state)")"
	mem list -v 4-7
	exits 0
	err_is ""
}

@test "valid_zones that is garbage" {
	for what in ":empty" "=" "= Norma" "= Normal,Movable" "= Normal Foo" "= Normal Movable DMA DMA32 HighMem Device none Normal Normal" \
		"=  " "= None of these" ":hex 4e 6f 72 6d 61 6c 00 4d" ":size 5M"; do
		eight_blocks <<< "$memory/memory3/valid_zones $what"
		mem list -aJ -o STATE,ZONES,ZONE,OFFLINABLE
		exits 64
		one_message
		err_has "memory3/valid_zones"
		json 'rows[3] == dict(state="online", zones=None, zone=None, offlinable=None)' \
			'rows[4]["zones"] == ["Normal"]'
	done
}

@test "other attributes that are garbage, and numbers that overflow" {
	for what in "removable = 2" "removable = yes" "removable = 18446744073709551617" "phys_device = -1" \
		"phys_device = 0x1" "phys_device = 18446744073709551616" "phys_device = 99999999999999999999999" "phys_device = 1 2"; do
		eight_blocks <<< "$memory/memory3/$what"
		mem list -aJ -o REMOVABLE,PHYS-DEVICE
		exits 64
		one_message
		err_has "memory3/${what%% *}"
		json 'rows[3][list(rows[0])["phys" in "'"$what"'"]] is None' 'rows[2] == rows[4] == dict(removable=True, phys_device=0)'
	done
	eight_blocks << 'END'
sys/firmware/memory/memory{0-7}/config = 1
sys/firmware/memory/memory{0-7}/memmap_on_memory = 0
sys/firmware/memory/memory3/config = on
END
	mem list -aJ -o CONFIGURED,MEMMAP-ON-MEMORY
	exits 64
	json 'rows[3] == dict(configured=None, memmap_on_memory=False)' 'rows[2] == dict(configured=True, memmap_on_memory=False)'
}

@test "one garbage attribute among thousands of blocks" {
	world << END
block_size 128M
block 0-2499 online Normal node 0
$memory/memory2222/valid_zones :hex 00 ff
END
	mem list -J
	exits 64
	one_message
	err_says bad-attributes "1 attribute" "$(text unexpected-content memory2222/valid_zones)"
	json 'column("block") == ["0-2221", "2222", "2223-2499"]' 'column("zones") == [["Normal"], None, ["Normal"]]' \
		'sums["online"] == 2500 * 2**27'
	mem list -r -o BLOCK,STATE
	exits 0
	err_is ""
	out_is <<< $'BLOCK STATE\n0-2499 online'
}

@test "missing attributes are not faults: a dash in every format, columns stay in place" {
	eight_blocks << END
$memory/memory3/valid_zones :remove
$memory/memory3/removable :remove
$memory/memory4/phys_device :remove
$memory/memory5/state :remove
$memory/memory6 :remove
$memory/memory6/
END
	mem list -a -r --output-all
	exits 0
	(($(awk '{ print NF }' <<< "$out" | sort -u | wc -l) == 1)) || fail "columns shift"
	mem list -a -r -o BLOCK,STATE,ZONE,ZONES,REMOVABLE,PHYS-DEVICE,CONFIGURED 3-6
	exits 0
	err_is ""
	out_is << 'END'
BLOCK STATE ZONE ZONES REMOVABLE PHYS-DEVICE CONFIGURED
3 online - - - 0 -
4 online Normal Normal yes - -
5 - - Normal yes 0 -
6 - - - - - -
END
	mem list -a -J -o STATE,ZONES 3 5
	json 'rows == [dict(state="online", zones=None), dict(state=None, zones=["Normal"])]'
	mem list -P -o BLOCK,STATE,ZONES 6
	out_is <<< 'BLOCK="6" STATE="-" ZONES="-"'
}

@test "block_size_bytes that no machine has: exit status 1, the file is named, nothing is shown" {
	eight_blocks < /dev/null
	for value in 0 00000000 3000000 7ffffff 1 10 8000000000000000 10000000000000000 fffffffffffffffff 0x8000000 -8000000 +8000000 \
		'8000000 ' ' 8000000' 8000000x xyz ''; do
		edit block_size_bytes "$value"
		mem list
		exits 1
		one_message
		err_has "$memory/block_size_bytes"
		[[ -z $out ]] || fail "half-printed"
	done
	mem list -J
	exits 1
	json 'd["exit_status"] == 1' '"block_size_bytes" in d["error"]["message"]'
}

@test "block_size_bytes that is empty, binary, huge, a directory, a FIFO, unreadable, missing" {
	for what in ":empty" ":hex 38 00 0a" ":size 5M" "-> block_size_bytes" ":mode 000"; do
		eight_blocks <<< "$memory/block_size_bytes $what"
		unprivileged mem list
		exits 1
		one_message
		err_has "$memory/block_size_bytes"
	done
	file=$root/$memory/block_size_bytes
	rm "$file"
	mkdir "$file"
	mem list
	exits 1
	err_has "block_size_bytes: Is a directory"
	rmdir "$file"
	mkfifo "$file"
	with timeout 100 -- mem list
	exits 1
	rm "$file"
	mem list -J
	exits 3
	json 'd["exit_status"] == 3' '"block_size_bytes" in d["error"]["message"]'
}

@test "sizes of blocks at the edges of what is valid" {
	eight_blocks < /dev/null
	edit block_size_bytes 1000
	mem list -rn -b
	exits 0
	out_is <<< "0x0000000000000000-0x0000000000007fff 32768 online 0-7 0 Normal"
	# no machine has physical addresses of more than 52 bits
	edit block_size_bytes 10000000000000
	mem list -rn
	exits 0
	out_is <<< "0x0000000000000000-0x007fffffffffffff 32P online 0-7 0 Normal"
	mem list -J -o SIZE
	json 'rows == [dict(size=2**55)]' 'sums["online"] == 2**55'
	edit block_size_bytes 20000000000000
	mem list
	exits 1
	one_message
	err_has "block_size_bytes"
}

@test "numbers of blocks up to the end of 64-bit addresses, but not beyond" {
	world << 'END'
block_size 128M
block 0 online Normal node 0
block 4294967296 online Movable node 0
block 137438953471 offline Movable,Normal node 0
END
	mem list -r -o RANGE,START,END,BLOCK,STATE
	exits 0
	err_is ""
	out_is << 'END'
RANGE START END BLOCK STATE
0x0000000000000000-0x0000000007ffffff 0x0000000000000000 0x0000000007ffffff 0 online
0x0800000000000000-0x0800000007ffffff 0x0800000000000000 0x0800000007ffffff 4294967296 online
0xfffffffff8000000-0xffffffffffffffff 0xfffffffff8000000 0xffffffffffffffff 137438953471 offline
END
	mem list -J --output-all 0xffffffffffffffff 137438953471
	json 'rows[0]["end"] == 2**64 - 1' 'rows[0]["start"] == 2**64 - 2**27' 'len(rows) == 1'
	mem list -rn -o BLOCK 0x800000000000000-0xffffffffffffffff
	out_is <<< $'4294967296\n137438953471'
	cp -a "$root/$memory/memory0" "$root/$memory/memory137438953472"
	cp -a "$root/$memory/memory0" "$root/$memory/memory18446744073709551616"
	cp -a "$root/$memory/memory0" "$root/$memory/memory18446744073709551615"
	mem list -rn -o BLOCK
	exits 64
	one_message
	err_is "memhp: list: warning: $(text skipped-blocks "3 memory blocks")"
	out_is <<< $'0\n4294967296\n137438953471'
	mem list 137438953472
	exits 1
}

@test "other names beside the blocks; blocks that are files or empty directories" {
	eight_blocks << END
$memory/memory/state = online
$memory/memory9x/state = online
$memory/memory-9/state = online
$memory/memory+9/state = online
$memory/memory_failure/state = online
$memory/xmemory9/state = online
$memory/MEMORY9/state = online
END
	mkdir -p "$root/$memory/memory 10" "$root/$memory/memory"$'\n'11
	mem list -rn -o BLOCK
	exits 0
	out_is <<< 0-7
	echo > "$root/$memory/memory9"
	mem list -rn -o BLOCK,STATE 7-9
	exits 64
	err_has "memory9/state: Not a directory"
	out_has $'7 online\n9 -'
}

@test "no blocks; a directory that cannot be listed" {
	world <<< "block_size 128M"
	mem list
	exits 0
	err_is "memhp: list: $(text no-blocks)"
	out_lacks online- && out_has "Total online memory:       0B"
	mem list -J
	exits 0
	json 'rows == [] and sums["blocks"] == 0 and d["block_size"] == 2**27'
	mem list -q --map
	exits 0
	mem list 0
	exits 1
	mem list all
	exits 0
	eight_blocks < /dev/null
	chmod 0311 "$root/$memory"
	unprivileged mem list -aJ
	exits 0
	json 'column("block") == [str(i) for i in range(8)]'
	rm -r "$root/sys/devices/system/node"
	unprivileged mem list
	chmod 0755 "$root/$memory"
	exits 1
	one_message
	err_has "$memory: Permission denied"
}

@test "/proc/iomem without evidence: ORIGIN is unknown, never wrong" {
	world masked-iomem
	mem list -J -o ORIGIN,DEVICE,WHY --split none
	exits 0
	json 'all(row["origin"] is None for row in rows)'
	[[ $err != *$'\n'* ]] || fail "more than one message"
	for what in ":empty" ":size 5M" ":remove" ":hex 00*100" "= 00000000-00000000 : System RAM" "= 00000000-ffffffffff" "= 0-ffffffffffffffffffff : System RAM" \
		"= zzz-fff : System RAM (kmem)" "= 3fffffff-0 : System RAM (virtio_mem)" "= 00000000-3fffffff : System RAM (kmem" ":mode 000"; do
		eight_blocks <<< "proc/iomem = 00000000-00000fff : Reserved
proc/iomem $what"
		unprivileged mem list -J -o BLOCK,ORIGIN
		[[ $status == 0 || $status == 64 ]] || fail "not shown"
		[[ $err != *$'\n'* ]] || fail "more than one message"
		json 'rows == [dict(block="0-7", origin=None)]'
	done
	eight_blocks << 'END'
proc/iomem << IOMEM
00000000-3fffffff : 
  00000000-3fffffff : System RAM (kmem)
IOMEM
END
	mem list -J -o BLOCK,ORIGIN,DEVICE
	json 'rows == [dict(block="0-7", origin="kmem", device=None)]'
}

@test "without CAP_SYS_ADMIN this machine's /proc/iomem shows zeros, and origins are unknown" {
	[[ $(unprivileged grep -c . /proc/iomem) -gt 0 ]] || fail "no /proc/iomem"
	memhp list -aJ -o BLOCK,ORIGIN
	if ((status == 3)); then
		return
	fi
	cp "$out_file" "$BATS_TEST_TMPDIR/known"
	unprivileged memhp list -aJ -o BLOCK,ORIGIN
	exits 0
	json "all(row in json.load(open('$BATS_TEST_TMPDIR/known'))['memory'] or row['origin'] is None for row in rows)"
}

@test "nodes: linked twice, by one side only, many, and words that are not numbers" {
	eight_blocks << END
sys/devices/system/node/node1/memory1 -> ../../memory/memory1
$memory/memory2/node0 :remove
sys/devices/system/node/node0/memory3 :remove
$memory/memory3/node0 -> ../../node/node0
$memory/memory4/node{1-40} -> ../../node/node1
sys/devices/system/node/node{1-40}/memory4 -> ../../memory/memory4
sys/devices/system/node/node0/memory99 -> ../../memory/memory99
sys/devices/system/node/node4294967296/memory5 -> ../../memory/memory5
$memory/memory5/node4294967296 -> ../../node/node4294967296
$memory/memory5/node99999999999999999999 -> ../../node/node0
sys/devices/system/node/nodes/memory5 -> ../../memory/memory5
END
	mem list -aJ -o BLOCK,NODE,NODES
	exits 0
	json 'column("node") == [0] * 8' \
		'rows[1]["nodes"] == [0, 1]' 'rows[2]["nodes"] == rows[3]["nodes"] == rows[5]["nodes"] == [0]' \
		'rows[4]["nodes"] == list(range(41))'
	mem list -rn -o BLOCK --node 40
	out_is <<< 4
}

@test "links in circles: each value is unknown, nothing hangs" {
	eight_blocks << END
$memory/memory3/state -> state
sys/devices/system/node/node7 -> node7
sys/devices/system/node/node0/memory5 -> ../node0/memory5
$memory/memory8 -> memory8
$memory/memory9 -> memory10
$memory/memory10 -> memory9
$memory/memory3/firmware_node -> firmware_node
END
	with timeout 100 -- mem list -aJ -o BLOCK,STATE,NODE,DEVICE
	exits 64
	one_message
	err_has "Too many levels of symbolic links"
	json 'all(row["state"] == "online" and row["node"] == 0 for i, row in enumerate(rows[:8]) if i != 3)' 'rows[3]["state"] is None' \
		'all(row["state"] is None for row in rows[8:])'
	world << 'END'
sys/devices/system/memory :remove
sys/devices/system/memory -> memory
END
	mem list
	[[ $status == [13] ]] || fail "shown"
	one_message
	world << 'END'
sys/devices/system/memory :remove
sys :remove
sys -> sys
END
	mem list
	[[ $status == [13] ]] || fail "shown"
}

# Files outside the tree, which must not be read, and files with the same path below the tree, which may
# be read: as if a link into the real system had found something.
outside() {
	mkdir -p "$secret/memory6" "$root$secret"
	for file in "$secret/state" "$secret/memory6/state"; do
		echo offline > "$file"
	done
	echo Movable | tee "$secret/valid_zones" > "$secret/memory6/valid_zones"
	echo 4000000 > "$secret/block_size_bytes"
}

@test "links that leave the tree do not reach files outside" {
	eight_blocks << END
$memory/memory2/state -> $secret/state
$memory/memory3/state -> ../../../../../../../../../../../../../../../../../../..$secret/state
$memory/memory3/valid_zones -> $secret/valid_zones
$memory/memory4/state -> /proc/self/root$secret/state
$memory/memory5 :remove
$memory/memory5 -> /$memory/memory5
$memory/memory6 :remove
$memory/memory6 -> $secret/memory6
proc/iomem -> /proc/iomem
END
	outside
	mem list -aJ -o BLOCK,STATE,ZONES,ORIGIN
	[[ $status == 0 || $status == 64 ]]
	json 'all(row["state"] in (None, "online") and row["zones"] in (None, ["Normal"]) for row in rows)' \
		'all(rows[i]["state"] is None for i in (2, 3, 4, 5, 6))' 'all(row["origin"] is None for row in rows)'
	# below the tree the same paths exist
	echo going-offline > "$root$secret/state"
	mem list -aJ -o STATE
	json 'column("state")[:4] == ["online", "online", "going-offline", "going-offline"]'
	world <<< "$memory/block_size_bytes -> $secret/block_size_bytes"
	mem list
	exits 3
	world <<< "$memory :remove
$memory -> /$memory"
	mem list
	[[ $status == [13] ]] || fail "the real system's memory"
	world <<< "sys :remove
sys -> /sys"
	mem list
	[[ $status == [13] ]] || fail "the real system's memory"
}

@test "the same without openat2(2)" {
	eight_blocks << END
$memory/memory1/valid_zones -> ../memory0/../memory0/valid_zones
$memory/memory2/state -> $secret/state
$memory/memory3/state -> ../../../../../../../../../../../../../../../../../../..$secret/state
$memory/memory4/state -> state
$memory/memory5 :remove
$memory/memory5 -> $secret/memory6
$memory/memory6 :remove
$memory/memory6 -> memory7
proc/iomem << IOMEM
00000000-3fffffff : virtio0
  00000000-3fffffff : System RAM (virtio_mem)
IOMEM
END
	outside
	echo going-offline > "$root$secret/state"
	mem list -aJ --output-all
	expected=$status$out$err
	json 'column("state") == ["online", "online", "going-offline", "going-offline", None, None, "online", "online"]'
	# strace would show the emulator's calls, and LeakSanitizer does not work under it
	is_plain || return 0
	for error in ENOSYS EPERM; do
		with strace -qq -f -o /dev/null -e trace=openat2 -e inject=openat2:error=$error -- mem list -aJ --output-all
		[[ $status$out$err == "$expected" ]] || fail "another answer"
	done
	world <<< "sys :remove
sys -> /sys"
	with strace -qq -f -o /dev/null -e trace=openat2 -e inject=openat2:error=ENOSYS -- mem list
	[[ $status == [13] ]] || fail "the real system's memory"
}

@test "links within the tree are followed" {
	eight_blocks << END
elsewhere/state = offline
elsewhere/valid_zones = Movable Normal
$memory/memory3 :remove
$memory/memory3 -> /elsewhere
$memory/memory4 :remove
$memory/memory4 -> ../../../../elsewhere
$memory/memory5/state -> /elsewhere/state
$memory/memory5/valid_zones -> ../../../../../elsewhere/valid_zones
END
	mem list -rn -o BLOCK,STATE,ZONES
	exits 0
	out_is << 'END'
0-2 online Normal
3-5 offline Movable/Normal
6-7 online Normal
END
}

@test "names of devices with blanks, control characters, invalid UTF-8" {
	eight_blocks << END
$memory/memory1/firmware_node -> ../../../A B  C
$memory/memory2/firmware_node -> ../../../"quoted\$(id)\`id\`\\
$memory/memory5/firmware_node -> ../../../gerät
$memory/memory6/firmware_node -> ../../../nothing/
END
	ln -s $'../../../two\nlines\x1b[31m' "$root/$memory/memory3/firmware_node"
	ln -s $'../../../\xff\xfe' "$root/$memory/memory4/firmware_node"
	for format in "-r" "-P" "" "--color=always"; do
		LC_ALL=C.UTF-8 mem list -a -o BLOCK,DEVICE,STATE --summary=never $format
		exits 0
		out_lacks $'\e[31m'
		(($(wc -l <<< "$out") == 8 + ${#format} % 2 || $(wc -l <<< "$out") == 9)) || fail "a line is not a row"
	done
	mem list -a -n -r -o BLOCK,DEVICE,STATE
	[[ $(awk '{ print NF }' <<< "$out" | sort -u) == 3 ]] || fail "columns shift"
	mem list -aJ -o DEVICE
	exits 0
	json 'rows[1]["device"] == "A B  C"' 'rows[3]["device"].startswith("two")' 'rows[5]["device"] == "gerät"' \
		'rows[6]["device"] is None' 'len(rows) == 8'
}

@test ".page_size that is not a page size: exit status 1, the file is named" {
	for what in " = 0" " = 1000" " = 4096x" " = 0x1000" " :empty" " = -4096" " :size 5M" "/"; do
		eight_blocks <<< ".page_size$what"
		mem list
		exits 1
		err_is "memhp: list: $(text bad-page-size "$root/.page_size")"
	done
	eight_blocks <<< ".page_size = 65536"
	mem list
	exits 0
}

@test "blocks that come and go while they are read: complete, or not there" {
	world << 'END'
block_size 128M
block 0-99 online Normal node 0
END
	"$python" -I -c '
import os, sys
os.chdir(sys.argv[1])
while os.path.exists("go"):
    for n in range(40, 60):
        os.rename("memory%d" % n, "gone%d" % n)
    for n in range(40, 60):
        os.rename("gone%d" % n, "memory%d" % n)
' "$root/$memory" 3>&- &
	touch "$root/$memory/go"
	for _ in {1..25}; do
		mem list -J -a -o BLOCK,STATE,ZONES
		exits 0
		err_is ""
		[[ $out != *null* ]] || fail "half a block"
	done
	rm "$root/$memory/go"
	json '80 <= len(rows) <= 100' 'column("block")[:40] == [str(n) for n in range(40)]'
}
