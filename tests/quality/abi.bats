#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What programs that were compiled against the library rely on stays as it is. scripts/abi compares the library
# with src/libmemhp/libmemhp.abi; constants that no function refers to are here. Which functions there are is held
# together by consistency.bats.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	header=src/libmemhp/libmemhp.h
}

@test "functions, structures and enums are those of libmemhp.abi" {
	scripts/abi --check
}

@test "libmemhp.abi is complete, and has nothing of the machine that made it" {
	abi=src/libmemhp/libmemhp.abi
	diff <(sed -nE 's/^\t(memhp_\w+);$/\1/p' src/libmemhp/libmemhp.sym) \
		<(sed -nE "s/.*<function-decl name='(\w+)'.*/\1/p" $abi | sort)
	# What the functions refer to; an enum of flags may be or-ed in an unsigned int.
	diff <(sed -nE 's/^(struct|enum) (memhp_\w+) \{$/\2/p' $header | grep -vx memhp_probe_flag | sort) \
		<(sed -nE "/is-declaration-only/!s/.*<(class|enum)-decl name='(\w+)'.*/\2/p" $abi | sort -u)
	[ -z "$(grep -oE "(path|corpus)='(/|\.\.)[^']*" $abi)" ]
}

@test "constants have the values that programs were compiled with" {
	cat > "$BATS_TEST_TMPDIR/constants.c" <<- END
		#include "libmemhp.h"
		_Static_assert(MEMHP_NO_LIMIT == UINT64_MAX, "");
		_Static_assert(MEMHP_NO_WAIT == UINT64_MAX, "");
		_Static_assert(MEMHP_NO_RETRIES == UINT_MAX, "");
		_Static_assert(MEMHP_RATIO_USUAL == 400, "");
		_Static_assert(MEMHP_VALUE_SIZE == 64, "");
		_Static_assert(MEMHP_PROBE_FORCE == 1, "");
	END
	gcc -std=c11 -Wall -Werror -fsyntax-only -Isrc/libmemhp "$BATS_TEST_TMPDIR/constants.c"
	diff <(grep -oE 'MEMHP_\w+' "$BATS_TEST_TMPDIR/constants.c" | sort) \
		<( (sed -nE '/VERSION/!s/^#define (MEMHP_\w+) .*/\1/p' $header
		sed -nE '/^enum memhp_probe_flag/,/^\}/s/^\t(MEMHP_\w+) .*/\1/p' $header) | sort)
}
