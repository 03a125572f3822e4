/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of memhp policy, and a short description of each parameter. How cells
 * are printed is left to src/cli/output.
 */
#include "cmd-policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *meaning;
} meanings[] = {
	{ "auto_online_blocks", "state of hot-added blocks" },
	{ "online_policy", "how the kernel chooses zones" },
	{ "auto_movable_ratio", "highest MOVABLE:KERNEL ratio, in percent" },
	{ "auto_movable_numa_aware", "the ratio also limits each node" },
	{ "memmap_on_memory", "the memory map is kept in the added memory" },
	{ "block_size_bytes", "size of a memory block" },
	{ "crash_hotplug", "the kernel keeps the crash kernel up to date" },
	{ "probe", "memory can be added by address" },
	{ "memhp_default_state", "auto_online_blocks at boot" },
	{ "movable_node", "hot-pluggable memory is Movable at boot" },
	{ "kernelcore", "kernel memory at boot; the rest is Movable" },
	{ "movablecore", "Movable memory at boot" },
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

	snprintf(ret, 80, "%s%s%s%s%s", since ? "Linux " : "", since ? since : "", since ? " or later" : "",
		 since && config ? " with " : "", config ? config : "");
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
	/* Where the files are missing nobody knows whether the kernel has one that can be written. */
	if (memhp_parameter_error(parameter_of(data)) != -ENOENT || !memhp_parameter_path(parameter_of(data)))
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
	{ "VALUE", "current value", 0, 0, parameter_cell_value, NULL },
	{ "DEFAULT", "the kernel's default", 0, 0, parameter_cell_default, NULL },
	{ "SOURCE", "source of the value: cmdline, file, default or runtime", 0, 0, parameter_cell_source, NULL },
	{ "WRITABLE", "whether it can be set while the kernel runs", 0, 0, parameter_cell_writable, NULL },
	{ "CMDLINE", "value that the kernel took from its command line", 0, 0, parameter_cell_cmdline, NULL },
	{ "FILE", "value in " CONF_FILE, 0, 0, parameter_cell_file, NULL },
	{ "MISSING", "kernel version and option that a missing one needs", 0, 0, parameter_cell_missing, NULL },
	{ "MEANING", "what the parameter controls", COLUMN_WRAPS | COLUMN_SPARE, 0, parameter_cell_meaning, NULL },
};
const size_t policy_column_count = OPTION_COUNT(policy_columns);
