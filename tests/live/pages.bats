# SPDX-License-Identifier: GPL-2.0-or-later
#
# The verdicts of memhp list --scan about the blocks of a busy guest, checked by taking each block
# offline, as far as the kernel gets with it, and bringing it back online. truth compares them. One
# boot per kernel; each test reads its part of the results.

load live

setup_file() {
	story amd64-6.1
	story amd64-6.12
}

# Two DIMMs: blocks 32-47 and 48-63. There is no swap.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -k "$1" -a memhp_default_state=offline -m loop -f "$live/put.c" -f "$live/pin.c" -f "$live/scene.c" \
		-f "$live/reserve.c" -o "$sent" - -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=m1,size=2G -device pc-dimm,id=d1,memdev=m1 \
		-object memory-backend-ram,id=m2,size=2G -device pc-dimm,id=d2,memdev=m2 > "$sent.log" 2>&1 <<-'END' ||
		columns=BLOCK,SIZE,STATE,ZONE,OFFLINABLE,WHY,FREE,MIGRATE,UNMOVABLE,HUGE,POISONED,DRIVER,UNKNOWN
		scene() {
			name=$1-$2
			command scene "$@" > "/run/$name.ready" &
			eval "$1=\$!"
			wait_for 120 test -s "/run/$name.ready" || exit 1
		}
		# round NAME: the verdicts of memhp, then what really goes offline
		round() {
			run "said-$1" memhp list --scan --all --json -o $columns
			try_offline > "/run/tried"
			send "tried-$1" < /run/tried
		}
		# files: dentries and inodes of a tmpfs, and some content
		files() {
			mkdir /tmp/files && mount -t tmpfs -o size=1g tmpfs /tmp/files || return
			for i in $(seq 40); do
				mkdir /tmp/files/$i
				for j in $(seq 100); do : > /tmp/files/$i/$j; done
			done
			dd if=/dev/zero of=/tmp/files/content bs=1M count=100 2> /dev/null
		}
		# cache MIB: the cache of a file without content, which takes no disk space
		cache() {
			dd if=/dev/zero of=/tmp/image bs=1M count=16 2> /dev/null && mke2fs -F /tmp/image > /dev/null 2>&1 &&
				losetup /dev/loop0 /tmp/image && mkdir /tmp/disk && mount -t ext4 /dev/loop0 /tmp/disk || return
			dd if=/dev/null of=/tmp/disk/file bs=1M seek=$1 2> /dev/null && cat /tmp/disk/file > /dev/null
		}

		wait_for 20 test -e $memory/memory63/valid_zones || exit 1
		state online_kernel 32 33 34 35 48 && state online_movable 36 37 38 39 40 41 42 43 44 45 46 47 \
			49 50 51 52 53 54 55 56 57 58 59 60 61 || exit 1
		round fresh

		cache 700 || exit 1
		scene anon 500
		scene small 300
		scene tables 8000
		files || exit 1
		echo 40 > /proc/sys/vm/nr_hugepages
		scene huge 40
		pin 8 0 > /run/pinned &
		pinner=$!
		wait_for 90 test -s /run/pinned || exit 1
		send pinned < /run/pinned
		run map memhp list --map --scan
		run table memhp list --scan
		run user as_user 'memhp list --scan --all'
		round busy

		# pages that remain after these are in other places than before
		kill -KILL $anon $tables $pinner
		wait_for 20 test ! -e /proc/$anon/fd && rm -r /tmp/files/1? /tmp/files/2?
		kill -KILL $huge
		wait_for 20 test ! -e /proc/$huge/fd
		reserve 80 > /run/reserved &
		wait_for 20 test -s /run/reserved || exit 1
		round later

		# an empty block that goes online and offline all the time
		(while [ ! -e /run/calm ]; do
			put online_movable $memory/memory63/state
			put offline $memory/memory63/state
		done > /dev/null) &
		# sixteen times, and until both states were listed
		states() { grep -o '"block": "63".*"state": "[a-z-]*"' /run/moving | sed 's/.*"state"//' | sort -u | grep -c .; }
		for i in $(seq 200); do
			memhp list --scan --all --json -o $columns >> /run/moving 2>> /run/moving.err || echo "status $?" >> /run/moving.err
			[ $i -lt 16 ] || [ "$(states)" -lt 2 ] || break
		done
		touch /run/calm
		send moving < /run/moving
		send moving.err < /run/moving.err
	END
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# truth CHECK: for both kernels
truth() {
	local kernel answer status=0
	for kernel in amd64-6.1 amd64-6.12; do
		came "$BATS_FILE_TMPDIR/$kernel" || return
		answer=$("$live/truth" "$1" "$BATS_FILE_TMPDIR/$kernel" 2>&1) || status=1
		# shellcheck disable=SC2001  # each line
		sed "s/^/# ${kernel#amd64-}: /" <<< "$answer" >&3
		echo "$answer"
	done
	return $status
}

@test "no block with the verdict no goes offline, and nearly all with yes or likely do" {
	truth verdicts
}

@test "the page columns of each block add up to its size" {
	truth sums
}

@test "a block that goes online and offline meanwhile is not an error" {
	truth moving
}

@test "a map of how full blocks are, and a table" {
	local kernel
	for kernel in amd64-6.1 amd64-6.12; do
		cd "$BATS_FILE_TMPDIR/$kernel" || return
		[[ $(< map.status) == 0 && $(< table.status) == 0 && ! -s map.err && ! -s table.err ]]
		grep -qx "$(text second-character)" map && grep -q 'M[1-9]' map
		! grep -qE '.{81}' map || return
		grep -q " $(text movable-migrate "[0-9]* pages*" ".*")\$" table
	done
}

@test "an ordinary user gets the blocks, and one message about page information" {
	local kernel
	for kernel in amd64-6.1 amd64-6.12; do
		cd "$BATS_FILE_TMPDIR/$kernel" || return
		[[ $(< user.status) == 0 ]]
		cat user.err
		[[ $(grep -c "$(text no-page-information "/proc/kpageflags: Permission denied; $(text run-as-root)")\$" user.err) == 1 ]]
		[[ $(grep -vc iomem user.err) == 1 ]]
		[[ $(grep -c " Movable  *likely  *$(text movable-zone)\$" user) -gt 20 ]]
	done
}
