# SPDX-License-Identifier: GPL-2.0-or-later
#
# What online and offline print for people: the rows of a plan, which stand for one block or for
# several, and the lines about blocks and devices that failed.

load ../change

setup() {
	machine < /dev/null
}

@test "online --dry-run: adjacent blocks are one row if all columns agree; other zones and nodes are not" {
	mem offline -q 14-15 26-27
	mem online --dry-run 14-17 23,26-29
	exits 0
	err_is "memhp: online: $(text driver-adds virtio-mem "$(text stays-offline-later)" offline "")"
	out_is << END
BLOCK START              SIZE NODE FROM    TO     ZONE    CERTAIN RESULT
   14 0x0000000070000000 128M    0 offline online Movable yes     planned
   15 0x0000000078000000 128M    0 offline online Movable no      planned
16-17 0x0000000080000000 256M    1 offline online Movable no      planned
   23 0x00000000b8000000 128M    1 offline online Movable no      planned
26-27 0x00000000d0000000 256M    1 offline online Movable no      planned
28-29 0x00000000e0000000 256M    1 offline online Normal  no      planned
$(text would-online "9 blocks" 1.1G "14-17, 23, 26-29")
END
	mem online --dry-run -z movable 14-17 28-29
	out_is << END
BLOCK START              SIZE NODE FROM    TO     ZONE    CERTAIN RESULT
14-15 0x0000000070000000 256M    0 offline online Movable yes     planned
16-17 0x0000000080000000 256M    1 offline online Movable yes     planned
28-29 0x00000000e0000000 256M    1 offline online Movable yes     planned
$(text would-online "6 blocks" 768M "14-17, 28-29")
END
}

@test "online --dry-run: --all has one row per block, --verbose blocks that are already online" {
	mem online --dry-run --all -z movable 8-9 16-17
	exits 0
	out_is << END
BLOCK START              SIZE NODE FROM    TO     ZONE    CERTAIN RESULT
   16 0x0000000080000000 128M    1 offline online Movable yes     planned
   17 0x0000000088000000 128M    1 offline online Movable yes     planned
$(text would-online "2 blocks" 256M 16-17)
END
	mem online --dry-run -v -z movable 8-9 16-17
	out_is << END
BLOCK START              SIZE NODE FROM    TO     ZONE    CERTAIN RESULT
  8-9 0x0000000040000000 256M    0 online  online Movable yes     already
16-17 0x0000000080000000 256M    1 offline online Movable yes     planned
$(text would-online "2 blocks" 256M 16-17)
END
	mem online --dry-run -av -z movable 9 16
	out_is << END
BLOCK START              SIZE NODE FROM    TO     ZONE    CERTAIN RESULT
    9 0x0000000048000000 128M    0 online  online Movable yes     already
   16 0x0000000080000000 128M    1 offline online Movable yes     planned
$(text would-online "1 block" 128M 16)
END
	mem online --dry-run 8-9
	out_is <<< "$(text already-online 8-9)"
	mem online --all 16
	is_usage_error "$(text all-without-plan)" online
	mem offline -a 8
	is_usage_error "$(text all-without-plan)" offline
}

@test "offline --dry-run: a descending plan has the same rows, with the lowest address" {
	mem online -q -z movable 16-17
	mem offline --dry-run 8-10,12-17
	exits 0
	err_is ""
	out_is << END
BLOCK START              SIZE NODE TO      OFFLINABLE WHY     RESULT
16-17 0x0000000080000000 256M    1 offline likely     Movable planned
12-15 0x0000000060000000 512M    0 offline likely     Movable planned
 8-10 0x0000000040000000 384M    0 offline likely     Movable planned
$(text would-try "9 blocks" 1.1G "9 likely")
END
	mem offline --dry-run -a 14-16
	out_is << END
BLOCK START              SIZE NODE TO      OFFLINABLE WHY     RESULT
   16 0x0000000080000000 128M    1 offline likely     Movable planned
   15 0x0000000078000000 128M    0 offline likely     Movable planned
   14 0x0000000070000000 128M    0 offline likely     Movable planned
$(text would-try "3 blocks" 384M "3 likely")
END
	mem offline --dry-run -v 14-20
	out_is << END
BLOCK START              SIZE NODE TO      OFFLINABLE WHY     RESULT
18-20 0x0000000090000000 384M    1 offline -          -       already
16-17 0x0000000080000000 256M    1 offline likely     Movable planned
14-15 0x0000000070000000 256M    0 offline likely     Movable planned
$(text would-try "4 blocks" 512M "4 likely")
END
	mem offline --dry-run 19-20
	out_is <<< "$(text already-offline 19-20)"
}

