# SPDX-License-Identifier: GPL-2.0-or-later
#
# Why a change fails, on real kernels: refusals, permissions, huge pages, memory errors, a DIMM that is
# removed meanwhile. Reasons that change.bats and raced.bats reach are not here. One boot per kernel;
# each test reads its part of the results.

load live
load documents

setup_file() {
	stories
}

# Node 1's only memory is a DIMM (blocks 32-39); the firmware keeps the end of block 7.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -k "$1" -a memhp_default_state=offline -f "$live/put.c" -f "$live/pin.c" -f "$live/reserve.c" -f "$live/vast.c" \
		-f "$(command -v flock)" \
		-o "$sent" - -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
		-object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1,node=1 > "$sent.log" 2>&1 <<-'END' ||
		in_state() { grep -qx "$2" "$memory/memory$1/state"; }
		any_going_offline() { grep -q going-offline $memory/memory*/state 2> /dev/null; }
		parameters=/sys/module/memory_hotplug/parameters
		wait_for 20 test -L $memory/memory39/node1 || exit 1

		run holes memhp offline -J 7
		echo 10 > $parameters/auto_movable_ratio
		echo auto-movable > $parameters/online_policy
		run ratio memhp online -J -z movable 32-39
		echo contig-zones > $parameters/online_policy
		memhp online -q -z movable 32-39 || exit 1
		run wrong-zone memhp online -J -z kernel 33
		# in memory that is in use; block 7 can never go
		dd if=/dev/zero of=/run/weight bs=1M count=400 2> /dev/null
		run no-room memhp offline -J --order=address 1-7 32-39
		rm /run/weight
		run user as_user 'memhp offline -J 33'
		# who may take the lock still may not write
		chmod 666 /run/memhp.lock
		run user-with-lock as_user 'memhp offline -J 33'
		chmod 600 /run/memhp.lock
		mount -o remount,ro /sys
		run read-only memhp offline -J 33
		mount -o remount,rw /sys

		# so that every huge page is in block 33
		memhp offline -q 32 34-39 || exit 1
		huge=/sys/devices/system/node/node1/hugepages/hugepages-2048kB
		echo 4 > $huge/nr_hugepages
		reserve 8 > /run/reserved &
		reserver=$!
		wait_for 20 test -s /run/reserved || exit 1
		run hugetlb memhp offline -J --retries 1 --interval 50ms --explain 33
		run hugetlb-unexplained memhp offline -J --retries 1 --interval 50ms 33
		# another program has the file locked; then memhp has
		control=/proc/dynamic_debug/control
		inode=$(ls -i $control | awk '{ print $1 }')
		# Trying to lock it could be what memhp finds in its way.
		is_locked() { grep -q "FLOCK .*:$inode " /proc/locks; }
		count() { grep 'mm/memory_hotplug.c' $control | grep -c '=p'; }
		flock $control sh -c 'echo $$ > /run/locker; exec sleep 1000' &
		wait_for 20 is_locked && wait_for 20 test -s /run/locker || exit 1
		run in-use memhp offline -J --retries 0 --explain 33
		count > /run/debug
		kill "$(cat /run/locker)"
		wait_for 20 eval '! is_locked' || exit 1
		memhp offline -q --retries 3 --interval 1s --explain 33 2> /dev/null &
		runner=$!
		wait_for 20 is_locked && wait_for 20 eval '[ "$(count)" -gt 0 ]' && is_locked && echo on >> /run/debug
		wait $runner
		is_locked || count >> /run/debug
		send debug < /run/debug
		kill -KILL $reserver
		wait_for 20 test ! -e /proc/$reserver/fd
		run dissolved memhp offline -J 33
		memhp online -q -z movable 33
		if [ -e $memory/hard_offline_page ]; then
			put 0x108400000 $memory/hard_offline_page > /dev/null
			run bad memhp list -J --poisoned
			run bad-plan memhp offline -J --dry-run all --poisoned
			run poisoned memhp offline -J 33
			run hwpoison memhp online -J 33
		fi

		# The kernel waits for the lock, continues where the write was killed (from outside, so that memhp
		# tries again, but not before the kernel has the lock), and ends when the pages are released.
		memhp online -q -z movable 34-36 || exit 1
		vast 16 > /run/reserved.tib &
		wait_for 20 test -s /run/reserved.tib || exit 1
		pin 300 1 > /run/pinned &
		pinner=$!
		wait_for 90 test -s /run/pinned || exit 1
		set -- $(tr ' ' '\n' < /run/pinned | awk '/^[0-9]/ { print int($1 / 32768) }' | sort -u)
		run holders memhp offline -J --force --explain --timeout 2s "$1"
		echo $pinner > /run/pinner
		send pinner < /run/pinner
		keep vanished memhp offline -J --force --timeout 300s --interval 5s "$@" &
		runner=$!
		wait_for 20 any_going_offline || exit 1
		asked '{"execute": "device_del", "arguments": {"id": "d1"}}' || exit 1
		# The writer is memhp's child.
		writer=$(pidof memhp | tr ' ' '\n' | sort -n | tail -n 1)
		sleep 2
		kill -KILL "$writer"
		wait_for 20 test ! -e /proc/$writer/fd && wait_for 20 any_going_offline || exit 1
		sleep 8
		any_going_offline && echo yes > /run/endless
		send endless < /run/endless
		kill -KILL $pinner
		waitev DEVICE_DELETED 200 > /dev/null
		wait $runner
		send_kept vanished
		run gone memhp list -J
	END
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

