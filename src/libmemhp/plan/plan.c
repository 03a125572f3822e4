/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Turns a request into steps in their order. Pure: everything it knows comes from the
 * snapshot, the scan and the forecast that it is given. judge.c judges the whole, and
 * run/run.c carries out the steps.
 */
#include <string.h>

#include "../sized.h"
#include "../zones/forecast.h"
#include "order.h"
#include "plan.h"

struct memhp_step {
	const struct memhp_block *block;
	const struct memhp_pages *pages;  /* or NULL */
	enum memhp_zone zone;
	bool is_certain, is_already, is_reserve;
	enum memhp_reason reason;  /* why it fails for certain, or NONE */
};

struct memhp_plan {
	struct memhp_request request;
	const struct memhp_snapshot *snapshot;  /* kept */
	const struct memhp_scan *scan;          /* that of the request, kept; or NULL */
	uint64_t block_size;
	uint64_t requested;
	struct memhp_step *steps;
	size_t count;
	struct memhp_passed *passed;
	size_t passed_count;
	struct memhp_pool pools[HUGE_SIZES_MAX];
	size_t pool_count;
};

static void predict_step(struct memhp_forecast *forecast, const struct memhp_request *request,
			 struct memhp_step *step)
{
	step->zone = MEMHP_ZONE_UNKNOWN;
	step->is_certain = true;
	step->reason = block_reason(request, step->block);
	if (request->action == MEMHP_ACTION_OFFLINE)
		return;
	if (step->is_already) {
		step->zone = memhp_block_zone(step->block);
		return;
	}
	step->zone = memhp_forecast_online(forecast, step->block, request->target, &step->is_certain);
	/* A reserve step follows a failure, about which nothing is known yet. */
	if (step->is_reserve && request->target == MEMHP_TARGET_AUTO)
		step->is_certain = false;
}

static int plan_predict(struct memhp_plan *plan)
{
	cleanup(cleanup_memhp_forecast_free) struct memhp_forecast *forecast = NULL;
	const struct memhp_forecast *given = plan->request.forecast;
	int r = 0;

	if (given && given->snapshot != plan->snapshot)
		return -EINVAL;
	if (plan->request.action == MEMHP_ACTION_ONLINE)
		r = given ? memhp_forecast_copy(given, &forecast) : forecast_new(plan->snapshot, NULL, &forecast);
	for (size_t i = 0; i < plan->count && r == 0; i++)
		predict_step(forecast, &plan->request, &plan->steps[i]);
	plan->request.forecast = NULL;
	return r;
}

static int compare_blocks(const struct memhp_block *a, const struct memhp_block *b)
{
	return number_compare(memhp_block_id(a), memhp_block_id(b));
}

static int ascending(const void *a, const void *b)
{
	const struct memhp_step *x = a, *y = b;

	return compare_blocks(x->block, y->block);
}

static int descending(const void *a, const void *b)
{
	return ascending(b, a);
}

static void plan_sort(struct memhp_plan *plan)
{
	qsort(plan->steps, plan->count, sizeof(*plan->steps),
	      plan->request.action == MEMHP_ACTION_OFFLINE ? descending : ascending);
}

/* A block that is named twice is one step. */
static void drop_duplicates(struct memhp_plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (!kept || plan->steps[kept - 1].block != plan->steps[i].block)
			plan->steps[kept++] = plan->steps[i];
	plan->count = kept;
}

/* Drops the steps that the request passes over, and notes them. */
static void pass_over(struct memhp_plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct memhp_block *block = plan->steps[i].block;
		const enum memhp_pass why = block_pass(&plan->request, block);

		if (why)
			plan->passed[plan->passed_count++] = (struct memhp_passed){ .block = block, .why = why };
		else
			plan->steps[kept++] = plan->steps[i];
	}
	plan->count = kept;
}

/* Finds the requested blocks; they are not yet sorted. */
static int plan_find_blocks(struct memhp_plan *plan)
{
	const struct memhp_block *block;

	for (size_t i = 0; i < plan->request.block_count; i++) {
		block = memhp_snapshot_find(plan->snapshot, plan->request.blocks[i]);
		if (!block)
			return -ENOENT;
		plan->steps[plan->count++] = (struct memhp_step){ .block = block };
	}
	if (plan->request.all)
		memhp_snapshot_foreach(plan->snapshot, block)
			plan->steps[plan->count++] = (struct memhp_step){ .block = block };
	return 0;
}

