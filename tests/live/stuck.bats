# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list while a block hangs in going-offline because of a pinned page: it prints everything at
# once, with that state. Reading the block's file online would wait for as long as the block hangs.

load live

setup_file() {
	hang amd64-6.1
	hang amd64-6.12
}

# A DIMM is node 1's only memory, so that its pages can be filled on purpose.
hang() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -k "$1" -a memhp_default_state=offline -f "$live/put.c" -f "$live/pin.c" -o "$sent" - -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1,node=1 > "$sent.log" 2>&1 <<-'END' ||
		in_state() { grep -qx "$1" $memory/memory34/state; }
		# the time that it takes, in hundredths of a second; nothing if it does not end
		clock() {
			begin=$(now)
			timeout -s KILL 20 "$@" > /run/last 2>&1 || exit 1
			awk -v begin="$begin" -v end="$(now)" 'BEGIN { printf "%d\n", 100 * (end - begin) + 0.5 }'
		}
		clocks() {
			for i in 1 2 3 4 5; do
				(clock memhp list --all --output-all)
			done
		}
		wait_for 20 test -e $memory/memory35/valid_zones && state online_movable 32 33 34 35 || exit 1
		memhp list -aJ > /run/before
		send before < /run/before
		clocks > /run/idle
		send idle < /run/idle
		pin 450 1 > /run/pinned &
		pinner=$!
		wait_for 60 test -s /run/pinned || exit 1
		put offline $memory/memory34/state > /run/put &
		writer=$!
		wait_for 20 in_state going-offline || exit 1
		clocks > /run/stuck
		send stuck < /run/stuck
		run document timeout -s KILL 20 memhp list --all --json --output-all
		run table timeout -s KILL 20 memhp list
		run map timeout -s KILL 20 memhp list --map
		run filter timeout -s KILL 20 memhp list -rn -o BLOCK,STATE --state going-offline
		in_state going-offline && echo yes > /run/still
		send still < /run/still
		kill -KILL $writer
		wait_for 20 in_state online || exit 1
		memhp list -aJ > /run/after
		send after < /run/after
		kill -KILL $pinner
		put offline $memory/memory34/state > /run/freed
		send freed < /run/freed
	END
		echo "$1: status $?: $(cat "$sent.log")" > "$sent.failed"
}

# each FUNCTION: for both kernels
each() {
	local kernel
	for kernel in amd64-6.1 amd64-6.12; do
		came "$BATS_FILE_TMPDIR/$kernel" || return
		cd "$BATS_FILE_TMPDIR/$kernel" || return
		"$@"
	done
}

median() {
	sort -n "$1" | sed -n 3p
}

@test "the block hung for as long as it was listed, and was free afterwards" {
	hung() {
		[[ $(< still) == yes && $(< freed) == 0 ]]
		diff before after
	}
	each hung
}

@test "list does not wait" {
	quick() {
		(($(wc -l < idle) == 5 && $(wc -l < stuck) == 5))
		echo "# $kernel: $(median stuck) instead of $(median idle) hundredths of a second" >&3
		(($(median stuck) <= 3 * $(median idle) + 50))
	}
	each quick
}

@test "a document shows going-offline" {
	shows() {
		[[ $(< document.status) == 0 && ! -s document.err ]]
		grep '"block": "34"' document | grep '"state": "going-offline"' | grep '"zone": null' |
			grep '"offlinable": null' | grep '"zones": \[ "Movable", "Normal" \]'
		grep '"going_offline": 134217728' document
		(($(grep -c '"state": "online"' document) == $(grep -c '"block"' document) - 1))
	}
	each shows
}

@test "a table shows going-offline and its sum" {
	shows() {
		[[ $(< table.status) == 0 && ! -s table.err ]]
		grep -E '^0x0000000110000000-0x0000000117ffffff +128M going-offline +34 +1 Movable/Normal$' table
		grep -E '^Total going-offline memory: +128M$' table
		[[ $(< filter) == '34 going-offline' ]]
	}
	each shows
}

@test "a map shows going-offline" {
	shows() {
		[[ $(< map.status) == 0 && ! -s map.err ]]
		grep 'MM~M$' map
		grep '~ going-offline' map
	}
	each shows
}
