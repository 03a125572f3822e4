/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answer to --list-columns: the columns of a command as a table of their own, in any
 * format that a table can have. What the columns are is the commands'.
 */
#include <errno.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "json.h"
#include "table.h"

DEFINE_CLEANUP(struct table *, table_free)
DEFINE_CLEANUP(struct json *, json_free)

/* A column as a row. */
struct column_row {
	const struct column *column;
	const struct columns *standard;
};

static const struct column *column_of(const void *data)
{
	return ((const struct column_row *)data)->column;
}

static void column_cell_name(const void *data, struct cell *ret)
{
	cell_set_text(ret, column_of(data)->name);
}

static void column_cell_default(const void *data, struct cell *ret)
{
	cell_set_flag(ret, columns_contain(((const struct column_row *)data)->standard, column_of(data)));
}

static void column_cell_all(const void *data, struct cell *ret)
{
	cell_set_flag(ret, !(column_of(data)->flags & COLUMN_COSTLY));
}

static void column_cell_description(const void *data, struct cell *ret)
{
	cell_set_text(ret, column_of(data)->help);
}

static const struct column column_columns[] = {
	{ "COLUMN", "name of the column", 0, 0, column_cell_name, NULL },
	{ "DEFAULT", "whether it is printed by default", 0, 0, column_cell_default, NULL },
	{ "ALL", "whether --output-all prints it", 0, 0, column_cell_all, NULL },
	{ "DESCRIPTION", "what it shows", COLUMN_WRAPS, 0, column_cell_description, NULL },
};

static int list_as_json(const struct columns *columns, const struct column *all, size_t count,
			const struct columns *standard)
{
	cleanup(cleanup_json_free) struct json *json = json_new();

	if (!json)
		return library_error("columns", -ENOMEM);
	json_rows_begin(json, "columns");
	for (size_t i = 0; i < count; i++)
		json_row(json, columns, &(struct column_row){ &all[i], standard }, 0);
	json_rows_end(json);
	return json_end(json, EXIT_DONE) < 0 ? library_error("columns", -ENOMEM) : EXIT_DONE;
}

static int list_as_table(const struct globals *globals, const struct table_args *args, const struct columns *columns,
			 const struct column *all, size_t count, const struct columns *standard)
{
	cleanup(cleanup_table_free) struct table *table = table_new(globals, args, columns);
	int r = table ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && r == 0; i++)
		r = table_add(table, &(struct column_row){ &all[i], standard }, 0);
	if (r == 0)
		r = table_print(table);
	return r < 0 ? library_error("columns", r) : EXIT_DONE;
}

int columns_list(const struct globals *globals, const struct table_args *args, const struct words *words,
		 const struct column *all, size_t count, const char *standard)
{
	struct columns columns, defaults = { 0 };
	int status = columns_check_format(globals, args);

	if (status == EXIT_DONE && words->count)
		status = usage_error("'%s': --list-columns takes no operands%s", words->words[0], words->hints[0]);
	if (status == EXIT_DONE && (args->output || args->output_all))
		status = usage_error("--list-columns excludes --output and --output-all");
	if (status == EXIT_DONE)
		status = columns_parse(all, count, "--output", standard, &defaults);
	if (status != EXIT_DONE)
		return status;
	columns_all(column_columns, OPTION_COUNT(column_columns), &columns);
	return globals->json ? list_as_json(&columns, all, count, &defaults) :
	       list_as_table(globals, args, &columns, all, count, &defaults);
}