static int plan_collect(struct memhp_plan *plan, uint64_t *ret_already)
{
	const struct memhp_request *request = &plan->request;
	int r = plan_find_blocks(plan);

	if (r < 0)
		return r;
	plan_sort(plan);
	drop_duplicates(plan);
	pass_over(plan);
	for (size_t i = 0; i < plan->count; i++) {
		plan->steps[i].is_already = block_is_already(request, plan->steps[i].block);
		if (plan->steps[i].is_already &&
		    zone_is_wanted(memhp_block_zone(plan->steps[i].block), request->action, request->target))
			*ret_already += plan->block_size;
	}
	return 0;
}

/* Sorts the blocks that take the least work first, and drops those that can never go offline. */
static int order_by_work(struct memhp_plan *plan, uint64_t wanted)
{
	cleanup(cleanup_free) struct order_item *items = calloc(plan->count + 1, sizeof(*items));
	size_t count = 0;
	int r = 0;

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		items[count] = (struct order_item){ .block = plan->steps[i].block };
		order_rate(&items[count], plan->request.scan);
		count += !items[count].is_never;
	}
	order_sort(items, count);
	if (plan->request.whole_devices || plan->request.unplug)
		r = order_whole_devices(items, count, plan->snapshot, wanted, plan->request.unplug);
	for (size_t i = 0; i < count; i++)
		plan->steps[i] = (struct memhp_step){
			.block = items[i].block, .pages = items[i].pages,
			.is_already = block_is_already(&plan->request, items[i].block) };
	plan->count = count;
	return r;
}

/* Keeps only the candidates; the first ones are needed, the others are in reserve. */
static int plan_choose(struct memhp_plan *plan, uint64_t already)
{
	uint64_t wanted = plan->request.amount;
	size_t kept = 0;
	int r = 0;

	if (plan->request.total)
		wanted = wanted > already ? wanted - already : 0;
	plan->requested = wanted;
	for (size_t i = 0; i < plan->count && wanted; i++)
		if (block_is_candidate(&plan->request, plan->steps[i].block))
			plan->steps[kept++] = plan->steps[i];
	plan->count = kept;
	if (plan->request.action == MEMHP_ACTION_OFFLINE)
		r = order_by_work(plan, wanted / plan->block_size);
	for (size_t i = 0; i < plan->count; i++)
		plan->steps[i].is_reserve = i >= wanted / plan->block_size;
	return r;
}

/* Blocks that were named keep their order, but their pages are shown, too. */
static void add_pages(struct memhp_plan *plan)
{
	for (size_t i = 0; plan->request.scan && i < plan->count; i++)
		plan->steps[i].pages = memhp_scan_find(plan->request.scan, plan->steps[i].block);
}

/* The pools of huge pages that the steps shrink. */
static int plan_find_pools(struct memhp_plan *plan)
{
	cleanup(cleanup_free) struct pool_block *blocks = calloc(plan->count + 1, sizeof(*blocks));
	size_t count = 0;
	int r;

	if (!blocks)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		const struct memhp_step *step = &plan->steps[i];

		if (step->pages && step->pages->counts[MEMHP_PAGE_HUGE] && !step->is_already && !step->is_reserve &&
		    !step->reason)
			blocks[count++] = (struct pool_block){ memhp_block_start(step->block), step->pages };
	}
	r = count ? pools_find(blocks, count, plan->block_size, scan_room(plan->request.scan), plan->pools) : 0;
	plan->pool_count = r > 0 ? (size_t)r : 0;
	return r < 0 ? r : 0;
}

/* Refuses what the library does not know before it decides anything by it. */
static int request_check(const struct memhp_request *request, uint64_t block_size)
{
	if ((unsigned int)request->action > MEMHP_ACTION_OFFLINE || !target_exists(request->target))
		return -EINVAL;
	/* For an amount the list may be empty. Without a list and without all, nothing was requested. */
	if (request->all ? request->blocks || request->block_count : !request->blocks)
		return -EINVAL;
	if (!request->all && !request->block_count && !request->amount)
		return -EINVAL;
	if (request->amount % block_size || (request->unplug && request->action != MEMHP_ACTION_OFFLINE))
		return -EINVAL;
	return 0;
}

