# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp.service, as "make install" leaves it, started by Debian's systemd as the init of a guest: when
# it runs, what it does with /etc/memhp.conf, what the journal and systemctl have about it. Each guest is
# booted once and checked by several tests.

load live
load documents

# The guests have systemd, memhp installed and its unit enabled, and a unit that runs the script.
setup_file() {
	local kernel tree=$BATS_FILE_TMPDIR/tree
	cp -a "$("$live/systemd")" "$tree"
	cd "$live/../.." || return
	scripts/build build/check/service --prefix=/usr --libdir=/usr/lib --enable-werror
	make -s -C build/check/service install DESTDIR="$tree" > "$BATS_FILE_TMPDIR/install.log" 2>&1
	echo 0123456789abcdef0123456789abcdef > "$tree/etc/machine-id"
	echo 'root:x:0:0::/root:/bin/sh' > "$tree/etc/passwd"
	mkdir -p "$tree/etc/systemd/system" "$tree/var/log"
	printf '[Service]\nExecStart=/init\nStandardOutput=tty\nStandardError=tty\nTTYPath=/dev/console\n[Install]\nWantedBy=multi-user.target\n' \
		> "$tree/etc/systemd/system/guest.service"
	# A fast machine starts it more often than systemd allows by default.
	mkdir -p "$tree/etc/systemd/system.conf.d"
	printf '[Manager]\nDefaultStartLimitIntervalSec=0\n' > "$tree/etc/systemd/system.conf.d/guest.conf"
	systemctl --root="$tree" enable guest.service memhp.service
	for kernel in amd64-6.1 amd64-6.12; do
		story $kernel
	done
	broken amd64-6.12
}

