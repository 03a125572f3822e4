#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Threads that use the library at once do not race. ThreadSanitizer judges programs that are unit tests otherwise.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	dir=build/check/threads
	export TSAN_OPTIONS="exitcode=99 second_deadlock_stack=1 suppressions='$PWD/tests/quality/threads.supp'"
	# The sanitizer wants addresses as they are without randomization. Containers may forbid the change.
	plain=$(command -v setarch) && plain+=" -R"
	$plain true 2> /dev/null || plain=
}

# alone PROGRAM: nothing is reported by it, and its checks hold
alone() {
	scripts/build "$dir" --enable-werror --enable-sanitizers=thread
	make -s -C "$dir" "$1"
	nm -D "$dir/$1" | grep -q __tsan_
	$plain timeout 300 "$dir/$1"
}

@test "threads of several contexts, and threads that share objects" {
	alone tests/unit/run/test-together
}

@test "threads of one call" {
	alone tests/unit/blocks/test-threads
}

@test "it would find a race" {
	cat > "$BATS_TEST_TMPDIR/race.c" <<- 'END'
		#include <pthread.h>
		static int number;
		static void *count(void *data) { number++; return data; }
		int main(void)
		{
			pthread_t threads[2];
			for (int i = 0; i < 2; i++)
				pthread_create(&threads[i], 0, count, 0);
			for (int i = 0; i < 2; i++)
				pthread_join(threads[i], 0);
			return 0;
		}
	END
	gcc -fsanitize=thread -g -o "$BATS_TEST_TMPDIR/race" "$BATS_TEST_TMPDIR/race.c"
	run $plain "$BATS_TEST_TMPDIR/race"
	[ "$status" -eq 99 ]
	grep -q 'data race' <<< "$output"
}
