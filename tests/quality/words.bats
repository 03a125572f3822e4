#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The English of all texts: no wording that has to be read twice. The patterns are in tests/quality/words,
# the words to use in HACKING.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

@test "the documents and manual pages use the usual terms" {
	tests/quality/words README NEWS HACKING man/*.[1-8]
}

@test "messages, help and comments of the sources and examples do" {
	find src examples \( -name '*.[ch]' -o -name '*.in' \) -print0 | xargs -0 tests/quality/words completions/* systemd/*
}

@test "the patterns find what they are for, also across lines, and in strings and comments only" {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' 'int shall; /* a row a' ' * block */ char *text = "is no " "block";' > code.c
	printf '%s\n' '.Sh NAME' 'The signal goes' 'before it.' '.\" not this: tell' > page.8
	printf '%s\n' 'There is no block; it is no longer there.' > fine
	run "$BATS_TEST_DIRNAME/words" code.c page.8 fine
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ $output == "code.c:1: "*"code.c:2: "*"page.8:2: "* ]]
}
