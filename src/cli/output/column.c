/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns by name, and cells: comparing them and writing them as text. How a
 * table or a document is laid out is table.c's and json.c's.
 */
#include "column.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../../libmemhp/choice.h"
#include "../base/message.h"
#include "../base/text.h"

const struct option table_options[] = {
	{ .name = "noheadings", .letter = 'n', .offset = offsetof(struct table_args, noheadings),
	  .help = "print no headings" },
	{ .name = "output", .letter = 'o', .metavar = "LIST", .parse = option_text,
	  .offset = offsetof(struct table_args, output),
	  .help = "print these columns; +LIST adds to the default" },
	{ .name = "output-all", .offset = offsetof(struct table_args, output_all),
	  .help = "print all columns that -H marks with ALL" },
	{ .name = "list-columns", .letter = 'H', .offset = offsetof(struct table_args, list_columns),
	  .help = "print the columns and what they mean" },
	{ .name = "pairs", .letter = 'P', .offset = offsetof(struct table_args, pairs),
	  .help = "print KEY=\"value\" pairs" },
	{ .name = "raw", .letter = 'r', .offset = offsetof(struct table_args, raw),
	  .help = "print without alignment" },
	{ .name = "bytes", .letter = 'b', .offset = offsetof(struct table_args, bytes),
	  .help = "print sizes in bytes" },
};
const size_t table_option_count = OPTION_COUNT(table_options);

/* PHYS_DEVICE, the key of --pairs, names the column too. */
static bool is_name(const struct column *column, const char *word, size_t length)
{
	if (strlen(column->name) != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = word[i] == '_' ? '-' : word[i];

		if (strncasecmp(&column->name[i], &c, 1) != 0)
			return false;
	}
	return true;
}

static void columns_add(struct columns *columns, const struct column *column)
{
	if (!columns_contain(columns, column))
		columns->items[columns->count++] = column;
}

static int refuse_name(const struct column *all, size_t count, const char *option, const char *name, size_t length)
{
	char names[512] = "";

	for (size_t i = 0; i < count; i++)
		choice_add(names, sizeof(names), all[i].name, i + 1 == count);
	return usage_error("%s: unknown column '%.*s' (%s)", option, (int)length, name, names);
}

int columns_parse(const struct column *all, size_t count, const char *option,
		  const char *names, struct columns *ret)
{
	for (;;) {
		size_t length = strcspn(names, ",");
		size_t i = 0;

		if (!length)
			return usage_error("%s: empty column name", option);
		while (i < count && !is_name(&all[i], names, length))
			i++;
		if (i == count)
			return refuse_name(all, count, option, names, length);
		columns_add(ret, &all[i]);
		names += length;
		if (!*names++)
			return EXIT_DONE;
	}
}

int columns_check_format(const struct globals *globals, const struct table_args *args)
{
	if (globals->json + args->pairs + args->raw > 1)
		return usage_error("--json, --pairs and --raw exclude each other");
	return EXIT_DONE;
}

int columns_choose(const struct globals *globals, const struct table_args *args,
		   const struct column *all, size_t count, const char *standard, struct columns *ret)
{
	const char *names = args->output ? args->output : standard;
	int status = columns_check_format(globals, args);

	*ret = (struct columns){ 0 };
	if (status != EXIT_DONE)
		return status;
	if (args->output && args->output_all)
		return usage_error("--output and --output-all exclude each other");
	if (args->output_all) {
		for (size_t i = 0; i < count; i++)
			if (!(all[i].flags & COLUMN_COSTLY))
				columns_add(ret, &all[i]);
		return EXIT_DONE;
	}
	if (names[0] == '+') {
		status = columns_parse(all, count, "--output", standard, ret);
		names++;
	}
	return status ? status : columns_parse(all, count, "--output", names, ret);
}

void columns_all(const struct column *all, size_t count, struct columns *ret)
{
	*ret = (struct columns){ .count = count };
	for (size_t i = 0; i < count; i++)
		ret->items[i] = &all[i];
}

unsigned int columns_attrs(const struct columns *columns)
{
	unsigned int attrs = 0;

	for (size_t i = 0; i < columns->count; i++)
		attrs |= columns->items[i]->attrs;
	return attrs;
}

bool columns_have(const struct columns *columns, enum column_flags flag)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->items[i]->flags & flag)
			return true;
	return false;
}

bool columns_contain(const struct columns *columns, const struct column *column)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->items[i] == column)
			return true;
	return false;
}

/* Rows are compared by the thousand: what the column leaves unknown is cleared, the room for text is not. */
void cell_read(const struct column *column, const void *row, struct cell *ret)
{
	memset(ret, 0, offsetof(struct cell, made));
	column->cell(row, ret);
}

static bool words_equal(const struct cell *a, const struct cell *b)
{
	if (a->words.count != b->words.count)
		return false;
	for (unsigned int i = 0; i < a->words.count; i++)
		if (a->words.items[i] != b->words.items[i] && strcmp(a->words.items[i], b->words.items[i]) != 0)
			return false;
	return true;
}

