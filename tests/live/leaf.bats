# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp offline --unplug of boot memory that the kernel maps by pages of 1 GiB: where a device has only
# a part of one, its removal crashes x86 kernels. It is refused; --force goes ahead, and the crash is a
# failure. Whole GiBs, and memory that is mapped by smaller pages, can be removed.

load live
load documents

kernels+=(amd64-backports)

setup_file() {
	stories
	small amd64-6.12
}

# Boot memory above 4 GiB: DIMM d1 in blocks 32-39 is a whole GiB, d2 in 40-43 and d3 in 44-47 halves.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -x -k "$1" -a "memhp_default_state=offline memmap=2G@4G movablecore=2G" -f "$live/pin.c" -o "$sent" - \
		-m 1G,slots=4,maxmem=16G -object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1 \
		-object memory-backend-ram,id=m2,size=512M -device pc-dimm,id=d2,memdev=m2 \
		-object memory-backend-ram,id=m3,size=512M -device pc-dimm,id=d3,memdev=m3 > "$sent.log" 2>&1 <<-'END' ||
		wait_for 20 test -e $memory/memory47/state || exit 1
		grep DirectMap1G /proc/meminfo > /run/mapped
		send mapped < /run/mapped
		run whole memhp offline -J --unplug 32-39
		waitev DEVICE_DELETED 20 > /run/deleted
		send deleted < /run/deleted

		run dry memhp offline -J --unplug --dry-run 40-43
		run refused memhp offline -J --unplug 40-43
		cat $memory/memory4[0-3]/state > /run/untouched
		send untouched < /run/untouched
		run only-offline memhp offline -J 43
		put_back() { echo online_movable > $memory/memory43/state; }
		put_back || exit 1

		# What is in the device's first page decides: the kernel takes it for page tables, and zeros for empty
		# ones. It gets other contents, if it can be had; bit 12 of its flags says that.
		is_filled() {
			flags=$(dd if=/proc/kpageflags bs=8 skip=$((0x140000)) count=1 2> /dev/null | xxd -p | cut -c 3-4)
			[ $((0x$flags & 0x10)) != 0 ]
		}
		pinners=''
		for i in $(seq 12); do
			pin 100 0 > /run/pinned &
			pinners="$pinners $!"
			wait_for 90 test -s /run/pinned || exit 1
			rm /run/pinned
			! is_filled || break
		done
		is_filled && echo yes > /run/filled || echo no > /run/filled
		send filled < /run/filled
		for pinner in $pinners; do
			kill -KILL "$pinner"
			wait_for 20 test ! -e "/proc/$pinner/fd/0"
		done
		# The kernel's worker died with the lock.
		run forced timeout -s KILL 60 memhp offline -J --unplug --force --timeout 20s 40-43
		dmesg | grep -E 'BUG:|Oops' > /run/log
		send log < /run/log
		run list timeout -s KILL 20 memhp list -J
	END
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# The same without pages of 1 GiB; d1 and d2 are halves.
small() {
	local sent=$BATS_FILE_TMPDIR/$1-small
	mkdir "$sent"
	guest -p -k "$1" -a "memhp_default_state=offline memmap=1G@4G movablecore=1G nogbpages" -o "$sent" - \
		-m 1G,slots=4,maxmem=16G -object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1 \
		-object memory-backend-ram,id=m2,size=512M -device pc-dimm,id=d2,memdev=m2 > "$sent.log" 2>&1 <<-'END' ||
		wait_for 20 test -e $memory/memory39/state || exit 1
		run half memhp offline -J --unplug 32-35
		waitev DEVICE_DELETED 20 > /run/deleted
		send deleted < /run/deleted
	END
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

@test "a whole GiB is removed" {
	local kernel
	each whole 0 'len(b) == 8' 'all(r["result"] == "removed" for r in d["blocks"])'
	for kernel in "${kernels[@]}"; do
		grep -q '"device": "d1"' "$BATS_FILE_TMPDIR/$kernel/deleted"
	done
}

@test "half of one is refused, and nothing is written" {
	local kernel
	for kernel in "${kernels[@]}"; do
		grep -q ' [1-9][0-9]* kB' "$BATS_FILE_TMPDIR/$kernel/mapped"
	done
	each refused 1 'd["exit_status"] == 1' 'd["error"]["message"] == "'"$(text may-crash "PNP0C80:01")"'"'
	each dry 1 'd["error"]["message"] == "'"$(text may-crash "PNP0C80:01")"'"'
	says untouched $'online\nonline\nonline\nonline'
	each only-offline 0 'b[43]["result"] == "done"'
}

@test "with --force the kernel crashes: a failure, with the line of the log; memhp does not hang" {
	local kernel crashes=0
	for kernel in "${kernels[@]}"; do
		if [[ ! -s $BATS_FILE_TMPDIR/$kernel/log ]]; then
			echo "# $kernel did not crash; contents in the first page: $(< "$BATS_FILE_TMPDIR/$kernel/filled")" >&3
			is "$kernel" forced 0 'all(r["result"] == "removed" for r in d["blocks"])'
			continue
		fi
		((crashes += 1))
		is "$kernel" forced 64 'len(b) == 4' 'all(r["result"] not in ("removed", "already") for r in d["blocks"])' \
			'all(r["reason"] and r["hint"] for r in d["blocks"])' \
			'all("BUG:" in r["kernel_log"] or "Oops" in r["kernel_log"] for r in d["blocks"])'
	done
	each list 0
	((crashes))
}

@test "6.12: half of a GiB that is mapped by smaller pages is removed" {
	is amd64-6.12-small half 0 'len(b) == 4' 'all(r["result"] == "removed" for r in d["blocks"])'
	grep -q '"device": "d1"' "$BATS_FILE_TMPDIR/amd64-6.12-small/deleted"
}
