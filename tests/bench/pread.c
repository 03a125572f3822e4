/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor of any look into blocks: reads the flags of the pages of each block that is online, as
 * /proc/kpageflags tells them, one thread, and looks at none of them.
 *
 *     pread BLOCK-SIZE BLOCK…
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE ((size_t)256 << 10)

int main(int argc, char **argv)
{
	static char buffer[PIECE];
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	const uint64_t bytes = argc > 2 ? strtoull(argv[1], NULL, 10) / page * sizeof(uint64_t) : 0;
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);

	if (!bytes || fd < 0)
		return 1;
	for (int i = 2; i < argc; i++) {
		const uint64_t start = strtoull(argv[i], NULL, 10) * bytes;
		ssize_t length = 0;

		for (uint64_t at = start; at < start + bytes; at += (uint64_t)length) {
			uint64_t left = start + bytes - at;

			length = pread(fd, buffer, left < PIECE ? (size_t)left : PIECE, (off_t)at);
			if (length <= 0)
				return 1;
		}
	}
	return 0;
}
