#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What can be said of the files without running them. Knows the checkers and their arguments; the
# compilers' own analysis is in build.bats.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

# Our own files, one a line.
files() {
	find . \( -name .git -o -name 'build*' -o -name autom4te.cache -o -name m4 -o -name __pycache__ \
		-o -path ./tests/fuzz/corpus \) -prune -o -type f -print |
		grep -vE '^./(configure~?|aclocal.m4|Makefile.in|scripts/packages)$|\.tar\.'
	ls scripts/build
}

# Those of them that a shell runs.
scripts() {
	files | grep -vE '\.(bats|bash)$' | while read -r file; do
		if head -n 1 "$file" | grep -qaE '^#!.*\b(ba)?sh$'; then
			echo "$file"
		fi
	done
}

@test "shellcheck of the scripts" {
	mapfile -t found < <(scripts)
	[ ${#found[@]} -gt 8 ]
	shellcheck --exclude=SC2187,SC1091 "${found[@]}"
}

@test "shellcheck of the tests" {
	# Not followed are what helpers.bash sets, and what it reads of it; words with commas are meant so.
	mapfile -t found < <(files | grep -E '\.(bats|bash)$')
	shellcheck --severity=warning --exclude=SC1007,SC2034,SC2054,SC2154,SC2258 "${found[@]}"
}

@test "mandoc" {
	mandoc -T lint -W warning man/*.[1-8]
}

@test "cppcheck" {
	# It does not know the cleanup attribute; leaks are found by the sanitizers and valgrind.
	cppcheck -q --std=c11 --enable=warning,performance,portability --suppress=memleak --inline-suppr \
		--error-exitcode=1 -D_GNU_SOURCE src
}

# tidy FILE…: without the counts of what it does not show
tidy() {
	local flags
	read -ra flags <<< "$(pkg-config --cflags mount smartcols json-c popt)"
	clang-tidy --quiet "$@" -- -std=gnu11 -D_GNU_SOURCE '-DPACKAGE_VERSION="0"' "${flags[@]}" 2>&1 |
		{ ! grep -v ' warnings\? generated'; }
}

@test "clang-tidy of the library" {
	tidy src/libmemhp/*/*.c
}

@test "clang-tidy of the program" {
	tidy src/cli/*.c src/cli/*/*.c
}

@test "sources and scripts say their licence" {
	files | grep -E '\.([ch]|bats|bash|am|ac|py)$|^./(scripts/|quickstart|.ci/|tests/(live/)?[a-z-]*$)' |
		xargs grep -L SPDX-License-Identifier: | { ! grep .; }
}

@test "sources and scripts are short" {
	files | grep -E '\.[ch]$' | grep -vx ./src/libmemhp/libmemhp.h | xargs wc -l | awk '$2 != "total" && $1 > 400' | { ! grep .; }
}

@test "functions are short" {
	# Their braces stand alone at the left edge.
	files | grep -E '\.[ch]$' | xargs awk '
		/^\{$/ { first = FNR }
		/^\}$/ { if (first && FNR - first >= 50) print FILENAME ":" first; first = 0 }' | { ! grep .; }
}
