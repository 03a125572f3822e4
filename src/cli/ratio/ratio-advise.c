/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp ratio --advise: the texts about each of the kernel document's considerations,
 * by level. The figures and the levels come from the library.
 */
#include <errno.h>
#include <stdio.h>

#include "../../libmemhp/cleanup.h"
#include "../output/table.h"
#include "cmd-ratio.h"

DEFINE_CLEANUP(struct table *, table_free)

/* By enum memhp_advice. A warning without a text of its own uses the one of the note. */
static const char *const texts[][MEMHP_ADVICE_WARN + 1] = {
	[MEMHP_CONSIDER_GIGANTIC_PAGES] = {
		[MEMHP_ADVICE_UNKNOWN] = "the sizes of gigantic pages cannot be read",
		[MEMHP_ADVICE_OK] = "there are no gigantic pages",
		[MEMHP_ADVICE_NOTE] = "gigantic pages are unmovable and use kernel memory",
	},
	[MEMHP_CONSIDER_HUGE_PAGES] = {
		[MEMHP_ADVICE_UNKNOWN] = "it is unknown whether huge pages can migrate",
		[MEMHP_ADVICE_OK] = "huge pages can migrate, or there are none",
		[MEMHP_ADVICE_NOTE] = "huge pages cannot migrate on this machine; they use kernel memory",
	},
	[MEMHP_CONSIDER_PINS] = {
		[MEMHP_ADVICE_UNKNOWN] = "the number of pinned pages cannot be read",
		[MEMHP_ADVICE_OK] = "no pages are pinned, or few",
		[MEMHP_ADVICE_NOTE] = "pinned pages cannot stay in the Movable zone",
	},
	[MEMHP_CONSIDER_PAGE_TABLES] = {
		[MEMHP_ADVICE_UNKNOWN] = "the size of the page tables cannot be read",
		[MEMHP_ADVICE_OK] = "page tables use a small part of kernel memory",
		[MEMHP_ADVICE_NOTE] = "page tables are unmovable and use a large part of kernel memory",
	},
	[MEMHP_CONSIDER_BALLOON] = {
		[MEMHP_ADVICE_UNKNOWN] = "it is unknown whether there is a balloon",
		[MEMHP_ADVICE_OK] = "there is no balloon, or its pages can migrate",
		[MEMHP_ADVICE_NOTE] = "balloon pages are unmovable and use kernel memory",
	},
	[MEMHP_CONSIDER_HVO] = {
		[MEMHP_ADVICE_UNKNOWN] = "the memory that HVO saves cannot be read",
		[MEMHP_ADVICE_OK] = "HVO saves no memory that would be needed again",
		[MEMHP_ADVICE_NOTE] = "dissolving all huge pages would need this memory",
		[MEMHP_ADVICE_WARN] = "dissolving all huge pages would need more memory than is free",
	},
	[MEMHP_CONSIDER_KASAN] = {
		[MEMHP_ADVICE_UNKNOWN] = "it is unknown whether the kernel uses KASAN",
		[MEMHP_ADVICE_OK] = "the kernel has no KASAN shadow memory",
		[MEMHP_ADVICE_NOTE] = "KASAN shadow memory is unmovable",
	},
	[MEMHP_CONSIDER_CMA] = {
		[MEMHP_ADVICE_UNKNOWN] = "the size of CMA areas cannot be read",
		[MEMHP_ADVICE_OK] = "there are no CMA areas",
		[MEMHP_ADVICE_NOTE] = "blocks with CMA areas can never go offline",
	},
	[MEMHP_CONSIDER_DAX_MEMMAP] = {
		[MEMHP_ADVICE_UNKNOWN] = "the size of device memory is unknown",
		[MEMHP_ADVICE_OK] = "no device memory has its memory map in kernel memory",
		[MEMHP_ADVICE_NOTE] = "memory maps of device memory use kernel memory",
	},
	[MEMHP_CONSIDER_OFFLINE_BLOCKS] = {
		[MEMHP_ADVICE_UNKNOWN] = "it is unknown where the memory maps of offline blocks are",
		[MEMHP_ADVICE_OK] = "no block is offline",
		[MEMHP_ADVICE_NOTE] = "memory maps of offline blocks use kernel memory",
	},
};

struct advice_row {
	enum memhp_consideration consideration;
	enum memhp_advice advice;
	uint64_t figure;
	const char *text;
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

	cell_set_text(ret, row->text);
}

static const struct column advice_columns[] = {
	{ "NAME", "what the check is about", 0, 0, advice_cell_name, NULL },
	{ "LEVEL", "ok, note or warn", 0, 0, advice_cell_level, color_level },
	{ "FIGURE", "memory that it concerns", COLUMN_RIGHT, 0, advice_cell_figure, NULL },
	{ "TEXT", "result for this machine", COLUMN_WRAPS, 0, advice_cell_text, NULL },
};

static struct advice_row advice_row_of(const struct memhp_sizing *sizing, enum memhp_consideration consideration)
{
	struct advice_row row = { .consideration = consideration, .figure = UINT64_MAX };
	/* A newer library may know more than these texts. */
	const char *const *words = (size_t)consideration < OPTION_COUNT(texts) ? texts[consideration] : NULL;
	const int advice = memhp_sizing_judge(sizing, consideration, &row.figure);

	row.advice = advice < 0 ? MEMHP_ADVICE_UNKNOWN : (enum memhp_advice)advice;
	if (words && row.advice <= MEMHP_ADVICE_WARN)
		row.text = words[row.advice] ? words[row.advice] : words[MEMHP_ADVICE_NOTE];
	if (consideration == MEMHP_CONSIDER_HVO && sizing->hvo_may_corrupt)
		row.text = "this kernel may corrupt memory when it frees huge pages; boot without HVO";
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
	for (enum memhp_consideration i = 0; memhp_consideration_name(i) && r == 0; i++) {
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
	for (enum memhp_consideration i = 0; memhp_consideration_name(i); i++) {
		const struct advice_row row = advice_row_of(sizing, i);

		json_row(json, &columns, &row, 0);
	}
}
