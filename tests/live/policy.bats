# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp policy and memhp ratio on real kernels: parameters set, refused and restored, the file applied
# as at boot, drift, and a boot with the exported command line. Each test reads its part of the results;
# predict.bats tests which zones follow from a policy.

load live
load documents

# The machine: blocks 0-7 are boot memory, 32-35 a DIMM.
shape=(-m 1G,slots=2,maxmem=8G -object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1)

# Words that the kernel ignores; movablecore only because of kernelcore=mirror.
void="memory_hotplug.online_polcy=auto-movable movablecore=256M kernelcore=mirror"

setup_file() {
	local kernel
	for kernel in amd64-6.1 amd64-6.12; do
		story $kernel
		again $kernel boot && again $kernel boot-again
	done
}

story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -k "$1" -a "memhp_default_state=offline memory_hotplug.auto_movable_ratio=10% $void" -o "$sent" - "${shape[@]}" \
		> "$sent.log" 2>&1 <<-'END' || echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
		parameters=/sys/module/memory_hotplug/parameters
		values() { cat $parameters/online_policy $parameters/auto_movable_ratio $parameters/auto_movable_numa_aware $memory/auto_online_blocks | tr '\n' ' '; }
		now() { values > "/run/$1"; send "$1" < "/run/$1"; }
		wait_for 20 test -L $memory/memory35/node0 || exit 1
		mkdir -p /etc

		run shown memhp policy -J
		dmesg | grep -v 'ommand line: ' > /run/log
		send log < /run/log
		run set memhp policy -J auto_online_blocks=online online_policy=auto-movable auto_movable_ratio=0xc8 auto-movable-numa-aware=n
		now set-values
		run set-again memhp policy -J online_policy=auto-movable
		run bad memhp policy -J auto_movable_ratio=4294967296
		run read-only memhp policy -J memmap_on_memory=yes
		# in place of the last file one that has online, and refuses to take block 0 offline
		mount --bind $memory/memory0/state $memory/auto_online_blocks || exit 1
		run restored memhp policy -J online_policy=contig-zones auto_movable_ratio=55 auto_online_blocks=offline
		umount $memory/auto_online_blocks
		now restored-values
		memhp policy auto_online_blocks=offline > /dev/null

		printf '# kept\nonline_policy = contig-zones # here too\nauto_movable_ratio = 400\nonline_existing = movable\nexclude = 33\n' > /etc/memhp.conf
		run apply memhp policy -J --apply
		now apply-values
		run apply-again memhp policy -J --apply
		run clean memhp policy -J --check
		echo 100 > $parameters/auto_movable_ratio
		run drift memhp policy -J --check
		run warned memhp policy -J online_policy=auto-movable
		run saved memhp policy -J --save auto_movable_ratio=301
		send conf < /etc/memhp.conf
		run ratio memhp ratio -J
		send zoneinfo < /proc/zoneinfo
		run above memhp ratio -J --check=10
		run exported memhp policy --export=cmdline
	END
}

# again KERNEL NAME: boots with the exported command line
again() {
	local sent=$BATS_FILE_TMPDIR/$1/$2
	[[ ! -e $BATS_FILE_TMPDIR/$1.failed ]] || return 0
	mkdir "$sent"
	guest -p -k "$1" -a "$(< "$BATS_FILE_TMPDIR/$1/exported")" -o "$sent" - "${shape[@]}" > "$sent.log" 2>&1 <<-'END' ||
		wait_for 20 test -L $memory/memory35/node0 || exit 1
		run check memhp policy -J --check
		run shown memhp policy -J
	END
		echo "$1: $2: status $?: $(cat "$sent.log")" > "$BATS_FILE_TMPDIR/$1.failed"
}

