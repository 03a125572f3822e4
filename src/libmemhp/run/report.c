/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The outcomes of the blocks of a run: the names of results, the getters, and
 * the memory that an outcome owns. attempt.c, unplug.c and rollback.c fill in
 * the outcomes.
 */
#include <string.h>

#include "run.h"

static const char *const result_names[] = {
	[MEMHP_RESULT_PLANNED] = "planned",
	[MEMHP_RESULT_DONE] = "done",
	[MEMHP_RESULT_ALREADY] = "already",
	[MEMHP_RESULT_FAILED] = "failed",
	[MEMHP_RESULT_TIMEOUT] = "timeout",
	[MEMHP_RESULT_INTERRUPTED] = "interrupted",
	[MEMHP_RESULT_SKIPPED] = "skipped",
	[MEMHP_RESULT_ROLLED_BACK] = "rolled-back",
	[MEMHP_RESULT_UNSETTLED] = "unsettled",
	[MEMHP_RESULT_REMOVED] = "removed",
};

const char *memhp_result_name(enum memhp_result result)
{
	return (size_t)result < sizeof(result_names) / sizeof(result_names[0]) ? result_names[result] : NULL;
}

/* Another kernel zone makes no difference; Movable instead of a kernel zone does, and the reverse. */
static bool outcome_has_another_zone(const struct memhp_outcome *outcome)
{
	const enum memhp_zone before = memhp_block_zone(outcome->block), after = outcome->zone;

	return before != MEMHP_ZONE_UNKNOWN && after != MEMHP_ZONE_UNKNOWN && before != after &&
	       (before == MEMHP_ZONE_MOVABLE || after == MEMHP_ZONE_MOVABLE);
}

/* Whether a write of ours left the block in a stable state that differs from the one before, or another
 * agent brought it back in another kind of zone. */
static bool outcome_differs(const struct memhp_outcome *outcome)
{
	if (!outcome->attempts || (outcome->state != MEMHP_STATE_ONLINE && outcome->state != MEMHP_STATE_OFFLINE))
		return false;
	return outcome->state != memhp_block_state(outcome->block) || outcome_has_another_zone(outcome);
}

bool memhp_outcome_has_changed(const struct memhp_outcome *outcome)
{
	switch (outcome->result) {
	case MEMHP_RESULT_DONE:
	case MEMHP_RESULT_REMOVED:
		return true;
	case MEMHP_RESULT_FAILED:
		return outcome_differs(outcome);
	case MEMHP_RESULT_ROLLED_BACK:
		return outcome_has_another_zone(outcome);
	case MEMHP_RESULT_PLANNED:
	case MEMHP_RESULT_ALREADY:
	case MEMHP_RESULT_TIMEOUT:
	case MEMHP_RESULT_INTERRUPTED:
	case MEMHP_RESULT_SKIPPED:
	case MEMHP_RESULT_UNSETTLED:
		return false;
	}
	return false;
}

void outcome_set_log(struct outcome *outcome, char *kernel_log)
{
	free(outcome->kernel_log);
	outcome->kernel_log = kernel_log;
	outcome->told.kernel_log = kernel_log;
}

void outcome_set_kept(struct outcome *outcome, const struct page_dump *dump)
{
	outcome->told.kept = NULL;
	if (!dump || dump->pfn == UINT64_MAX)
		return;
	outcome->dump = *dump;
	outcome->kept = (struct memhp_kept_page){
		.pfn = dump->pfn,
		.file = dump->file[0] ? outcome->dump.file : NULL,
		.mapping = dump->mapping[0] ? outcome->dump.mapping : NULL,
		.device = dump->device[0] ? outcome->dump.device : NULL,
		.major = dump->major, .minor = dump->minor,
	};
	outcome->told.kept = &outcome->kept;
}

void outcome_set_findings(struct outcome *outcome, struct findings *findings)
{
	struct memhp_outcome *told = &outcome->told;

	free(outcome->findings);
	outcome->findings = findings;
	told->pages = findings ? &findings->pages : NULL;
	told->huge_size = findings ? findings->huge_size : 0;
	told->held = findings ? findings->held.pfns : NULL;
	told->held_count = findings ? findings->held.count : 0;
	told->found = findings;
	told->processes = findings ? findings->processes : 0;
	told->processes_seen = findings ? findings->processes_seen : 0;
}

