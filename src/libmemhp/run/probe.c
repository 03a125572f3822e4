/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Adds memory that the firmware does not announce, by its address
 * (drivers/base/memory.c: probe_store()). The kernel checks next to nothing, so this
 * file collects all that can be known, and judges it right before the write. Whether to
 * override a refusal is left to the callers.
 */
#include <poll.h>
#include <string.h>

#include "../blocks/block.h"
#include "../blocks/origin.h"
#include "../sized.h"
#include "writer.h"

/* How long the block may take to appear after a successful write. */
#define APPEAR_MS 2000

/* "address sizes	: 46 bits physical, 48 bits virtual" (x86) */
static unsigned int read_address_bits(const struct sysdir *proc)
{
	cleanup(cleanup_free) char *text = NULL;
	const char *line;
	size_t length = 0;
	uint64_t bits = 0;

	if (sysdir_read_all(proc, "cpuinfo", &text, &length) < 0)
		return 0;
	line = strstr(text, "\naddress sizes");
	line = line ? strchr(line, ':') : NULL;
	if (!line)
		return 0;
	line += 1 + strspn(line + 1, " ");
	return number_parse(line, strcspn(line, " \n"), 10, &bits) == 0 && bits <= 64 ? (unsigned int)bits : 0;
}

static int read_resource(const struct sysdir *proc, struct memhp_probe *probe)
{
	cleanup(cleanup_free) char *text = NULL;
	cleanup(iomem_free) struct iomem iomem = { .masked = true };
	uint64_t end = probe->address + (probe->block_size - 1);
	size_t length = 0;
	int r = sysdir_read_all(proc, "iomem", &text, &length);

	if (r == 0 && strlen(text) == length)
		r = iomem_parse(text, &iomem);
	probe->is_iomem_known = r == 0 && !iomem.masked;
	for (size_t i = 0; i < iomem.count && probe->is_iomem_known; i++) {
		const struct resource *resource = &iomem.resources[i];

		if (resource->start > end || resource->end < probe->address)
			continue;
		snprintf(probe->resource, sizeof(probe->resource), "%s", resource->name);
		probe->resource_start = resource->start;
		probe->resource_end = resource->end;
		break;
	}
	return r == -ENOMEM ? r : 0;
}

int memhp_probe_check(struct memhp *memhp, uint64_t address, struct memhp_probe *ret)
{
	cleanup(sysdir_close) struct sysdir memory = SYSDIR_CLOSED, proc = SYSDIR_CLOSED;
	struct memhp_probe probe = { .size = sizeof(probe), .address = address };
	char name[64];
	int r = sized_check(ret);

	if (r < 0)
		return r;
	r = sysdir_open(memhp, memhp->sysfs, "devices/system/memory", &memory);
	if (r < 0) {
		fault(memhp, "sys/devices/system/memory", -r, NULL);
		return r == -ENOENT ? -EOPNOTSUPP : r;
	}
	r = block_size_read(&memory, &probe.block_size);
	if (r < 0)
		return r;
	probe.is_supported = sysdir_has(&memory, "probe");
	probe.is_aligned = address % probe.block_size == 0;
	snprintf(name, sizeof(name), "memory%llu", (unsigned long long)(address / probe.block_size));
	probe.is_present = sysdir_has(&memory, name);
	if (sysdir_open(memhp, memhp->proc, "", &proc) == 0) {
		probe.address_bits = read_address_bits(&proc);
		r = read_resource(&proc, &probe);
	}
	if (r < 0)
		return r;
	return sized_give(ret, &probe, sizeof(probe));
}

int memhp_probe_judge(const struct memhp_probe *given, unsigned int flags)
{
	struct memhp_probe probe;
	uint64_t end;
	int r = sized_take(&probe, sizeof(probe), given);

	if (r < 0)
		return r;
	if (flags & ~(unsigned int)MEMHP_PROBE_FORCE)
		return -EINVAL;
	if (!probe.is_supported)
		return -EOPNOTSUPP;
	if (!probe.is_aligned)
		return -EINVAL;
	if (probe.is_present)
		return -EEXIST;
	if (flags & MEMHP_PROBE_FORCE)
		return 0;
	end = probe.address + (probe.block_size - 1);
	if (probe.address_bits && probe.address_bits < 64 && end >> probe.address_bits)
		return -E2BIG;
	if (!probe.is_iomem_known)
		return -EACCES;
	return probe.resource[0] ? -EBUSY : 0;
}

static int wait_for_block(const struct sysdir *memory, const char *name)
{
	struct limit limit = limit_in(APPEAR_MS);

	while (!sysdir_has(memory, name)) {
		if (limit_is_over(limit))
			return -ENOENT;
		(void)poll(NULL, 0, 20);
	}
	return 0;
}

/* A write that was killed had not begun to add the block, or has added it: the kernel does not stop
 * half way (drivers/base/memory.c: probe_store()). */
static int judge_killed(const struct written *written, const char *name, const struct sysdir *memory,
			struct limit limit, const struct stop *stop)
{
	if (sysdir_has(memory, name))
		return 0;
	if (!written->has_settled)
		return -EINPROGRESS;
	return stop->count ? -ECANCELED : limit_is_over(limit) ? -ETIMEDOUT : -EINTR;
}

static int add_block(const struct sysdir *memory, const struct memhp_probe *probe, struct limit limit,
		     struct stop *stop, uint64_t *ret_unsettled)
{
	cleanup(cleanup_close) int fd = sysdir_open_to_write(memory, "probe");
	char word[32], name[64];
	const struct writing writing = { .fd = fd, .word = word, .limit = limit, .stop = stop };
	struct written written;

	if (fd < 0)
		return fd;
	snprintf(word, sizeof(word), "0x%llx", (unsigned long long)probe->address);
	snprintf(name, sizeof(name), "memory%llu", (unsigned long long)(probe->address / probe->block_size));
	stop_look(stop);
	if (stop->count)
		return -ECANCELED;
	if (limit_is_over(limit))
		return -ETIMEDOUT;
	written = writer_run(&writing);
	*ret_unsettled = (uint64_t)written.unsettled_pid;
	if (written.error == EINTR)
		return judge_killed(&written, name, memory, limit, stop);
	return written.error ? -written.error : wait_for_block(memory, name);
}

int memhp_probe(struct memhp *memhp, uint64_t address, uint64_t timeout_ms, int stop_fd, unsigned int flags)
{
	const struct limit limit = limit_in(timeout_or_default(timeout_ms));
	cleanup(sysdir_close) struct sysdir memory = SYSDIR_CLOSED;
	struct memhp_probe probe = { .size = sizeof(probe) };
	struct stop stop = { .fd = stop_fd_or_none(stop_fd) };
	int r = stop_check(&stop);

	memhp->unsettled_pid = 0;
	if (r < 0)
		return r;
	r = memhp_probe_check(memhp, address, &probe);
	if (r == 0)
		r = memhp_probe_judge(&probe, flags);
	if (r == 0)
		r = sysdir_open(memhp, memhp->sysfs, "devices/system/memory", &memory);
	return r < 0 ? r : add_block(&memory, &probe, limit, &stop, &memhp->unsettled_pid);
}

uint64_t memhp_probe_unsettled_pid(const struct memhp *memhp)
{
	return memhp->unsettled_pid;
}