@test "offline --dry-run: MIGRATE and ESTIMATE are sums; blocks without page information are rows of their own" {
	pages <<< $'8-9 free\n10 anon 1000, free\n11-13 free'
	truncate -s $((12 * 32768 * 8)) "$root/proc/kpageflags"
	mem offline --dry-run 8-13
	exits 0
	out_is << END
BLOCK START              SIZE NODE TO      OFFLINABLE WHY                MIGRATE ESTIMATE RESULT
12-13 0x0000000060000000 256M    0 offline likely     Movable                  -        - planned
   11 0x0000000058000000 128M    0 offline yes        nothing to migrate       0    0.02s planned
   10 0x0000000050000000 128M    0 offline likely     pages to migrate      1000    0.03s planned
  8-9 0x0000000040000000 256M    0 offline yes        nothing to migrate       0    0.04s planned
$(text would-try "6 blocks" 768M "6 likely")
$(text estimate "1000 pages" 0.09s) $(text assumptions 100000 20)
END
	err_is "memhp: offline: $(text no-page-information-of "2 blocks" 12 "$root/proc/kpageflags"): $(text file-ends)"
}

@test "a plan as a document has each block, with and without --all, and those already in that state" {
	local all
	for all in "" --all; do
		mem offline --dry-run -J $all 12-18
		exits 0
		json 'column("block") == [18, 17, 16, 15, 14, 13, 12]' 'column("size") == [128 * M] * 7' \
			'column("result") == ["already"] * 3 + ["planned"] * 4'
		mem online --dry-run -J $all -z movable 14-18
		json 'column("block") == [14, 15, 16, 17, 18]' 'column("start") == [i * 128 * M for i in range(14, 19)]' \
			'column("result") == ["already"] * 2 + ["planned"] * 3'
	done
}

@test "failures with the same error, reason and hint are one line with ranges; a document has each block" {
	faults memory{8..10}" open EROFS" memory{12,15}" open EROFS" "memory11 EPERM" "memory13 EPERM"
	mem offline 8-15
	exits 64
	[[ $(wc -l <<< "$err") == 2 ]] || fail "not two lines"
	err_has "memhp: offline: blocks 8-10, 12, 15: Read-only file system (read-only): $(text read-only-sysfs)"
	err_has "memhp: offline: blocks 11, 13: Operation not permitted (notifier): $(text veto)"
	out_is <<< "$(text offlined "1 block" 128M 14)"
	mem offline 8-15 -J
	json '[r["reason"] for r in rows if r["result"] == "failed"] == ["read-only", "notifier", "read-only", "notifier"] + ["read-only"] * 3' \
		"all(r['hint'] == '$(text read-only-sysfs)' for r in rows if r['reason'] == 'read-only')" 'len(rows) == 8'
	faults memory{16..18}" EPERM"
	mem online 16-18
	exits 1
	err_is "memhp: online: blocks 16-18: Operation not permitted (notifier): $(text veto)"
	# what is given already is not advised
	mem online 16-18 --explain
	err_is "memhp: online: blocks 16-18: Operation not permitted (notifier): $(text veto-explained)"
	# the same error with another reason, another hint or for another result is another line
	faults memory{16..17}" EPERM" "memory18 EHWPOISON" "memory19 online-as Normal"
	mem online -z movable 16-19
	exits 64
	[[ $(wc -l <<< "$err") == 3 ]] || fail "not three lines"
	err_has "memhp: online: blocks 16-17: Operation not permitted (notifier): $(text veto)"
	err_has "block 18: "
	err_says block-failed 19 wrong-zone
}

