#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp ratio --advise as a user sees it: the file that each figure comes from, the advice where the file is
# missing or rubbish; and bars on a terminal. The edge cases of the advice are in unit/zones/test-advice.c.

load ../ratio

# machine ZONE…: 1 GiB of kernel memory on node 0, 256 MiB of it free, 1 GiB of movable memory, these
# zones, and all files that figures are read from, with nothing special in them
machine() {
	{
		blocks
		policy
		zoneinfo "0 Normal 262144 0 65536" "0 Movable 262144 0 65536" "$@"
		cat << 'END'
proc/meminfo << MEMINFO
MemAvailable: 1048576 kB
PageTables: 8192 kB
SecPageTables: 1024 kB
MEMINFO
proc/vmstat << VMSTAT
nr_free_pages 131072
nr_foll_pin_acquired 5000
nr_foll_pin_released 4999
balloon_inflate 0
balloon_deflate 0
balloon_migrate 0
VMSTAT
proc/buddyinfo = Node 0, zone   Normal      1      2      3      4      5      6      7      8      9     10     11
proc/sys/vm/hugetlb_optimize_vmemmap = 0
proc/sys/kernel/osrelease = 6.12.0-test
boot/config-6.12.0-test << CONFIG
CONFIG_ARCH_ENABLE_HUGEPAGE_MIGRATION=y
# CONFIG_KASAN is not set
CONFIG
sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages = 0
sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages = 0
END
	} | world
}

# advice NAME LEVEL FIGURE: the advice about this machine; "-" is null
advice() {
	local figure=$3
	[[ $figure != - ]] || figure="'-'"
	mem ratio -J --advise
	exits 0
	err_is ""
	json "[(r['level'] or '-', '-' if r['figure'] is None else r['figure']) for r in d['advice'] if r['name'] == '$1'] == [('$2', ${figure})]"
}

@test "the table, exactly" {
	machine
	mem ratio --advise
	exits 0
	err_is ""
	out_is << 'END'
 NODE KERNEL MOVABLE CMA RATIO LIMIT HEADROOM STATUS
    0     1G      1G  0B   100     -        - ok
total     1G      1G  0B   100     -        - ok

NAME           LEVEL FIGURE TEXT
gigantic-pages ok        0B there are no gigantic pages
huge-pages     ok        0B huge pages can migrate, or there are none
pins           ok        4K no pages are pinned, or few
page-tables    ok        9M page tables use a small part of kernel memory
balloon        ok        0B there is no balloon, or its pages can migrate
hvo            ok        0B HVO saves no memory that would be needed again
kasan          ok        0B the kernel has no KASAN shadow memory
cma            ok        0B there are no CMA areas
dax-memmap     ok        0B no device memory has its memory map in kernel memory
offline-blocks ok        0B no block is offline
END
	mem ratio -J --advise --add 128M,movable -q
	json '[r["name"] for r in d["advice"]] == "gigantic-pages huge-pages pins page-tables balloon hvo kasan cma dax-memmap offline-blocks".split()' \
		'len(d["add"]) == 1' 'all(r["text"] for r in d["advice"])'
	mem ratio -J
	json 'd["advice"] == []'
}

