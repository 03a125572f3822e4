# SPDX-License-Identifier: GPL-2.0-or-later
#
# In which order an amount goes offline, by the pages of the blocks: least work first, whole devices
# first; what a plan reports about the work; pages that cannot be read or change meanwhile.

load ../change

# Blocks of 1M, 256 pages each: 0-3 boot memory, 8-15 two DIMMs online as movable, 16-17 virtio-mem.
setup() {
	world << 'END'
block_size 1M
block 0-3 online Normal node 0
block 8-15 online Movable node 0
block 16-17 online Movable node 0
run/
dev/kmsg << KMSG
KMSG
proc/sys/kernel/arch = x86_64
sys/devices/system/memory/memory{8-11}/firmware_node -> ../PNP0C80:00
sys/devices/system/memory/memory{12-15}/firmware_node -> ../PNP0C80:01
proc/iomem << IOMEM
00000000-003fffff : System RAM
00800000-00bfffff : System RAM
00c00000-00ffffff : System RAM
01000000-011fffff : virtio0
  01000000-011fffff : System RAM (virtio_mem)
IOMEM
proc/meminfo << MEMINFO
MemFree:       16384 kB
MemAvailable:  16384 kB
MEMINFO
END
	pages << 'END'
0 reserved 3, free
1 slab 3, free
2 anon 70, free
3 free
8 anon 80, free
9 free
10 anon
11 anon 70, free
12 reserved 1, free
13 anon 200, free
14 anon 100, free
15 anon 250, free
16-17 free
END
}

planned() {
	json "column('block') == [$1]"
}

@test "an amount takes the blocks with least to migrate, Movable first, and none that cannot go offline" {
	mem offline 7M -J
	exits 0
	planned "9, 11, 8, 14, 13, 15, 10"
	mem offline --force 3M -J
	exits 0
	# slab pages may be freed, reserved pages never are
	planned "3, 2, 1"
}

@test "where Movable does not suffice, all blocks of kernel zones are scanned, not only the top ones" {
	world << 'END'
sys/devices/system/memory/memory{8-15}/valid_zones = Normal
END
	pages << 'END'
1 free
8-9 free
10 anon 3, free
11-15 slab 9, free
END
	# one thread: two may scan one block more
	on_one_processor mem offline --dry-run 2M -J
	exits 0
	planned "9, 10"
	json '[pages["migrate"] for pages in column("pages")] == [0, 3]'
	mem offline --dry-run 4M -J
	planned "9, 8, 1, 10"
}

@test "where not all blocks of Movable can go offline, kernel zones are scanned, too" {
	pages << 'END'
1 reserved 3, free
2 anon 70, free
3 slab 3, free
8-11 reserved 1, free
12-13 free
14-15 used-head 1, used-tail 127, used-head 1, used-tail 127
END
	world <<< 'sys/kernel/mm/hugepages/hugepages-512kB/free_hugepages = 1'
	mem offline --dry-run 3M -J
	exits 0
	planned "13, 12, 2"
	json 'all(r["pages"] for r in rows)' 'column("offlinable") == ["yes", "yes", "likely"]'
	# enough of them: the others are not scanned
	is_plain || return 0
	with strace -f -qq -e trace=pread64 -o "$BATS_TEST_TMPDIR/trace" -- mem offline --dry-run 2M
	# where two threads call at once, strace prints a call in two lines; the second has the offset
	grep -q 'pread64.*2048, 26624)' "$BATS_TEST_TMPDIR/trace" || fail "block 13 is not read"
	! grep -E 'pread64.*2048, (0|2048|4096|6144)\)' "$BATS_TEST_TMPDIR/trace" || fail "a kernel zone is read"
}

