#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tarball of "make dist": everything of the tree is in it, it builds where there are no
# autotools, and passes "make distcheck". What all suites find is left to the group bats, which runs them
# from the tree.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	scripts/build build/check/dist
	make -C build/check/dist dist
	mkdir "$BATS_FILE_TMPDIR/unpacked"
	tar -xf build/check/dist/memhp-*.tar.xz -C "$BATS_FILE_TMPDIR/unpacked" --strip-components=1
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	unpacked=$BATS_FILE_TMPDIR/unpacked
}

@test "it holds every file of the tree" {
	files() {
		find [A-Z]* quickstart configure.ac .[a-z]* completions examples man scripts src systemd tests \
			-name .git -prune -o -name __pycache__ -prune -o -type f -print 2> /dev/null | sort
	}
	[ "$(files | wc -l)" -gt 60 ]
	diff <(files | grep -vx -e Makefile.in -e .gitignore) <(cd "$unpacked" && files | grep -vx Makefile.in)
}

@test "it builds without autotools" {
	mkdir "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/build"
	for tool in autoconf autoheader autom4te automake aclocal autoreconf libtoolize m4; do
		printf '#!/bin/sh\necho "%s was called"\nexit 1\n' $tool > "$BATS_TEST_TMPDIR/bin/$tool"
		ln -s $tool "$BATS_TEST_TMPDIR/bin/$tool-1.16"
	done
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	cd "$BATS_TEST_TMPDIR/build"
	"$unpacked/configure" > log
	make >> log
	[ "$(grep -c 'was called' log)" = 0 ]
	./memhp --version
}

@test "it builds in its own directory" {
	cp -r "$unpacked" "$BATS_TEST_TMPDIR/in place"
	cd "$BATS_TEST_TMPDIR/in place"
	./configure > /dev/null
	make > /dev/null
	./memhp --version
}

@test "make distcheck, with the unit tests and a few suites from the unpacked tarball" {
	local tests=(tests/cli.bats tests/list/list.bats tests/change/plan.bats tests/policy/conf.bats)
	for source in tests/unit/*/test-*.c; do
		tests+=("${source%.c}")
	done
	make -C build/check/dist distcheck TESTS="${tests[*]}" > "$BATS_TEST_TMPDIR/log" 2>&1 || {
		tail -n 50 "$BATS_TEST_TMPDIR/log"
		false
	}
	grep -x "# PASS: *[1-9][0-9]*" "$BATS_TEST_TMPDIR/log"
	for suite in "${tests[@]}"; do
		grep -q "^PASS: $suite" "$BATS_TEST_TMPDIR/log" || [[ $suite != *.bats ]]
	done
}
