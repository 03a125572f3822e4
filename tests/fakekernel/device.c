/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel does with a whole device of a world: the ejection of an ACPI device, by a worker
 * of its own after the write has ended (drivers/acpi/scan.c), and the removal of a dax device's
 * memory by the write itself (drivers/dax/kmem.c, since 7.3).
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"

#define MOST 64

static int by_id(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return (x > y) - (x < y);
}

/* The blocks whose firmware_node leads to the device; of a dax device those in its file "blocks",
 * "32 33", which only a world has. */
static int find_blocks(const struct file *file, const char *device, unsigned long ret[MOST])
{
	int fd = (int)system_call(SYS_openat, file->root, MEMORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), count = 0;
	char path[256], target[512], text[1024] = "";
	DIR *stream = fdopendir(fd);

	for (struct dirent *entry; stream && (entry = readdir(stream)) && count < MOST;) {
		unsigned long id;
		ssize_t length;

		if (sscanf(entry->d_name, "memory%lu", &id) != 1)
			continue;
		block_path(id, "firmware_node", path);
		length = readlinkat(file->root, path, target, sizeof(target) - 1);
		target[length < 0 ? 0 : length] = '\0';
		if (length > 0 && strrchr(target, '/') && strcmp(strrchr(target, '/') + 1, device) == 0)
			ret[count++] = id;
	}
	closedir(stream);
	snprintf(path, sizeof(path), DAX "/%s/blocks", device);
	get(file, path, text, sizeof(text));
	for (char *at = text, *end; count < MOST; at = end) {
		unsigned long id = strtoul(at, &end, 10);

		if (end == at)
			break;
		ret[count++] = id;
	}
	qsort(ret, (size_t)count, sizeof(*ret), by_id);
	return count;
}

static bool is_in_use(const struct file *file, unsigned long id)
{
	char path[256], state[32];

	block_path(id, "state", path);
	return get(file, path, state, sizeof(state)) == 0 && strcmp(state, "offline") != 0;
}

/* All or nothing: the first block that cannot go is *ret_id. */
static int remove_blocks(const struct file *file, const char *device, struct change *change, unsigned long *ret_id)
{
	unsigned long ids[MOST];
	int count = find_blocks(file, device, ids), r = work(change);

	for (int i = 0; i < count; i++) {
		*ret_id = ids[i];
		/* The kernel takes it offline again; where a fault says so it cannot. */
		if (is_in_use(file, ids[i]) && change->is_raced)
			return -EBUSY;
		if (r < 0)
			return r;
	}
	for (int i = 0; i < count; i++) {
		struct file block = *file;

		block.id = ids[i];
		remove_block(&block);
	}
	return 0;
}

/* drivers/acpi/scan.c: acpi_device_hotplug(), acpi_scan_hot_remove() */
static void eject(const struct file *file, const char *device, struct change *change)
{
	char text[128];
	unsigned long id = 0;
	int lock = take_lock(change), r;

	prctl(PR_SET_NAME, WORKER);
	r = remove_blocks(file, device, change, &id);
	if (r == -EPERM)
		snprintf(text, sizeof(text), "acpi %s: Eject disabled", device);
	else
		snprintf(text, sizeof(text), "memory memory%lu: Offline failed.", id);
	if (r < 0)
		kernel_log(file, text);
	if (r == 0 && change->crashes) {
		usleep(100000);
		kernel_log(file, "BUG: unable to handle page fault for address: ffff888140000000");
	} else if (r == 0) {
		snprintf(text, sizeof(text), ACPI "/%s/status", device);
		if (faccessat(file->root, text, F_OK, 0) == 0)
			put(file, text, "0");
	}
	close(lock);
}

static void name_of(const struct file *file, char ret[64])
{
	const char *end = strrchr(file->path, '/'), *begin = end;

	while (begin > file->path && begin[-1] != '/')
		begin--;
	snprintf(ret, 64, "%.*s", (int)(end - begin), begin);
}

/* drivers/acpi/device_sysfs.c: eject_store(). The worker is nobody's child, and no signal ends it. */
int write_eject(const struct file *file, char *text)
{
	struct change change = { .file = file, .word = OFFLINE };
	char device[64];
	sigset_t all;
	pid_t pid;

	name_of(file, device);
	read_device_faults(&change, device);
	if (*text != '1')
		return -EINVAL;
	if (change.write_error)
		return -change.write_error;
	if (change.is_stuck) {
		change.hangs = true;
		enter(&change);
		work(&change);
		leave(&change);
		return -EINTR;
	}
	pid = fork();
	if (pid == 0 && fork() == 0) {
		setsid();
		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, &change.mask);
		sigfillset(&change.mask);
		for (int fd = 0; fd < 64; fd++)
			if (fd != file->root)
				system_call(SYS_close, fd);
		eject(file, device, &change);
	}
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	return 0;
}

int write_dax_state(const struct file *file, char *text)
{
	struct change change = { .file = file, .word = OFFLINE };
	unsigned long id = 0;
	char device[64];
	int lock, r;

	name_of(file, device);
	read_device_faults(&change, device);
	if (strcmp(text, "unplugged") != 0)
		return -EINVAL;
	lock = take_lock(&change);
	enter(&change);
	r = remove_blocks(file, device, &change, &id);
	close(lock);
	leave(&change);
	return r;
}
