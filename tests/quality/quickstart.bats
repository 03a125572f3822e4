#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# quickstart on a copy of the tree, in a directory with a space in its name. That packages are
# installed on a bare machine is not tested here: all are there when this runs.

bats_require_minimum_version 1.5.0

setup_file() {
	export tree="$BATS_FILE_TMPDIR/a tree"
	mkdir "$tree"
	cd "$BATS_TEST_DIRNAME/../.." || return
	tar -c --exclude=./build --exclude='./build-*' --exclude=./.git --exclude=./configure . | tar -x -C "$tree"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "bare, it tells its usage" {
	run --separate-stderr "$tree/quickstart"
	[ "$status" = 2 ]
	[[ $stderr$output == Usage:* ]]
	[ ! -e "$tree/build" ]
}

@test "it builds, says so in one line, and runs memhp with the arguments" {
	run --separate-stderr "$tree/quickstart" --version
	[ "$status" = 0 ]
	[[ $output == "memhp "* ]]
	[ "$stderr" = "quickstart: building, see build/build.log" ]
}

@test "a second time it builds nothing" {
	touch mark
	ln -s "$tree/quickstart" link
	run --separate-stderr ./link --version
	[ "$status" = 0 ]
	[[ $output == "memhp "* ]]
	[ -z "$stderr" ]
	[ "$(find "$tree" -newer mark -type f)" = "$tree/build/build.log" ]
}

@test "the exit status is memhp's" {
	run "$tree/quickstart" list --output NONSENSE
	[ "$status" = 2 ]
}

@test "without memory hotplug it shows a snapshot, and says so" {
	for _ in first second; do
		QUICKSTART_SYS=/nonexistent run --separate-stderr "$tree/quickstart" list --summary=only
		[ "$status" = 0 ]
		[[ $output == *24G* ]]
		[[ $stderr == *firecracker-24g.world ]]
	done
}

@test "the snapshot is shown whatever stands before the command, and never changed" {
	export QUICKSTART_SYS=/nonexistent
	run --separate-stderr "$tree/quickstart" -q --color=never list --summary=only
	[ "$status" = 0 ]
	[[ $output == *24G* && $stderr == *firecracker-24g.world ]]
	run --separate-stderr "$tree/quickstart" online --dry-run 0
	[[ $stderr != *firecracker-24g* ]]
	run --separate-stderr "$tree/quickstart" list --sysroot="$BATS_TEST_TMPDIR/none"
	[ "$status" = 1 ]
	[[ $stderr != *firecracker-24g* ]]
}

@test "a failed build shows its end" {
	cp -r "$tree" broken
	echo nonsense >> broken/src/cli/memhp.c
	run broken/quickstart list
	[ "$status" = 1 ]
	[[ $output == *nonsense* ]]
}