@test "shown: values, sources, and words that the kernel ignored silently" {
	each shown 0 'p["auto_online_blocks"]["value"] == "offline"' 'p["auto_online_blocks"]["source"] == "cmdline"' \
		'p["auto_movable_ratio"]["value"] == 301' 'p["memmap_on_memory"]["writable"] is False'
	for kernel in amd64-6.1 amd64-6.12; do
		grep -F "$(text policy-ignored memory_hotplug.auto_movable_ratio=10%)" "$BATS_FILE_TMPDIR/$kernel/shown.err"
		grep -F "$(text policy-ignored-name memory_hotplug.online_polcy=auto-movable)" "$BATS_FILE_TMPDIR/$kernel/shown.err"
		grep -F "$(text policy-ignored movablecore=256M)" "$BATS_FILE_TMPDIR/$kernel/shown.err"
		[[ -s $BATS_FILE_TMPDIR/$kernel/log && -z $(grep -e polcy -e movablecore "$BATS_FILE_TMPDIR/$kernel/log") ]]
	done
}

@test "set: by the rules of the kernel, read back; refused before anything is written" {
	each set 0 'all(r["result"] == "done" for r in d["parameters"])'
	says set-values "auto-movable 200 N online "
	each set-again 0 'd["parameters"][0]["result"] == "already"'
	each bad 2
	each read-only 3
}

@test "a failure of the last parameter restores the others" {
	each restored 1 'p["auto_online_blocks"]["result"] == "failed"' 'p["auto_online_blocks"]["error"] == "EINVAL"' \
		'p["auto_movable_ratio"]["result"] == p["online_policy"]["result"] == "rolled-back"'
	says restored-values "auto-movable 200 N online "
}

@test "applied as at boot: settings, then offline memory except for excluded blocks; twice changes nothing" {
	each apply 0 'sorted(b) == [32, 34, 35]' 'all(r["zone"] == "Movable" and r["result"] == "done" for r in d["blocks"])'
	says apply-values "contig-zones 400 N offline "
	each apply-again 0 'd["summary"]["changed"] == 0'
}

@test "drift is found and named; the warning of the kernel document; the file keeps its comments" {
	each clean 1 'd["unknown"] == [dict(word="memory_hotplug.online_polcy=auto-movable")]' 'p["movablecore"]["ignored"] == "256M"' \
		'p["auto_movable_ratio"]["ignored"] == "10%"' 'p["auto_movable_ratio"]["value"] == 400'
	each drift 1 'p["auto_movable_ratio"]["value"] == 100' 'p["auto_movable_ratio"]["expected"] == 400' \
		'p["auto_movable_ratio"]["drift"]'
	each warned 0
	each saved 0 'd["saved"]'
	for kernel in amd64-6.1 amd64-6.12; do
		grep -F "$(text late-policy)" "$BATS_FILE_TMPDIR/$kernel/warned.err"
		grep '400' "$BATS_FILE_TMPDIR/$kernel/drift.err"
		diff "$BATS_FILE_TMPDIR/$kernel/conf" - <<< $'# kept\nonline_policy = contig-zones # here too\nauto_movable_ratio = 301\nonline_existing = movable\nexclude = 33'
	done
}

@test "ratio: present pages of /proc/zoneinfo" {
	local kernel kernel_pages movable_pages
	for kernel in amd64-6.1 amd64-6.12; do
		read -r kernel_pages movable_pages < <(awk '/^Node/ { zone = $4 } $1 == "present" { sum[zone == "Movable"] += $2 }
			END { print sum[0] + 0, sum[1] + 0 }' "$BATS_FILE_TMPDIR/$kernel/zoneinfo")
		((movable_pages == 3 * 32768))
		is $kernel ratio 0 "d['total']['kernel'] == $kernel_pages * 4096" "d['total']['movable'] == $movable_pages * 4096" \
			"d['total']['ratio'] == $movable_pages * 100 // $kernel_pages" "d['nodes'][0]['status'] == 'ok'"
		is $kernel above 1 'd["exit_status"] == 1'
	done
}

@test "a boot with the exported command line: no drift, and two boots have the same result" {
	each boot/check 0 'not any(r["drift"] for r in d["parameters"])' 'len(d["parameters"]) >= 4'
	each boot/shown 0 'p["online_policy"]["value"] == "auto-movable"' 'p["online_policy"]["source"] == "cmdline"'
	for kernel in amd64-6.1 amd64-6.12; do
		diff "$BATS_FILE_TMPDIR/$kernel/boot/shown" "$BATS_FILE_TMPDIR/$kernel/boot-again/shown"
	done
}
