# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp.service, as "make install" leaves it, started by Debian's systemd in a guest of which that is
# the init: when it runs, what it does with /etc/memhp.conf, what the journal and systemctl say of it.
# Each guest is booted once and judged by several tests.

load live
load documents

# What guests have: systemd, memhp installed and its unit enabled, and a unit that runs the script.
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
	# A fast machine starts it more often than systemd would have it.
	mkdir -p "$tree/etc/systemd/system.conf.d"
	printf '[Manager]\nDefaultStartLimitIntervalSec=0\n' > "$tree/etc/systemd/system.conf.d/guest.conf"
	systemctl --root="$tree" enable guest.service memhp.service
	for kernel in amd64-6.1 amd64-6.12; do
		story $kernel
	done
	broken amd64-6.12
}

# started NAME KERNEL: boots the tree with $BATS_FILE_TMPDIR/conf in its place; what the guest does on
# standard input. Boot memory are the blocks 0-15 and 32-35, 36-39 are memory of a dax device, which
# 6.12 makes into blocks as soon as kmem and dax_hmem are loaded, 40-43 a DIMM.
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
			# Unit, kernel and journal as they are: files of these names and of name.journal, name.blocks.
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
		# what a machine may say
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
		systemctl restart memhp && echo 'a broken file is no failure'
		now broken
		conf 'online_policy = contig-zones\n'
		systemctl restart memhp || echo "restart: $?"
		now mended
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

# both COMMAND…: of each of the two guests
both() {
	local kernel
	for kernel in amd64-6.1 amd64-6.12; do
		[[ ! -e $BATS_FILE_TMPDIR/$kernel.failed ]] || { cat "$BATS_FILE_TMPDIR/$kernel.failed"; return 1; }
		sent=$BATS_FILE_TMPDIR/$kernel "$@" || { echo "$kernel: $*"; head -n 50 "$BATS_FILE_TMPDIR/$kernel"/*; return 1; }
	done
}

# unit NAME "PROPERTY=VALUE…" "VALUES": of the unit and of the parameters
unit() {
	diff <(sort "$sent/$1") <(tr ' ' '\n' <<< "$2 UnitFileState=enabled $3" | sort)
}

succeeded="ActiveState=active SubState=exited Result=success ExecMainStatus=0"

# blocks NAME LINE…: of the DIMM; and on 6.12 of the dax device
blocks() {
	local name=$1
	shift
	diff <(grep '^4' "$sent/$name.blocks") <(printf '%s\n' "$@")
	[[ $sent == *-6.1 ]] || diff <(grep '^3[6-9]' "$sent/$name.blocks") <(printf '%s\n' "36 online Movable" "37 offline -" "38 online Movable" "39 online Movable")
}

# says NAME LINE…: in the journal are such lines
says() {
	local line
	for line in "${@:2}"; do
		grep -qx -- "$line" "$sent/$1.journal" || { echo "no line '$line'"; return 1; }
	done
}

# since OLD NAME: what came to the journal after OLD
since() {
	tail -n "+$(($(wc -l < "$sent/$1.journal") + 1))" "$sent/$2.journal"
}

@test "at boot: settings made, memory online in its zone but for what is excluded" {
	both unit boot "$succeeded" "auto-movable 400 N"
	both blocks boot "40 online Movable" "41 offline -" "42 online Movable" "43 online Movable"
}

in_turn() {
	[[ $(since boot again | sed -n 's/^\(memhp: policy: nothing to do\|.* already\)$/\1/p' | tail -n 1) == 'memhp: policy: nothing to do' ]]
}

@test "journalctl -u has what systemd said before and after, also at boot" {
	both says boot 'Starting memhp.service - .*' 'Finished memhp.service - .*'
}

@test "the journal has a line a parameter, a line a block and a sum, in their order" {
	both in_turn
	both says boot 'online_policy: auto-movable, was contig-zones' 'auto_movable_ratio: 400, was 301' \
		'auto_movable_numa_aware: no, was yes' 'block 40: done, zone Movable, 1 attempt, [0-9]* ms' \
		'block 43: done, zone Movable, .*' 'onlined [36] blocks (.*): .*40, 42-43'
	sent=$BATS_FILE_TMPDIR/amd64-6.12
	says boot 'block 36: done, zone Movable, .*' 'onlined 6 blocks (768M): 36, 38-40, 42-43'
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
		since boot again | grep -qx 'memhp: policy: nothing to do' &&
		! since boot again | grep -E '^(block|onlined)|, was '
}

@test "started again it changes nothing" {
	both unchanged
}

@test "partly done is no failure of the unit; the journal says what failed" {
	both unit partly "ActiveState=active SubState=exited Result=success ExecMainStatus=64" "auto-movable 401 N"
	both blocks partly "40 offline -" "41 offline -" "42 online Movable" "43 online Movable"
	both says partly 'auto_movable_ratio: 401, was 400' 'memhp: policy: block 40: Operation not permitted.*'
}

failed_untouched() {
	cmp "$sent/partly.blocks" "$sent/broken.blocks" &&
		since partly broken | grep -qx "memhp: policy: /etc/memhp.conf: line 3: 'lots' is not a value of auto_movable_ratio"
}

@test "a broken file: the unit fails, the journal names the line, nothing is applied" {
	both unit broken "ActiveState=failed SubState=failed Result=exit-code ExecMainStatus=1" "auto-movable 401 N"
	both failed_untouched
	both unit mended "$succeeded" "contig-zones 401 N"
}

@test "a broken file at boot: the same, and the boot goes on" {
	sent=$BATS_FILE_TMPDIR/broken
	[[ ! -e $sent.failed ]] || { cat "$sent.failed"; return 1; }
	unit boot "ActiveState=failed SubState=failed Result=exit-code ExecMainStatus=1" "contig-zones 301 Y"
	says boot "memhp: policy: /etc/memhp.conf: line 2: 'yes' is not a value of online_existing"
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
	diff "$sent/saved" - <<-'END'
		disabled
		memhp: policy: nothing applies /etc/memhp.conf at boot yet: systemctl enable memhp.service
	END
}

@test "whoever saves is told that the unit is not enabled" {
	both is_told
}
