/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor of any listing: opens, reads and closes state and valid_zones of each
 * block below DIR/sys/devices/system/memory, one thread, and does nothing else.
 *
 *     floor DIR
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void read_file(int dir, const char *block, const char *file)
{
	char path[300], text[128];
	int fd;

	strcpy(stpcpy(path, block), file);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)!read(fd, text, sizeof(text));
	close(fd);
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	DIR *memory;

	if (argc != 2 || chdir(argv[1]) < 0)
		return 2;
	memory = opendir("sys/devices/system/memory");
	if (!memory)
		return 1;
	while ((entry = readdir(memory))) {
		if (strncmp(entry->d_name, "memory", 6) != 0 || entry->d_name[6] < '0' || entry->d_name[6] > '9')
			continue;
		read_file(dirfd(memory), entry->d_name, "/state");
		read_file(dirfd(memory), entry->d_name, "/valid_zones");
	}
	return 0;
}