@test "a file that cannot be read, or ends early: one message, and the order is that of addresses" {
	for content in empty short directory pipe; do
		rm -rf "$root/proc/kpageflags"
		case $content in
		empty) : > "$root/proc/kpageflags" ;;
		short) pages <<< "8-14 anon, free" && truncate -s $((14 * 2048 + 4)) "$root/proc/kpageflags" ;;
		directory) mkdir "$root/proc/kpageflags" ;;
		pipe) mkfifo "$root/proc/kpageflags" ;;
		esac
		mem offline --dry-run 2M -J
		exits 0
		[[ $content == short ]] || planned "15, 14"
		case $content in
		empty) err_is "memhp: offline: $(text no-page-information-of "8 blocks" 8 "$root/proc/kpageflags"): $(text file-ends)" ;;
		short) err_is "memhp: offline: $(text no-page-information-of "2 blocks" 14 "$root/proc/kpageflags"): $(text file-ends)" ;;
		directory) err_is "memhp: offline: $(text no-page-information-of "8 blocks" 8 "$root/proc/kpageflags"): Is a directory" ;;
		pipe) err_is "memhp: offline: $(text no-page-information-of "8 blocks" 8 "$root/proc/kpageflags"): Illegal seek" ;;
		esac
		mem offline -q --dry-run 2M
		err_is ""
	done
}

@test "--order=address: from the top, as without permission, and nothing is scanned" {
	mem offline --order=address 3M --dry-run -J
	exits 0
	planned "15, 14, 13"
	json 'column("pages") == column("estimate_ms") == [None] * 3'
	# strace would show the emulator's calls, and LeakSanitizer fails under it
	if is_plain; then
		with strace -f -qq -e trace=openat,openat2 -o "$BATS_TEST_TMPDIR/trace" -- mem offline --order=address 3M --dry-run -J
		! grep kpageflags "$BATS_TEST_TMPDIR/trace" || fail "it is opened"
	fi
	chmod 0 "$root/proc/kpageflags"
	unprivileged mem offline 2M --dry-run -J
	exits 0
	planned "15, 14"
	err_is "memhp: offline: $(text plan-by-zone "$root/proc/kpageflags: Permission denied; $(what_permits)")"
	unprivileged mem offline -q 2M --dry-run -J
	err_is ""
	rm "$root/proc/kpageflags"
	mem offline 2M --dry-run -J
	planned "15, 14"
	err_is ""
	mem offline 2M --dry-run --order=work
	one_message
	err_says no-kpageflags "$(text so-by-zone)" "$root/proc/kpageflags"
	mem offline 2M --order=size
	is_usage_error "$(text unknown-word --order value size "work or address")" offline
}

@test "only candidates are scanned, and no more than needed" {
	# strace would show the emulator's calls, and LeakSanitizer fails under it
	is_plain || return 0
	reads() {
		with strace -f -qq -e trace=pread64 -o "$BATS_TEST_TMPDIR/trace" -- mem offline --dry-run "$@"
		seen=$(grep -o 'pread64.*2048, [0-9]*) = 2048' "$BATS_TEST_TMPDIR/trace" |
			sed 's/.*, \([0-9]*\)) = .*/\1/' | sort -n | while read -r at; do echo $((at / 2048)); done | tr '\n' ' ')
	}
	on_one_processor reads 4M
	# Movable suffices; blocks of virtio-mem are not candidates
	[[ $seen == "8 9 10 11 12 13 14 15 " ]] || fail "read: $seen"
	on_one_processor reads 128M 13-14
	[[ $seen == "13 14 " ]] || fail "read: $seen"
	pages <<< '8-15 free'
	on_one_processor reads 2M
	[[ $seen == "14 15 " ]] || fail "read: $seen"
}

