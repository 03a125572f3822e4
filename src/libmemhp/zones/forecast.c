/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What bringing blocks online one after another will do. Uses the answer of valid_zones
 * where that is the kernel's own decision, and otherwise the answer of the model; says
 * whether the answer is certain. Also reads the inputs, which accounts.c and zonemodel.c
 * interpret.
 */
#include <string.h>

#include "forecast.h"
#include "../policy/policy.h"

/* Answers ------------------------------------------------------------------- */

bool forecast_is_certain(const struct memhp_forecast *forecast, const struct model_range *range,
			 enum memhp_target target)
{
	const struct memhp_zone_rules *rules = &forecast->model.rules;
	unsigned int matter = 0;

	if (rules->is_movable_node_unknown && model_depends_on_movable_node(&forecast->model, range, target))
		return false;

	switch (target) {
	case MEMHP_TARGET_MOVABLE:
		break;
	case MEMHP_TARGET_KERNEL:
		matter = DOUBT_SPANS;
		break;
	case MEMHP_TARGET_AUTO:
		matter = DOUBT_RULES | DOUBT_SPANS | DOUBT_REFUTED;
		if (rules->is_auto_movable && rules->ratio)
			matter |= DOUBT_COUNTS;
		break;
	}
	return !(forecast->doubts & matter);
}

void forecast_move(struct memhp_forecast *forecast, const struct model_range *range, enum memhp_zone zone,
		   bool is_certain)
{
	forecast->has_moved = true;
	if (!is_certain)
		forecast->doubts |= DOUBT_SPANS | DOUBT_COUNTS;
	if (range && zone < MODEL_ZONES && zone != MEMHP_ZONE_UNKNOWN)
		model_online(&forecast->model, range, zone);
}

/* The zone of the block according to valid_zones (drivers/base/memory.c: valid_zones_show()). */
static enum memhp_zone zone_by_words(const struct memhp_block *block, enum memhp_target target)
{
	const enum memhp_zone *zones;
	unsigned int count = memhp_block_zones(block, &zones);

	switch (target) {
	case MEMHP_TARGET_MOVABLE:
		return MEMHP_ZONE_MOVABLE;
	case MEMHP_TARGET_KERNEL:
		for (unsigned int i = 0; i < count; i++)
			if (memhp_zone_is_kernel(zones[i]))
				return zones[i];
		return MEMHP_ZONE_UNKNOWN;
	case MEMHP_TARGET_AUTO:
		break;
	}
	return count ? zones[0] : MEMHP_ZONE_UNKNOWN;
}

enum memhp_zone memhp_forecast_online(struct memhp_forecast *forecast, const struct memhp_block *block,
				      enum memhp_target target, bool *ret_certain)
{
	struct model_range range;
	const bool is_offline = memhp_block_state(block) == MEMHP_STATE_OFFLINE;
	const bool is_known = forecast->has_zones && accounts_range(forecast, block, &range);
	enum memhp_zone word, zone;
	bool is_certain;

	if (!target_exists(target)) {
		*ret_certain = false;
		return MEMHP_ZONE_UNKNOWN;
	}
	/* For the next block to go online, the first word of valid_zones is the kernel's own
	 * answer. The kernel zone to which a block can go does not change. */
	word = zone = zone_by_words(block, target);
	is_certain = word != MEMHP_ZONE_UNKNOWN &&
		     (target != MEMHP_TARGET_AUTO || (is_offline && !forecast->has_moved));

	if (!is_certain && is_known && !(forecast->doubts & DOUBT_REFUTED)) {
		zone = model_choose(&forecast->model, &range, target);
		is_certain = is_offline && forecast_is_certain(forecast, &range, target);
	}
	forecast_move(forecast, is_known ? &range : NULL, zone, is_certain);
	if (!is_known)
		forecast->doubts |= DOUBT_SPANS | DOUBT_COUNTS;
	else if (zone != MEMHP_ZONE_MOVABLE && accounts_may_be_early(&range, block))
		forecast->doubts |= DOUBT_COUNTS;
	*ret_certain = is_certain;
	return zone;
}

/* Making a forecast --------------------------------------------------------- */

/* For offline blocks valid_zones is the kernel's own answer: a model that disagrees is wrong. */
static void calibrate(struct memhp_forecast *forecast)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(forecast->snapshot, block) {
		struct model_range range;
		enum memhp_zone word = zone_by_words(block, MEMHP_TARGET_AUTO);
		enum memhp_zone kernel = zone_by_words(block, MEMHP_TARGET_KERNEL);

		if (memhp_block_state(block) != MEMHP_STATE_OFFLINE || !accounts_range(forecast, block, &range))
			continue;
		if (forecast->model.rules.is_movable_node_unknown &&
		    model_depends_on_movable_node(&forecast->model, &range, MEMHP_TARGET_AUTO))
			word = MEMHP_ZONE_UNKNOWN;
		if (word != MEMHP_ZONE_UNKNOWN && word != model_choose(&forecast->model, &range, MEMHP_TARGET_AUTO))
			forecast->doubts |= DOUBT_REFUTED;
		if (kernel != MEMHP_ZONE_UNKNOWN && kernel != model_choose(&forecast->model, &range, MEMHP_TARGET_KERNEL))
			forecast->doubts |= DOUBT_REFUTED | DOUBT_SPANS;
	}
}

/* Above all memory, and on x86 also above the devices that lie below 4 GiB. */
static uint64_t first_free_page(const struct memhp_snapshot *snapshot, uint64_t page_size)
{
	uint64_t end = UINT64_C(1) << 32;

	if (snapshot->count && memhp_block_end(&snapshot->blocks[snapshot->count - 1]) >= end)
		end = memhp_block_end(&snapshot->blocks[snapshot->count - 1]) + 1;
	return end / page_size;
}

