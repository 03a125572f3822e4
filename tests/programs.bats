# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2030,SC2031,SC2034,SC2154
#
# The programs in examples/: built against the library as it is installed, with what pkg-config says, and
# run on worlds, those that change something under the fake kernel. What they print is what the world has.

load change

# The build that the program is from is installed.
setup_file() {
	unset MAKEFLAGS MFLAGS MAKELEVEL
	local build=${program[-1]%/*} installed=$BATS_FILE_TMPDIR/installed pc source compiler flags
	build=${build%/.libs}
	make -C "$build" install-libLTLIBRARIES install-includeHEADERS install-pkgconfigDATA \
		install-dist_examplesDATA install-dist_examplesSCRIPTS DESTDIR="$installed"
	pc=$(find "$installed" -name libmemhp.pc)
	ln -s "$(find "$installed" -path '*/doc/memhp/examples')" "$BATS_FILE_TMPDIR/examples"
	ln -s "$(dirname "$(find "$installed" -name libmemhp.so)")" "$BATS_FILE_TMPDIR/lib"
	export PKG_CONFIG_SYSROOT_DIR=$installed PKG_CONFIG_PATH=${pc%/*}
	read -ra flags <<< "$(pkg-config --cflags --libs libmemhp)"
	sanitizers=$(sed -n 's/^SAN_FLAGS = //p' "$build/Makefile")
	read -ra compiler <<< "$(sed -n 's/^CC = //p' "$build/Makefile") $sanitizers"
	for source in "$BATS_FILE_TMPDIR"/examples/*.c; do
		"${compiler[@]}" -std=c11 -Wall -Wextra -Werror -o "$BATS_FILE_TMPDIR/$(basename "$source" .c)" \
			"$source" "${flags[@]}" || return
		# C++ has no warning-free way to set only some fields.
		g++ -x c++ -std=c++17 -Wall -Wextra -Werror -Wno-missing-field-initializers -fsyntax-only \
			"$source" "${flags[@]}" || return
	done
}

setup() {
	export LD_LIBRARY_PATH=$BATS_FILE_TMPDIR/lib
	prefix+=("${program[@]:0:${#program[@]}-1}")
	judged=no
}

# with_python FUNCTION…: as the interpreter's first library, the sanitizer of a library that has it
with_python() {
	local first=''
	is_plain || first=$(gcc -print-file-name=libasan.so)
	with env LD_PRELOAD="$first" ASAN_OPTIONS=detect_leaks=0 "$python" -- "$@"
}

# begin NAME ARG…: the example below the world in the background, as process $pid
begin() {
	local name=$BATS_FILE_TMPDIR/begun-$BATS_SUITE_TEST_NUMBER-$((++runs))
	out_file=$name.out err_file=$name.err run_file=$name.run
	command="$*"
	"${prefix[@]}" "$1" --root "$root" "${@:2}" < /dev/null > "$out_file" 2> "$err_file" 3>&- &
	pid=$!
}

# example NAME ARG…: sets status, out, err
example() {
	begin "$BATS_FILE_TMPDIR/$1" "${@:2}"
	finish
}

@test "all examples are installed as they are, and short" {
	for file in "$top"/examples/*; do
		cmp "$file" "$BATS_FILE_TMPDIR/examples/$(basename "$file")" || fail "not installed"
	done
	[[ $(ls "$BATS_FILE_TMPDIR/examples/") == "$(ls "$top/examples")" ]] || fail "others are installed"
	for file in "$top"/examples/*.c; do
		count=$(grep -vc '^$' "$file")
		((count >= 30 && count <= 80)) || fail "$file: $count lines"
		[[ $(grep -o '#include <.*memhp.*>' "$file") == "#include <libmemhp.h>" ]] || fail "not by the public header"
	done
	grep -q "Permission to use, copy, modify, and/or distribute" "$BATS_FILE_TMPDIR/examples/COPYING" ||
		fail "no licence"
}

@test "the examples refuse what they do not understand, and say what fails" {
	local name
	world < /dev/null
	mkdir -p "$root"
	for name in list-csv watch predict-online offline-amount; do
		example "$name" -x y
		exits 2
		err_has "usage: $name [--root DIR]"
		example "$name"
		exits 1
		err_has "Operation not supported"
	done
	for name in 0 -1 x; do
		example watch "$name"
		exits 2
		example offline-amount "$name"
		exits 2
	done
	root=$BATS_TEST_TMPDIR/none
	example list-csv
	exits 1
	err_is "list-csv: no access to this machine: No such file or directory"
	with_python begin "$BATS_FILE_TMPDIR/examples/watch.py"
	finish
	exits 1
	err_is "watch.py: No such file or directory"
}

# As read by this script.
rows_of_world() {
	"$python" - "$root/sys/devices/system/memory" "$1" <<-'END'
		import glob, os, re, sys
		memory, devices = sys.argv[1], eval(sys.argv[2])
		size = int(open(memory + "/block_size_bytes").read(), 16)
		for block in sorted(int(name[6:]) for name in os.listdir(memory) if re.fullmatch(r"memory\d+", name)):
		    directory = f"{memory}/memory{block}"
		    state = open(directory + "/state").read().strip()
		    zones = open(directory + "/valid_zones").read().split()
		    nodes = sorted(int(name.rpartition("node")[2]) for name in glob.glob(directory + "/node*"))
		    print(block, hex(block * size), size, state, zones[0] if state == "online" else "", " ".join(map(str, nodes)),
		          "".join(device for device, blocks in devices.items() if block in blocks), sep=",")
	END
}

@test "list-csv: every block as it is in the world" {
	world qemu-6.12-mixed
	example list-csv
	exits 0
	out_is < <(echo block,start,size,state,zone,node,device &&
		rows_of_world '{"dax0.0": range(40, 48), "PNP0C80:00": range(48, 56), "virtio0": range(56, 60)}')
	edit memory58/state rubbish
	example list-csv
	exits 1
	grep -x '58,0x1d0000000,134217728,,,1,virtio0' "$out_file" || fail "not unknown"
	rm "$root/sys/devices/system/memory/memory58/valid_zones"
	edit memory58/state offline
	example list-csv
	exits 0
	rm -rf "$root"
	world split-block
	example list-csv
	exits 0
	out_is < <(echo block,start,size,state,zone,node,device && rows_of_world '{}')
}

# watches WORDS OF EVENTS…: what has begun notes that blocks go, come, and change
watches() {
	local memory=$root/sys/devices/system/memory
	within 20 grep -q ^watching "$out_file" || fail "it does not watch"
	mv "$memory/memory59" "$BATS_TEST_TMPDIR"
	within 20 grep -qE "$1" "$out_file" || fail "not removed"
	mv "$BATS_TEST_TMPDIR/memory59" "$memory"
	within 20 grep -qE "$2" "$out_file" || fail "not added"
	edit memory59/valid_zones Movable
	edit memory59/state online
	within 20 grep -qE "$3" "$out_file" || fail "not online"
}

@test "watch: a block goes, comes, and is brought online; SIGINT and SIGTERM end it" {
	for signal in INT TERM; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		world qemu-6.12-mixed
		begin "$BATS_FILE_TMPDIR/watch"
		watches '^[0-9]{10}\.[0-9]{3} removed block 59 at 0x1d8000000$' ' added block 59 at 0x1d8000000$' \
			' online block 59 at 0x1d8000000 zone Movable$'
		kill -"$signal" "$pid"
		finish
		exits 0
		[[ $out == "watching 44 blocks"$'\n'* && $(wc -l < "$out_file") == 4 ]] || fail "other lines"
	done
}

@test "watch: ends after its time" {
	world qemu-6.12-mixed
	SECONDS=0
	example watch 2
	exits 0
	out_is <<< "watching 44 blocks"
	((SECONDS >= 1)) || fail "too early"
}

@test "watch.py: lists the blocks, then the same events" {
	for signal in INT TERM; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		world qemu-6.12-mixed
		with_python begin "$BATS_FILE_TMPDIR/examples/watch.py"
		watches '^removed block 59$' '^added block 59 offline$' '^online block 59 online Movable$'
		kill -"$signal" "$pid"
		finish
		exits 0
		out_is < <(rows_of_world '{}' | awk -F, '$1 == 59 { $4 = "offline"; $5 = "" }
			{ print "block " $1 " " $4 ($5 ? " " $5 : "") }' && printf '%s\n' watching "removed block 59" \
			"added block 59 offline" "online block 59 online Movable")
	done
	with_python begin "$BATS_FILE_TMPDIR/examples/watch.py" 1
	finish
	exits 0
}

@test "predict-online: the zones that the kernel then chooses" {
	world qemu-6.12-mixed
	mkdir "$root/run"
	example predict-online
	exits 0
	out_is < <(echo "block 47: planned, Movable, certain" && printf 'block %s: planned, Normal, certain\n' 53 54 55 59 &&
		echo "block 47: done, Movable" && printf 'block %s: done, Normal\n' 53 54 55 59)
	blocks_are 47 "online Movable"
	blocks_are 53-55 "online Normal"
	nothing_left
	example predict-online
	exits 0
	out_is <<< ""
}

@test "predict-online: a failure has its reason, and the others are brought online" {
	machine
	faults "memory18 EPERM"
	example predict-online
	exits 1
	out_has "block 17: done, Movable"
	out_has "block 17: planned, Movable, not certain"
	out_has "block 18: failed, notifier"
	out_has "block 29: done, Normal"
	blocks_are 18 "offline Movable Normal"
}

@test "offline-amount: 1 GiB, an amount, and what fails" {
	machine
	example offline-amount
	exits 0
	out_has "1024 of 1024 MiB are offline"
	[[ $(grep -c '^block [0-9]*: done$' "$out_file") == 8 ]] || fail "not 8 blocks"
	blocks_are 8-15 "offline Movable Normal"
	nothing_left
	machine
	faults "memory15 EPERM" "memory14 EBUSY log \"migrating pfn 70000 failed ret:1\""
	example offline-amount 256
	exits 0
	out_has "block 15: failed, notifier, Operation not permitted"
	out_has "block 14: failed, "
	out_has "block 12: done"
	out_has "256 of 256 MiB are offline"
	example offline-amount 100
	exits 1
	err_is "offline-amount: cannot plan this amount: Invalid argument"
}

@test "offline-amount: takes turns with memhp" {
	machine
	exec 9> "$root/run/memhp.lock"
	flock 9
	begin "$BATS_FILE_TMPDIR/offline-amount" 128 9>&-
	sleep 1
	is_state 15 online || fail "it did not wait"
	exec 9>&-
	finish
	exits 0
	is_state 15 offline || fail "not offline"
}

@test "policy-keep: sets, saves, and does neither if a value is wrong" {
	whole_machine
	mkdir "$root/etc"
	example policy-keep auto-movable-ratio=0x190 online_policy=auto-movable
	exits 0
	out_is <<-'END'
		auto_movable_ratio: 400, was 301: done
		online_policy: auto-movable, was contig-zones: done
		/etc/memhp.conf: saved
	END
	mem policy -q --check
	exits 0
	grep -x 'auto_movable_ratio = 400' "$root/etc/memhp.conf" || fail "not saved"
	nothing_left
	before=$(tree)
	example policy-keep auto_movable_ratio=400
	exits 0
	out_is <<< $'auto_movable_ratio: 400, was 400: already\n/etc/memhp.conf: nothing to change'
	for words in auto_movable_ratio=x "auto_movable_ratio=5 online_policy=y" probe=1 colour=red; do
		# shellcheck disable=SC2086 # words
		example policy-keep $words
		exits 1
		one_message
	done
	example policy-keep auto_movable_ratio
	exits 2
	rm "$root/etc/memhp.conf"
	mkdir "$root/etc/memhp.conf"
	example policy-keep auto_movable_ratio=7
	exits 1
	err_is "policy-keep: /etc/memhp.conf: Is a directory"
	grep -x 400 "$root/sys/module/memory_hotplug/parameters/auto_movable_ratio" || fail "it was set"
}
