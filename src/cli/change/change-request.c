/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns operands, filters and options into the request that the library plans: which
 * blocks, or how much memory. change-plan.c makes the plan.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../input/selection.h"
#include "../shared/guard.h"
#include "../shared/scanning.h"
#include "change-plan.h"
#include "change-unplug.h"

DEFINE_CLEANUP(struct memhp_plan *, memhp_plan_free)

/* Finds the amount among the operands. *ret is 0 if there is none. */
static int find_amount(const struct operands *operands, uint64_t block_size, uint64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < operands->count; i++) {
		const struct operand *operand = &operands->items[i];

		if (operand->kind != OPERAND_AMOUNT)
			continue;
		*ret = operand->first;
		return selection_check_amount("", operand->word, operand->first, block_size);
	}
	return EXIT_DONE;
}

/* The bytes of the share among the operands, of so many blocks; other: there is none. */
static uint64_t find_share(const struct operands *operands, uint64_t block_size, uint64_t count, uint64_t other)
{
	for (size_t i = 0; i < operands->count; i++)
		if (operands->items[i].kind == OPERAND_SHARE)
			return operand_share_of(&operands->items[i], count) * block_size;
	return other;
}

static bool operands_cover(const struct change_context *context, const struct operands *operands,
			   const struct memhp_block *block)
{
	const struct blocks_there there = {
		.block_size = context->block_size,
		.page_size = memhp_page_size(context->memhp),
	};

	for (size_t i = 0; i < operands->count; i++)
		if (operand_covers(&operands->items[i], &there, memhp_block_id(block)))
			return true;
	return false;
}

/* Blocks and addresses among the operands select the blocks. Without them, all blocks are candidates. */
static int choose_blocks(const struct change_context *context, const struct operands *operands,
			 const struct memhp_snapshot *snapshot, struct ranges *ret)
{
	const struct change_args *args = context->args;
	const struct filters *filters = &args->filters;
	cleanup(selection_free) struct selection selection = { 0 };
	const struct memhp_block *block;
	bool is_limited = operands_name_blocks(operands) || operands_count(operands, OPERAND_ALL);
	const struct operands none = { 0 };
	int status = selection_resolve(is_limited ? operands : &none, filters, context->memhp, snapshot, true, &selection);

	if (status != EXIT_DONE)
		return status;
	memhp_snapshot_foreach(snapshot, block) {
		if (!selection_has(&selection, block) || !filters_pass(filters, block) ||
		    (args->exclude && operands_cover(context, args->exclude, block)))
			continue;
		if (ranges_add(ret, memhp_block_id(block), memhp_block_id(block)) < 0)
			return library_error("operands", -ENOMEM);
	}
	return EXIT_DONE;
}

static uint64_t *list_ids(const struct ranges *ranges, size_t *ret_count)
{
	const size_t count = ranges_size(ranges);
	uint64_t *ids = calloc(count + 1, sizeof(*ids));

	*ret_count = 0;
	for (size_t i = 0; ids && i < ranges->count; i++)
		for (uint64_t id = ranges->items[i].first; *ret_count < count; id++) {
			ids[(*ret_count)++] = id;
			if (id == ranges->items[i].last)
				break;
		}
	return ids;
}

bool change_takes(const struct change_context *context, const struct memhp_block *block)
{
	const struct operands *operands = context->operands, *exclude = context->args->exclude;
	const bool is_limited = operands->count > operands_count_amounts(operands);

	return filters_pass(&context->args->filters, block) && (!is_limited || operands_cover(context, operands, block)) &&
	       !(exclude && operands_cover(context, exclude, block));
}

/* Whether blocks are named, and not only counted or filtered by what they have in common. 'all' names nothing. */
static bool are_named(const struct change_args *args, const struct operands *operands)
{
	return args->filters.origins || args->filters.device_lists || operands_name_blocks(operands);
}

/* Keeps the blocks that pass the filters that need a scan. The scan then serves the plan, too. */
static int narrow_by_pages(const struct change_context *context, const struct memhp_snapshot *snapshot,
			   struct memhp_scan **ret_scan, struct ranges *blocks)
{
	const struct page_filters *filters = &context->args->page_filters;
	struct scan_request scan = {
		.globals = context->globals,
		.no_progress = context->args->progress == PROGRESS_NEVER,
		.is_asked_for = true,
		.is_for_plan = filters->offlinable,
		.limit = context->deadline,
		.stop_fd = context->stop_fd,
	};
	cleanup(cleanup_free) uint64_t *ids = list_ids(blocks, &scan.count);
	int status;

