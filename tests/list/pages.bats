# SPDX-License-Identifier: GPL-2.0-or-later
#
# Scans of blocks, as a user of memhp list sees them: page columns, --scan, maps of how full blocks are,
# and messages where page information cannot be read. test-pages.c covers the flags, order.bats the orders
# of offlining.

load ../helpers

# Blocks of 1M, 256 pages each: 0-5 boot memory, 8-15 a DIMM online as movable, 16 offline.
setup() {
	world << 'END'
block_size 1M
block 0 online none node 0
block 1-5 online Normal node 0
block 8-15 online Movable node 0
block 16 offline Movable,Normal node 0
proc/sys/kernel/arch = x86_64
proc/iomem << IOMEM
00000000-005fffff : System RAM
00800000-010fffff : System RAM
IOMEM
proc/meminfo << MEMINFO
MemFree:        3072 kB
MemAvailable:   4096 kB
MEMINFO
proc/zoneinfo << ZONES
Node 0, zone   Normal
  pages free     100
        spanned  1536
        present  1536
        managed  1500
        cma      0
ZONES
END
	pages << 'END'
0 reserved 10, free
1 reserved 3, slab 5, anon 8, free
2 slab 7, table 2, compound-head 1, compound-tail 3, anon 4, free
3 zero 4, anon 8, free
4 anon 9, free
5 free
8 free
9 anon 100, file 20, thp-head 1, thp-tail 7, batched 2, free
10 poisoned 2, anon 1, free
11 offline 64, free
12 used-head 1, used-tail 127, huge-head 1, huge-tail 127
13 anon
14 memmap 4, free
15 old-memmap 4, mmap 2, free
16 nopage
END
}

