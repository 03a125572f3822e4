#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The sources compile without a warning, whoever the compiler is, with flags of the user's choice.
# Knows scripts/build; what the program does when built is left to other tests.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	dir=build/check/build-$BATS_TEST_NUMBER
}

# none COMMAND…: it finds nothing. (A bare ! would not end the test.)
none() {
	if "$@"; then return 1; fi
}

# What make and the linker say without failing counts too.
builds() {
	scripts/build "$dir" --enable-werror "$@"
	none grep -iE 'warning|error:' <(sed '1,/^config.status: creating/d' "$dir/build.log")
	"$dir/memhp" --version
}

@test "gcc" {
	builds CC=gcc
	make -s -C "$dir" check TESTS=
}

@test "clang" {
	builds CC=clang
	make -s -C "$dir" check TESTS=
}

@test "gcc -fanalyzer" {
	builds --enable-analyzer
}

@test "flags of the user win" {
	id=0123456789abcdef0123456789abcdef01234567
	builds CFLAGS='-O0 -g3 -Wno-error' CPPFLAGS=-D_FORTIFY_SOURCE=3 LDFLAGS=-Wl,--build-id=0x$id
	readelf -n "$dir/.libs/memhp" | grep "Build ID: $id"
	readelf -n "$dir/.libs/libmemhp.so" | grep "Build ID: $id"
}

@test "sanitizers are in the program and in the library" {
	builds --enable-sanitizers
	for file in memhp libmemhp.so; do
		symbols=$(nm -D "$dir/.libs/$file")
		grep __asan_ <<< "$symbols"
		grep __ubsan_ <<< "$symbols"
	done
}

@test "a warning is an error only with --enable-werror" {
	scripts/build "$dir"
	none grep -w -e -Werror "$dir/Makefile"
	grep -E '^WARN_CFLAGS =.* -Werror' build/check/build-1/Makefile
}

# Of 4 or 8 bytes, pointers and the alignment of 64-bit numbers.
@test "structures of the interface end without padding on each ABI" {
	for target in x86_64-linux-gnu i386-linux-gnu arm-linux-gnueabihf aarch64-linux-gnu powerpc64le-linux-gnu s390x-linux-gnu; do
		clang --target="$target" -std=c11 -ffreestanding -Wall -Wextra -Werror -fsyntax-only -xc \
			src/libmemhp/base/layout.h
	done
}

@test "the header alone is C11 and C++17" {
	for compiler in 'gcc -xc -std=c11' 'clang -xc -std=c11' 'g++ -xc++ -std=c++17' 'clang++ -xc++ -std=c++17'; do
		printf '%s\n' '#include "libmemhp.h"' 'struct memhp_run_options options;' \
			'uint64_t times[] = { MEMHP_NO_LIMIT, MEMHP_NO_WAIT, MEMHP_NO_RETRIES };' |
			$compiler -Wall -Wextra -Wpedantic -Werror -fsyntax-only -Isrc/libmemhp -
	done
}
