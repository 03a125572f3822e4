#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What "make install" leaves: a hardened program, a library with just the promised symbols that
# others can link, manual pages, completions, schemas; and that "make uninstall" takes all away.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	scripts/build build/check/install --prefix=/usr --libdir=/usr/lib --enable-werror
	make -C build/check/install install DESTDIR="$BATS_FILE_TMPDIR"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	root=$BATS_FILE_TMPDIR
	library=$root/usr/lib/libmemhp.so.0
	export LD_LIBRARY_PATH=$root/usr/lib
}

# installs DIRECTORY FILE…: each of the files is there, and there is one at least
installs() {
	[ -e "$2" ]
	for file in "${@:2}"; do
		cmp "$file" "$root/usr/$1/$(basename "$file")"
	done
}

@test "the program runs and carries no search path" {
	"$root/usr/bin/memhp" --version
	readelf -d "$root/usr/bin/memhp" "$library" | { ! grep -E 'RPATH|RUNPATH'; }
}

@test "the program needs nothing of the library but what is exported" {
	ldd -r "$root/usr/bin/memhp" 2>&1 | { ! grep -E 'undefined|not found'; }
}

@test "the library exports the symbols of libmemhp.sym and no other" {
	awk '/^LIBMEMHP/ { release = $1 } /^\tmemhp_/ { sub(";", ""); print $1 "@@" release }' \
		src/libmemhp/libmemhp.sym | sort > "$BATS_TEST_TMPDIR/promised"
	nm -D --defined-only --with-symbol-versions "$library" |
		awk '$2 != "A" { print $3 }' | sort > "$BATS_TEST_TMPDIR/exported"
	[ -s "$BATS_TEST_TMPDIR/promised" ]
	diff "$BATS_TEST_TMPDIR/promised" "$BATS_TEST_TMPDIR/exported"
}

@test "the header declares the symbols of libmemhp.sym and no other" {
	diff <(grep -o 'memhp_[a-z_]*;' src/libmemhp/libmemhp.sym | tr -d ';' | sort) \
		<(gcc -E -P src/libmemhp/libmemhp.h | tr '\n' ' ' | tr ';' '\n' | grep -v typedef |
			grep -oE '\bmemhp_[a-z_]+\(' | tr -d '(' | sort -u)
}

@test "a program finds header and library by pkg-config" {
	cat > "$BATS_TEST_TMPDIR/count.c" <<-'END'
		#include <libmemhp.h>
		#include <stdio.h>
		int main(int argc, char **argv)
		{
			struct memhp *memhp = NULL;
			int r = memhp_new(argc > 1 ? argv[1] : NULL, &memhp);
			printf("%d %s\n", r, memhp_state_name(MEMHP_STATE_ONLINE));
			memhp_free(memhp);
			return r < 0;
		}
	END
	export PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=$root/usr/lib/pkgconfig
	[ "$(pkg-config --modversion libmemhp)" = "$(build/memhp --version | cut -d' ' -f2)" ]
	read -ra flags <<< "$(pkg-config --cflags --libs libmemhp)"
	gcc -std=c11 -Wall -Werror -o "$BATS_TEST_TMPDIR/count" "$BATS_TEST_TMPDIR/count.c" "${flags[@]}"
	tests/world "$BATS_TEST_TMPDIR/root" tests/worlds/firecracker-24g.world
	[ "$("$BATS_TEST_TMPDIR/count" "$BATS_TEST_TMPDIR/root")" = "0 online" ]
}

@test "sysfs and procfs that are mounted elsewhere are found, by libmount; else it is not loaded" {
	cat > "$BATS_TEST_TMPDIR/blocks.c" <<-'END'
		#include <libmemhp.h>
		#include <stdio.h>
		#include <string.h>
		int main(void)
		{
			struct memhp *memhp = NULL;
			struct memhp_probe probe = { .size = sizeof(probe) };
			int r = memhp_new(NULL, &memhp);
			FILE *maps = fopen("/proc/self/maps", "r");
			char line[500];
			int loaded = 0;
			while (maps && fgets(line, sizeof(line), maps))
				loaded |= strstr(line, "libmount") != NULL;
			if (r == 0)
				r = memhp_probe_check(memhp, 0, &probe);
			printf("%d %d\n", loaded, r);
			return 0;
		}
	END
	gcc -Wall -Werror -I src/libmemhp -o "$BATS_TEST_TMPDIR/blocks" "$BATS_TEST_TMPDIR/blocks.c" -L "$root/usr/lib" -lmemhp
	here=$("$BATS_TEST_TMPDIR/blocks")
	[ "${here% *}" = 0 ]
	mkdir "$BATS_TEST_TMPDIR/sysfs"
	there=$(unshare -m sh -c 'mount -t sysfs none "$1/sysfs" && umount -l /sys && strace -f -e trace=openat -o "$1/trace" "$1/blocks"' \
		sh "$BATS_TEST_TMPDIR")
	[ "${there#* }" = "${here#* }" ]
	grep 'libmount.so.1.*= [0-9]' "$BATS_TEST_TMPDIR/trace"
	grep 'sysfs/devices/system/memory.*= [0-9]' "$BATS_TEST_TMPDIR/trace"
	run grep '"sys/devices' "$BATS_TEST_TMPDIR/trace"
	[ "$status" = 1 ]
}

@test "header, manual pages, examples, completions and schemas" {
	installs include src/libmemhp/libmemhp.h
	installs share/man/man8 man/*.8
	installs share/memhp/schemas src/schemas/*.json
	installs share/doc/memhp/examples examples/*
	cmp completions/memhp.bash "$root/usr/share/bash-completion/completions/memhp"
}

@test "the unit runs the program that was installed" {
	unit=$root/usr/lib/systemd/system/memhp.service
	grep -x 'ExecStart=/usr/bin/memhp policy --apply' "$unit"
	[ -x "$root/usr/bin/memhp" ]
	run grep -E '@[a-z]+@' "$unit"
	[ "$status" = 1 ]
}

@test "program and library are hardened" {
	readelf -h "$root/usr/bin/memhp" | grep -E 'Type: +DYN'
	readelf -d "$root/usr/bin/memhp" | grep -E 'FLAGS_1.*\bPIE\b'
	for file in "$root/usr/bin/memhp" "$library"; do
		readelf -lW "$file" | grep GNU_RELRO
		readelf -lW "$file" | grep -E 'GNU_STACK.* RW '
		readelf -d "$file" | grep BIND_NOW
		symbols=$(readelf --dyn-syms -W "$file")
		grep __stack_chk_fail <<< "$symbols"
		grep -E '__[a-z]+_chk(@| |$)' <<< "$symbols"
	done
}

@test "uninstall leaves no file" {
	make -C build/check/install install DESTDIR="$BATS_TEST_TMPDIR/other"
	make -C build/check/install uninstall DESTDIR="$BATS_TEST_TMPDIR/other"
	[ -z "$(find "$BATS_TEST_TMPDIR/other" ! -type d)" ]
}