@test "a dry run prints the pages to migrate and an estimate of the time, also for named blocks" {
	mem offline 3M --dry-run
	exits 0
	out_is << END
BLOCK START              SIZE NODE TO      OFFLINABLE WHY                MIGRATE ESTIMATE RESULT
    9 0x0000000000900000   1M    0 offline yes        nothing to migrate       0    0.02s planned
   11 0x0000000000b00000   1M    0 offline likely     pages to migrate        70    0.02s planned
    8 0x0000000000800000   1M    0 offline likely     pages to migrate        80    0.02s planned
$(text would-try "3 blocks" 3M "3 likely")
$(text estimate "150 pages" 0.06s) $(text assumptions 100000 20)
END
	# huge pages in use must be migrated, free ones need not
	pages <<< '8-9 used-head 1, used-tail 127, huge-head 1, huge-tail 63, anon 2, free'
	mem offline --dry-run -a 8-9
	out_has "    9 0x0000000000900000   1M    0 offline unlikely   huge pages     130    0.02s planned"
	out_says estimate "260 pages" 0.04s
	mem offline --dry-run 8-9
	out_has "  8-9 0x0000000000800000   2M    0 offline unlikely   huge pages     260    0.04s planned"
	out_says estimate "260 pages" 0.04s
}

@test "a dry run of named blocks, as a document" {
	mem offline 8,10,12 --dry-run -J
	exits 0
	planned "12, 10, 8"
	json 'column("estimate_ms") == [None, 22, 20]' 'b[12]["pages"]["reserved"] == 1' \
		'b[10]["pages"]["migrate"] == 256 and sum(b[10]["pages"].values()) == 256'
	mem offline 8 -J
	json 'b[8]["pages"] is None'
}

@test "a dry run names blocks that cannot go offline: named ones, and those that an amount has to take" {
	world <<< "block 4 online none node 0"
	mem offline --dry-run 0-1,4,8,12
	exits 0
	out_says would-try "2 blocks" 2M "1 likely, 1 unlikely (slab pages); $(text never-count 3 "reserved pages, several zones or nodes")"
	err_is "memhp: offline: $(text never-offline "blocks 0, 12" "$(text reserved-pages 4)")
memhp: offline: $(text never-offline "block 4" "$(text several-zones)")
memhp: offline: $(text block-unlikely 1 "$(text slab-pages 3)")"
	mem offline --dry-run -J 0-1,4,8,9
	json '[b[i]["offlinable"] for i in (0, 1, 4, 8, 9)] == ["no", "unlikely", "no", "likely", "yes"]' \
		'[b[i]["result"] for i in (0, 1, 4, 8, 9)] == ["failed", "planned", "failed", "planned", "planned"]' \
		'[b[i]["reason"] for i in (0, 1, 4)] == ["reserved-pages", None, "several-zones"]' \
		'all(b[i]["hint"] for i in (0, 4))' 'sums["failed"] == 2 * M' 'column("certain") == column("zone") == [None] * 5' \
		"b[8]['why'] == '$(text movable-migrate "80 pages" 15.3M)'" "b[1]['why'] == '$(text slab-pages 3)'"
	pages <<< '0-17 slab 2, free'
	mem offline --dry-run 2M 0-3
	err_is "memhp: offline: $(text blocks-unlikely 2-3 "$(text slab-pages 4)")"
	# what is known without a scan is reported, too, except for a verdict by the zone alone
	mem offline --dry-run --order=address 0-1,4
	err_is "memhp: offline: $(text never-offline "block 4" "$(text several-zones)")"
	mem offline --dry-run -q 4
	err_is ""
	mem offline 8 -J
	json 'b[8]["offlinable"] is None and b[8]["why"] is None'
}

@test "--whole-devices: devices that fit and can go offline, then single blocks" {
	mem offline --whole-devices 4M --dry-run -J
	exits 0
	# a block of the other device can never go offline
	planned "9, 11, 8, 10"
	mem offline --whole-devices 5M --dry-run -J
	planned "9, 11, 8, 10, 14"
	mem offline --whole-devices 3M --dry-run -J
	planned "9, 11, 8"
	# only this block of the first device is left
	mem offline 8-10
	exits 0
	mem offline --whole-devices 1M --dry-run -J
	planned "11"
	mem offline --whole-devices --order=address 2M --dry-run -J
	planned "11, 15"
	mem offline --whole-devices 2M 12-15 --dry-run -J
	planned "14, 13"
}