int memhp_plan_new(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
		   struct memhp_plan **ret)
{
	cleanup(cleanup_memhp_plan_free) struct memhp_plan *plan = calloc(1, sizeof(*plan));
	uint64_t already = 0;
	size_t count;
	int r;

	if (!plan)
		return -ENOMEM;
	r = sized_take(&plan->request, offsetof(struct memhp_request, reserved), request);
	if (r < 0)
		return r;
	plan->snapshot = snapshot_keep(snapshot);
	plan->scan = scan_keep(plan->request.scan);
	plan->block_size = memhp_snapshot_block_size(snapshot);
	/* Without these, every block would seem to need the change. */
	if (!snapshot_has(snapshot, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN))
		return -EINVAL;
	r = request_check(&plan->request, plan->block_size);
	if (r < 0)
		return r;
	count = plan->request.all ? memhp_snapshot_count(snapshot) : plan->request.block_count;
	plan->steps = calloc(count + 1, sizeof(*plan->steps));
	plan->passed = calloc(count + 1, sizeof(*plan->passed));
	if (!plan->steps || !plan->passed)
		return -ENOMEM;
	r = plan_collect(plan, &already);
	if (r < 0)
		return r;
	plan->requested = plan->count * plan->block_size;
	r = plan->request.amount ? plan_choose(plan, already) : 0;
	if (r < 0)
		return r;
	add_pages(plan);
	r = plan_predict(plan);
	if (r == 0)
		r = plan_find_pools(plan);
	if (r < 0)
		return r;
	plan->request.blocks = NULL;
	*ret = take_ptr(plan);
	return 0;
}

struct memhp_plan *memhp_plan_free(struct memhp_plan *plan)
{
	if (!plan)
		return NULL;
	scan_drop(plan->scan);
	snapshot_drop(plan->snapshot);
	free(plan->steps);
	free(plan->passed);
	free(plan);
	return NULL;
}

const struct memhp_request *plan_request(const struct memhp_plan *plan)
{
	return &plan->request;
}

uint64_t plan_block_size(const struct memhp_plan *plan)
{
	return plan->block_size;
}

const struct memhp_snapshot *plan_snapshot(const struct memhp_plan *plan)
{
	return plan->snapshot;
}

size_t plan_step_count(const struct memhp_plan *plan)
{
	return plan->count;
}

uint64_t memhp_plan_requested(const struct memhp_plan *plan)
{
	return plan->requested;
}

uint64_t memhp_plan_pending(const struct memhp_plan *plan)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (!plan->steps[i].is_already && !plan->steps[i].is_reserve && !plan->steps[i].reason)
			bytes += plan->block_size;
	return bytes;
}

uint64_t memhp_plan_available(const struct memhp_plan *plan)
{
	return plan->count * plan->block_size;
}

const struct memhp_step *memhp_plan_next(const struct memhp_plan *plan, const struct memhp_step *prev)
{
	const struct memhp_step *next = prev ? prev + 1 : plan->steps;

	return next < plan->steps + plan->count ? next : NULL;
}

const struct memhp_passed *memhp_plan_next_passed(const struct memhp_plan *plan, const struct memhp_passed *prev)
{
	const struct memhp_passed *next = prev ? prev + 1 : plan->passed;

	return next < plan->passed + plan->passed_count ? next : NULL;
}

const struct memhp_pool *memhp_plan_next_pool(const struct memhp_plan *plan, const struct memhp_pool *prev)
{
	const struct memhp_pool *next = prev ? prev + 1 : plan->pools;

	return next < plan->pools + plan->pool_count ? next : NULL;
}

const struct memhp_block *memhp_step_block(const struct memhp_step *step)
{
	return step->block;
}

const struct memhp_pages *memhp_step_pages(const struct memhp_step *step)
{
	return step->pages;
}

bool memhp_step_is_already(const struct memhp_step *step)
{
	return step->is_already;
}

bool memhp_step_is_reserve(const struct memhp_step *step)
{
	return step->is_reserve;
}

enum memhp_zone memhp_step_zone(const struct memhp_step *step)
{
	return step->zone;
}

enum memhp_reason memhp_step_reason(const struct memhp_step *step)
{
	return step->reason;
}

bool memhp_step_is_certain(const struct memhp_step *step)
{
	return step->is_certain;
}
