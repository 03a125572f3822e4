# SPDX-License-Identifier: GPL-2.0-or-later
#
# What memhp expects of blocks in states that keep memory where it is, and why it says that they stayed, on
# real kernels. guest-states makes the states. Two boots per kernel; each test reads its part of the results.

load live
load documents

kernels+=(amd64-backports)

setup_file() {
	local kernel
	for kernel in "${kernels[@]}"; do
		{ story "$kernel" && full "$kernel"; } &
	done
	wait
}

# states NAME KERNEL APPEND QEMU-ARGUMENT… < what the guest does
states() {
	local name=$1 kernel=$2 append=$3 sent=$BATS_FILE_TMPDIR/$1
	shift 3
	mkdir "$sent"
	cat "$live/guest-states" - > "$sent.script"
	guest -p -t 900 -k "$kernel" -a "memhp_default_state=offline $append" -m loop -f "$live/put.c" -f "$live/held.c" \
		-f "$live/bound.c" -f "$live/scene.c" -f "$live/reserve.c" -o "$sent" "$sent.script" "$@" > "$sent.log" 2>&1 ||
		echo "$name: status $?: $(cat "$sent.log")" > "$sent.failed"
	[[ ! -e $sent/documents ]] || tar -xf "$sent/documents" -C "$sent"
}

# Each node has boot memory, and a DIMM that is its only memory in the zone Movable, or Normal. Slabs obey a
# process's nodes only where that is asked for (since 6.14). The kernel itself is always in block 0.
story() {
	local node machine=(-m 1792M,slots=8,maxmem=16G -object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1)
	for node in 1 2 3 4 5 6; do
		machine+=(-object "memory-backend-ram,id=n$node,size=128M" -numa "node,nodeid=$node,memdev=n$node"
			-object "memory-backend-ram,id=m$node,size=$((node == 1 ? 1024 : 256))M"
			-device "pc-dimm,id=d$node,memdev=m$node,node=$node")
	done
	states "$1" "$1" 'movablecore=512M crashkernel=128M nokaslr slab_strict_numa' "${machine[@]}" <<-'END'
		wait_for 20 test -L $memory/memory49/node6 || exit 1
		for part in gigantic huge file_systems held_pages kernel_zones boot_blocks; do
			echo "$part at $(now)"
			$part
		done
	END
}

# A machine of one node, for a lack of memory
full() {
	states "$1-full" "$1" '' -m 768M,slots=2,maxmem=4G \
		-object memory-backend-ram,id=m1,size=256M -device pc-dimm,id=d1,memdev=m1 <<-'END'
		wait_for 20 test -e $memory/memory33/valid_zones || exit 1
		no_room
	END
}

# those NAME… -- STATUS EXPRESSION…: the same of several states, on all kernels
those() {
	local names=()
	while [[ $1 != -- ]]; do
		names+=("$1")
		shift
	done
	for name in "${names[@]}"; do
		each "$name" "${@:2}" || return
	done
}

@test "yes and no come true; of likely and unlikely blocks that nobody holds, nearly all" {
	local kernel answer status=0
	for kernel in "${kernels[@]}"; do
		came "$BATS_FILE_TMPDIR/$kernel" && came "$BATS_FILE_TMPDIR/$kernel-full" || return
		answer=$("$live/states" "$BATS_FILE_TMPDIR/$kernel" "$BATS_FILE_TMPDIR/$kernel-full" 2>&1) || status=1
		# shellcheck disable=SC2001  # each line
		sed "s/^/# ${kernel#amd64-}: /" <<< "$answer" >&3
		echo "$answer"
	done
	return $status
}

@test "reserved pages: the reason, not retried, and what they are reserved for" {
	local kernel number
	for kernel in "${kernels[@]}"; do
		for number in $(seq 0 12); do
			is "$kernel" "boot-$number" "$(< "$BATS_FILE_TMPDIR/$kernel/boot-$number.status")" \
				'all((r["pages"]["reserved"] > 0) == (r["reason"] == "reserved-pages") for r in d["blocks"] if r["pages"])' \
				'all(r["reason"] in (None, "reserved-pages", "several-zones", "unmovable-pages") for r in d["blocks"])' \
				'all((r["attempts"] == 3) == (r["reason"] == "unmovable-pages") for r in d["blocks"])'
		done
		is "$kernel" boot-7 1 'b[7]["reason"] == "reserved-pages" and "Crash kernel" in b[7]["hint"]' \
			'b[7]["zone_before"] == "Movable" and b[7]["error"] == "EBUSY" and "unmovable page" in b[7]["kernel_log"]'
		is "$kernel" boot-13 1 'b[13]["reason"] == "memory-holes" and b[13]["attempts"] == 1'
	done
}

