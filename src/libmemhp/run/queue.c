/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which step of a plan is next. A fresh plan keeps its order. If it is old, or pages
 * were migrated since, the next block is scanned again, and a better one takes its place
 * if it has filled up. How a block is rated is decided in plan/order.c.
 */
#include "../plan/order.h"
#include "run.h"

/* What is known about the pages of a block is out of date after this time. */
#define FRESH_MS 2000
/* How many of the next steps are considered. */
#define WINDOW 16

struct queued {
	const struct memhp_step *step;
	uint64_t work, seen_ms;
	bool is_movable;
	bool is_kept;                  /* not even tried: it now has pages that can never be moved */
};

struct queue {
	struct queued *steps;
	size_t count, next;
	struct pagefile file;
	uint64_t moved_ms;             /* when pages were last migrated */
	bool is_by_work;
};

struct queue *queue_free(struct queue *queue)
{
	if (!queue)
		return NULL;
	pagefile_close(&queue->file);
	free(queue->steps);
	free(queue);
	return NULL;
}

static void queue_add(struct queue *queue, const struct memhp_step *step, uint64_t seen_ms)
{
	const struct memhp_pages *pages = memhp_step_pages(step);

	queue->steps[queue->count++] = (struct queued){
		.step = step,
		.work = pages ? memhp_pages_work(pages) : UINT64_MAX,
		.seen_ms = seen_ms,
		.is_movable = memhp_block_zone(memhp_step_block(step)) == MEMHP_ZONE_MOVABLE,
	};
}

int queue_new(const struct memhp *memhp, const struct memhp_plan *plan, struct queue **ret)
{
	cleanup(cleanup_queue_free) struct queue *queue = calloc(1, sizeof(*queue));
	const struct memhp_request *request = plan_request(plan);
	const struct memhp_step *step;

	if (!queue)
		return -ENOMEM;
	queue->file = (struct pagefile)PAGEFILE_CLOSED;
	queue->steps = calloc(plan_step_count(plan) + 1, sizeof(*queue->steps));
	if (!queue->steps)
		return -ENOMEM;
	/* Devices to be emptied as a whole are emptied one after another. */
	queue->is_by_work = request->amount && request->scan && !request->whole_devices && !request->unplug &&
			    request->action == MEMHP_ACTION_OFFLINE &&
			    pagefile_open(memhp, plan_block_size(plan), &queue->file) == 0;
	memhp_plan_foreach(plan, step)
		queue_add(queue, step, queue->is_by_work ? scan_taken_ms(request->scan) : 0);
	*ret = take_ptr(queue);
	return 0;
}

int queue_append(struct queue *queue, const struct memhp_plan *plan)
{
	struct queued *steps = reallocarray(queue->steps, queue->count + plan_step_count(plan) + 1, sizeof(*steps));
	const struct memhp_step *step;

	if (!steps)
		return -ENOMEM;
	queue->steps = steps;
	memhp_plan_foreach(plan, step)
		queue_add(queue, step, 0);
	return 0;
}

void queue_note_moved(struct queue *queue)
{
	/* The previous step migrated pages, unless it had no work. */
	if (queue->steps[queue->next - 1].work > PAGES_NO_WORK)
		queue->moved_ms = clock_ms();
}

static bool is_stale(const struct queue *queue, const struct queued *queued)
{
	return queued->work != UINT64_MAX &&
	       (queued->seen_ms <= queue->moved_ms || clock_ms() - queued->seen_ms > FRESH_MS);
}

static void look_again(const struct queue *queue, struct queued *queued)
{
	struct memhp_pages pages = { .id = memhp_block_id(memhp_step_block(queued->step)) };

	pagefile_sum(&queue->file, pages.id, &pages);
	queued->seen_ms = clock_ms();
	if (pages.error)
		return;
	queued->work = memhp_pages_work(&pages);
	queued->is_kept = pages.counts[MEMHP_PAGE_RESERVED] > 0;
}

/* The best of the next few steps that are comparable with the first one. */
static size_t best_of(const struct queue *queue)
{
	const struct queued *first = &queue->steps[queue->next];
	size_t best = queue->next;

	for (size_t i = queue->next + 1; i < queue->count && i < queue->next + WINDOW; i++)
		if (queue->steps[i].is_movable == first->is_movable && queue->steps[i].work < queue->steps[best].work)
			best = i;
	/* A few pages more or less do not justify another order. */
	return queue->steps[best].work + PAGES_NO_WORK < first->work ? best : queue->next;
}

static void move_to_front(struct queue *queue, size_t from)
{
	struct queued queued = queue->steps[from];

	for (size_t i = from; i > queue->next; i--)
		queue->steps[i] = queue->steps[i - 1];
	queue->steps[queue->next] = queued;
}

const struct memhp_step *queue_next(struct queue *queue)
{
	for (unsigned int tries = 0; queue->next < queue->count; tries++) {
		struct queued *first = &queue->steps[queue->next];
		size_t best;

		if (queue->is_by_work && tries < WINDOW && is_stale(queue, first)) {
			look_again(queue, first);
			best = best_of(queue);
			if (best != queue->next) {
				move_to_front(queue, best);
				continue;
			}
		}
		queue->next++;
		if (!first->is_kept)
			return first->step;
	}
	return NULL;
}