@test "refused as a whole: ratio and no-room, with the figures" {
	each ratio 1 'd["error"]["reason"] == "ratio" and "10%" in d["error"]["message"]'
	each no-room 1 'd["error"]["reason"] == "no-room" and "1.8G" in d["error"]["message"]'
}

@test "memory-holes, wrong-zone, no-permission, read-only" {
	each holes 1 'b[7]["reason"] == "memory-holes" and b[7]["error"] == "EINVAL" and b[7]["attempts"] == 1'
	each wrong-zone 1 'b[33]["reason"] == "wrong-zone" and b[33]["zone"] == "Movable" and b[33]["attempts"] == 0'
	each user 1 'd["error"]["reason"] == "no-permission" and "/run/memhp.lock" in d["error"]["message"]'
	each user-with-lock 1 'b[33]["reason"] == "no-permission" and b[33]["error"] == "EACCES" and b[33]["zone"] == "Movable"'
	each read-only 1 'b[33]["reason"] == "read-only" and b[33]["error"] == "EROFS" and b[33]["zone"] == "Movable"'
}

@test "hugetlb: reserved huge pages cannot be dissolved, with and without --explain; without them it succeeds" {
	each hugetlb 1 'b[33]["reason"] == "hugetlb" and b[33]["error"] == "EBUSY" and b[33]["attempts"] == 2' \
		'"failed due to failure to dissolve huge pages" in b[33]["kernel_log"]'
	each hugetlb-unexplained 1 'b[33]["reason"] == "hugetlb" and b[33]["error"] == "EBUSY" and b[33]["attempts"] == 2' \
		"b[33]['hint'] == '$(text huge-kept 8M 2M)'" 'b[33]["pages"]["huge"] == 2048'
	each dissolved 0 'b[33]["result"] == "done"'
}

@test "--explain locks the kernel's file: another program's lock keeps it as it is, and a notice says so" {
	local kernel
	each in-use 1 'b[33]["reason"] == "hugetlb"'
	for kernel in amd64-6.1 amd64-6.12; do
		[[ $(< "$BATS_FILE_TMPDIR/$kernel/in-use.err") == "memhp: offline: $(text debug-in-use /proc/dynamic_debug/control)" ]]
		diff "$BATS_FILE_TMPDIR/$kernel/debug" <(printf '%s\n' 0 on 0)
	done
}

# Not on 6.1: its flavour for clouds has no CONFIG_MEMORY_FAILURE.
@test "6.12: a block with a memory error goes offline, and never online again" {
	is amd64-6.12 bad 0 '[r["block"] for r in d["memory"]] == ["33"]'
	is amd64-6.12 bad-plan 0 '[(r["block"], r["result"]) for r in d["blocks"]] == [(33, "planned")]'
	[[ $(< "$BATS_FILE_TMPDIR/amd64-6.12/bad-plan.err") == *"$(text poisoned-block 33)"* ]]
	is amd64-6.12 poisoned 0 'b[33]["result"] == "done"'
	[[ $(< "$BATS_FILE_TMPDIR/amd64-6.12/poisoned.err") == *"$(text poisoned-block 33)"* ]]
	is amd64-6.12 hwpoison 1 'b[33]["reason"] == "hwpoison" and b[33]["error"] == "EHWPOISON"' \
		'b[33]["attempts"] == 1 and b[33]["zone"] is None'
}

@test "--explain finds the process whose pages are held, though another one has reserved 16 TiB" {
	local kernel
	for kernel in "${kernels[@]}"; do
		is "$kernel" holders 124 'd["blocks"][0]["reason"] == "migration-failing" and d["blocks"][0]["unsearched"] == 0' \
			"'$(< "$BATS_FILE_TMPDIR/$kernel/pinner") (pin)' in d['blocks'][0]['holders']" \
			"'$(< "$BATS_FILE_TMPDIR/$kernel/pinner") (pin): pipe' in d['blocks'][0]['suspects']"
	done
}

@test "a DIMM that is removed while a block of it hangs: the kernel continues, and all blocks vanish" {
	says endless yes
	each vanished 1 'all(r["reason"] == "vanished" and r["result"] == "failed" for r in d["blocks"])' \
		'd["blocks"][0]["attempts"] == 2' 'd["blocks"][-1]["zone"] is None' 'd["summary"]["changed"] == 0'
	each gone 0 'd["memory"][-1]["block"] == "1-7"'
}