# memory FREE AVAILABLE: of the machine, in KiB
memory() {
	printf 'MemFree: %s kB\nMemAvailable: %s kB\n' "$1" "$2" > "$root/proc/meminfo"
}

@test "no-room: what must be migrated, against what is free outside the blocks or can be reclaimed" {
	# 150 pages, and 2472K that are free in their blocks
	memory 2900 2300
	mem offline 3M
	exits 1
	err_is "memhp: offline: $(text no-room-for-pages 3M 600K 428K)"
	mem offline --dry-run 3M -J
	exits 1
	json 'd["error"]["reason"] == "no-room"'
	# the watermarks that MemAvailable leaves out go with the blocks
	memory 3200 1000
	mem offline --dry-run 3M
	exits 0
	# page cache can be reclaimed
	memory 2500 3080
	mem offline --dry-run 3M
	exits 0
	memory 2500 3060
	mem offline --dry-run 3M
	exits 1
	err_is "memhp: offline: $(text no-room-for-pages 3M 600K 588K)"
}

@test "no-room: blocks that are named are scanned where that decides; without their pages all of them counts" {
	memory 3200 1000
	mem offline 8-9,11
	exits 0
	mem online -q 8-9,11
	mem offline --order=address 8-9,11
	exits 1
	err_is "memhp: offline: $(text no-room 3M 1000K)"
	truncate -s $((11 * 2048)) "$root/proc/kpageflags"
	mem offline --dry-run 8-9,11
	exits 1
	err_has "$(text no-room-for-pages 3M "up to 1.3M" 0B)"
	# what can never go needs no room
	pages <<< "8-9 reserved 1, anon"
	mem offline --dry-run 8-9
	exits 0
}

@test "a block that fills up while others go offline is taken after better ones" {
	# While block 9 is slow, the pages of the other blocks change.
	faults "memory9 until .done"
	pages << 'END'
8 anon 80, free
9 anon 65, free
10 anon 140, free
11 anon 66, free
13 anon 200, free
END
	start offline 3M 8-11,13 -J
	await 9 going-offline
	pages << 'END'
8 anon 80, free
9 anon 65, free
10 anon 140, free
11 anon 256
13 anon 200, free
END
	touch "$root/.done"
	finish
	exits 0
	planned "9, 8, 10"
}

@test "a block that can no longer go offline is not tried" {
	faults "memory9 until .done"
	pages << 'END'
8 anon 80, free
9 anon 65, free
10 anon 140, free
11 anon 66, free
END
	start offline 2M 8-11 -J
	await 9 going-offline
	pages << 'END'
8 anon 80, free
10 anon 140, free
11 reserved 1, anon 65, free
END
	touch "$root/.done"
	finish
	exits 0
	planned "9, 8"
}

@test "the file becomes unreadable meanwhile: the plan stays" {
	faults "memory9 until .done"
	pages << 'END'
8 anon 80, free
9 anon 65, free
10 anon 67, free
11 anon 66, free
END
	start offline 3M 8-11 -J
	await 9 going-offline
	: > "$root/proc/kpageflags"
	touch "$root/.done"
	finish
	exits 0
	json 'len(rows) == 3 and rows[0]["block"] == 9'
}

