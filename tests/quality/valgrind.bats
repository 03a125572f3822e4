#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Each command once or more under valgrind: no bad access, no leak. Whether what it prints is right
# is left to other tests.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	world=$BATS_TEST_TMPDIR/world
	tests/world "$world" tests/worlds/qemu-6.12-mixed.world
}

# clean STATUS ARGUMENT…: memhp exits so, and valgrind has nothing to say
clean() {
	local expected=$1 status=0
	shift
	build/libtool --mode=execute valgrind -q --error-exitcode=99 --leak-check=full \
		--suppressions=tests/quality/valgrind.supp \
		build/memhp --sysroot "$world" "$@" > /dev/null || status=$?
	[ "$status" = "$expected" ]
}

@test "list" {
	clean 0 list
}

@test "list --json with all columns, blocks apart" {
	clean 0 list --json --output-all --all
}

@test "list with filters, operands and raw output" {
	clean 0 list --raw --split none --output +ORIGIN 0-40
}

@test "list --map" {
	clean 0 list --map
}

@test "list --summary" {
	clean 0 list --summary=only
}

@test "usage errors" {
	clean 2 list --output NONSENSE
	clean 2 list --json 9-1
	clean 2
}

@test "a broken machine" {
	echo nonsense > "$world/sys/devices/system/memory/memory0/state"
	clean 64 list --json
	rm "$world/sys/devices/system/memory/block_size_bytes"
	clean 3 list
}

@test "help" {
	clean 0 --help
	clean 0 list --help
}
