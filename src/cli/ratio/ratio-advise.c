/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of `memhp ratio --advise`: what is said of each consideration, by how grave
 * it is. The figures and the judgement are the library's.
 */
#include <errno.h>
#include <stdio.h>

#include "../../libmemhp/cleanup.h"
#include "../output/table.h"
#include "cmd-ratio.h"

DEFINE_CLEANUP(struct table *, table_free)

/* By enum memhp_advice; where it is a warning the note's words do, unless it has its own. */
static const char *const texts[MEMHP_CONSIDER_COUNT][MEMHP_ADVICE_WARN + 1] = {
	[MEMHP_CONSIDER_GIGANTIC_PAGES] = {
		[MEMHP_ADVICE_UNKNOWN] = "their sizes cannot be read",
		[MEMHP_ADVICE_OK] = "there are none",
		[MEMHP_ADVICE_NOTE] = "they are unmovable and take kernel memory",
	},
	[MEMHP_CONSIDER_HUGE_PAGES] = {
		[MEMHP_ADVICE_UNKNOWN] = "whether they can migrate is not known",
		[MEMHP_ADVICE_OK] = "they can migrate, or there are none",
		[MEMHP_ADVICE_NOTE] = "they cannot migrate here and take kernel memory",
	},
	[MEMHP_CONSIDER_PINS] = {
		[MEMHP_ADVICE_UNKNOWN] = "the kernel's count of pins cannot be read",
		[MEMHP_ADVICE_OK] = "few pages are pinned, or none",
		[MEMHP_ADVICE_NOTE] = "pinned pages cannot stay in the zone Movable",
	},
	[MEMHP_CONSIDER_PAGE_TABLES] = {
		[MEMHP_ADVICE_UNKNOWN] = "their size cannot be read",
		[MEMHP_ADVICE_OK] = "a small part of the kernel's memory",
		[MEMHP_ADVICE_NOTE] = "unmovable, a large part of the kernel's memory",
	},
	[MEMHP_CONSIDER_BALLOON] = {
		[MEMHP_ADVICE_UNKNOWN] = "whether there is one is not known",
		[MEMHP_ADVICE_OK] = "there is none, or its pages can migrate",
		[MEMHP_ADVICE_NOTE] = "its pages are unmovable and take kernel memory",
	},
	[MEMHP_CONSIDER_HVO] = {
		[MEMHP_ADVICE_UNKNOWN] = "what it saves cannot be read",
		[MEMHP_ADVICE_OK] = "it saves nothing that would be needed again",
		[MEMHP_ADVICE_NOTE] = "what dissolving all huge pages would need",
		[MEMHP_ADVICE_WARN] = "dissolving huge pages would need more than is free",
	},
	[MEMHP_CONSIDER_KASAN] = {
		[MEMHP_ADVICE_UNKNOWN] = "whether the kernel has it is not known",
		[MEMHP_ADVICE_OK] = "the kernel has no shadow memory",
		[MEMHP_ADVICE_NOTE] = "shadow memory of the kernel is unmovable",
	},
	[MEMHP_CONSIDER_CMA] = {
		[MEMHP_ADVICE_UNKNOWN] = "its size cannot be read",
		[MEMHP_ADVICE_OK] = "there is none",
		[MEMHP_ADVICE_NOTE] = "its blocks can never go offline",
	},
	[MEMHP_CONSIDER_DAX_MEMMAP] = {
		[MEMHP_ADVICE_UNKNOWN] = "the size of device memory is not known",
		[MEMHP_ADVICE_OK] = "no device memory has its map in kernel memory",
		[MEMHP_ADVICE_NOTE] = "maps of device memory take kernel memory",
	},
	[MEMHP_CONSIDER_OFFLINE_BLOCKS] = {
		[MEMHP_ADVICE_UNKNOWN] = "where the maps of offline blocks are is not known",
		[MEMHP_ADVICE_OK] = "no block is offline",
		[MEMHP_ADVICE_NOTE] = "maps of offline blocks take kernel memory",
	},
};

struct advice_row {
	enum memhp_consideration consideration;
	enum memhp_advice advice;
	uint64_t figure;
};

static void advice_cell_name(const void *data, struct cell *ret)
{
	const struct advice_row *row = data;

	cell_set_text(ret, memhp_consideration_name(row->consideration));
}

static void advice_cell_level(const void *data, struct cell *ret)
{
	const struct advice_row *row = data;

	cell_set_text(ret, memhp_advice_name(row->advice));
}

static const char *color_level(const struct cell *cell)
{
	if (cell->kind != CELL_TEXT)
		return NULL;
	if (cell->text == memhp_advice_name(MEMHP_ADVICE_OK))
		return "green";
	return cell->text == memhp_advice_name(MEMHP_ADVICE_NOTE) ? "brown" : "red";
}

static void advice_cell_figure(const void *data, struct cell *ret)
{
	const struct advice_row *row = data;

	if (row->figure != UINT64_MAX)
		cell_set_number(ret, CELL_SIZE, row->figure);
}

static void advice_cell_text(const void *data, struct cell *ret)
{
	const struct advice_row *row = data;
	const char *const *words = texts[row->consideration];

	cell_set_text(ret, words[row->advice] ? words[row->advice] : words[MEMHP_ADVICE_NOTE]);
}

static const struct column advice_columns[] = {
	{ "NAME", "what is considered", 0, 0, advice_cell_name, NULL },
	{ "LEVEL", "ok, note or warn", 0, 0, advice_cell_level, color_level },
	{ "FIGURE", "the memory that it is about", COLUMN_RIGHT, 0, advice_cell_figure, NULL },
	{ "TEXT", "what is to be said of it", COLUMN_WRAPS, 0, advice_cell_text, NULL },
};

static struct advice_row advice_row_of(const struct memhp_sizing *sizing, enum memhp_consideration consideration)
{
	struct advice_row row = { .consideration = consideration };

	row.advice = memhp_sizing_judge(sizing, consideration, &row.figure);
	return row;
}

int advice_show(const struct globals *globals, const struct table_args *args, const struct memhp_sizing *sizing)
{
	cleanup(cleanup_table_free) struct table *table = NULL;
	struct columns columns;
	int r;

	columns_all(advice_columns, OPTION_COUNT(advice_columns), &columns);
	table = table_new(globals, args, &columns);
	r = table ? 0 : -ENOMEM;
	for (enum memhp_consideration i = 0; i < MEMHP_CONSIDER_COUNT && r == 0; i++) {
		const struct advice_row row = advice_row_of(sizing, i);

		r = table_add(table, &row, 0);
	}
	if (r < 0)
		return r;
	putchar('\n');
	return table_print(table);
}

void advice_json(struct json *json, const struct memhp_sizing *sizing)
{
	struct columns columns;

	columns_all(advice_columns, OPTION_COUNT(advice_columns), &columns);
	for (enum memhp_consideration i = 0; i < MEMHP_CONSIDER_COUNT; i++) {
		const struct advice_row row = advice_row_of(sizing, i);

		json_row(json, &columns, &row, 0);
	}
}
