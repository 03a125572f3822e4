/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resolves operands to block ids. Pure: of the machine it knows only the list of blocks
 * and the sizes that the caller passes. operand.c parses.
 */
#include "operand.h"

#include "../../libmemhp/number.h"

/* The index of the first id that is not less than id. */
static size_t lower_bound(const struct blocks_there *there, uint64_t id)
{
	return number_place(there->ids, there->count, sizeof(*there->ids), id);
}

/* Splits first..last into the ids that exist and the holes between them. */
static enum resolve_problem resolve_range(const struct blocks_there *there, const struct operand *operand,
					  uint64_t first, uint64_t last, struct ranges *ids, struct ranges *holes)
{
	uint64_t next = first;
	bool found = false;
	int r = 0;

	for (size_t i = lower_bound(there, first); i < there->count && there->ids[i] <= last && r == 0; i++) {
		uint64_t id = there->ids[i];

		if (id > next)
			r = ranges_add(holes, next, id - 1);
		if (r == 0)
			r = ranges_add(ids, id, id);
		found = true;
		/* This wraps to 0 after the highest number, which no later block follows. */
		next = id + 1;
	}
	if (found && r == 0 && next <= last && next)
		r = ranges_add(holes, next, last);
	if (r < 0)
		return RESOLVE_NO_MEMORY;
	if (!found)
		return operand->is_single ? RESOLVE_NO_SUCH_BLOCK : RESOLVE_NO_BLOCKS;
	return RESOLVE_DONE;
}

bool blocks_there_find(const struct blocks_there *there, uint64_t first, uint64_t last, struct range *ret)
{
	const size_t begin = lower_bound(there, first);
	const size_t end = last == UINT64_MAX ? there->count : lower_bound(there, last + 1);

	if (begin >= end)
		return false;
	*ret = (struct range){ there->ids[begin], there->ids[end - 1] };
	return true;
}

/* The addresses of an operand of addresses or page frames. false: they exceed 64 bits. */
static bool addresses_of(const struct operand *operand, const struct blocks_there *there, struct range *ret)
{
	const uint64_t unit = operand->kind == OPERAND_FRAMES ? there->page_size : 1;

	if (operand->last > UINT64_MAX / unit)
		return false;
	*ret = (struct range){ operand->first * unit, operand->last * unit + (unit - 1) };
	return true;
}

static enum resolve_problem resolve_addresses(const struct operand *operand, const struct blocks_there *there,
					      bool whole_blocks, struct ranges *ids, struct ranges *holes,
					      struct operand *ret_failed)
{
	const uint64_t size = there->block_size;
	const uint64_t unit = operand->kind == OPERAND_FRAMES ? there->page_size : 1;
	struct range found = { 0 }, whole;

	if (!addresses_of(operand, there, &found))
		return RESOLVE_TOO_LARGE;
	whole = (struct range){ found.first / size * size, found.last / size * size + (size - 1) };
	if (whole_blocks && !operand->is_single && (whole.first != found.first || whole.last != found.last)) {
		ret_failed->first = whole.first / unit;
		ret_failed->last = whole.last / unit;
		return RESOLVE_CUT_BLOCK;
	}
	return resolve_range(there, operand, found.first / size, found.last / size, ids, holes);
}

static enum resolve_problem resolve_operand(const struct operand *operand, const struct blocks_there *there,
					    bool whole_blocks, struct ranges *ids, struct ranges *holes,
					    struct operand *ret_failed)
{
	switch (operand->kind) {
	case OPERAND_AMOUNT:
	case OPERAND_SHARE:
		return RESOLVE_DONE;
	case OPERAND_ALL:
		for (size_t i = 0; i < there->count; i++)
			if (ranges_add(ids, there->ids[i], there->ids[i]) < 0)
				return RESOLVE_NO_MEMORY;
		return RESOLVE_DONE;
	case OPERAND_BLOCKS:
		return resolve_range(there, operand, operand->first, operand->last, ids, holes);
	case OPERAND_ADDRESSES:
	case OPERAND_FRAMES:
		return resolve_addresses(operand, there, whole_blocks, ids, holes, ret_failed);
	}
	return RESOLVE_DONE;
}

bool operand_covers(const struct operand *operand, const struct blocks_there *there, uint64_t id)
{
	struct range found = { operand->first, operand->last };

	switch (operand->kind) {
	case OPERAND_ADDRESSES:
	case OPERAND_FRAMES:
		if (!addresses_of(operand, there, &found))
			return false;
		return id >= found.first / there->block_size && id <= found.last / there->block_size;
	case OPERAND_BLOCKS:
		return id >= found.first && id <= found.last;
	case OPERAND_ALL:
		return true;
	case OPERAND_AMOUNT:
	case OPERAND_SHARE:
		return false;
	}
	return false;
}

enum resolve_problem operands_resolve(const struct operands *operands, const struct blocks_there *there,
				      bool whole_blocks, struct ranges *ret_ids,
				      struct ranges *ret_holes, struct operand *ret_failed)
{
	for (size_t i = 0; i < operands->count; i++) {
		enum resolve_problem problem;

		*ret_failed = operands->items[i];
		problem = resolve_operand(&operands->items[i], there, whole_blocks, ret_ids, ret_holes, ret_failed);
		if (problem != RESOLVE_DONE)
			return problem;
	}
	ranges_sort(ret_ids);
	ranges_sort(ret_holes);
	return RESOLVE_DONE;
}
