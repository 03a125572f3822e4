# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list --watch and --wait while a real guest's memory comes, goes and changes: with and without
# udevd, in namespaces that hear nothing, after lost events. The sum of the lines is the machine.
# Limits are too long to be reached, however slow a guest is.

load live
load documents

kernels+=(amd64-backports)

setup_file() {
	stories
	many
}

# how often a DIMM is plugged that online waits for
rounds_of() {
	[[ $1 == amd64-6.12 ]] && echo 20 || echo 4
}

# What the scripts of all guests use.
watching() {
	cat <<-'END'
		. /udev.sh
		die() {
			echo "$*"
			exit 1
		}
		# watch NAME COMMAND…: begins to watch in the background; it is ready when the first line is there
		watch() {
			name=$1
			shift
			"$@" list --watch -J -a -o BLOCK,STATE > "/run/$name" 2> "/run/$name.err" &
			echo $! > "/run/$name.pid"
			wait_for 60 grep -q exit_status "/run/$name" || die "$name does not watch: $(cat "/run/$name.err")"
		}
		# saw NAME TIMES EVENT: waits for as many lines of an event
		saw() {
			wait_for 120 saw_now "$@" || die "$1: not $2 times $3: $(tail -n 3 "/run/$1")"
		}
		saw_now() {
			[ "$(grep -c "\"event\": \"$3\"" "/run/$1")" -ge "$2" ]
		}
		# ended NAME: stops it; its lines, its status, and what is there now
		ended() {
			kill -TERM "$(cat "/run/$1.pid")"
			wait "$(cat "/run/$1.pid")"
			echo $? > "/run/$1.status"
			send_kept "$1"
			for b in $(blocks); do
				echo "$b $(cat $memory/memory$b/state)"
			done | send "$1.machine"
		}
		gone() {
			[ ! -e "$memory/memory$1" ]
		}
	END
}

# guest_of KERNEL DIRECTORY: node 1 has no memory before the script plugs a DIMM (blocks 32-39)
guest_of() {
	guest -p -k "$1" -a 'memhp_default_state=offline memory_hotplug.memmap_on_memory=1' -f "$("$live/udev")" \
		-f "$live/guest-udev=/udev.sh" -f "$live/put.c" -f "$(command -v setpriv)" -t 1200 -o "$2" "$2.script" -m 1G,slots=2,maxmem=600G \
		-object memory-backend-ram,id=n0,size=1G -numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
		> "$2.log" 2>&1 || echo "$1: status $?: $(cat "$2.log")" > "$2.failed"
}

story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	{ watching; echo "rounds=$(rounds_of "$1")"; cat; } > "$sent.script" <<-'END'
		come_and_go() {
			plug d1 1024 1 || die "no DIMM"
			saw "$1" 8 added
			put online_movable $memory/memory36/state
			saw "$1" 1 online
			wait_for 20 put offline $memory/memory36/state
			saw "$1" 1 offline
			unplug d1 || die "the DIMM stays"
			saw "$1" 8 removed
		}
		watch quiet memhp -v
		come_and_go quiet
		ended quiet

		watch alone unshare -n -U -r memhp -v
		come_and_go alone
		ended alone

		udev_start || die "no udev"
		watch both memhp -v
		come_and_go both
		udevadm trigger --subsystem-match=memory --action=add
		udev_settle
		ended both

		watch own-network unshare -n memhp -v
		come_and_go own-network
		ended own-network

		plug d1 1024 1 || die "no DIMM"
		wait_for 20 test -L $memory/memory39/firmware_node || die "no DIMM"
		udev_settle
		# What a rule does at the event is a further event.
		udev_obey 'SUBSYSTEM=="memory", KERNEL=="memory37", ACTION=="online", ATTR{state}="offline"'
		watch rule memhp
		put online_movable $memory/memory37/state
		saw rule 1 offline
		ended rule
		udev_obey
		watch killed memhp -v
		put online_movable $memory/memory38/state
		saw killed 1 online
		udev_die || die "udev is not dead"
		wait_for 20 put offline $memory/memory38/state
		saw killed 1 offline
		ended killed
		run duration timeout -s KILL 600 memhp list --watch=1s -q
		run filtered timeout -s KILL 600 memhp list --watch=1s --state=online 32-39
		timeout -s KILL 600 memhp list --watch | head -n 1 > /dev/null
		echo $? | send pipe
		unplug d1 || die "the DIMM stays"

		# online waits for memory that is not there yet
		for i in $(seq "$rounds"); do
			memhp online --wait=500s -z movable --device=PNP0C80:00 all > /run/waited 2> /run/waited.err &
			waiter=$!
			[ "$((i % 2))" = 0 ] || wait_for 60 grep -q waiting /run/waited.err || die "it does not wait"
			plug d1 1024 1 || die "no DIMM"
			wait $waiter
			echo "$? $(grep -l '^online$' $memory/memory3[2-9]/state | wc -l) $(cat /run/waited)"
			for b in 32 33 34 35 36 37 38 39; do
				wait_for 20 put offline $memory/memory$b/state > /run/put || die "block $b stays"
			done
			unplug d1 || die "the DIMM stays"
		done > /run/rounds
		send rounds < /run/rounds
		memhp online --wait=500s -z movable 256M --node=1 > /run/amount 2>&1 &
		waiter=$!
		memhp online --wait=500s -J 34 > /run/named 2> /run/named.err &
		named=$!
		plug d1 1024 1 || die "no DIMM"
		wait $waiter
		echo "$? $(tail -n 1 /run/amount)" | send amount
		wait $named
		echo $? > /run/named.status
		send_kept named
		run too-late timeout -s KILL 600 memhp online --wait=500ms -J 99
	END
	guest_of "$1" "$sent"
}