@test "findings and lines of the kernel log are printed for each block of such a line" {
	faults "memory9 EBUSY" 'memory9 log "page dumped because: unmovable page"' \
		"memory10 EBUSY" 'memory10 log "page dumped because: unmovable page"'
	pages <<< '9-10 slab 3, free'
	mem offline 9-10 --retries 0 -v
	exits 1
	err_is "memhp: offline: blocks 9-10: Device or resource busy (unmovable-pages): $(text unmovable-movable)
memhp: offline: $(text found-pages 10 "32765 free, 3 slab")
memhp: offline: $(text found-pages 9 "32765 free, 3 slab")
memhp: offline: $(text kernel-line "block 10" "page dumped because: unmovable page")
memhp: offline: $(text kernel-line "block 9" "page dumped because: unmovable page")"
}

@test "offline --dry-run: what is likely, unlikely and never; never is failed, with its reason, and exit status 0" {
	world << 'END'
sys/devices/system/memory/memory17/valid_zones = Normal
sys/devices/system/memory/memory17/state = online
proc/sys/kernel/arch = x86_64
END
	mem offline --dry-run 0,14-15,17
	exits 0
	out_is << END
BLOCK START              SIZE NODE TO      OFFLINABLE WHY                    RESULT
   17 0x0000000088000000 128M    1 offline unlikely   kernel zone            planned
14-15 0x0000000070000000 256M    0 offline likely     Movable                planned
    0 0x0000000000000000 128M    0 offline no         several zones or nodes failed
$(text would-try "3 blocks" 384M "2 likely, 1 unlikely (kernel zone); $(text never-count 1 "several zones or nodes")")
END
	mem offline --dry-run 0
	exits 0
	out_has "$(text none-to-offline); $(text never-count 1 "several zones or nodes")"
	mem offline --dry-run -J 0,14
	exits 0
	json 'b[0]["result"] == "failed" and b[0]["reason"] == "several-zones" and b[0]["hint"]' \
		'b[14]["result"] == "planned" and b[14]["reason"] is None' 'column("certain") == [None] * 2'
	mem offline -J 14
	json 'column("certain") == [None]'
}

# Node 0 has boot memory; memory of dax0.0 on node 1 is online in two zones.
@test "offline --dry-run of a device in two zones: a row per zone, and what is likely and unlikely of 63G" {
	rm -rf "$root"
	world << 'END'
block_size 128M
block 0 online none node 0
block 1-15 online DMA32 node 0
block 32-271 online Normal node 0
block 272-399 online Normal node 1
block 400-407 offline Normal,Movable node 1
block 408-783 online Movable node 1
sys/bus/dax/devices/dax0.0 -> ../../../devices/platform/hmem.0/dax0.0
proc/sys/kernel/arch = x86_64
proc/iomem << IOMEM
00001000-0009ffff : System RAM
00100000-7fffffff : System RAM
100000000-87fffffff : System RAM
880000000-187fffffff : CXL Window 0
  880000000-187fffffff : Soft Reserved
    880000000-187fffffff : dax0.0
      880000000-187fffffff : System RAM (kmem)
IOMEM
proc/meminfo << MEMINFO
MemFree:        90000000 kB
MemAvailable:   90000000 kB
MEMINFO
END
	mem offline --dry-run all --device dax0.0
	exits 0
	err_is ""
	out_is << END
  BLOCK START              SIZE NODE TO      OFFLINABLE WHY         RESULT
408-783 0x0000000cc0000000  47G    1 offline likely     Movable     planned
272-399 0x0000000880000000  16G    1 offline unlikely   kernel zone planned
$(text would-try "504 blocks" 63G "376 likely, 128 unlikely (kernel zone)")
END
	mem offline --dry-run -a all --device dax0.0
	exits 0
	(($(grep -c planned <<< "$out") == 504)) || fail "not a row per block"
	mem offline --dry-run -J all --device dax0.0
	json 'len(rows) == 512' 'column("certain") == column("zone") == [None] * 512' \
		'len([r for r in rows if r["offlinable"] == "unlikely"]) == 128'
}

