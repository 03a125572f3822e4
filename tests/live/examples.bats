# SPDX-License-Identifier: GPL-2.0-or-later
#
# The programs in examples/ on a real kernel, 6.12: one takes 1 GiB of a DIMM offline, one predicts its
# zones and brings it back, one watches both.

load live

setup_file() {
	local sent=$BATS_FILE_TMPDIR/sent examples=$live/../../examples
	mkdir "$sent"
	guest -p -o "$sent" -a memhp_default_state=offline -f "$live/put.c" -f "$examples/watch.c" \
		-f "$examples/offline-amount.c" -f "$examples/predict-online.c" -f "$examples/list-csv.c" -f "$examples/policy-keep.c" - \
		-m 1G,slots=2,maxmem=8G > "$sent.log" 2>&1 <<-'END' || echo "status $?: $(cat "$sent.log")" > "$sent.failed"
			example() {
				name=$1
				shift
				"$@" > "/run/$name" 2>&1
				echo "status $?" >> "/run/$name"
				send "$name" < "/run/$name"
			}
			saw() {
				[ "$(grep -c " $2 block 3[2-9] at" "/run/$1")" = 8 ]
			}
			plug d1 1024 || exit 1
			wait_for 60 test -L $memory/memory39/firmware_node || exit 1
			state online_movable 32 33 34 35 36 37 38 39 || exit 1
			/bin/watch > /run/watch 2>&1 &
			watcher=$!
			wait_for 60 grep -q ^watching /run/watch || exit 1
			example before /bin/list-csv
			example offline /bin/offline-amount
			wait_for 60 saw watch offline
			example between /bin/list-csv
			example online /bin/predict-online
			wait_for 60 saw watch online
			example after /bin/list-csv
			kill -TERM $watcher
			wait $watcher
			echo "status $?" >> /run/watch
			send watch < /run/watch
			mkdir -p /etc
			example policy /bin/policy-keep online-policy=auto-movable auto_movable_ratio=350
			cat /sys/module/memory_hotplug/parameters/online_policy \
				/sys/module/memory_hotplug/parameters/auto_movable_ratio > /run/parameters
			send parameters < /run/parameters
			memhp policy --check > /run/check 2>&1
			echo $? | send check
			example seconds /bin/watch 1
		END
}

setup() {
	came "$BATS_FILE_TMPDIR/sent" || return
	cd "$BATS_FILE_TMPDIR/sent" || return
}

# states FILE STATE [ZONE]: those of all blocks of the DIMM
states() {
	diff <(printf "%s,$2,${3:-}\n" {32..39}) \
		<(sed -nE 's/^(3[2-9]),0x[0-9a-f]+,134217728,([a-z]+),([A-Za-z]*),0,PNP0C80:00$/\1,\2,\3/p' "$1")
	[ "$(tail -n 1 "$1")" = "status 0" ]
}

@test "offline-amount takes all of the DIMM offline" {
	states before online Movable
	diff <(printf 'block %s: done\n' {39..32} && echo "1024 of 1024 MiB are offline" && echo "status 0") offline
	states between offline
}

@test "predict-online brings it online, in the zones that it predicted" {
	[ "$(tail -n 1 online)" = "status 0" ]
	diff <(sed -n 's/: planned, \(.*\), certain$/: done, \1/p' online) <(grep ': done, ' online)
	[ "$(grep -c ': done, ' online)" = 8 ]
	states after online "$(sed -n 's/^block 32: done, //p' online)"
}

@test "watch has an event for each change, in order, and ends by SIGTERM" {
	diff <(printf 'offline block %s\n' {39..32} && printf 'online block %s\n' {32..39}) \
		<(sed -nE 's/^[0-9]+\.[0-9]{3} ([a-z]+ block [0-9]+) at .*/\1/p' watch)
	[ "$(tail -n 1 watch)" = "status 0" ]
	diff <(printf 'watching 16 blocks\nstatus 0\n') seconds
}

@test "policy-keep sets parameters, and memhp finds them as the file says" {
	[ "$(tail -n 2 policy)" = $'/etc/memhp.conf: saved\nstatus 0' ]
	diff <(printf 'auto-movable\n350\n') parameters
	[ "$(cat check)" = 0 ]
}
