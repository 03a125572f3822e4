#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The sources keep to their rooms, in the order of README's map: by what the linker finds in the
# plain build. How that is found out is structure's.

load rooms

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

# clean PROGRAM|LIBRARY
clean() {
	local rooms
	read -ra rooms <<< "$(rooms_of "$1")"
	[ ${#rooms[@]} -gt 5 ]
	tests/quality/structure "src/$1" "build/src/$1" "${rooms[@]}"
}

@test "the library: no call to a later room, no circle, no crowd" {
	clean libmemhp
}

@test "the program: no call to a later room, no circle, no crowd" {
	clean cli
}

@test "no two functions and no two sources have one name" {
	tests/quality/structure --names src/libmemhp src/cli
}

# tree: two rooms, built; what is wrong with them is what the file on stdin says, one "FILE CODE" a line
tree() {
	top=$BATS_TEST_TMPDIR/src objects=$BATS_TEST_TMPDIR/objects
	while read -r file code; do
		mkdir -p "$top/${file%/*}" "$objects/${file%/*}"
		echo "$code" >> "$top/$file"
	done
	find "$top" -name '*.c' -printf '%P\n' | while read -r file; do
		gcc -c -w -o "$objects/${file%/*}/it-$(basename "$file" .c).o" "$top/$file"
	done
}

# finds LINE: as the only fault
finds() {
	run tests/quality/structure "$top" "$objects" low high
	[ "$status" = 1 ]
	[ "$output" = "$1" ]
}

@test "what it would find: nothing in order" {
	tree <<-'END'
		low/a.c int a(void) { return 1; }
		high/b.c int b(void) { return a(); }
		high/c.c int c(void) { return a() + b(); }
	END
	tests/quality/structure "$top" "$objects" low high
}

@test "what it would find: a call to a later room, and an include" {
	tree <<-'END'
		low/a.c int a(void) { return b(); }
		high/b.c int b(void) { return 1; }
	END
	finds "low/a.c calls high/b.c of a later room: b"
	tree <<-'END'
		low/c.c #include "../high/b.h"
		high/b.h int x;
	END
	run tests/quality/structure "$top" "$objects" low high
	[[ $output == *"low/c.c includes high/b.h" ]]
}

@test "what it would find: a circle of files" {
	tree <<-'END'
		low/a.c int a(void) { return b(); }
		low/b.c int b(void) { return c(); }
		low/c.c int c(void) { return a(); }
		high/d.c int d(void) { return a(); }
	END
	finds $'circle: low/a.c calls low/b.c: b\ncircle: low/b.c calls low/c.c: c\ncircle: low/c.c calls low/a.c: a'
}

@test "what it would find: a crowd, a folder that is no room, a source that was not built" {
	tree < <(for i in {1..18}; do echo "low/a$i.c int a$i;"; done; echo "high/b.c int b;")
	tests/quality/structure "$top" "$objects" low high
	echo > "$top/low/new.c"
	finds "low: 19 sources, more than 18"
	rm "$top/low/new.c"
	run tests/quality/structure "$top" "$objects" low
	[ "$output" = "high: not a room" ]
	echo > "$top/high/new.c"
	run tests/quality/structure "$top" "$objects" low high
	[ "$status" = 1 ]
	[[ $output == "not built in "*new.c ]]
}

@test "what it would find: a name that two have" {
	tree <<-'END'
		low/a.c int b(void)
		low/a.c {
		low/a.c }
		high/a.c static int b(int x)
		high/a.c {
		high/a.c }
	END
	run tests/quality/structure --names "$top"
	[ "$status" = 1 ]
	[[ ${lines[0]} == "function b: "*high/a.c*low/a.c && ${lines[1]} == "file a.c: "* ]]
}