@test "a signal during the scan stops the command" {
	rm "$root/proc/kpageflags"
	cat > "$BATS_TEST_TMPDIR/slow.c" << 'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>
#include <sys/syscall.h>
ssize_t pread(int fd, void *buffer, size_t size, off_t at)
{
	close(creat(DIRECTORY "/looking", 0600));
	while (access(DIRECTORY "/go-on", F_OK) != 0)
		usleep(10000);
	return syscall(SYS_pread64, fd, buffer, size, at);
}
ssize_t pread64(int fd, void *buffer, size_t size, off_t at)
{
	return pread(fd, buffer, size, at);
}
END
	gcc -shared -fPIC -D "DIRECTORY=\"$BATS_TEST_TMPDIR\"" -o "$BATS_TEST_TMPDIR/slow.so" "$BATS_TEST_TMPDIR/slow.c"
	pages <<< '8-15 anon'
	before=$(tree)
	prefix=(env --default-signal=TERM LD_PRELOAD="$BATS_TEST_TMPDIR/slow.so $fake"
		ASAN_OPTIONS=verify_asan_link_order=0)
	start offline 2M -J
	within 10 test -e "$BATS_TEST_TMPDIR/looking"
	kill -TERM "$pid"
	touch "$BATS_TEST_TMPDIR/go-on"
	finish
	exits 143
	json 'all(r["result"] == "skipped" for r in rows)'
	[[ $(tree) == "$before" ]] || fail "something is written"
}

@test "--offlinable and --poisoned: only such blocks are taken, and bad pages are pointed out" {
	pages <<< $'0 reserved 3, free\n1-2 slab 3, free\n3 free\n8-11 free\n12 reserved 1, free\n13 poisoned 1, free\n14-17 free'
	mem offline all --offlinable=no --dry-run -J
	exits 0
	json "sorted(column('block')) == [0, 12]" "set(column('result')) == {'failed'}"
	mem offline --offlinable=no,yes 8-13 --dry-run -J
	json "sorted(column('block')) == [8, 9, 10, 11, 12, 13]"
	# a share of what passes
	mem offline 50% --offlinable=yes 8-13 --dry-run -J
	json "d['summary']['planned'] == 2 * M" "len(rows) == 2"
	mem offline all --poisoned --dry-run -J
	json "column('block') == [13]"
	err_says poisoned-block 13
	mem offline 2M 12-13 --offlinable=yes --force -J
	json "column('block') == [13]"
	mem online 13
	# By its name, each block is tried; where the machine has bad pages, they are looked for.
	printf 'HardwareCorrupted:     4 kB\n' >> "$root/proc/meminfo"
	mem offline 13 -J
	exits 0
	err_says poisoned-block 13
	mem online 13
	printf 'MemFree:       16384 kB\nMemAvailable:  16384 kB\nHardwareCorrupted:     0 kB\n' > "$root/proc/meminfo"
	mem offline 13
	exits 0
	err_lacks "bad pages"
	mem online 13
	# Not where the order is that of the addresses.
	sed -i 's/^HardwareCorrupted: .*/HardwareCorrupted:     4 kB/' "$root/proc/meminfo"
	mem offline 13 --order=address --dry-run -J
	err_lacks "bad pages"
	json 'd["blocks"][0]["pages"] is None'
	# It is a filter, so all may be taken.
	mem offline all --poisoned --dry-run
	mem offline all --poisoned --force
	exits 0
	err_says poisoned-block 13
	[[ $(block 13) == offline* && $(block 14) == online* ]] || fail "other blocks"
	mem offline all --poisoned --dry-run
	exits 0
	err_says nothing-to-do
	mem online all --poisoned
	exits 2
	err_says not-for-online --poisoned
	mem online all --offlinable=yes
	exits 2
	err_says not-for-online --offlinable
	# Blocks whose pages cannot be read may be bad ones: nothing is taken.
	truncate -s $((16 * 256 * 8)) "$root/proc/kpageflags"
	mem offline all --poisoned --force -J
	exits 1
	json 'd["faults"] == [dict(path="/proc/kpageflags", error="EBADMSG")]'
	: > "$root/proc/kpageflags"
	mem offline all --poisoned --dry-run
	exits 1
	err_says unknown-poisoned
	rm "$root/proc/kpageflags"
	mem offline all --poisoned
	exits 1
	err_says unknown-poisoned
	mem offline all --offlinable=likely --dry-run -J
	exits 0
	json "min(column('block')) == 8"
}