bool cells_equal(const struct cell *a, const struct cell *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case CELL_NULL:
		return true;
	case CELL_TEXT:
	case CELL_LINES:
		return a->text == b->text || strcmp(a->text, b->text) == 0;
	case CELL_NUMBER:
	case CELL_SIZE:
	case CELL_ADDRESS:
		return a->number == b->number;
	case CELL_ADDRESSES:
	case CELL_SPAN:
		return a->span.first == b->span.first && a->span.last == b->span.last;
	case CELL_BOOL:
		return a->yes == b->yes;
	case CELL_WORDS:
		return words_equal(a, b);
	case CELL_NUMBERS:
		return a->numbers.count == b->numbers.count &&
		       memcmp(a->numbers.items, b->numbers.items,
			      a->numbers.count * sizeof(*a->numbers.items)) == 0;
	case CELL_PAGES:
		return a->pages.count == b->pages.count &&
		       memcmp(a->pages.items, b->pages.items, a->pages.count * sizeof(*a->pages.items)) == 0;
	case CELL_COUNTS:
		return a->counts.count == b->counts.count &&
		       memcmp(a->counts.items, b->counts.items, a->counts.count * sizeof(*a->counts.items)) == 0;
	}
	return false;
}

bool columns_differ(const struct columns *columns, const void *row, const void *other)
{
	struct cell cell, other_cell;

	for (size_t i = 0; i < columns->count; i++) {
		if (columns->items[i]->flags & COLUMN_SPANS)
			continue;
		cell_read(columns->items[i], row, &cell);
		cell_read(columns->items[i], other, &other_cell);
		if (!cells_equal(&cell, &other_cell))
			return true;
	}
	return false;
}

static char *words_text(const struct cell *cell)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = text_open(&text, &size);

	if (!stream)
		return NULL;
	for (unsigned int i = 0; i < cell->words.count; i++)
		fprintf(stream, "%s%s", i ? "/" : "", cell->words.items[i]);
	return text_close(stream, &text);
}

static char *numbers_text(const struct cell *cell)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = text_open(&text, &size);

	if (!stream)
		return NULL;
	for (unsigned int i = 0; i < cell->numbers.count; i++)
		fprintf(stream, "%s%u", i ? "," : "", cell->numbers.items[i]);
	return text_close(stream, &text);
}

static char *pages_text(const struct cell *cell)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = text_open(&text, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < cell->pages.count; i++)
		fprintf(stream, "%spfn:0x%" PRIx64, i ? ", " : "", cell->pages.items[i]);
	return text_close(stream, &text);
}

static char *counts_text(const struct cell *cell)
{
	const char *separator = "";
	char *text = NULL;
	size_t size = 0;
	FILE *stream = text_open(&text, &size);

	if (!stream)
		return NULL;
	for (unsigned int i = 0; i < cell->counts.count; i++) {
		if (!cell->counts.items[i])
			continue;
		fprintf(stream, "%s%" PRIu64 " %s", separator, cell->counts.items[i], cell->counts.name(i));
		separator = ", ";
	}
	return text_close(stream, &text);
}

char *cell_text(const struct cell *cell, bool bytes)
{
	char buffer[64] = "-";

	switch (cell->kind) {
	case CELL_NULL:
		break;
	case CELL_TEXT:
	case CELL_LINES:
		return strdup(cell->text);
	case CELL_SIZE:
		if (!bytes) {
			size_text(cell->number, buffer);
			break;
		}
		__attribute__((fallthrough));
	case CELL_NUMBER:
		snprintf(buffer, sizeof(buffer), "%" PRIu64, cell->number);
		break;
	case CELL_ADDRESS:
		snprintf(buffer, sizeof(buffer), "0x%016" PRIx64, cell->number);
		break;
	case CELL_ADDRESSES:
		snprintf(buffer, sizeof(buffer), "0x%016" PRIx64 "-0x%016" PRIx64,
			 cell->span.first, cell->span.last);
		break;
	case CELL_SPAN:
		if (cell->span.first == cell->span.last)
			snprintf(buffer, sizeof(buffer), "%" PRIu64, cell->span.first);
		else
			snprintf(buffer, sizeof(buffer), "%" PRIu64 "-%" PRIu64,
				 cell->span.first, cell->span.last);
		break;
	case CELL_BOOL:
		strcpy(buffer, cell->yes ? "yes" : "no");
		break;
	case CELL_WORDS:
		if (cell->words.count)
			return words_text(cell);
		break;
	case CELL_NUMBERS:
		if (cell->numbers.count)
			return numbers_text(cell);
		break;
	case CELL_PAGES:
		return pages_text(cell);
	case CELL_COUNTS:
		return counts_text(cell);
	}
	return strdup(buffer);
}
