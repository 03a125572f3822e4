/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Draws the progress line of a change on a terminal: how much is done, which block is
 * being changed and about how long the rest takes. The result is printed by
 * change-report.c.
 */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>

#include "../base/message.h"
#include "../base/text.h"

/* A change that takes less time gets no progress line. */
#define PATIENCE_MS 1000

/* The estimated time for a block: by its pages where it was scanned. */
static uint64_t progress_reckon(const struct change_context *context, const struct memhp_block *block)
{
	const struct memhp_pages *pages = context->scan ? memhp_scan_find(context->scan, block) : NULL;

	return pages ? estimate_ms(pages) : ESTIMATE_BLOCK_MS;
}

void progress_begin(struct progress *progress, const struct change_context *context, const struct memhp_plan *plan)
{
	const struct memhp_step *step;

	*progress = (struct progress){
		.context = context,
		.begin_ms = clock_ms(),
		.total = memhp_plan_requested(plan) / context->block_size,
		.is_wanted = context->args->progress != PROGRESS_NEVER && message_is_watched(context->globals),
	};
	progress->pace.limit_ms = context->args->timeout_ms;
	memhp_plan_foreach(plan, step) {
		if (memhp_step_is_reserve(step))
			progress->reserves++;
		else if (!memhp_step_is_already(step))
			progress->pace.left += progress_reckon(context, memhp_step_block(step));
	}
	/* A device is not replaced by another one. */
	if (context->args->unplug)
		progress->reserves = 0;
}

/* Whether the plan leaves the block as it is. */
static bool was_already(const struct progress *progress, const struct memhp_block *block)
{
	const bool goes_online = progress->context->action == MEMHP_ACTION_ONLINE;

	return memhp_block_state(block) == (goes_online ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE);
}

static void progress_note_end(struct progress *progress, const struct memhp_outcome *outcome)
{
	const bool is_done = outcome->result == MEMHP_RESULT_DONE || outcome->result == MEMHP_RESULT_ALREADY;
	struct pace *pace = &progress->pace;
	const uint64_t expected = progress_reckon(progress->context, outcome->block);

	progress->done += is_done;
	pace->present = pace->present_ms = 0;
	if (was_already(progress, outcome->block))
		return;
	pace->finished += expected;
	if (!is_done && progress->reserves)
		progress->reserves--;
	else
		pace->left -= expected < pace->left ? expected : pace->left;
}

static void progress_note_present(struct progress *progress, const struct memhp_outcome *outcome)
{
	if (was_already(progress, outcome->block))
		return;
	progress->pace.present = progress_reckon(progress->context, outcome->block);
	progress->pace.present_ms = outcome->elapsed_ms;
}

static void progress_draw(struct progress *progress, const struct memhp_outcome *outcome)
{
	const struct change_context *context = progress->context;
	char done[24], total[24], limit[32] = "", rest[48] = "";

	progress->is_shown = true;
	if (context->args->unplug && outcome->result == MEMHP_RESULT_PLANNED && outcome->state == MEMHP_STATE_OFFLINE) {
		fputs("\r\033[K", stderr);
		text_print(stderr, "removing %s: %" PRIu64 "s", memhp_block_device(outcome->block),
			   outcome->elapsed_ms / 1000);
		fflush(stderr);
		return;
	}
	size_text(progress->done * context->block_size, done);
	size_text(progress->total * context->block_size, total);
	if (context->args->timeout_ms)
		snprintf(limit, sizeof(limit), "/%" PRIu64 "s", context->args->timeout_ms / 1000);
	if (progress->pace.finished)
		snprintf(rest, sizeof(rest), ", about %" PRIu64 "s left", estimate_rest_ms(&progress->pace) / 1000 + 1);
	fprintf(stderr, "\r\033[K%" PRIu64 "/%" PRIu64 " blocks, %s/%s, block %" PRIu64 ": %" PRIu64 "s%s%s",
		progress->done, progress->total, done, total, memhp_block_id(outcome->block),
		outcome->elapsed_ms / 1000, limit, rest);
	fflush(stderr);
}

void progress_update(struct progress *progress, const struct memhp_outcome *outcome)
{
	progress->pace.elapsed_ms = clock_ms() - progress->begin_ms;
	if (outcome->result == MEMHP_RESULT_PLANNED)
		progress_note_present(progress, outcome);
	else if (outcome->result != MEMHP_RESULT_ROLLED_BACK && outcome->result != MEMHP_RESULT_REMOVED)
		progress_note_end(progress, outcome);
	if (progress->is_wanted && progress->pace.elapsed_ms >= PATIENCE_MS)
		progress_draw(progress, outcome);
}

void progress_end(struct progress *progress)
{
	if (progress->is_shown)
		fputs("\r\033[K", stderr);
	progress->is_shown = false;
}