void outcome_take_failure(struct outcome *outcome, struct outcome *from)
{
	outcome->told.result = from->told.result;
	outcome->told.error = from->told.error;
	outcome->told.reason = from->told.reason;
	outcome->told.blocker = from->told.blocker;
	outcome->told.has_found_bug = from->told.has_found_bug;
	outcome->told.has_held_pages = from->told.has_held_pages;
	outcome->told.lacks_room = from->told.lacks_room;
	outcome_set_kept(outcome, from->told.kept ? &from->dump : NULL);
	from->told.error = 0;
	from->told.reason = MEMHP_REASON_NONE;
	from->told.blocker = NULL;
	from->told.has_held_pages = from->told.lacks_room = from->told.has_found_bug = false;
	outcome_set_log(outcome, take_ptr(from->kernel_log));
	outcome_set_findings(outcome, take_ptr(from->findings));
	outcome_clear(from);
}

void outcome_clear(struct outcome *outcome)
{
	outcome_set_log(outcome, NULL);
	outcome_set_findings(outcome, NULL);
	outcome_set_kept(outcome, NULL);
}

/* What points into an outcome has to follow it. */
int report_grow(struct memhp_report *report, size_t count)
{
	struct outcome *outcomes = reallocarray(report->outcomes, report->size + count, sizeof(*outcomes));

	if (!outcomes)
		return -ENOMEM;
	memset(outcomes + report->size, 0, count * sizeof(*outcomes));
	report->outcomes = outcomes;
	report->size += count;
	for (size_t i = 0; i < report->count; i++)
		if (outcomes[i].told.kept)
			outcome_set_kept(&outcomes[i], &outcomes[i].dump);
	return 0;
}

struct memhp_report *memhp_report_free(struct memhp_report *report)
{
	if (!report)
		return NULL;
	for (size_t i = 0; i < report->count; i++)
		outcome_clear(&report->outcomes[i]);
	free(report->outcomes);
	for (size_t i = 0; i < report->added_count; i++)
		memhp_plan_free(report->added[i]);
	free(report->added);
	snapshot_drop(report->snapshot);
	free(report);
	return NULL;
}

const struct memhp_outcome *memhp_report_next(const struct memhp_report *report,
					      const struct memhp_outcome *prev)
{
	/* The public part is the first member of an outcome. */
	const struct outcome *next = prev ? (const struct outcome *)prev + 1 : report->outcomes;

	return next < report->outcomes + report->count ? &next->told : NULL;
}

const struct memhp_holder *memhp_outcome_next_holder(const struct memhp_outcome *outcome,
						     const struct memhp_holder *prev)
{
	const struct findings *found = outcome->found;
	const struct memhp_holder *next = !found ? NULL : prev ? prev + 1 : found->holders;

	return found && next < found->holders + found->holder_count ? next : NULL;
}

const struct memhp_suspect *memhp_outcome_next_suspect(const struct memhp_outcome *outcome,
						       const struct memhp_suspect *prev)
{
	const struct findings *found = outcome->found;
	const struct memhp_suspect *next = !found ? NULL : prev ? prev + 1 : found->suspects;

	return found && next < found->suspects + found->suspect_count ? next : NULL;
}

bool report_is_met(const struct memhp_report *report, bool with_removals)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < report->count; i++) {
		const enum memhp_result result = report->outcomes[i].told.result;

		/* No other block replaces one that was not removed. */
		if (with_removals && result != MEMHP_RESULT_REMOVED)
			return false;
		if (result == MEMHP_RESULT_DONE || result == MEMHP_RESULT_ALREADY || result == MEMHP_RESULT_REMOVED)
			bytes += report->block_size;
	}
	return bytes >= report->requested;
}

bool memhp_report_is_met(const struct memhp_report *report)
{
	return report_is_met(report, report->unplug);
}

bool memhp_report_was_stopped(const struct memhp_report *report)
{
	return report->was_stopped;
}

bool memhp_report_was_late(const struct memhp_report *report)
{
	return report->was_late;
}

int memhp_report_settled(const struct memhp_report *report)
{
	return report->settled;
}

uint64_t memhp_report_unsettled_pid(const struct memhp_report *report)
{
	return (uint64_t)report->unsettled_pid;
}

bool memhp_report_is_incomplete(const struct memhp_report *report)
{
	return report->lacks_memory;
}

int memhp_report_explain_error(const struct memhp_report *report)
{
	return report->explain_error;
}

uint64_t memhp_report_added(const struct memhp_report *report)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < report->added_count; i++)
		bytes += memhp_plan_available(report->added[i]);
	return bytes;
}

uint64_t memhp_report_elapsed_ms(const struct memhp_report *report)
{
	return report->elapsed_ms;
}

uint64_t memhp_report_changed(const struct memhp_report *report)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < report->count; i++)
		if (memhp_outcome_has_changed(&report->outcomes[i].told))
			bytes += report->block_size;
	return bytes;
}