int forecast_new(const struct memhp_snapshot *snapshot, const struct forecast_facts *facts,
		 struct memhp_forecast **ret)
{
	cleanup(cleanup_memhp_forecast_free) struct memhp_forecast *forecast = calloc(1, sizeof(*forecast));
	int r;

	if (!forecast)
		return -ENOMEM;
	forecast->snapshot = snapshot_keep(snapshot);
	if (facts && facts->stats) {
		forecast->block_pages = snapshot->block_size / facts->page_size;
		forecast->model.rules = facts->rules;
		forecast->doubts = facts->rules.are_known ? 0 : DOUBT_RULES;
		forecast->has_zones = true;
		forecast->memmap = facts->memmap;
		forecast->next_start = first_free_page(snapshot, facts->page_size);
		r = accounts_fill(forecast, facts);
		if (r < 0)
			return r;
		if (!(forecast->doubts & DOUBT_RULES))
			calibrate(forecast);
	}
	*ret = take_ptr(forecast);
	return 0;
}

int memhp_forecast_copy(const struct memhp_forecast *forecast, struct memhp_forecast **ret)
{
	cleanup(cleanup_memhp_forecast_free) struct memhp_forecast *copy = calloc(1, sizeof(*copy));
	int r;

	if (!copy)
		return -ENOMEM;
	*copy = *forecast;
	(void)snapshot_keep(copy->snapshot);
	copy->groups = NULL;
	copy->model = (struct zone_model){ 0 };
	r = model_copy(&forecast->model, &copy->model);
	if (r < 0)
		return r;
	if (forecast->groups) {
		copy->groups = calloc(forecast->snapshot->count + 1, sizeof(*copy->groups));
		if (!copy->groups)
			return -ENOMEM;
		memcpy(copy->groups, forecast->groups, forecast->snapshot->count * sizeof(*copy->groups));
	}
	*ret = take_ptr(copy);
	return 0;
}

struct memhp_forecast *memhp_forecast_free(struct memhp_forecast *forecast)
{
	if (!forecast)
		return NULL;
	model_free(&forecast->model);
	snapshot_drop(forecast->snapshot);
	free(forecast->groups);
	free(forecast);
	return NULL;
}

/* Reading the facts --------------------------------------------------------- */

static bool has_virtio_mem(const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(snapshot, block)
		if (memhp_block_origin(block) == MEMHP_ORIGIN_VIRTIO_MEM)
			return true;
	return false;
}

/* All records of the kernel log about virtio_mem, concatenated; NULL if there are none or the log
 * cannot be read. */
static int read_log(const struct memhp *memhp, const struct memhp_snapshot *snapshot, char **ret)
{
	cleanup(kmsg_close) struct kmsg kmsg = KMSG_CLOSED;
	cleanup(cleanup_free) char *log = NULL;
	char record[KMSG_RECORD_MAX];
	size_t used = 0;

	if (has_virtio_mem(snapshot))
		kmsg_open(memhp, &kmsg);
	while (kmsg_record(&kmsg, record)) {
		const size_t length = strlen(record);
		char *more;

		if (!strstr(record, "virtio_mem "))
			continue;
		more = realloc(log, used + length + 1);
		if (!more)
			return -ENOMEM;
		log = more;
		memcpy(log + used, record, length + 1);
		used += length;
	}
	*ret = take_ptr(log);
	return 0;
}

/*
 * mm/vmstat.c has counters of memory maps since 6.11. A kernel that has them splits
 * added memory into blocks, each with its own map: mm/memory_hotplug.c:
 * create_altmaps_and_memory_blocks(), since 6.8. Without the counters, there is no way
 * to find out.
 */
static int read_memmap_rules(const struct memhp *memhp, const struct memhp_policy *policy, struct memmap_rules *ret)
{
	const struct memhp_parameter *parameter = memhp_policy_find(policy, "memmap_on_memory");
	const char *value = memhp_parameter_value(parameter);
	const int error = memhp_parameter_error(parameter);
	cleanup(cleanup_free) char *vmstat = NULL;
	int r = counters_read(memhp, "vmstat", &vmstat);

	*ret = (struct memmap_rules){
		.is_on = value && strcmp(value, "N") != 0,
		.is_known = value || error == -ENODATA,
		.is_by_block = r == 0 && strstr(vmstat, "\nnr_memmap"),
	};
	return r == -ENOMEM ? r : 0;
}

int memhp_forecast_read(struct memhp *memhp, const struct memhp_snapshot *snapshot, struct memhp_forecast **ret)
{
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = NULL;
	cleanup(cleanup_memhp_policy_free) struct memhp_policy *policy = NULL;
	cleanup(cleanup_free) char *log = NULL;
	struct forecast_facts facts = { .page_size = memhp->page_size, .rules.size = sizeof(facts.rules) };
	int r = read_log(memhp, snapshot, &log);

	if (r == 0)
		r = stats_try(memhp, &stats);
	if (r == 0)
		r = memhp_policy_read(memhp, &policy);
	if (r == 0)
		r = read_memmap_rules(memhp, policy, &facts.memmap);
	if (r < 0)
		return r;
	(void)memhp_policy_zone_rules(policy, &facts.rules);
	facts.stats = stats;
	facts.log = log;
	return forecast_new(snapshot, &facts, ret);
}

const char *memhp_target_name(enum memhp_target target)
{
	static const char *const names[] = {
		[MEMHP_TARGET_AUTO] = "auto",
		[MEMHP_TARGET_KERNEL] = "kernel",
		[MEMHP_TARGET_MOVABLE] = "movable",
	};

	return (size_t)target < sizeof(names) / sizeof(names[0]) ? names[target] : NULL;
}
