# SPDX-License-Identifier: GPL-2.0-or-later
#
# Huge pages of which HVO (HugeTLB Vmemmap Optimization) has optimized the memory map: offlining frees
# them, which not every kernel survives. What memhp says of a block full of them is compared with what
# the kernel then does to it. One boot per kernel; each test reads its part of the results.

load live
load documents

kernels+=(amd64-backports)

setup_file() {
	stories
}

# A DIMM, blocks 32-39, with huge pages, which fill block 33. The kernel complains if it does not
# survive; what it says is sent before it is tried again with the rest.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -x -p -k "$1" -a 'memhp_default_state=offline hugetlb_free_vmemmap=on' -f "$live/put.c" -o "$sent" - \
		-m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1 > "$sent.log" 2>&1 <<-'END' ||
		wait_for 20 test -e $memory/memory39/valid_zones || exit 1
		state online_movable 32 33 34 35 36 37 38 39 || exit 1
		run empty memhp ratio -J --advise
		echo 200 > /proc/sys/vm/nr_hugepages
		run advice memhp ratio -J --advise
		run before memhp list --scan -J -a -b -o BLOCK,OFFLINABLE,WHY,HUGE 32-39
		run plan memhp offline --dry-run 33
		dmesg -c > /dev/null
		try_block 33 > /run/answer-33
		send answer < /run/answer-33
		wait_for 10 settled 33
		dmesg | grep 'Bad page state' | send complaints
		run after memhp list --scan -J -a -b -o BLOCK,STATE,OFFLINABLE,WHY,UNKNOWN 33
	END
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# survives KERNEL: whether block 33 went offline without a complaint
survives() {
	[[ $(< "$BATS_FILE_TMPDIR/$1/answer") == 0 && ! -s $BATS_FILE_TMPDIR/$1/complaints ]]
}

@test "a block of huge pages is likely to go only where the kernel survives it" {
	local kernel
	for kernel in "${kernels[@]}"; do
		came "$BATS_FILE_TMPDIR/$kernel" || return
		is "$kernel" before 0 'all(r["huge"] == 128 << 20 for r in d["memory"][1:3])'
		if survives "$kernel"; then
			echo "# $kernel survives" >&3
			is "$kernel" before 0 'all(r["offlinable"] == "likely" for r in d["memory"][1:3])'
			is "$kernel" advice 0 '[r["level"] for r in d["advice"] if r["name"] == "hvo"] == ["note"]'
		else
			echo "# $kernel: $(grep -c . "$BATS_FILE_TMPDIR/$kernel/complaints") complaints" >&3
			is "$kernel" before 0 "all((r['offlinable'], r['why']) == ('unlikely', '$(text huge-with-hvo 128M)') for r in d['memory'][1:3])"
			is "$kernel" before 0 'all(r["offlinable"] == "yes" for r in d["memory"] if r["huge"] == 0)'
			grep -qx "memhp: offline: $(text block-unlikely 33 "$(text huge-with-hvo 128M)")" \
				"$BATS_FILE_TMPDIR/$kernel/plan.err" || return
			is "$kernel" advice 0 "[(r['level'], r['text']) for r in d['advice'] if r['name'] == 'hvo'] == [('warn', '$(text hvo-corrupts)')]"
		fi
		is "$kernel" empty 0 '[r["level"] for r in d["advice"] if r["name"] == "hvo"] == ["ok"]'
	done
}

@test "what the kernel leaves of such a block is not likely to go either" {
	local kernel
	for kernel in "${kernels[@]}"; do
		if survives "$kernel"; then
			is "$kernel" after 0 'd["memory"][0]["state"] == "offline"'
		else
			is "$kernel" after 0 'd["memory"][0]["state"] == "online"' 'd["memory"][0]["unknown"] > 64 << 20' \
				'd["memory"][0]["offlinable"] == "unlikely"' 'd["memory"][0]["why"].endswith(" pages of unknown use")'
		fi
	done
}