@test "a machine where little can be read: figures are missing, not guessed" {
	{ blocks; policy; zoneinfo "0 Normal 262144"; } | world
	mem ratio --advise
	exits 0
	err_is ""
	for name in gigantic-pages pins page-tables balloon hvo kasan; do
		[[ $out =~ $'\n'$name\ +-\ +-\ [a-z] ]] || fail "$name is not missing"
	done
	# These need no files of their own, only the architecture, zones and blocks.
	for name in huge-pages cma dax-memmap offline-blocks; do
		[[ $out =~ $'\n'$name\ +ok\  ]] || fail "$name is not ok"
	done
	[[ -z $(grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
}

@test "gigantic pages: those larger than the page allocator can provide" {
	machine
	edit ../../../kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages 1
	advice gigantic-pages warn $((1 << 30))
	advice huge-pages ok 0
	edit ../../../kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 64
	advice huge-pages ok $((128 << 20))
	# Now pages of 2 MiB are gigantic.
	world <<< 'proc/buddyinfo = Node 0, zone   Normal      1      2      3'
	advice gigantic-pages warn $(((1 << 30) + (128 << 20)))
	world <<< 'proc/buddyinfo :remove'
	advice gigantic-pages - -
	edit ../../../kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 0
	edit ../../../kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages 0
	advice gigantic-pages ok 0
	edit ../../../kernel/mm/hugepages/hugepages-2048kB/nr_hugepages many
	advice gigantic-pages - -
	world <<< 'sys/kernel/mm/hugepages :remove'
	advice gigantic-pages ok 0
}

@test "huge pages that cannot migrate: by the configuration, or the architecture" {
	machine
	edit ../../../kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 64
	world <<< 'boot/config-6.12.0-test = CONFIG_MMU=y'
	advice huge-pages note $((128 << 20))
	world <<< $'boot/config-6.12.0-test :remove\nproc/sys/kernel/arch = sparc64'
	advice huge-pages - $((128 << 20))
	world <<< 'proc/sys/kernel/arch = aarch64'
	advice huge-pages ok $((128 << 20))
}

@test "pins, and a kernel that does not count them" {
	machine
	world <<< $'proc/vmstat << END\nnr_foll_pin_acquired 105000\nnr_foll_pin_released 5000\nEND'
	advice pins warn 409600000
	world <<< $'proc/vmstat << END\nnr_foll_pin_acquired 5\nnr_foll_pin_released 7\nEND'
	advice pins ok 0
	for text in 'nr_foll_pin_acquired 5' $'nr_foll_pin_acquired x\nnr_foll_pin_released 7' nr_free_pages; do
		world <<< $'proc/vmstat << END\n'"$text"$'\nEND'
		advice pins - -
	done
}

@test "page tables, including those of virtual machines" {
	machine
	world <<< $'proc/meminfo << END\nPageTables: 204800 kB\nSecPageTables: 102400 kB\nEND'
	advice page-tables warn $((300 << 20))
	world <<< 'proc/meminfo = PageTables: 65536 kB'
	advice page-tables note $((64 << 20))
	for text in 'PageTables: x kB' 'PageTables: 99999999999999999999 kB' 'Pages: 1 kB'; do
		world <<< "proc/meminfo = $text"
		advice page-tables - -
	done
}

@test "balloons: compacting, not compacting, Hyper-V's and Xen's" {
	machine
	counters() {
		printf 'proc/vmstat << END\n%s\nEND\n' "$1" | world
	}
	counters $'balloon_inflate 70000\nballoon_deflate 10000\nballoon_migrate 3'
	advice balloon ok $((60000 * 4096))
	counters $'balloon_inflate 70000\nballoon_deflate 10000'
	advice balloon warn $((60000 * 4096))
	counters $'nr_balloon_pages 256\nballoon_inflate 70000\nballoon_deflate 10000'
	advice balloon note $((1 << 20))
	counters $'balloon_inflate 70000'
	advice balloon - -
	counters 'nr_free_pages 1'
	advice balloon ok 0
	world <<< 'sys/devices/system/xen_memory/xen_memory0/'
	advice balloon warn 0
	world <<< $'sys/devices/system/xen_memory :remove\nsys/bus/vmbus/drivers/hv_balloon/1eccfd72-4b41-45ef-b73a-4a6e44c12924/'
	advice balloon warn 0
}

# symbols NAME…: what the kernel has
symbols() {
	{
		echo 'proc/kallsyms << END'
		printf '0000000000000000 T %s\n' "$@"
		echo END
	} | world
}

@test "HVO: a kernel that may corrupt memory when it frees huge pages, by its symbols" {
	machine
	edit ../../../kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 64
	world <<< 'proc/sys/vm/hugetlb_optimize_vmemmap = 1'
	corrupts() {
		advice hvo warn $((64 * 7 * 4096))
		json "[r['text'] for r in d['advice'] if r['name'] == 'hvo'] == ['$(text hvo-corrupts)']"
	}
	# copies of the first page of a memory map, which are not reset
	symbols init_task hugetlb_optimize_vmemmap_key hugetlb_vmemmap_restore_folio
	corrupts
	# not known: no symbols, or only functions
	world <<< 'proc/kallsyms :remove'
	corrupts
	world <<< 'proc/kallsyms :empty'
	corrupts
	symbols hugetlb_vmemmap_restore_folio
	corrupts
	# symbols of which those are a part do not count
	symbols init_task __pfx_hugetlb_vmemmap_restore_folio hugetlb_optimize_vmemmap_key hugetlb_vmemmap_restore_folios
	advice hvo note $((64 * 7 * 4096))
	# as 6.1 and 7.3
	symbols init_task hugetlb_optimize_vmemmap_key hugetlb_vmemmap_restore
	advice hvo note $((64 * 7 * 4096))
	symbols init_task hugetlb_vmemmap_restore_folio hugetlb_vmemmap_restore_folios
	advice hvo note $((64 * 7 * 4096))
	# no huge page, or no HVO
	world <<< 'proc/kallsyms :remove'
	edit ../../../kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 0
	advice hvo ok 0
	edit ../../../kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 64
	world <<< 'proc/sys/vm/hugetlb_optimize_vmemmap = 0'
	advice hvo ok 0
}

@test "HVO: the memory that it would need again, compared with free memory" {
	machine
	edit ../../../kernel/mm/hugepages/hugepages-2048kB/nr_hugepages 64
	advice hvo ok 0
	symbols init_task hugetlb_vmemmap_restore_folio
	world <<< 'proc/sys/vm/hugetlb_optimize_vmemmap = 1'
	advice hvo note $((64 * 7 * 4096))
	edit ../../../kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages 20
	advice hvo warn $((64 * 7 * 4096 + 20 * 4095 * 4096))
	edit ../../../kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages 99999999999999999
	advice hvo - -
	world <<< 'proc/sys/vm/hugetlb_optimize_vmemmap = on'
	advice hvo - -
	world <<< $'proc/sys/vm/hugetlb_optimize_vmemmap :remove\nproc/sys/vm/overcommit_memory = 0'
	advice hvo ok 0
	world <<< 'proc/sys/vm :remove'
	advice hvo - -
}

@test "KASAN: by the configuration, else by a symbol" {
	machine
	world <<< $'boot/config-6.12.0-test << END\nCONFIG_KASAN=y\nCONFIG_KASAN_GENERIC=y\nEND'
	advice kasan warn $((1 << 28))
	world <<< $'boot/config-6.12.0-test << END\nCONFIG_KASAN=y\nCONFIG_KASAN_SW_TAGS=y\nEND'
	advice kasan warn $((1 << 27))
	world <<< $'boot/config-6.12.0-test << END\nCONFIG_KASAN=y\nCONFIG_KASAN_HW_TAGS=y\nEND'
	advice kasan ok 0
	world <<< 'boot/config-6.12.0-test :remove'
	advice kasan - -
	while read -r symbol level figure; do
		printf 'proc/kallsyms << END\n0000000000000000 T _text\n0000000000000000 T %s\nEND\n' "$symbol" | world
		advice kasan "$level" "$figure"
	done << END
__asan_load1 warn $((1 << 28))
__hwasan_load1 warn $((1 << 27))
x__asan_load1 ok 0
END
	world <<< 'proc/kallsyms :empty'
	advice kasan - -
}

@test "CMA" {
	machine "1 Normal 65536 16384"
	advice cma note $((16384 * 4096))
}

@test "memory maps of device memory, except those that devices hold themselves" {
	machine "1 Device 0"
	advice dax-memmap ok 0
	machine "0 Device 1048576" "1 Device 1048576"
	advice dax-memmap warn $((2 * 1048576 * 64))
	world << 'END'
sys/bus/nd/devices/pfn0.0/mode = pmem
sys/bus/nd/devices/pfn0.0/size = 4294967296
sys/bus/nd/devices/dax1.0/mode = ram
sys/bus/nd/devices/dax1.0/size = 4294967296
sys/bus/nd/devices/btt0.0/mode = pmem
sys/bus/nd/devices/btt0.0/size = 4294967296
sys/bus/nd/devices/pfn0.1/mode = pmem
sys/bus/nd/devices/pfn0.1/size :empty
END
	advice dax-memmap note $((1048576 * 64))
	world <<< 'sys/bus/nd/devices/pfn0.0/size = 99999999999999'
	advice dax-memmap ok 0
}

@test "memory maps of offline blocks, and where they may be" {
	machine
	world <<< 'block 8-11 offline Movable,Normal node 0'
	advice offline-blocks note $((4 * 32768 * 64))
	world <<< 'block 12-63 offline Movable,Normal node 0'
	advice offline-blocks warn $((56 * 32768 * 64))
	world <<< "$parameters/memmap_on_memory = Y"
	advice offline-blocks - -
	world <<< "$parameters/memmap_on_memory = N"
	edit memory9/state rubbish
	advice offline-blocks - -
	world s390
	machine
	mem ratio -J --advise
	exits 0
}

@test "without movable memory there are no warnings" {
	machine
	edit ../../../kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages 1
	zoneinfo "0 Normal 262144 0 65536" "0 Movable 0" | world
	advice gigantic-pages note $((1 << 30))
}

@test "options that it excludes; an ordinary user" {
	machine
	for words in --check -P -r --advise=x; do
		mem ratio --advise $words
		exits 2
		case $words in
		--check) err_says check-excludes ;;
		-P) err_says add-excludes pairs ;;
		-r) err_says add-excludes raw ;;
		esac
	done
	unprivileged mem ratio -J -q --advise
	exits 0
	json 'all(r["level"] == "ok" for r in d["advice"])'
	# this machine, if it has memory hotplug
	memhp ratio -q -J --advise
	if ((status == 3)); then
		return
	fi
	exits 0
	json 'len(d["advice"]) == 10'
}

