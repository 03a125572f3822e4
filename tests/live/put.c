/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * put WORD FILE: writes the word into the file by one write(2) and prints what became of it: 0, or
 * the errno's name. For guests, whose shell only has a text for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd;

	if (argc != 3)
		return 2;
	fd = open(argv[2], O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, argv[1], strlen(argv[1])) < 0) {
		puts(strerrorname_np(errno));
		return 1;
	}
	puts("0");
	return 0;
}