# cells COLUMNS ARG…: row is these columns of all blocks, in one line
cells() {
	mem list -a -n -r --summary=never -o "$@"
	row=${out//$'\n'/ }
}

row_is() {
	[[ $row == "$1" ]] || fail "the cells are not: $1"
}

columns=FREE,MIGRATE,UNMOVABLE,HUGE,POISONED,DRIVER,UNKNOWN

@test "page columns: bytes, disjoint, together the whole block; null where it is not online" {
	mem list -J -b -o "BLOCK,SIZE,$columns" -a
	exits 0
	err_is ""
	json 'all(sum(v for k, v in r.items() if k not in ("block", "size")) == r["size"] for r in rows[:-1])' \
		'set(list(rows[-1].values())[2:]) == {None}' \
		'[r["free"] // 4096 for r in rows[:6]] == [246, 240, 239, 244, 247, 256]' \
		'column("unmovable")[:6] == [40960, 32768, 13 * 4096, 0, 0, 0]'
	cells "BLOCK,$columns" -b 9-16
	row_is "9 516096 532480 0 0 0 0 0 10 1036288 4096 0 0 8192 0 0 11 786432 0 0 0 0 262144 0 12 0 0 0 1048576 0 0 0 13 0 1048576 0 0 0 0 0 14 1032192 0 0 0 0 0 16384 15 1024000 0 0 0 0 0 24576 16 - - - - - - -"
	cells FREE,MIGRATE 9
	row_is "504K 520K"
}

@test "pages are read only for page columns, and only those of the blocks shown" {
	# strace would show the emulator's calls, and LeakSanitizer does not work under it
	is_plain || return 0
	with strace -f -qq -e trace=openat,openat2,pread64 -o "$BATS_TEST_TMPDIR/trace" -- mem list --output-all -a
	exits 0
	! grep kpageflags "$BATS_TEST_TMPDIR/trace" || fail "it is opened"
	with strace -f -qq -e trace=pread64 -o "$BATS_TEST_TMPDIR/trace" -- mem list -o FREE 9,13
	exits 0
	[[ $(grep -o 'pread64.*2048, [0-9]*) = .*' "$BATS_TEST_TMPDIR/trace" | sed 's/.*, \([0-9]*\), \([0-9]*\)) = .*/\1 \2/' | sort) == \
		"2048 18432"$'\n'"2048 26624" ]] || fail "other reads: $(< "$BATS_TEST_TMPDIR/trace")"
	with strace -f -qq -e trace=openat,openat2 -o "$BATS_TEST_TMPDIR/trace" -- mem list --scan --summary=only
	! grep kpageflags "$BATS_TEST_TMPDIR/trace" || fail "it is opened for sums"
}

@test "page columns of a row are sums of all its blocks, as its size is" {
	pages <<< $'8-11 anon 64, free\n12-15 free'
	mem list -J -o "BLOCK,SIZE,$columns"
	exits 0
	json 'all(sum(v for k, v in r.items() if k not in ("block", "size")) == r["size"] for r in rows if r["free"] is not None)' \
		'[(r["block"], r["free"], r["migrate"]) for r in rows[-3:-1]] == [("8-11", 3 << 20, 1 << 20), ("12-15", 4 << 20, 0)]'
	mem list -r -n --summary=never -o BLOCK,SIZE,FREE,MIGRATE 8-15
	out_is <<< $'8-11 4M 3M 1M\n12-15 4M 4M 0B'
}

@test "rows also split by page columns; --split by other columns adds them up where all are known" {
	mem list -r -n --summary=never -o BLOCK,MIGRATE 8-15
	out_is <<< $'8 0B\n9 520K\n10 4K\n11-12 0B\n13 1M\n14-15 0B'
	mem list -r -n --summary=never -o BLOCK,MIGRATE,DRIVER -b --split ZONE 8-15
	out_is <<< "8-15 1585152 262144"
	mem list -J -o BLOCK,MIGRATE,STATE --split none 8-16
	exits 0
	json '[(r["block"], r["migrate"], r["mixed"]) for r in rows] == [("8-16", None, ["migrate", "state"])]'
	mem list -r -n --summary=never -b -o BLOCK,MIGRATE --split none 0-16
	out_is <<< $'0-5 118784\n8-16 mixed'
	mem list -r -n --summary=never -o BLOCK --split FREE 4-9
	exits 0
	out_is <<< $'4\n5\n8\n9'
}

@test "--scan: OFFLINABLE and WHY depend on the pages" {
	mem list --scan --summary=never
	exits 0
	err_is ""
	out_is << 'END'
BLOCK ZONE    OFFLINABLE WHY
    0 none    no         several zones or nodes
    1 Normal  no         3 reserved pages
    2 Normal  unlikely   7 slab pages
    3 Normal  unlikely   4 pages of unknown use
    4 Normal  likely     kernel zone, 9 pages to migrate, 2M free elsewhere
    5 Normal  yes        kernel zone, nothing to migrate
    8 Movable yes        Movable, nothing to migrate
    9 Movable likely     Movable, 130 pages to migrate, 2.5M free elsewhere
   10 Movable likely     Movable, 1 page to migrate, 2M free elsewhere, 2 poisoned
   11 Movable likely     Movable, nothing to migrate, 64 pages kept by a driver
   12 Movable unlikely   1M of huge pages that will not all move
   13 Movable likely     Movable, 256 pages to migrate, 3M free elsewhere
   14 Movable yes        Movable, nothing to migrate
   15 Movable likely     Movable, nothing to migrate, 2 pages of unknown use
   16 -       -          -
END
	# without it they depend on the zone alone, unless pages are read for a column
	cells OFFLINABLE,WHY 1,9
	row_is 'unlikely kernel\x20zone likely Movable\x20zone'
	cells OFFLINABLE,WHY,UNMOVABLE 1,9
	row_is 'no 3\x20reserved\x20pages 32K likely Movable,\x20130\x20pages\x20to\x20migrate,\x202.5M\x20free\x20elsewhere 0B'
	mem list -n -r --summary=never -o OFFLINABLE --split FREE 1
	out_is <<< no
	mem list --scan -J -o +STATE 1 8
	json '[list(r) for r in rows] == [["block", "zone", "offlinable", "why", "state"]] * 2' \
		'column("why") == ["3 reserved pages", "Movable, nothing to migrate"]'
}

@test "--scan: yes only where all pages are free, poisoned or the memory map; a block mostly unknown is unlikely" {
	pages << 'END'
8 slab 200, free
9 memmap 4, slab 3, table 5, poisoned 1, free
10 compound-head 1, compound-tail 3, zero 1, free
11 zero 128, free
12 zero 129, free
13 memmap 4, poisoned 2, free
14 zero 129, anon 3, free
15 huge-head 1, huge-tail 127, zero 4, free
END
	mem list --scan --all --summary=never 8-15
	exits 0
	out_is << 'END'
BLOCK ZONE    OFFLINABLE WHY
    8 Movable likely     Movable, nothing to migrate, 200 slab pages
    9 Movable likely     Movable, nothing to migrate, 5 page tables, 1 poisoned
   10 Movable likely     Movable, nothing to migrate, 4 other kernel pages
   11 Movable likely     Movable, nothing to migrate, 128 pages of unknown use
   12 Movable unlikely   129 pages of unknown use
   13 Movable yes        Movable, nothing to migrate, 2 poisoned
   14 Movable unlikely   129 pages of unknown use
   15 Movable likely     Movable, nothing to migrate, 512K of free huge pages
END
}

@test "figures of WHY are those of all blocks of a row, as its size and the page columns are" {
	pages << 'END'
1-2 reserved 3, free
8-9 anon 64, poisoned 1, free
10-12 huge-head 1, huge-tail 127, free
END
	mem list --scan --summary=never 1-2 8-12
	exits 0
	out_is << 'END'
BLOCK ZONE    OFFLINABLE WHY
  1-2 Normal  no         6 reserved pages
  8-9 Movable likely     Movable, 128 pages to migrate, 1.5M free elsewhere, 2 poisoned
10-12 Movable likely     Movable, nothing to migrate, 1.5M of free huge pages
END
	mem list -J -b -o BLOCK,OFFLINABLE,WHY,UNMOVABLE 1-2
	json 'rows == [{"block": "1-2", "offlinable": "no", "why": "6 reserved pages", "unmovable": 24576}]'
	cells WHY --scan 1-2
	row_is '3\x20reserved\x20pages 3\x20reserved\x20pages'
	# the notice of a dry run counts alike
	mem offline --dry-run 1-2
	exits 0
	err_is "memhp: offline: $(text never-offline "blocks 1-2" "$(text reserved-pages 6)")"
}

@test "--scan: huge pages with HVO, on a kernel that does not free them safely" {
	world << 'END'
sys/kernel/mm/hugepages/hugepages-512kB/nr_hugepages = 2
sys/kernel/mm/hugepages/hugepages-512kB/free_hugepages = 2
sys/devices/system/node/has_memory = 0-1
proc/sys/vm/hugetlb_optimize_vmemmap = 1
proc/kallsyms << SYMBOLS
0000000000000000 T hugetlb_vmemmap_restore_folio
0000000000000000 D init_task
0000000000000000 B hugetlb_optimize_vmemmap_key
SYMBOLS
END
	cells OFFLINABLE,WHY --scan 12
	row_is "unlikely $(text huge-with-hvo 1M | sed 's/ /\\x20/g')"
	cells OFFLINABLE --scan 8-9
	row_is 'yes likely'
	mem offline --dry-run 12
	exits 0
	err_says block-unlikely 12 "$(text huge-with-hvo 1M)"
	# a kernel without copies of heads
	sed -i /_key/d "$root/proc/kallsyms"
	cells OFFLINABLE --scan 12
	row_is likely
	world <<< 'proc/kallsyms :remove'
	cells OFFLINABLE --scan 12
	row_is unlikely
	world <<< 'proc/sys/vm/hugetlb_optimize_vmemmap = 0'
	cells OFFLINABLE --scan 12
	row_is likely
}

@test "--scan: holes, several zones and the architecture take precedence over the pages" {
	world << 'END'
proc/sys/kernel/arch = aarch64
sys/devices/system/memory/memory{8-15}/firmware_node -> ../PNP0C80:00
END
	cells OFFLINABLE,WHY --scan 5,8
	row_is 'no boot\x20memory\x20on\x20this\x20architecture yes Movable,\x20nothing\x20to\x20migrate'
	sed -i 's/^00000000-005fffff/00000000-005fefff/' "$root/proc/iomem"
	cells OFFLINABLE,WHY --scan 5
	row_is 'no memory\x20holes'
}

cma_in_normal() {
	world << 'END'
proc/zoneinfo << ZONEINFO
Node 0, zone   Normal
  pages free     1000
        spanned  1536
        present  1536
        managed  1536
        cma      64
ZONEINFO
END
}

@test "a long reason is wrapped on a terminal, and one line elsewhere" {
	cma_in_normal
	pages <<< '4 anon 9, poisoned 100, free'
	mem list --scan --summary=never 4
	out_says kernel-zone-pages 9 2.4M 100
	out=$(TERM=dumb script -qec "stty cols 80; $(printf '%q ' "${program[@]}" -s "$root" list --scan --summary=never 4)" /dev/null < /dev/null | tr -d '\r')
	[[ -z $(grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
	out=$(tr -s ' \n' ' ' <<< "$out")
	out_says kernel-zone-pages 9 2.4M 100
}

@test "--scan: no room elsewhere, CMA in the zone, hugetlb pages elsewhere" {
	# watermarks go with the memory: what is free counts, though less is available
	sed -i 's/4096 kB/1020 kB/' "$root/proc/meminfo"
	cells OFFLINABLE --scan 13
	row_is 'likely'
	sed -i 's/3072 kB/1020 kB/' "$root/proc/meminfo"
	cells OFFLINABLE,WHY --scan 8,13
	row_is 'yes Movable,\x20nothing\x20to\x20migrate unlikely Movable,\x20256\x20pages\x20to\x20migrate,\x201020K\x20free\x20elsewhere'
	rm "$root/proc/meminfo"
	cells OFFLINABLE,WHY --scan 13
	row_is 'likely Movable,\x20256\x20pages\x20to\x20migrate'
	cma_in_normal
	world << 'END'
sys/kernel/mm/hugepages/hugepages-512kB/free_hugepages = 2
sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages = 0
END
	cells OFFLINABLE,WHY --scan 4,5,12
	row_is 'likely kernel\x20zone,\x209\x20pages\x20to\x20migrate,\x20CMA\x20in\x20the\x20zone likely kernel\x20zone,\x20nothing\x20to\x20migrate,\x20CMA\x20in\x20the\x20zone unlikely 1M\x20of\x20huge\x20pages\x20that\x20will\x20not\x20all\x20move'
	# the kernel prefers other nodes, to which they can move
	world <<< 'sys/devices/system/node/has_memory = 0-1'
	cells OFFLINABLE,WHY --scan 12
	row_is 'likely Movable,\x20128\x20pages\x20to\x20migrate'
	# free huge pages are dissolved
	pages <<< '12 huge-head 1, huge-tail 127, free'
	cells OFFLINABLE,WHY --scan 12
	row_is 'likely Movable,\x20nothing\x20to\x20migrate,\x20512K\x20of\x20free\x20huge\x20pages'
	pages <<< '12 used-head 1, used-tail 127, huge-head 1, huge-tail 127'
	# the free huge pages are reserved, also the one in this block
	world <<< 'sys/kernel/mm/hugepages/hugepages-512kB/resv_hugepages = 2'
	cells OFFLINABLE --scan 12
	row_is unlikely
	pages <<< '12 used-head 1, used-tail 127, free'
	cells OFFLINABLE --scan 12
	row_is likely
}

@test "--map --scan: how full each block is, legible without colour" {
	mem list --map --scan --summary=never
	exits 0
	out_is << 'END'
Node 0: 15M, 15 blocks of 1M
0x0000000 XxNxNuNuN1N.    M.M6M1M.MuM9M.M.- 

N Normal   M Movable   X several zones or nodes   - offline

Second character:
.   can go offline, nothing to migrate                            5M
1-9 can go offline; up to that many tenths must be migrated       4M
u   unlikely to go offline                                        3M
x   can never go offline                                          2M
END
	mem list --map --scan --summary=never -b 8,12
	[[ $out == *$'\n\n'"$(text second-character)"$'\n'* ]] || fail "no legend"
	tail -2 <<< "$out" > "$BATS_TEST_TMPDIR/legend"
	diff - "$BATS_TEST_TMPDIR/legend" << 'END' || fail "another legend"
.   can go offline, nothing to migrate                                1048576
u   unlikely to go offline                                            1048576
END
	mem list --map --scan --summary=never --color=always 8-9
	plain=$(sed 's/\x1b\[[0-9;]*m//g' <<< "$out")
	[[ $out == *$'\e[32m.'* && $plain == *"M.M6"* ]] || fail "not coloured"
	# without --scan there is no second character
	mem list --map --summary=never
	out_lacks "$(text second-character)"
	out_has "XNNNNN  MMMMMMMM-"
}

@test "no kpageflags: one notice, everything else works, exit status 0" {
	rm "$root/proc/kpageflags"
	mem list --scan -o BLOCK,OFFLINABLE,WHY,FREE -r -n --summary=never 8 1
	exits 0
	err_is "memhp: list: $(text no-kpageflags "" "$root/proc/kpageflags")"
	out_is <<< $'1 unlikely kernel\\x20zone -\n8 likely Movable\\x20zone -'
	mem list -J -o FREE 8
	json 'rows == [{"free": None}]'
	mem list --map --scan
	exits 0
	one_message
	mem list -q --scan
	err_is ""
}

@test "kpageflags that the user may not read: one notice, with advice" {
	chmod 0 "$root/proc/kpageflags"
	unprivileged mem list --scan -o BLOCK,OFFLINABLE,FREE -r -n --summary=never 8
	exits 0
	err_is "memhp: list: $(text no-page-information "$root/proc/kpageflags: Permission denied; $(what_permits)")"
	out_is <<< "8 likely -"
}

@test "kpageflags that ends early, within a block and within a page; a directory in its place" {
	truncate -s $((13 * 2048 + 4)) "$root/proc/kpageflags"
	mem list -r -n -a --summary=never -o BLOCK,MIGRATE,OFFLINABLE --scan 9 13-16
	exits 64
	err_is "memhp: list: warning: $(text no-page-information-of "3 blocks" 13 "$root/proc/kpageflags: $(text file-ends)")"
	out_is <<< $'9 520K likely\n13 - likely\n14 - likely\n15 - likely\n16 - -'
	: > "$root/proc/kpageflags"
	mem list --scan 9
	exits 64
	rm "$root/proc/kpageflags"
	mkdir "$root/proc/kpageflags"
	mem list --scan -r -n -o OFFLINABLE --summary=never 9
	exits 64
	out_is <<< likely
}

@test "flags that are not known yet, and all flags at once" {
	pages << 'END'
8 0xffffffff00000000 1, 0xfffffffeffffffff 1, 0xf8000000 2, free
9 0xffffffffffffffff
END
	mem list -a -b -J -o "$columns" 8-9
	exits 0
	json '[sum(r.values()) for r in rows] == [2**20] * 2' 'rows[1]["driver"] == 2**20'
}

@test "blocks of 2G and 64K pages" {
	rm -r "$root"
	world << 'END'
.page_size = 65536
block_size 2G
block 0-1 online Movable node 0
END
	pages <<< '1 anon 1000, free'
	mem list -a -n -r -o BLOCK,FREE,MIGRATE,UNKNOWN --summary=never
	exits 0
	out_is <<< $'0 0B 0B 2G\n1 1.9G 62.5M 0B'
}

@test "a block that goes offline while its pages are read counts as not read, without an error" {
	# an emulated program cannot load a library of this machine
	[[ "${program[*]}" != *qemu* ]] || return 0
	cat > "$BATS_TEST_TMPDIR/going.c" << 'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
ssize_t pread(int fd, void *buffer, size_t size, off_t at)
{
	int state = open(getenv("GOING"), O_WRONLY | O_TRUNC);

	if (state < 0 || write(state, "offline\n", 8) != 8)
		abort();
	close(state);
	return syscall(SYS_pread64, fd, buffer, size, at);
}
ssize_t pread64(int fd, void *buffer, size_t size, off_t at)
{
	return pread(fd, buffer, size, at);
}
END
	gcc -shared -fPIC -o "$BATS_TEST_TMPDIR/going.so" "$BATS_TEST_TMPDIR/going.c"
	prefix=(env GOING="$root/sys/devices/system/memory/memory9/state" LD_PRELOAD="$BATS_TEST_TMPDIR/going.so"
		ASAN_OPTIONS=verify_asan_link_order=0)
	mem list --scan -r -n --summary=never -o BLOCK,FREE,MIGRATE 9
	exits 0
	err_is ""
	out_is <<< "9 - -"
}

@test "a scan that takes long: a progress line on a terminal, none into a file" {
	# an emulated program cannot load a library of this machine
	[[ "${program[*]}" != *qemu* ]] || return 0
	rm -r "$root"
	world << 'END'
block_size 128M
block 0-63 online Movable node 0
proc/iomem = 00000000-1ffffffff : System RAM
END
	pages <<< '63 free'
	cat > "$BATS_TEST_TMPDIR/slow.c" << 'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
ssize_t pread(int fd, void *buffer, size_t size, off_t at)
{
	ssize_t (*next)(int, void *, size_t, off_t) = (ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");

	usleep(25000);
	return next(fd, buffer, size, at);
}
END
	gcc -shared -fPIC -o "$BATS_TEST_TMPDIR/slow.so" "$BATS_TEST_TMPDIR/slow.c"
	ln -s slow.so "$BATS_TEST_TMPDIR/slow64.so"
	sed -i 's/pread/pread64/g' "$BATS_TEST_TMPDIR/slow.c"
	gcc -shared -fPIC -o "$BATS_TEST_TMPDIR/slow64.so" "$BATS_TEST_TMPDIR/slow.c"
	run_slow() {
		TERM=$1 script -qec "taskset -c $(one_processor) env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD='$BATS_TEST_TMPDIR/slow.so $BATS_TEST_TMPDIR/slow64.so' $(printf '%q ' "${program[@]}") -s '$root' list --scan $2 > '$BATS_TEST_TMPDIR/out'" /dev/null < /dev/null
	}
	seen=$(run_slow vt100 "")
	# shellcheck disable=SC2053 # a pattern
	[[ $seen == *$(text scanning "*/64" "*G/8G" "*")* ]] || fail "no progress: $seen"
	[[ $seen == *$'\r\e[K' ]] || fail "it is not erased"
	[[ -s $BATS_TEST_TMPDIR/out ]] || fail "no table"
	[[ -z $(run_slow vt100 -q) && -z $(run_slow dumb "") ]] || fail "progress where there should be none"
}

@test "--offlinable: by the verdict that is printed, with pages, and of online blocks only" {
	local verdict
	for verdict in yes likely unlikely no; do
		mem list -J -a -o BLOCK,OFFLINABLE --scan
		json "[r['block'] for r in rows if r['offlinable'] == '$verdict'] != []"
		expected=$("$python" -c 'import json, sys; print(*[r["block"] for r in json.load(open(sys.argv[1]))["memory"] if r["offlinable"] == sys.argv[2]])' "$out_file" "$verdict")
		cells BLOCK "--offlinable=$verdict"
		exits 0
		row_is "$expected"
		cells OFFLINABLE "--offlinable=${verdict^^}"
		[[ -z ${row//$verdict/} || -z ${row//[ $verdict]/} ]] || fail "another verdict: $row"
	done
	cells BLOCK --offlinable=yes,no --state=online 0-5
	row_is "0 1 5"
	mem list --summary=only --offlinable=yes,likely,unlikely,no
	out_has "14M"
	mem list --offlinable=likely --state=offline
	exits 0
	err_says no-matches
	mem list --offlinable=maybe
	exits 2
	err_has "(yes, likely, unlikely or no)"
	# By the zone, where pages cannot be read: as the column.
	rm "$root/proc/kpageflags"
	cells BLOCK,OFFLINABLE --offlinable=likely,no -q
	row_is "0 no 8 likely 9 likely 10 likely 11 likely 12 likely 13 likely 14 likely 15 likely"
	err_is ""
}

@test "--poisoned: blocks with bad pages; without page information an error, and not an empty list" {
	cells BLOCK,POISONED --poisoned
	exits 0
	row_is "10 8K"
	cells BLOCK --poisoned --offlinable=likely 9-12
	row_is 10
	mem list --poisoned 1-5
	exits 0
	err_says no-matches
	# Some blocks cannot be read: the others are shown, and it is said.
	cp "$root/proc/kpageflags" "$BATS_TEST_TMPDIR/whole"
	truncate -s $((12 * 256 * 8)) "$root/proc/kpageflags"
	cells BLOCK --poisoned
	exits 64
	row_is 10
	: > "$root/proc/kpageflags"
	mem list --poisoned
	exits 1
	err_says unknown-poisoned
	cp "$BATS_TEST_TMPDIR/whole" "$root/proc/kpageflags"
	chmod 0 "$root/proc/kpageflags"
	unprivileged mem list --poisoned -J
	exits 1
	json 'd["error"]["message"].startswith("--poisoned")' \
		'd["faults"] == [dict(path="/proc/kpageflags", error="EACCES")]'
	rm -f "$root/proc/kpageflags"
	mem list --poisoned
	exits 1
	err_says unknown-poisoned
	[[ -z $out ]] || fail "output"
}
