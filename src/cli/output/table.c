/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables, raw output and pairs. The only user of libsmartcols.
 */
#include "table.h"

#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct table {
	struct libscols_table *scols;
	const struct columns *columns;
	bool bytes;
	bool wraps;               /* the last column may take more lines */
	uint64_t spare;           /* the columns that may be left out, one bit each */
};

bool color_is_wanted(const struct globals *globals)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (globals->color != COLOR_AUTO)
		return globals->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

unsigned int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return 80;
}

/* Whether the column is a default that --output does not name. */
static bool is_spare(const struct column *column, const struct table_args *args)
{
	if (args->output_all || args->raw || args->pairs || !isatty(STDOUT_FILENO))
		return false;
	return !args->output || (*args->output == '+' && !strcasestr(args->output, column->name));
}

static int table_setup(struct table *table, const struct globals *globals, const struct table_args *args)
{
	const struct columns *columns = table->columns;

	scols_table_enable_raw(table->scols, args->raw);
	scols_table_enable_export(table->scols, args->pairs);
	scols_table_enable_shellvar(table->scols, args->pairs);
	scols_table_enable_noheadings(table->scols, args->noheadings);
	scols_table_enable_colors(table->scols, !args->raw && !args->pairs && color_is_wanted(globals));
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = columns->items[i];
		int flags = column->flags & COLUMN_RIGHT ? SCOLS_FL_RIGHT : 0;
		struct libscols_column *made = scols_table_new_column(table->scols, column->name, 0, flags);

		if (!made)
			return -ENOMEM;
		if (column->flags & COLUMN_SPARE && is_spare(column, args))
			table->spare |= UINT64_C(1) << i;
		/* Programs read one line per row. */
		if (!(column->flags & COLUMN_WRAPS) || i + 1 < columns->count || args->raw || args->pairs ||
		    !isatty(STDOUT_FILENO))
			continue;
		table->wraps = true;
		scols_column_set_flags(made, flags | SCOLS_FL_WRAP);
		scols_column_set_wrapfunc(made, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
		scols_column_set_safechars(made, "\n");
	}
	return 0;
}

struct table *table_new(const struct globals *globals, const struct table_args *args,
			const struct columns *columns)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	scols_init_debug(0);
	table->columns = columns;
	table->bytes = args->bytes;
	table->scols = scols_new_table();
	if (!table->scols || table_setup(table, globals, args) < 0)
		return table_free(table);
	return table;
}

struct table *table_free(struct table *table)
{
	if (table)
		scols_unref_table(table->scols);
	free(table);
	return NULL;
}

int table_add(struct table *table, const void *row, uint64_t mixed)
{
	struct libscols_line *line = scols_table_new_line(table->scols, NULL);

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < table->columns->count; i++) {
		const struct column *column = table->columns->items[i];
		bool is_mixed = mixed >> i & 1;
		struct cell cell;
		char *text;

		cell_read(column, row, &cell);
		text = is_mixed ? strdup("mixed") : cell_text(&cell, table->bytes);
		if (!text || scols_line_refer_data(line, i, text) < 0) {
			free(text);
			return -ENOMEM;
		}
		if (column->color && !is_mixed && scols_table_colors_wanted(table->scols))
			scols_cell_set_color(scols_line_get_cell(line, i), column->color(&cell));
	}
	return 0;
}

/* Breaks a phrase at blanks into lines of at most width characters, where that is possible. */
static void break_lines(char *text, size_t width)
{
	char *begin = text, *blank = NULL;

	for (char *c = text; *c; c++) {
		if (*c == ' ')
			blank = c;
		if ((size_t)(c - begin) >= width && blank) {
			*blank = '\n';
			begin = blank + 1;
			blank = NULL;
		}
	}
}

static size_t width_of(const struct table *table, size_t column)
{
	size_t width = strlen(table->columns->items[column]->name);

	for (size_t n = 0; n < scols_table_get_nlines(table->scols); n++) {
		const char *text = scols_cell_get_data(scols_line_get_cell(scols_table_get_line(table->scols, n), column));

		if (text && strlen(text) > width)
			width = strlen(text);
	}
	return width;
}

void table_measure(const struct table *table, unsigned int widths[COLUMNS_MAX])
{
	for (size_t i = 0; i < table->columns->count; i++) {
		const unsigned int width = (unsigned int)width_of(table, i);

		if (width > widths[i])
			widths[i] = width;
	}
}

/* The width that the terminal leaves for the last column; 0: less than its heading needs. */
static size_t width_left(const struct table *table)
{
	const size_t last = table->columns->count - 1, least = strlen(table->columns->items[last]->name);
	size_t used = 0;

	for (size_t i = 0; i < last; i++)
		used += width_of(table, i) + 1;
	return used + least < terminal_width() ? terminal_width() - used : 0;
}

static size_t table_width(const struct table *table)
{
	size_t width = 0;

	for (size_t i = 0; i < table->columns->count; i++)
		if (!scols_column_is_hidden(scols_table_get_column(table->scols, i)))
			width += width_of(table, i) + (i ? 1 : 0);
	return width;
}

/* Leaves spare columns out as long as the terminal is too narrow; false: there are none, or the table fits. */
static bool table_hide_spare(struct table *table)
{
	bool has_hidden = false;

	for (size_t i = 0; i < table->columns->count; i++) {
		if (!(table->spare >> i & 1) || table_width(table) <= terminal_width())
			continue;
		scols_column_set_flags(scols_table_get_column(table->scols, i), SCOLS_FL_HIDDEN);
		has_hidden = true;
	}
	return has_hidden;
}

/* The last column, in more lines if it does not fit. */
static int table_wrap(struct table *table)
{
	const size_t last = table->columns->count - 1, width = width_left(table);

	if (width >= width_of(table, last))
		return 0;
	/* The other columns are too wide already. */
	if (!width)
		return 0;
	for (size_t n = 0; n < scols_table_get_nlines(table->scols); n++) {
		struct libscols_cell *cell = scols_line_get_cell(scols_table_get_line(table->scols, n), last);
		const char *text = scols_cell_get_data(cell);
		char *broken = text ? strdup(text) : NULL;

		if (!broken)
			return -ENOMEM;
		break_lines(broken, width);
		if (scols_cell_refer_data(cell, broken) < 0) {
			free(broken);
			return -ENOMEM;
		}
	}
	return 0;
}

int table_print(struct table *table)
{
	if (!table_hide_spare(table) && table->wraps && table_wrap(table) < 0)
		return -ENOMEM;
	/* An error of the stream itself is found when stdout is closed. */
	return scols_print_table(table->scols) == -ENOMEM ? -ENOMEM : 0;
}

/* A second row, which is not printed, holds the columns apart. */
int table_print_one(struct table *table, const unsigned int widths[COLUMNS_MAX])
{
	struct libscols_line *row = scols_table_get_line(table->scols, 0);
	struct libscols_line *ruler = scols_table_new_line(table->scols, NULL);

	for (size_t i = 0; ruler && i < table->columns->count; i++) {
		char *text = calloc(widths[i] + 1, 1);

		if (text)
			memset(text, '#', widths[i]);
		if (!text || scols_line_refer_data(ruler, i, text) < 0) {
			free(text);
			return -ENOMEM;
		}
	}
	return ruler && scols_table_print_range(table->scols, row, row) != -ENOMEM ? 0 : -ENOMEM;
}
