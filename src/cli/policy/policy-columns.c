/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of `memhp policy`, and what each parameter means in a few words.
 */
#include "cmd-policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *meaning;
} meanings[] = {
	{ "auto_online_blocks", "state of new blocks" },
	{ "online_policy", "how zones are chosen" },
	{ "auto_movable_ratio", "MOVABLE per KERNEL, %" },
	{ "auto_movable_numa_aware", "ratio holds per node" },
	{ "memmap_on_memory", "map kept in new memory" },
	{ "block_size_bytes", "size of a block" },
	{ "crash_hotplug", "kdump stays current" },
	{ "probe", "adding by address" },
	{ "memhp_default_state", "state given at boot" },
	{ "movable_node", "default to Movable" },
	{ "kernelcore", "kernel part at boot" },
	{ "movablecore", "Movable at boot" },
};

static const char *meaning_of(const char *name)
{
	for (size_t i = 0; i < OPTION_COUNT(meanings); i++)
		if (strcmp(meanings[i].name, name) == 0)
			return meanings[i].meaning;
	return NULL;
}

const char *value_shown(const struct memhp_parameter *parameter, const char *value)
{
	if (!value)
		return "unknown";
	if (memhp_parameter_kind(parameter) != MEMHP_KIND_BOOL)
		return value;
	return strcmp(value, "Y") == 0 ? "yes" : strcmp(value, "N") == 0 ? "no" : value;
}

bool parameter_is_flag(const struct memhp_parameter *parameter)
{
	return strcmp(memhp_parameter_name(parameter), "movable_node") == 0;
}

void cell_set_value(struct cell *cell, const struct memhp_parameter *parameter, const char *value)
{
	if (!value)
		return;
	switch (memhp_parameter_kind(parameter)) {
	case MEMHP_KIND_NUMBER:
		cell_set_number(cell, CELL_NUMBER, strtoull(value, NULL, 10));
		return;
	case MEMHP_KIND_SIZE:
		cell_set_number(cell, CELL_SIZE, strtoull(value, NULL, 10));
		return;
	case MEMHP_KIND_BOOL:
		if (strcmp(value, "Y") == 0 || strcmp(value, "N") == 0)
			cell_set_flag(cell, *value == 'Y');
		else
			cell_set_text(cell, value);
		return;
	case MEMHP_KIND_WORD:
		cell_set_text(cell, value);
		return;
	}
}

void parameter_needs(const struct memhp_parameter *parameter, char ret[80])
{
	const char *since = memhp_parameter_since(parameter), *config = memhp_parameter_config(parameter);

	snprintf(ret, 80, "%s%s%s%s", since ? "Linux " : "", since ? since : "", since && config ? " with " : "",
		 config ? config : "");
}

struct parameter_row parameter_row(const struct policy_context *context, const struct memhp_parameter *parameter)
{
	struct parameter_row row = { .parameter = parameter, .conf = context->conf };

	if (memhp_parameter_error(parameter) == -ENODATA)
		parameter_needs(parameter, row.missing);
	return row;
}

static const struct memhp_parameter *parameter_of(const void *data)
{
	return ((const struct parameter_row *)data)->parameter;
}

static void parameter_cell_parameter(const void *data, struct cell *ret)
{
	cell_set_text(ret, memhp_parameter_name(parameter_of(data)));
}

static void parameter_cell_value(const void *data, struct cell *ret)
{
	cell_set_value(ret, parameter_of(data), memhp_parameter_value(parameter_of(data)));
}

static void parameter_cell_default(const void *data, struct cell *ret)
{
	cell_set_value(ret, parameter_of(data), memhp_parameter_default(parameter_of(data)));
}

static void parameter_cell_source(const void *data, struct cell *ret)
{
	const struct parameter_row *row = data;

	cell_set_text(ret, memhp_source_name(memhp_parameter_source(row->parameter, row->conf)));
}

static void parameter_cell_writable(const void *data, struct cell *ret)
{
	cell_set_flag(ret, memhp_parameter_is_writable(parameter_of(data)));
}

static void parameter_cell_cmdline(const void *data, struct cell *ret)
{
	cell_set_value(ret, parameter_of(data), memhp_parameter_cmdline(parameter_of(data)));
}

static void parameter_cell_file(const void *data, struct cell *ret)
{
	const struct parameter_row *row = data;

	if (row->conf)
		cell_set_value(ret, row->parameter, memhp_conf_value(row->conf, memhp_parameter_name(row->parameter)));
}

static void parameter_cell_missing(const void *data, struct cell *ret)
{
	const struct parameter_row *row = data;

	cell_set_text(ret, *row->missing ? row->missing : NULL);
}

static void parameter_cell_meaning(const void *data, struct cell *ret)
{
	cell_set_text(ret, meaning_of(memhp_parameter_name(parameter_of(data))));
}

const struct column policy_columns[] = {
	{ "PARAMETER", "name of the parameter", 0, 0, parameter_cell_parameter, NULL },
	{ "VALUE", "its value now", 0, 0, parameter_cell_value, NULL },
	{ "DEFAULT", "the kernel's default", 0, 0, parameter_cell_default, NULL },
	{ "SOURCE", "what set it: cmdline, file, default or runtime", 0, 0, parameter_cell_source, NULL },
	{ "WRITABLE", "can it be set while the kernel runs", 0, 0, parameter_cell_writable, NULL },
	{ "CMDLINE", "what the kernel took from its command line", 0, 0, parameter_cell_cmdline, NULL },
	{ "FILE", "what " CONF_FILE " says", 0, 0, parameter_cell_file, NULL },
	{ "MISSING", "what a kernel needs to have it", 0, 0, parameter_cell_missing, NULL },
	{ "MEANING", "what it decides", COLUMN_WRAPS, 0, parameter_cell_meaning, NULL },
};
const size_t policy_column_count = OPTION_COUNT(policy_columns);
