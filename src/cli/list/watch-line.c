/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One change of list --watch: a line of a table, of raw output or pairs, or a line of
 * JSON. The columns are TIME and EVENT, and then those of list.
 */
#include "watch.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../output/json.h"
#include "../output/table.h"

DEFINE_CLEANUP(struct table *, table_free)
DEFINE_CLEANUP(struct json *, json_free)

/* A row of list, so that the columns of list work on it. */
struct watch_row {
	struct list_row row;
	const struct memhp_event *event;   /* NULL: none yet */
};

/* "2026-11-30T12:00:00.123Z" */
static void time_utc(uint64_t time_ms, char *ret, size_t size)
{
	const time_t seconds = (time_t)(time_ms / 1000);
	struct tm tm = { 0 };
	char text[32] = "";

	if (gmtime_r(&seconds, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(ret, size, "%s.%03uZ", text, (unsigned int)(time_ms % 1000));
}

static void cell_time_utc(const void *data, struct cell *ret)
{
	const struct watch_row *row = data;

	ret->kind = CELL_TEXT;
	ret->text = ret->made;
	time_utc(row->event ? row->event->time_ms : 0, ret->made, sizeof(ret->made));
}

/* For people: the time of day, where they are. */
static void cell_time_local(const void *data, struct cell *ret)
{
	const struct watch_row *row = data;
	const uint64_t time_ms = row->event ? row->event->time_ms : 0;
	const time_t seconds = (time_t)(time_ms / 1000);
	struct tm tm = { 0 };
	char text[32] = "";

	if (localtime_r(&seconds, &tm))
		(void)strftime(text, sizeof(text), "%H:%M:%S", &tm);
	snprintf(ret->made, sizeof(ret->made), "%s.%03u", text, (unsigned int)(time_ms % 1000));
	ret->kind = CELL_TEXT;
	ret->text = ret->made;
}

/* The longest word where there is no event yet. */
static void cell_event(const void *data, struct cell *ret)
{
	const struct watch_row *row = data;

	cell_set_text(ret, memhp_event_type_name(row->event ? row->event->type : MEMHP_EVENT_REMOVED));
}

static const struct column column_local = { .name = "TIME", .cell = cell_time_local };
static const struct column column_utc = { .name = "TIME", .cell = cell_time_utc };
static const struct column column_event = { .name = "EVENT", .cell = cell_event };

static void cell_none(const void *data, struct cell *ret)
{
	(void)data;
	(void)ret;
}

/* Prints a line about an event; without a block all columns of list are unknown. */
static int print_line(struct watch *watch, const struct memhp_event *event)
{
	const struct watch_row row = {
		.row = { watch->list->snapshot, event->block, event->block, 1, NULL }, .event = event,
	};
	struct columns columns = watch->columns;
	struct column blanks[COLUMNS_MAX];
	struct table_args args = watch->list->table;
	cleanup(cleanup_table_free) struct table *table = NULL;

	for (size_t i = 2; i < columns.count && !event->block; i++) {
		blanks[i] = *columns.items[i];
		blanks[i].cell = cell_none;
		columns.items[i] = &blanks[i];
	}
	if (!watch->has_heading && !args.raw && !args.pairs)
		putchar('\n');
	args.noheadings |= watch->has_heading;
	watch->has_heading = true;
	table = table_new(watch->globals, &args, &columns);
	if (!table || table_add(table, &row, 0) < 0)
		return -ENOMEM;
	table_measure(table, watch->widths);
	return table_print_one(table, watch->widths);
}

static void set_name(struct json *json, const char *key, const char *name)
{
	if (name)
		json_set_text(json, NULL, key, name);
	else
		json_set_null(json, NULL, key);
}

static void set_block(struct json *json, const struct memhp_block *block)
{
	const unsigned int *nodes;

	if (block)
		json_set_number(json, NULL, "block", memhp_block_id(block));
	else
		json_set_null(json, NULL, "block");
	set_name(json, "state", block ? memhp_state_name(memhp_block_state(block)) : NULL);
	set_name(json, "zone", block ? memhp_zone_name(memhp_block_zone(block)) : NULL);
	if (block && memhp_block_nodes(block, &nodes))
		json_set_number(json, NULL, "node", nodes[0]);
	else
		json_set_null(json, NULL, "node");
	set_name(json, "device", block ? memhp_block_device(block) : NULL);
}

static struct json *json_of(uint64_t time_ms, const char *event)
{
	struct json *json = json_new();
	char text[48];

	if (!json)
		return NULL;
	time_utc(time_ms, text, sizeof(text));
	json_set_text(json, NULL, "time", text);
	json_set_text(json, NULL, "event", event);
	return json;
}

static int print_json(const struct memhp_event *event)
{
	cleanup(cleanup_json_free) struct json *json = json_of(event->time_ms, memhp_event_type_name(event->type));

	if (!json)
		return -ENOMEM;
	set_block(json, event->block);
	return json_end_line(json);
}

int watch_line(struct watch *watch, const struct memhp_event *event)
{
	return watch->globals->json ? print_json(event) : print_line(watch, event);
}

/* How wide the columns of the blocks are that are there. */
static int measure(struct watch *watch)
{
	cleanup(cleanup_table_free) struct table *table = table_new(watch->globals, &watch->list->table, &watch->columns);
	const struct memhp_block *block;

	if (!table)
		return -ENOMEM;
	memhp_snapshot_foreach(watch->list->snapshot, block) {
		const struct watch_row row = { .row = { watch->list->snapshot, block, block, 1, NULL } };

		if (list_shows(watch->list, block) && table_add(table, &row, 0) < 0)
			return -ENOMEM;
	}
	table_measure(table, watch->widths);
	return 0;
}

int watch_begin(struct watch *watch)
{
	const struct table_args *args = &watch->list->table;
	const bool is_for_people = !args->raw && !args->pairs;

	watch->columns = (struct columns){ .items = { is_for_people ? &column_local : &column_utc, &column_event }, .count = 2 };
	for (size_t i = 0; i < watch->list->lines.count && watch->columns.count < COLUMNS_MAX; i++)
		watch->columns.items[watch->columns.count++] = watch->list->lines.items[i];
	return is_for_people && !watch->globals->json && !watch->list->args.map ? measure(watch) : 0;
}

int watch_finish(struct watch *watch)
{
	cleanup(cleanup_json_free) struct json *json = NULL;
	struct timespec now;

	if (!watch->globals->json || watch->is_unread)
		return watch->status;
	clock_gettime(CLOCK_REALTIME, &now);
	json = json_of((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000, "end");
	return json && json_end(json, watch->status) == 0 ? watch->status : library_error("watch", -ENOMEM);
}