	if (!ids)
		return library_error("scan", -ENOMEM);
	if (!scan.count)
		return EXIT_DONE;
	scan.ids = ids;
	status = scan_blocks(context->memhp, snapshot, &scan, ret_scan);
	if (status == EXIT_DONE && context->stop_fd >= 0 &&
	    poll(&(struct pollfd){ .fd = context->stop_fd, .events = POLLIN }, 1, 0) > 0)
		return guard_stopped();
	if (status == EXIT_DONE && limit_is_over(context->deadline)) {
		error("the deadline passed before the pages of all blocks were read");
		return EXIT_TIMEOUT;
	}
	if (status == EXIT_DONE)
		status = page_filters_check(filters, *ret_scan, snapshot);
	if (status != EXIT_DONE)
		return status;
	/* A block that was not read may be a bad one. */
	if (*ret_scan && scan_tell_faults(context->globals, *ret_scan, snapshot, filters->poisoned ? error : warning) &&
	    filters->poisoned)
		return EXIT_FAILED;
	ranges_free(blocks);
	for (size_t i = 0; i < scan.count; i++)
		if (page_filters_pass(filters, *ret_scan, memhp_snapshot_find(snapshot, ids[i])) &&
		    ranges_add(blocks, ids[i], ids[i]) < 0)
			return library_error("operands", -ENOMEM);
	return EXIT_DONE;
}

/* What does not depend on the blocks that are there. */
static struct memhp_request request_begin(const struct change_context *context, const struct operands *operands)
{
	const struct change_args *args = context->args;

	return (struct memhp_request){
		.size = sizeof(struct memhp_request),
		.action = context->action,
		.target = args->target,
		.total = args->total,
		.driver_managed = are_named(args, operands),
		.zone_dma = are_named(args, operands) || args->filters.zones >> MEMHP_ZONE_DMA & 1,
		.skip_misplaced = !are_named(args, operands) && !args->filters.zones,
		.whole_devices = args->whole_devices,
		.unplug = args->unplug,
	};
}

/* A driver that adds more as soon as what it has added is online need not be waited for. */
static bool is_refilled(const struct change_context *context, const struct memhp_block *block)
{
	const enum memhp_origin origin = memhp_block_origin(block);

	return context->action == MEMHP_ACTION_ONLINE && memhp_block_state(block) == MEMHP_STATE_OFFLINE &&
	       (origin == MEMHP_ORIGIN_VIRTIO_MEM || origin == MEMHP_ORIGIN_HV_BALLOON || origin == MEMHP_ORIGIN_XEN);
}

int change_check_amount(const struct change_context *context)
{
	uint64_t amount;

	return find_amount(context->operands, context->block_size, &amount);
}

int change_suffices(const struct change_context *context, const struct memhp_snapshot *snapshot)
{
	cleanup(ranges_free) struct ranges blocks = { 0 };
	cleanup(cleanup_memhp_plan_free) struct memhp_plan *plan = NULL;
	cleanup(cleanup_free) uint64_t *ids = NULL;
	struct memhp_request request = request_begin(context, context->operands);
	const struct memhp_block *block;
	int r;

	(void)find_amount(context->operands, context->block_size, &request.amount);
	memhp_snapshot_foreach(snapshot, block) {
		if (!change_takes(context, block))
			continue;
		if (is_refilled(context, block))
			return 1;
		if (ranges_add(&blocks, memhp_block_id(block), memhp_block_id(block)) < 0)
			return -ENOMEM;
	}
	ids = list_ids(&blocks, &request.block_count);
	if (!ids)
		return -ENOMEM;
	if (!request.block_count)
		return 0;
	request.blocks = ids;
	r = memhp_plan_new(snapshot, &request, &plan);
	return r < 0 ? r : memhp_plan_available(plan) >= memhp_plan_requested(plan);
}

int change_request(const struct change_context *context, const struct memhp_snapshot *snapshot,
		   const struct operands *operands, struct memhp_scan **ret_scan, uint64_t **ret_ids,
		   struct memhp_request *ret)
{
	const struct change_args *args = context->args;
	cleanup(ranges_free) struct ranges blocks = { 0 };
	int status;

	*ret = request_begin(context, operands);
	status = find_amount(operands, context->block_size, &ret->amount);
	if (status == EXIT_DONE)
		status = choose_blocks(context, operands, snapshot, &blocks);
	if (status == EXIT_DONE && page_filters_are_given(&args->page_filters))
		status = narrow_by_pages(context, snapshot, ret_scan, &blocks);
	ret->amount = find_share(operands, context->block_size, ranges_size(&blocks), ret->amount);
	if (status == EXIT_DONE && args->unplug)
		status = unplug_narrow(context, ret->amount > 0, &blocks);
	if (status != EXIT_DONE)
		return status;
	*ret_ids = list_ids(&blocks, &ret->block_count);
	ret->blocks = *ret_ids;
	return *ret_ids ? EXIT_DONE : library_error("plan", -ENOMEM);
}
