/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The context of all calls: the root directory, the page size below it, and the handler
 * that is called about faults in files. sysroot.c finds sysfs and procfs. The other files
 * of base read what is below them.
 */
#include <fcntl.h>

#include "base.h"
#include "layout.h"

int fault(const struct memhp *memhp, const char *path, int error, const char *text)
{
	if (memhp->fault)
		memhp->fault(memhp->fault_data, path, error, text);
	return -error;
}

const char *memhp_version(void)
{
	return MEMHP_VERSION;
}

static int read_page_size(struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir root = SYSDIR_CLOSED;
	char text[32];
	uint64_t value = 0;
	ssize_t length;
	int r;

	memhp->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	if (!memhp->confined)
		return 0;
	r = sysdir_open(memhp, ".", "", &root);
	if (r < 0)
		return r;
	length = sysdir_read(&root, ".page_size", text, sizeof(text));
	if (length == -ENOENT)
		return 0;
	if (length > 0 && number_parse(text, (size_t)length, 10, &value) == 0 &&
	    value >= 1024 && (value & (value - 1)) == 0) {
		memhp->page_size = value;
		return 0;
	}
	return -EBADMSG;
}

int memhp_new(const char *root, struct memhp **ret)
{
	cleanup(cleanup_memhp_free) struct memhp *memhp = calloc(1, sizeof(*memhp));
	int r;

	if (!memhp)
		return -ENOMEM;
	memhp->confined = root != NULL;
	memhp->root = open(root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (memhp->root < 0)
		return -errno;
	r = sysroot_find(memhp);
	if (r < 0)
		return r;
	r = read_page_size(memhp);
	if (r < 0)
		return r;
	*ret = take_ptr(memhp);
	return 0;
}

struct memhp *memhp_free(struct memhp *memhp)
{
	if (!memhp)
		return NULL;
	cleanup_close(&memhp->root);
	free(memhp->sysfs);
	free(memhp->proc);
	free(memhp);
	return NULL;
}

void memhp_set_fault_handler(struct memhp *memhp, memhp_fault_fn fn, void *data)
{
	memhp->fault = fn;
	memhp->fault_data = data;
}

void memhp_set_threads(struct memhp *memhp, unsigned int max)
{
	memhp->threads = max;
}

uint64_t memhp_page_size(const struct memhp *memhp)
{
	return memhp->page_size;
}
