/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides which blocks memhp probe adds, and reports those that it should not. The
 * kernel cannot check the address and may crash, so everything that can be checked is
 * checked before the user is asked. The library reads and judges the facts, and judges
 * them again before each write; cmd-probe.c has the writes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../input/notation.h"
#include "../input/selection.h"
#include "cmd-probe.h"

/* The most blocks in one range. A longer range is surely a mistake. */
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

static int probe_refuse_word(const struct probe_run *run, const char *word, const char *problem, const char *option_hint)
{
	cleanup(cleanup_free) char *hint = *option_hint ? NULL : notation_hint_new(run->globals, word);

	return selection_refuse("", word, problem, hint ? hint : option_hint);
}

int probe_parse(const struct probe_run *run, const struct words *words, struct operands *ret)
{
	static const char not_an_address[] = "is not an address (0x...) or address range";

	for (size_t i = 0; i < words->count; i++) {
		const size_t before = ret->count;
		const char *problem = operand_parse_blocks(words->words[i], "is an amount, not an address", ret);

		for (size_t k = before; k < ret->count && !problem; k++)
			if (ret->items[k].kind != OPERAND_ADDRESSES)
				problem = not_an_address;
		if (problem)
			return probe_refuse_word(run, words->words[i], problem == operand_not_a_block ? not_an_address : problem,
					   words->hints[i]);
	}
	return EXIT_DONE;
}

/* Adds the block at an address, or all blocks of a range. */
int probe_add(struct probe_run *run, const struct operand *operand)
{
	struct memhp_probe first = { .size = sizeof(first) };
	uint64_t size;
	int status, r;

	r = memhp_probe_check(run->memhp, operand->first, &first);
	if (r < 0)
		return library_error("probe", r);
	size = first.block_size;
	if (!first.is_supported) {
		error("this kernel has no /sys/devices/system/memory/probe (needs CONFIG_ARCH_MEMORY_PROBE)");
		return EXIT_UNSUPPORTED;
	}
	if (!first.is_aligned || (!operand->is_single && (operand->last + 1) % size))
		return usage_error("'%s' is not aligned to the block size 0x%" PRIx64, operand->word, size);
	if (operand->is_single)
		return probe_add_row(run, operand->first);
	if ((operand->last - operand->first) / size >= BLOCKS_MAX)
		return usage_error("'%s' covers more than %d blocks", operand->word, BLOCKS_MAX);
	for (uint64_t address = operand->first;; address += size) {
		status = probe_add_row(run, address);
		if (status != EXIT_DONE || address + (size - 1) == operand->last)
			return status;
	}
}

unsigned int probe_flags(const struct probe_run *run)
{
	return run->args->force ? MEMHP_PROBE_FORCE : 0;
}

void probe_tell_refusal(const struct probe_row *row, size_t count)
{
	const struct memhp_probe *probe = &row->probe;
	char addresses[48];

	if (count > 1)
		snprintf(addresses, sizeof(addresses), "0x%" PRIx64 "-0x%" PRIx64, probe->address,
			 probe->address + (count * probe->block_size - 1));
	else
		snprintf(addresses, sizeof(addresses), "0x%" PRIx64, probe->address);
	if (row->error == E2BIG)
		error("%s exceeds the processor's %u-bit physical addresses; --force overrides", addresses,
		      probe->address_bits);
	else if (row->error == EBUSY)
		error("%s is in use by \"%s\" (0x%" PRIx64 "-0x%" PRIx64 "); --force overrides", addresses,
		      probe->resource, probe->resource_start, probe->resource_end);
	else
		error("cannot check the address: /proc/iomem is unreadable or hides its addresses; --force overrides");
}

int probe_check(const struct probe_run *run, struct probe_row *row)
{
	const int r = memhp_probe_judge(&row->probe, probe_flags(run));

	row->result = r == -EEXIST ? MEMHP_RESULT_ALREADY : MEMHP_RESULT_PLANNED;
	if (r == 0 || r == -EEXIST)
		return EXIT_DONE;
	row->error = -r;
	probe_tell_refusal(row, 1);
	return EXIT_FAILED;
}
