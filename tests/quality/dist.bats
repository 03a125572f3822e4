#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tarball of "make dist": everything of the tree is in it, it builds where there are no
# autotools, and passes "make distcheck", which runs the tests from the unpacked tarball.

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
		find [A-Z]* quickstart configure.ac .[a-z]* completions man scripts src systemd tests \
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

@test "make distcheck" {
	make -C build/check/dist distcheck
}