# share ACTION WORD… BLOCKS: the plan takes so many blocks
share() {
	mem "${@:1:$#-1}" --dry-run -J
	exits 0
	json "d['summary']['planned'] == d['summary']['requested'] == ${!#} * 128 * M" \
		"len([r for r in rows if r['result'] == 'planned']) == ${!#}"
}

@test "a share: of all blocks that operands and filters let pass, rounded down, at least one" {
	# 32 blocks on node 0, 8 of them offline; 10 on node 1, all Movable
	rm -rf "$root"
	world <<- 'END'
		block_size 128M
		block 0-23 online Normal node 0
		block 24-31 offline Normal,Movable node 0
		block 40-49 online Movable node 1
	END
	share offline 5% 2
	share offline 9.6% 4
	share offline 9.5% 3
	share offline 0.1% 1
	share offline 0.0000000000000001% 1
	share offline 9.600000000000000000000% 4
	share offline 19% --node=1 1
	share offline 20% --node=1 2
	share offline 100% --in-zone=movable 10
	share offline 40-43 50% 2
	share offline 50% 0-1,40 0x148000000 pfn:0x150000 2
	share offline 1% all 1
	# of online and offline blocks alike
	share online 10% 4
	share online 50% --state=offline 4
	share online 24-31 100% 8
	# more than there is to take
	mem online 50% --dry-run -J
	exits 0
	json 'd["summary"]["requested"] == 21 * 128 * M' 'd["summary"]["planned"] == 8 * 128 * M'
	# what is already so counts with --total
	mem online 90% --total --dry-run -J
	exits 0
	json 'd["summary"]["planned"] == 3 * 128 * M'
	mem online 80% --total --dry-run -J
	exits 0
	json 'd["summary"]["planned"] == 0'
	mem offline 5% --node=1 --state=offline --dry-run
	exits 0
	err_says nothing-to-do
}

@test "--total with filters that leave out what is already so: a notice" {
	machine < /dev/null
	for filter in --in-zone=Movable --state=online --offlinable=likely; do
		mem offline 5% --total $filter --dry-run -q --order=address
		err_lacks "--total"
		mem offline 5% --total $filter --dry-run
		err_says total-of-none offlined
	done
	mem online 5% --total --state=offline --dry-run
	err_says total-of-none onlined
	for words in "offline 5% --total --node=0" "offline 5% --state=online" "offline 5% --total --state=online,offline" \
		"online 5% --total"; do
		mem $words --dry-run
		err_lacks "--total"
	done
}

@test "a share that is none, or too much, or not alone: exit status 2" {
	local word
	machine < /dev/null
	for word in 0% 0.0% 101% 100.1% 5%% % .5% 5.% 1e2% 0x5% 5%,3 5%% 5%G +5% " 5%" 1/2% \
		0.00000000000000001% 99999999999999999999999999999999999999999999999999%; do
		mem offline --dry-run -- "$word"
		exits 2
		err_says not-a-share "$word"
	done
	mem offline --dry-run -- -5%
	exits 2
	for words in "5% 5%" "5% 128M" "1G 10%"; do
		mem offline --dry-run $words
		exits 2
		err_says several-amounts
	done
	mem list 5%
	exits 2
	err_says amount-refused 5%
	mem offline 51%
	exits 2
	err_says share-refused 51%
	mem offline all 50.1%
	exits 2
	err_says share-refused 50.1%
	mem offline --dry-run 51%
	exits 0
}
