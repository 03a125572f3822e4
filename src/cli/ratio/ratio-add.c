/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp ratio --add: parses the description of a device and predicts what adding it
 * would do. The library knows which zones the kernel would choose and where the
 * memory map would be. ratio-add-columns.c prints the result.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../../libmemhp/number.h"
#include "../base/message.h"
#include "../input/notation.h"
#include "../input/selection.h"
#include "cmd-ratio.h"

DEFINE_CLEANUP(struct memhp_forecast *, memhp_forecast_free)

static const char *device_word(unsigned int device)
{
	return memhp_device_name((enum memhp_device)device);
}

static const struct choices addition_targets = {
	.hints = target_hints, .is_exact = true, .name = target_word, .values = target_values,
};
static const unsigned int device_values[] = { MEMHP_DEVICE_DIMM, MEMHP_DEVICE_VIRTIO_MEM, CHOICES_END };
static const struct choices addition_kinds = {
	.option = "--add", .what = "kind", .is_exact = true, .name = device_word, .values = device_values,
};

void additions_free(struct additions *additions)
{
	for (size_t i = 0; i < additions->count; i++)
		free(additions->items[i].words);
	free(additions->items);
	*additions = (struct additions){ 0 };
}

/* Parsing ----------------------------------------------------------------------- */

static int addition_parse_size(const char *word, struct addition *addition)
{
	const char *problem = operand_parse_size(word, &addition->what.amount);

	return problem ? selection_refuse("--add: ", word, problem, "") : EXIT_DONE;
}

static int addition_parse_node(const char *word, struct addition *addition)
{
	uint64_t node = 0;

	if (addition->has_node)
		return usage_error("--add: 'node' is given twice");
	if (number_parse(word, strlen(word), 10, &node) < 0 || node > UINT32_MAX) {
		cleanup(cleanup_free) char *hint = notation_hint_nodes(word, true);

		return usage_error("--add: '%s' is not a node number%s", word, hint ? hint : "");
	}
	addition->what.node = (unsigned int)node;
	addition->has_node = true;
	return EXIT_DONE;
}

static int addition_parse_kind(const char *word, struct addition *addition)
{
	if (addition->has_kind)
		return usage_error("--add: 'kind' is given twice");
	addition->has_kind = true;
	return choices_parse(&addition_kinds, word, &addition->what.device);
}

static int addition_parse_target(const char *word, struct addition *addition)
{
	enum memhp_target target = MEMHP_TARGET_AUTO;
	char targets[CHOICES_TEXT_SIZE], hint[CHOICES_HINT_SIZE];

	choices_text(&addition_targets, targets);
	choices_hint(&addition_targets, word, strlen(word), hint);
	if (!choices_find(&addition_targets, word, &target))
		return usage_error("--add: '%s' is not a target (%s), node=N or kind=KIND%s", word, targets, hint);
	if (addition->has_target)
		return usage_error("--add: '%s' is a second target", word);
	addition->what.target = target;
	addition->has_target = true;
	return EXIT_DONE;
}

static int addition_parse_word(const char *word, bool is_first, struct addition *addition)
{
	if (!*word)
		return usage_error("--add: the value has an empty item");
	if (is_first)
		return addition_parse_size(word, addition);
	if (strncmp(word, "node=", 5) == 0)
		return addition_parse_node(word + 5, addition);
	if (strncmp(word, "kind=", 5) == 0)
		return addition_parse_kind(word + 5, addition);
	return addition_parse_target(word, addition);
}

int additions_parse(const char *value, struct additions *additions)
{
	struct addition *items = reallocarray(additions->items, additions->count + 1, sizeof(*items));
	struct addition *addition;
	int status = EXIT_DONE;

	if (!items)
		return library_error("ratio", -ENOMEM);
	additions->items = items;
	addition = &items[additions->count];
	*addition = (struct addition){ .words = strdup(value), .what.size = sizeof(addition->what) };
	if (!addition->words)
		return library_error("ratio", -ENOMEM);
	additions->count++;
	for (char *word = addition->words; word && status == EXIT_DONE;) {
		char *comma = strchr(word, ',');

		if (comma)
			*comma = '\0';
		status = addition_parse_word(word, word == addition->words, addition);
		word = comma ? comma + 1 : NULL;
	}
	return status;
}

/* Forecast ------------------------------------------------------------------------ */

static bool has_zones(const struct memhp_stats *stats, unsigned int node)
{
	const struct memhp_zonestat *zone;

	memhp_stats_foreach(stats, zone)
		if (memhp_zonestat_node(zone) == node)
			return true;
	return false;
}

/* A node may have no memory yet, but it must be possible on this machine. */
static int addition_check_node(struct addition *addition, const struct ratio_machine *machine)
{
	int r;

	if (!addition->has_node) {
		addition->what.node = memhp_zonestat_node(memhp_stats_next(machine->stats, NULL));
		return EXIT_DONE;
	}
	r = memhp_node_is_possible(machine->memhp, addition->what.node);
	if (r < 0)
		r = has_zones(machine->stats, addition->what.node);
	if (r > 0)
		return EXIT_DONE;
	error("--add: node %u cannot exist on this machine", addition->what.node);
	return EXIT_FAILED;
}