# 2,032 blocks at once, on 6.12
many() {
	local sent=$BATS_FILE_TMPDIR/many
	mkdir "$sent"
	{ watching; cat; } > "$sent.script" <<-'END'
		size=$((254 << 10))
		last=$((32 + 254 * 8 - 1))
		watch root memhp
		# Its buffer is small, and while it is stopped it reads nothing.
		watch user /bin/setpriv --reuid=65534 --regid=65534 --clear-groups memhp -v
		kill -STOP "$(cat /run/user.pid)"
		plug d1 $size 1 || die "no DIMM"
		saw root 2032 added
		wait_for 60 test -L $memory/memory$last/firmware_node || die "no DIMM"
		kill -CONT "$(cat /run/user.pid)"
		saw user 2032 added
		# Removed and added again while nobody reads.
		kill -STOP "$(cat /run/user.pid)"
		unplug d1 || die "the DIMM stays"
		saw root 2032 removed
		plug d1 $size 1 || die "no DIMM"
		saw root 4064 added
		kill -CONT "$(cat /run/user.pid)"
		saw user 2032 removed
		saw user 4064 added
		unplug d1 || die "the DIMM stays"
		saw root 4064 removed
		saw user 4064 removed
		ended root
		ended user
	END
	guest_of amd64-6.12 "$sent"
}

# lines GUEST NAME EXPRESSION…: the first line is a document of list, the last one the end, all are of their
# schemas, and their sum is the machine; then each expression holds for e, the events between them
lines() {
	came "$BATS_FILE_TMPDIR/$1" || return
	/usr/bin/python3 - "$live/../../src/schemas" "$BATS_FILE_TMPDIR/$1/$2" "${@:3}" <<-'END'
		import json, sys, jsonschema
		schemas, name, *expressions = sys.argv[1:]
		def schema(kind):
		    return jsonschema.Draft202012Validator(json.load(open(f"{schemas}/{kind}.schema.json")))
		lines = [json.loads(line) for line in open(name)]
		schema("list").validate(lines[0])
		watched = schema("watch")
		for line in lines[1:]:
		    watched.validate(line)
		assert lines[0]["exit_status"] is None, lines[0]
		end = lines[-1]
		status = int(open(name + ".status").read())
		assert end["event"] == "end" and end["exit_status"] == status == 143, (end, status)
		machine = {int(row["block"]): row["state"] for row in lines[0]["memory"]}
		e = lines[1:-1]
		for event in e:
		    if event["event"] == "removed":
		        del machine[event["block"]]
		    elif event["event"] == "added":
		        assert event["block"] not in machine, event
		        machine[event["block"]] = "offline"
		    elif event["event"] != "lost":
		        machine[event["block"]] = event["event"]
		now = dict(line.split() for line in open(name + ".machine"))
		assert machine == {int(block): state for block, state in now.items()}, (machine, now)
		def of(kind):
		    return [line["block"] for line in e if line["event"] == kind]
		for expression in expressions:
		    if not eval(expression):
		        sys.exit(f"not true: {expression}\n" + "\n".join(map(str, lines)))
	END
}

each_lines() {
	local kernel
	for kernel in "${kernels[@]}"; do
		lines "$kernel" "$@" || { echo "$kernel: $1"; return 1; }
	done
}

dimm='of("added") == of("removed") == list(range(32, 40)) and of("online") == of("offline") == [36] and len(e) == 18'
known='all((x["node"], x["device"]) == (1, "PNP0C80:00") for x in e)'

@test "a DIMM comes, is used and goes: every event once, with its node and its device" {
	each_lines quiet "$dimm" "$known"
	each_lines both "$dimm" "$known"
}

@test "where udev cannot be heard, the kernel is" {
	each_lines own-network "$dimm" "$known"
	errs quiet "$(text hears-kernel)"
	errs both "$(text hears-udev)"
}

@test "where nothing can be heard, the blocks are compared, and that is said" {
	each_lines alone "$dimm"
	errs alone "$(text hears-nothing)"
}

@test "a rule's own change follows the one that it undoes" {
	each_lines rule '[(x["event"], x["block"]) for x in e] == [("online", 37), ("offline", 37)]'
}

@test "udevd is killed: events are reported without it" {
	each_lines killed '[(x["event"], x["block"]) for x in e] == [("online", 38), ("offline", 38)]'
	errs killed "$(text udev-silent)"
}

@test "it ends with its time, and when nobody reads" {
	says duration.status 0
	says filtered.status 0
	says pipe 0
}

@test "2,032 blocks at once: every event, and none is lost" {
	lines many root 'not of("lost")' 'of("added") == 2 * list(range(32, 2064)) == of("removed")'
}

@test "events are lost: that is told, and what has changed, blocks that were replaced too" {
	lines many user 'len(of("lost")) >= 2' 'sorted(of("added")) == sorted(2 * list(range(32, 2064))) == sorted(of("removed"))'
}

@test "online --wait: all blocks of a DIMM that is plugged meanwhile, 20 of 20" {
	local kernel kernels_all=("${kernels[@]}") i
	for kernel in "${kernels_all[@]}"; do
		local kernels=("$kernel")
		says rounds "$(for ((i = 0; i < $(rounds_of "$kernel"); i++)); do echo "0 8 onlined 8 blocks (1G): 32-39"; done)"
	done
}

@test "online --wait: an amount, a block, and what does not come" {
	says amount '0 onlined 2 blocks (256M): 32-33'
	each named 0 'b[34]["result"] in ("done", "already")'
	each too-late 124 'd["error"]'
	errs too-late "$(text wait-timeout 99)"
}