# started NAME KERNEL < SCRIPT: boots the tree with $BATS_FILE_TMPDIR/conf as /etc/memhp.conf and runs the
# script. Blocks 0-15 and 32-35 are boot memory; 36-39 belong to a dax device, which 6.12 makes into
# blocks as soon as kmem and dax_hmem are loaded; 40-43 are a DIMM.
started() {
	local sent=$BATS_FILE_TMPDIR/$1 tree=$BATS_FILE_TMPDIR/tree-$1 directory version
	mkdir "$sent"
	cp -a "$BATS_FILE_TMPDIR/tree" "$tree"
	mv "$BATS_FILE_TMPDIR/conf" "$tree/etc/memhp.conf"
	directory=$("$live/kernel" "$2")
	version=$(basename "$directory"/lib/modules/*)
	mkdir -p "$tree/lib/modules/$version/kernel" "$tree/etc/modules-load.d"
	cp "$directory/lib/modules/$version"/modules.{builtin,builtin.modinfo,order} "$tree/lib/modules/$version"
	"$live/kernel" "$2" device_dax kmem dax_hmem notifier-error-inject memory-notifier-error-inject |
		xargs cp -t "$tree/lib/modules/$version/kernel"
	(exec -a depmod "$tree/bin/kmod" -b "$tree" "$version")
	printf '%s\n' kmem dax_hmem memory-notifier-error-inject > "$tree/etc/modules-load.d/guest.conf"
	{
		cat <<-'END'
			export PATH=/bin:/usr/bin SYSTEMD_COLORS=0 SYSTEMD_PAGER=
			parameters=/sys/module/memory_hotplug/parameters
			inject=/sys/kernel/debug/notifier-error-inject/memory/actions/MEM_GOING_ONLINE/error
			conf() { printf '%b' "$1" > /etc/memhp.conf; }
			# now NAME: sends unit and kernel as they are as NAME, the journal as NAME.journal, blocks as NAME.blocks
			now() {
				systemctl show memhp -p ActiveState -p SubState -p Result -p ExecMainStatus -p UnitFileState > "/run/$1"
				cat $parameters/online_policy $parameters/auto_movable_ratio $parameters/auto_movable_numa_aware >> "/run/$1"
				journalctl -q --sync
				journalctl -q -u memhp -o cat > "/run/$1.journal"
				memhp list -r -n -a -o BLOCK,STATE,ZONE 32-43 > "/run/$1.blocks"
				for file in "$1" "$1.journal" "$1.blocks"; do
					send "$file" < "/run/$file"
				done
			}
		END
		cat
	} > "$sent.script"
	guest -k "$2" -a "rdinit=/lib/systemd/systemd systemd.show_status=no memhp_default_state=offline memmap=512M%0x120000000-1+0xefffffff" \
		-f "$tree" -o "$sent" "$sent.script" -m 3G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1 > "$sent.log" 2>&1 ||
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

story() {
	cat > "$BATS_FILE_TMPDIR/conf" <<-'END'
		# what a machine may have
		online_policy = auto-movable
		auto_movable_ratio = 400
		auto_movable_numa_aware = no
		online_existing = movable
		exclude = 37, 41
	END
	started "$1" "$1" <<-'END'
		now boot
		for unit in systemd-modules-load.service memhp.service sysinit.target; do
			systemctl show $unit -p ExecMainStartTimestampMonotonic -p ExecMainExitTimestampMonotonic -p ActiveEnterTimestampMonotonic |
				sed "s/^/$unit=/"
		done | send order
		systemctl restart memhp || echo "restart: $?"
		now again

		memhp offline -q 40 && echo -1 > $inject || exit 1
		sed -i 's/400/401/' /etc/memhp.conf
		systemctl restart memhp || echo "restart: $?"
		echo 0 > $inject
		now partly

		conf 'online_policy = contig-zones\n# more\nauto_movable_ratio = lots\nonline_existing = movable\n'
		systemctl restart memhp && echo 'a broken file is not a failure'
		now broken
		conf 'online_policy = contig-zones\n'
		systemctl restart memhp || echo "restart: $?"
		now mended
		# another program in the same sandbox
		sed 's,^ExecStart=.*,ExecStart=/bin/sh /run/look,; /^Condition/d' /usr/lib/systemd/system/memhp.service \
			> /run/systemd/system/look.service
		cat > /run/look <<-'SCRIPT'
			may() { if "$@" > /run/look.err 2>&1; then echo "yes: $*"; else echo "no: $*"; fi; }
			put() { echo "$1" > "$2"; }
			exec > /run/looked
			may put online_movable /sys/devices/system/memory/memory40/state
			may put contig-zones /sys/module/memory_hotplug/parameters/online_policy
			may put offline /sys/devices/system/memory/auto_online_blocks
			may put 1 /run/memhp.lock
			may put madvise /sys/kernel/mm/transparent_hugepage/enabled
			may put 60 /proc/sys/vm/swappiness
			may put x /etc/other
			may grep -q '^00100000-' /proc/iomem
			may dd if=/proc/kpageflags of=/dev/null bs=8 count=1
			may dd if=/dev/kmsg of=/dev/null bs=8k count=1
			may dd if=/dev/ttyS0 of=/dev/null count=0
			may ip link show lo
			may wget -q -O - http://127.0.0.1/
			grep -q 'Connection refused' /run/look.err && echo 'a connection was tried'
			may unshare -n true
			may mount -t tmpfs none /mnt
			grep '^CapBnd' /proc/self/status
			memhp list -n -r -o BLOCK,ORIGIN 0 40
			may eval 'memhp list -n -r -o FREE 40 | grep -q M'
		SCRIPT
		systemctl start look || echo "look: $?"
		send looked < /run/looked

		rm /etc/memhp.conf
		systemctl restart memhp || echo "restart: $?"
		systemctl show memhp -p ActiveState -p Result -p ConditionResult | send none

		memhp policy --save > /dev/null 2> /run/saved && systemctl disable memhp 2> /dev/null && echo disabled >> /run/saved
		memhp policy --save > /dev/null 2>> /run/saved
		send saved < /run/saved
	END
}

broken() {
	printf 'auto_movable_ratio = 77\nonline_existing = yes\n' > "$BATS_FILE_TMPDIR/conf"
	started "broken" "$1" <<-'END'
		now boot
		systemctl is-active sysinit.target basic.target | send reached
	END
}

# both COMMAND…: for each of the two guests
both() {
	local kernel
	for kernel in amd64-6.1 amd64-6.12; do
		came "$BATS_FILE_TMPDIR/$kernel" || return
		sent=$BATS_FILE_TMPDIR/$kernel "$@" || { echo "$kernel: $*"; head -n 50 "$BATS_FILE_TMPDIR/$kernel"/*; return 1; }
	done
}

# unit NAME "PROPERTY=VALUE…" "VALUES": the properties of the unit and the values of the parameters
unit() {
	diff <(sort "$sent/$1") <(tr ' ' '\n' <<< "$2 UnitFileState=enabled $3" | sort)
}

succeeded="ActiveState=active SubState=exited Result=success ExecMainStatus=0"

# blocks NAME LINE…: the blocks of the DIMM; on 6.12 also those of the dax device
blocks() {
	local name=$1
	shift
	diff <(grep '^4' "$sent/$name.blocks") <(printf '%s\n' "$@")
	[[ $sent == *-6.1 ]] || diff <(grep '^3[6-9]' "$sent/$name.blocks") <(printf '%s\n' "36 online Movable" "37 offline -" "38 online Movable" "39 online Movable")
}

# says NAME LINE…: the journal has such lines
says() {
	local line
	for line in "${@:2}"; do
		grep -qx -- "$line" "$sent/$1.journal" || { echo "no line '$line'"; return 1; }
	done
}

# since OLD NAME: the lines of the journal after OLD
since() {
	tail -n "+$(($(wc -l < "$sent/$1.journal") + 1))" "$sent/$2.journal"
}

@test "at boot: parameters set, memory online in its zone except for excluded blocks" {
	both unit boot "$succeeded" "auto-movable 400 N"
	both blocks boot "40 online Movable" "41 offline -" "42 online Movable" "43 online Movable"
}

in_turn() {
	[[ $(since boot again | grep -x -e "memhp: policy: $(text nothing-to-do)" -e "$(text parameter-already '[a-z_]*' '.*')" | tail -n 1) == "memhp: policy: $(text nothing-to-do)" ]]
}

@test "journalctl -u has the messages of systemd before and after, also at boot" {
	both says boot 'Starting memhp.service - .*' 'Finished memhp.service - .*'
}

@test "the journal has one line per parameter, one per block and a sum, in this order" {
	both in_turn
	both says boot "$(text parameter-set online_policy auto-movable contig-zones)" \
		"$(text parameter-set auto_movable_ratio 400 301)" "$(text parameter-set auto_movable_numa_aware no yes)" \
		"$(text block-zone 40 "done" Movable "1 attempt" "[0-9]*")" "$(text block-zone 43 "done" Movable '.*' '.*')" \
		"$(text onlined "[36] blocks" ".*" ".*40, 42-43")"
	sent=$BATS_FILE_TMPDIR/amd64-6.12
	says boot "$(text block-zone 36 "done" Movable '.*' '.*')" "$(text onlined "6 blocks" 768M "36, 38-40, 42-43")"
}

in_order() {
	awk -F= '
		$2 ~ /^ExecMainStart/ { start[$1] = $3 } $2 ~ /^ExecMainExit/ { end[$1] = $3 } $2 ~ /^ActiveEnter/ { active[$1] = $3 }
		END {
			modules = end["systemd-modules-load.service"]
			print modules, start["memhp.service"], end["memhp.service"], active["sysinit.target"]
			exit !(0 < modules && modules <= start["memhp.service"] && start["memhp.service"] < end["memhp.service"] &&
				end["memhp.service"] <= active["sysinit.target"])
		}' "$sent/order"
}

@test "after modules are loaded, and before sysinit.target" {
	both in_order
}

unchanged() {
	cmp "$sent/boot" "$sent/again" && cmp "$sent/boot.blocks" "$sent/again.blocks" &&
		since boot again | grep -qx "memhp: policy: $(text nothing-to-do)" &&
		! since boot again | grep -e '^block' -e "^$(text onlined '.*' '.*' '.*')" -e "$(text parameter-set '.*' '.*' '.*')"
}

@test "started again, it changes nothing" {
	both unchanged
}

@test "partly done is not a failure of the unit; the journal has what failed" {
	both unit partly "ActiveState=active SubState=exited Result=success ExecMainStatus=64" "auto-movable 401 N"
	both blocks partly "40 offline -" "41 offline -" "42 online Movable" "43 online Movable"
	both says partly "$(text parameter-set auto_movable_ratio 401 400)" 'memhp: policy: block 40: Operation not permitted.*'
}

failed_untouched() {
	cmp "$sent/partly.blocks" "$sent/broken.blocks" &&
		since partly broken | grep -qx "memhp: policy: /etc/memhp.conf: $(text conf-value 3 lots auto_movable_ratio "0 to 4294967295")"
}

@test "a broken file: the unit fails, the journal names the line, nothing is applied" {
	both unit broken "ActiveState=failed SubState=failed Result=exit-code ExecMainStatus=1" "auto-movable 401 N"
	both failed_untouched
	both unit mended "$succeeded" "contig-zones 401 N"
}

@test "a broken file at boot: the same, and the boot goes on" {
	sent=$BATS_FILE_TMPDIR/broken
	came "$sent" || return
	unit boot "ActiveState=failed SubState=failed Result=exit-code ExecMainStatus=1" "contig-zones 301 Y"
	says boot "memhp: policy: /etc/memhp.conf: $(text conf-value 2 yes online_existing "no, auto, kernel or movable")"
	diff <(grep '^4' "$sent/boot.blocks") <(printf '%s offline -\n' 40 41 42 43)
	diff "$sent/reached" <(printf 'active\nactive\n')
}

no_file() {
	diff <(sort "$sent/none") <(printf '%s\n' ActiveState=inactive ConditionResult=no Result=success)
}

@test "without a file the unit does not run" {
	both no_file
}

is_told() {
	diff "$sent/saved" - <<-END
		disabled
		memhp: policy: $(text file-not-applied)
	END
}

@test "--save prints a notice if the unit is not enabled" {
	both is_told
}

@test "the exposure of the unit, by systemd-analyze, is at most 4.0" {
	systemd-analyze security --no-pager --offline=yes --threshold=40 "$BATS_FILE_TMPDIR/tree/usr/lib/systemd/system/memhp.service"
}

looked() {
	diff "$sent/looked" - <<-'END'
		yes: put online_movable /sys/devices/system/memory/memory40/state
		yes: put contig-zones /sys/module/memory_hotplug/parameters/online_policy
		yes: put offline /sys/devices/system/memory/auto_online_blocks
		yes: put 1 /run/memhp.lock
		no: put madvise /sys/kernel/mm/transparent_hugepage/enabled
		no: put 60 /proc/sys/vm/swappiness
		no: put x /etc/other
		yes: grep -q ^00100000- /proc/iomem
		yes: dd if=/proc/kpageflags of=/dev/null bs=8 count=1
		yes: dd if=/dev/kmsg of=/dev/null bs=8k count=1
		no: dd if=/dev/ttyS0 of=/dev/null count=0
		yes: ip link show lo
		no: wget -q -O - http://127.0.0.1/
		no: unshare -n true
		no: mount -t tmpfs none /mnt
		CapBnd:	0000000400200000
		0 boot
		40 hotplug
		yes: eval memhp list -n -r -o FREE 40 | grep -q M
	END
}

@test "in the sandbox of the unit: all that memhp needs, and little else" {
	both looked
}