/* Without a target: what the kernel does by itself, or would do if the memory were brought online. */
static void addition_choose_target(struct addition *addition, const struct memhp_policy *policy)
{
	const char *word = memhp_parameter_value(memhp_policy_find(policy, "auto_online_blocks"));

	addition->onlining = word;
	if (addition->has_target || !word)
		return;
	if (strcmp(word, "online_kernel") == 0)
		addition->what.target = MEMHP_TARGET_KERNEL;
	else if (strcmp(word, "online_movable") == 0)
		addition->what.target = MEMHP_TARGET_MOVABLE;
}

static int addition_sum(const struct ratio_machine *machine, const unsigned int *node, struct memhp_ratio *ret)
{
	int r;

	*ret = (struct memhp_ratio){ .size = sizeof(*ret) };
	r = memhp_ratio_sum(machine->stats, memhp_page_size(machine->memhp), node, ret);
	return node && r == -ENOENT ? 0 : r;
}

/* Adds this device and those before it to the sums of the machine. -ERANGE: a sum exceeds 64 bits. */
static int addition_account(struct additions *additions, size_t index)
{
	struct addition *last = &additions->items[index];

	for (size_t i = 0; i <= index; i++) {
		const struct addition *addition = &additions->items[i];
		struct memhp_ratio *const both[] = {
			&last->total, addition->what.node == last->what.node ? &last->node : NULL,
		};

		for (size_t j = 0; j < OPTION_COUNT(both) && both[j]; j++)
			if (__builtin_add_overflow(both[j]->kernel, addition->zones.kernel, &both[j]->kernel) ||
			    __builtin_add_overflow(both[j]->movable, addition->zones.movable, &both[j]->movable))
				return -ERANGE;
	}
	return 0;
}

static int addition_forecast(struct additions *additions, size_t index, struct memhp_forecast *forecast,
			     const struct ratio_machine *machine)
{
	struct addition *addition = &additions->items[index];
	int r;

	addition_choose_target(addition, machine->policy);
	addition->zones.size = sizeof(addition->zones);
	r = memhp_forecast_add(forecast, &addition->what, &addition->zones);
	if (r == 0 && !addition->has_target && !addition->onlining)
		addition->zones.is_certain = false;
	if (r == 0)
		r = addition_sum(machine, &addition->what.node, &addition->node);
	if (r == 0)
		r = addition_sum(machine, NULL, &addition->total);
	if (r == 0)
		r = addition_account(additions, index);
	if (r == -ERANGE) {
		error("--add: '%s' would exceed the address space", addition->words);
		return EXIT_FAILED;
	}
	return r < 0 ? library_error("--add", r) : EXIT_DONE;
}

int additions_forecast(struct additions *additions, const struct ratio_machine *machine)
{
	cleanup(cleanup_memhp_forecast_free) struct memhp_forecast *forecast = NULL;
	const uint64_t block_size = memhp_snapshot_block_size(machine->snapshot);
	int status = EXIT_DONE, r;

	for (size_t i = 0; i < additions->count && status == EXIT_DONE; i++) {
		status = selection_check_amount("--add: ", additions->items[i].words,
						additions->items[i].what.amount, block_size);
		if (status == EXIT_DONE)
			status = addition_check_node(&additions->items[i], machine);
	}
	if (status != EXIT_DONE)
		return status;
	r = memhp_forecast_read(machine->memhp, machine->snapshot, &forecast);
	if (r < 0)
		return library_error("--add", r);
	for (size_t i = 0; i < additions->count && status == EXIT_DONE; i++)
		status = addition_forecast(additions, i, forecast, machine);
	return status;
}

/* Notices ------------------------------------------------------------------------- */

/* Whether the kernel brings the memory online by itself, with the requested target. */
static bool comes_online_so(const struct addition *addition)
{
	static const char *const words[] = {
		[MEMHP_TARGET_AUTO] = "online",
		[MEMHP_TARGET_KERNEL] = "online_kernel",
		[MEMHP_TARGET_MOVABLE] = "online_movable",
	};

	return strcmp(addition->onlining, words[addition->what.target]) == 0;
}

void additions_comment(const struct additions *additions)
{
	const struct addition *first = additions->items;
	bool differs = false;

	for (size_t i = 0; i < additions->count; i++)
		differs |= first->onlining && !comes_online_so(&first[i]);
	if (!first->onlining)
		notice("cannot read or parse auto_online_blocks: it is unknown whether added memory comes online by itself");
	else if (strcmp(first->onlining, "offline") == 0)
		notice("auto_online_blocks is offline: added memory stays offline until brought online; "
		       "the table assumes that it is");
	else if (differs)
		notice("auto_online_blocks is %s: the kernel brings added memory online that way, whatever the target",
		       first->onlining);
}