@test "huge pages that are reserved: hugetlb, and their size; --explain does not change it" {
	those huge-reserved huge-reserved-explained -- 1 \
		'all(r["reason"] == "hugetlb" and r["error"] == "EBUSY" and "(2M each)" in r["hint"] for r in d["blocks"])'
	those huge-free huge-free-explained huge-used huge-used-explained -- 0 'd["blocks"][0]["result"] == "done"'
}

# On 6.1 not even a free one can be taken apart at the edge of a block (mm/page_isolation.c:
# isolate_single_pageblock()).
@test "a part of a gigantic page: its size is named, wherever it begins" {
	local kernel
	is amd64-6.1 giga-used-inside 1 'b[34]["reason"] == "hugetlb" and "(1G each)" in b[34]["hint"]'
	is amd64-6.1 giga-used-head 1 'b[32]["reason"] == "hugetlb" and "(1G each)" in b[32]["hint"]'
	is amd64-6.1 giga-free-inside 1 'b[35]["reason"] == "hugetlb" and "(1G each)" in b[35]["hint"]'
	is amd64-6.1 giga-free-head 1 'b[32]["reason"] == "hugetlb" and "(1G each)" in b[32]["hint"]'
	for kernel in amd64-6.12 amd64-backports; do
		is "$kernel" giga-used-inside 124 'b[34]["reason"] in ("hugetlb", "migration-failing") and "(1G each)" in b[34]["hint"]' \
			'"ret:-12" in b[34]["kernel_log"] and "hugetlb" in b[34]["kernel_log"]'
		is "$kernel" giga-used-head 124 'b[32]["reason"] in ("hugetlb", "migration-failing") and "(1G each)" in b[32]["hint"]'
		is "$kernel" giga-free-inside 0 'b[35]["result"] == "done"'
		is "$kernel" giga-free-head 0 'b[32]["result"] == "done"'
	done
}

@test "pages in a pipe: the file or the device that they belong to, and, with --explain, whose pipe it is" {
	each file 124 'b[44]["reason"] == "migration-failing" and "\"ledger.db\"" in b[44]["held_by"]' \
		'"(held): pipe" in " ".join(b[44]["suspects"]) and not b[44]["holders"]' "b[44]['hint'] == '$(text held-only)'"
	each tmpfs 124 'b[44]["reason"] == "migration-failing" and "\"scratch.bin\"" in b[44]["held_by"]' \
		'"(held): pipe" in " ".join(b[44]["suspects"])'
	each anonymous 124 'b[44]["reason"] == "migration-failing" and "(held)" in " ".join(b[44]["holders"])' \
		'"(held): pipe" in " ".join(b[44]["suspects"])'
	each deleted 124 'b[44]["reason"] == "migration-failing" and not b[44]["held_by"] and not b[44]["holders"]' \
		'"(held): pipe" in " ".join(b[44]["suspects"])'
	each file-plain 124 'b[44]["reason"] == "migration-failing" and not b[44]["suspects"]'
	those movable-again movable-other -- 0
}

# What the kernel needs for them may be in the same block: then it does not get as far as these pages.
@test "metadata of a file system in a pipe: the device" {
	local kernel path
	for kernel in "${kernels[@]}"; do
		path=$BATS_FILE_TMPDIR/$kernel/metadata
		came "$BATS_FILE_TMPDIR/$kernel" || return
		if grep -q '"slab": 0' "$path"; then
			is "$kernel" metadata 124 'b[46]["reason"] == "migration-failing"' \
				'b[46]["held_by"] == "metadata of the file system on loop0"'
		else
			is "$kernel" metadata 1 'b[46]["reason"] == "unmovable-pages"'
		fi
	done
}

@test "a registered buffer of io_uring: its process is suspected of that" {
	each ring 124 'b[46]["reason"] == "migration-failing" and "(held): io_uring" in " ".join(b[46]["suspects"])'
	each ring-plain 124 'b[46]["reason"] == "migration-failing"'
	those kernel-again kernel-other -- 0
}

@test "page tables and slabs: unmovable-pages, and how many" {
	those tables tables-explained -- 1 'b[48]["reason"] == "unmovable-pages" and b[48]["error"] == "EBUSY"' \
		'b[48]["pages"]["table"] > 10000 and "unmovable page" in b[48]["kernel_log"]' "b[48]['hint'] == '$(text unmovable)'"
	each slab 1 'b[48]["reason"] == "unmovable-pages" and b[48]["pages"]["slab"] > 1000' \
		'"unmovable page" in b[48]["kernel_log"]'
}

@test "no room elsewhere: expected, and told from pages that are held" {
	local kernel
	for kernel in "${kernels[@]}"; do
		is "$kernel-full" no-room 124 'b[32]["reason"] == "migration-failing" and "ret:-12" in b[32]["kernel_log"]' \
			"b[32]['hint'] == '$(text no-room-only)'"
		is "$kernel-full" room-again 0 'b[32]["result"] == "done"'
	done
}