# on_terminal ARG…: out is what memhp ratio prints on a terminal, in the locale of the variable locale
on_terminal() {
	out=$(TERM=xterm LC_ALL=${locale:-C} script -qec "stty cols ${width:-80}; $(printf '%q ' "${program[@]}" -s "$root" ratio "$@")" /dev/null < /dev/null |
		tr -d '\r')
	command="memhp ratio $* (on a terminal)" status=0 err=
}

@test "bars on a terminal: letters, or blocks in a UTF-8 locale; also without colours" {
	world qemu-6.12-mixed
	on_terminal --color=never
	out_is << 'END'
 NODE KERNEL MOVABLE CMA RATIO LIMIT HEADROOM STATUS     BAR
    0     3G    640M  0B    20     -        - ok         KKKKKKKKKKKKKMMM
    1   128M    1.1G  0B   900     -        - imbalanced KKMMMMMMMMMMMMMM
total   3.1G    1.8G  0B    56     -        - ok         KKKKKKKKKKMMMMMM
END
	locale=xx_XX.UTF-8 on_terminal --color=never
	out_has "imbalanced KKMMMMMMMMMMMMMM"
	[[ -z $(LC_ALL=C.UTF-8 grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
	# an emulated program has no locales
	[[ "${program[*]}" != *qemu* ]] || return 0
	locale=C.UTF-8 on_terminal --color=never
	out_has "imbalanced K██░░░░░░░░░░░░░░M"
	NO_COLOR=1 locale=C.UTF-8 on_terminal
	out_has "imbalanced K██░░░░░░░░░░░░░░M"
	[[ $out != *$'\e'* ]] || fail "colours"
	[[ -z $(LC_ALL=C.UTF-8 grep -E '.{81}' <<< "$out") ]] || fail "more than 80 columns"
}

@test "no bars elsewhere, unless -o names them" {
	world qemu-6.12-mixed
	for words in -r -P -J --output-all '-o NODE,STATUS' '-o +NODE'; do
		# shellcheck disable=SC2086 # words
		locale=C.UTF-8 on_terminal --color=never $words
		out_lacks BAR
		out_lacks bar
		out_lacks MMM
		out_lacks ░
	done
	mem ratio
	out_lacks BAR
	LC_ALL=C.UTF-8 mem ratio -o NODE,BAR
	out_is <<< $' NODE BAR\n    0 KKKKKKKKKKKKKMMM\n    1 KKMMMMMMMMMMMMMM\ntotal KKKKKKKKKKMMMMMM'
	mem ratio -J -o BAR
	json 'd["nodes"][1] == {"bar": "KKMMMMMMMMMMMMMM"}' 'd["total"] == {"bar": "KKKKKKKKKKMMMMMM"}'
}

@test "any memory has at least one letter; no memory has no bar" {
	small "0 Movable 1" "1 Normal 1" "1 Movable 999999" "2 Normal 0" "3 Movable 5"
	mem ratio -n -r -o NODE,BAR
	out_is <<< $'0 KKKKKKKKKKKKKKKM\n1 KMMMMMMMMMMMMMMM\n2 -\n3 MMMMMMMMMMMMMMMM\ntotal KKKMMMMMMMMMMMMM'
	mem ratio -J -o BAR
	json 'd["nodes"][2] == {"bar": None}'
}
