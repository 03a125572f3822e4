/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which blocks memhp probe is to make known, and why one should not be: the kernel
 * cannot check the address and can crash, so what can be known is checked here.
 * What the machine says is the library's, what is done cmd-probe.c's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "../base/message.h"
#include "cmd-probe.h"

/* Blocks probed at a time; a range beyond that is a slip. */
#define BLOCKS_MAX 65536

static int probe_add_row(struct probe_run *run, uint64_t address)
{
	struct probe_row *rows = reallocarray(run->rows, run->count + 1, sizeof(*rows));
	int r;

	if (!rows)
		return library_error("probe", -ENOMEM);
	run->rows = rows;
	rows[run->count] = (struct probe_row){ .probe.size = sizeof(rows->probe) };
	r = memhp_probe_check(run->memhp, address, &rows[run->count].probe);
	if (r < 0)
		return library_error("probe", r);
	run->count++;
	return EXIT_DONE;
}

/* An address, or the whole blocks of a range. */
int probe_add(struct probe_run *run, const struct operand *operand)
{
	struct memhp_probe first = { .size = sizeof(first) };
	uint64_t size;
	int status, r;

	if (operand->kind != OPERAND_ADDRESSES)
		return usage_error("'%s' is no address (0x...) or range of addresses", operand->word);
	r = memhp_probe_check(run->memhp, operand->first, &first);
	if (r < 0)
		return library_error("probe", r);
	size = first.block_size;
	if (!first.is_supported) {
		error("this kernel has no /sys/devices/system/memory/probe (CONFIG_ARCH_MEMORY_PROBE)");
		return EXIT_UNSUPPORTED;
	}
	if (!first.is_aligned || (!operand->is_single && (operand->last + 1) % size))
		return usage_error("'%s' is not aligned to the block size 0x%" PRIx64, operand->word, size);
	if (operand->is_single)
		return probe_add_row(run, operand->first);
	if ((operand->last - operand->first) / size >= BLOCKS_MAX)
		return usage_error("'%s' is more than %d blocks", operand->word, BLOCKS_MAX);
	for (uint64_t address = operand->first;; address += size) {
		status = probe_add_row(run, address);
		if (status != EXIT_DONE || address + (size - 1) == operand->last)
			return status;
	}
}

int probe_check(const struct probe_run *run, struct probe_row *row)
{
	const struct memhp_probe *probe = &row->probe;
	uint64_t end = probe->address + (probe->block_size - 1);

	row->result = probe->is_present ? MEMHP_RESULT_ALREADY : MEMHP_RESULT_PLANNED;
	if (probe->is_present || run->args->force)
		return EXIT_DONE;
	if (probe->address_bits && probe->address_bits < 64 && end >> probe->address_bits) {
		error("0x%" PRIx64 " is beyond the processor's %u bits of physical addresses; --force overrides",
		      probe->address, probe->address_bits);
		return EXIT_FAILED;
	}
	if (probe->iomem_is_masked) {
		error("/proc/iomem cannot be read or hides its addresses, so nothing can be checked; --force overrides");
		return EXIT_FAILED;
	}
	if (probe->resource[0]) {
		error("at 0x%" PRIx64 " there is \"%s\" (0x%" PRIx64 "-0x%" PRIx64 "); --force overrides",
		      probe->address, probe->resource, probe->resource_start, probe->resource_end);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}
