/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's sizing considerations for ZONE_MOVABLE, judged by figures: one row and
 * one small function for each. Pure. sizing.c reads the figures. The texts for people
 * are left to the program.
 */
#include "../sized.h"
#include "zones.h"

__extension__ typedef unsigned __int128 wide;

#define UNKNOWN UINT64_MAX

/* Whether the figure exceeds this percentage of kernel memory. */
static bool exceeds(uint64_t figure, const struct memhp_sizing *sizing, unsigned int percent)
{
	return (wide)figure * 100 > (wide)sizing->kernel * percent;
}

/* Up to ok_percent of kernel memory is ok, more is worth a note, and more than warn_percent a warning. */
static enum memhp_advice judge_amount(const struct memhp_sizing *sizing, uint64_t figure, unsigned int ok_percent,
				      unsigned int warn_percent)
{
	if (figure == UNKNOWN)
		return MEMHP_ADVICE_UNKNOWN;
	if (!exceeds(figure, sizing, ok_percent))
		return MEMHP_ADVICE_OK;
	return exceeds(figure, sizing, warn_percent) ? MEMHP_ADVICE_WARN : MEMHP_ADVICE_NOTE;
}

static enum memhp_advice judge_gigantic(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->gigantic;
	return judge_amount(sizing, sizing->gigantic, 0, 25);
}

static enum memhp_advice judge_huge(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->huge;
	if (sizing->huge_can_migrate == 1 || !sizing->huge)
		return MEMHP_ADVICE_OK;
	return sizing->huge_can_migrate < 0 ? MEMHP_ADVICE_UNKNOWN : judge_amount(sizing, sizing->huge, 0, 25);
}

/* Pins for I/O in progress come and go. */
static enum memhp_advice judge_pins(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->pinned;
	return judge_amount(sizing, sizing->pinned, 1, 10);
}

static enum memhp_advice judge_page_tables(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->page_tables;
	return judge_amount(sizing, sizing->page_tables, 5, 20);
}

static enum memhp_advice judge_balloon(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->ballooned;
	if (sizing->has_foreign_balloon)
		return MEMHP_ADVICE_WARN;
	if (sizing->balloon_compacts == 1 || sizing->ballooned == 0)
		return MEMHP_ADVICE_OK;
	if (sizing->balloon_compacts < 0 || sizing->ballooned == UNKNOWN)
		return MEMHP_ADVICE_UNKNOWN;
	return judge_amount(sizing, sizing->ballooned, 0, 5);
}

/* Dissolving a huge page needs memory of kernel zones, which may not be available while offlining; and there are
 * kernels that do not survive it. */
static enum memhp_advice judge_hvo(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->has_hvo ? sizing->hvo_debt : 0;
	if (!sizing->has_hvo)
		return MEMHP_ADVICE_OK;
	if (sizing->has_hvo < 0 || sizing->hvo_debt == UNKNOWN) {
		*ret_figure = UNKNOWN;
		return MEMHP_ADVICE_UNKNOWN;
	}
	if (!sizing->hvo_debt)
		return MEMHP_ADVICE_OK;
	return sizing->hvo_may_corrupt || sizing->hvo_debt > sizing->kernel_free ? MEMHP_ADVICE_WARN : MEMHP_ADVICE_NOTE;
}

static enum memhp_advice judge_kasan(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->kasan;
	return judge_amount(sizing, sizing->kasan, 0, 0);
}

/* CMA serves movable allocations until its owner claims it, but its blocks never go offline. */
static enum memhp_advice judge_cma(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->cma;
	if (sizing->cma == UNKNOWN)
		return MEMHP_ADVICE_UNKNOWN;
	return sizing->cma ? MEMHP_ADVICE_NOTE : MEMHP_ADVICE_OK;
}

static enum memhp_advice judge_dax(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->dax_maps;
	return judge_amount(sizing, sizing->dax_maps, 0, 10);
}

static enum memhp_advice judge_offline(const struct memhp_sizing *sizing, uint64_t *ret_figure)
{
	*ret_figure = sizing->offline_maps;
	return judge_amount(sizing, sizing->offline_maps, 0, 5);
}

/* The bytes of a structure that knows this field. */
#define WITH(field) (offsetof(struct memhp_sizing, field) + sizeof(((struct memhp_sizing *)NULL)->field))

static const struct {
	const char *name;
	enum memhp_advice (*judge)(const struct memhp_sizing *sizing, uint64_t *ret_figure);
	size_t least;   /* the size of a structure with all figures that it needs: 0 would mean that there is nothing */
} considerations[] = {
	[MEMHP_CONSIDER_GIGANTIC_PAGES] = { "gigantic-pages", judge_gigantic, WITH(gigantic) },
	[MEMHP_CONSIDER_HUGE_PAGES] = { "huge-pages", judge_huge, WITH(huge_can_migrate) },
	[MEMHP_CONSIDER_PINS] = { "pins", judge_pins, WITH(pinned) },
	[MEMHP_CONSIDER_PAGE_TABLES] = { "page-tables", judge_page_tables, WITH(page_tables) },
	[MEMHP_CONSIDER_BALLOON] = { "balloon", judge_balloon, WITH(has_foreign_balloon) },
	[MEMHP_CONSIDER_HVO] = { "hvo", judge_hvo, WITH(hvo_may_corrupt) },
	[MEMHP_CONSIDER_KASAN] = { "kasan", judge_kasan, WITH(kasan) },
	[MEMHP_CONSIDER_CMA] = { "cma", judge_cma, WITH(cma) },
	[MEMHP_CONSIDER_DAX_MEMMAP] = { "dax-memmap", judge_dax, WITH(dax_maps) },
	[MEMHP_CONSIDER_OFFLINE_BLOCKS] = { "offline-blocks", judge_offline, WITH(offline_maps) },
};

#define CONSIDERATIONS (sizeof(considerations) / sizeof(considerations[0]))

const char *memhp_consideration_name(enum memhp_consideration consideration)
{
	return (size_t)consideration < CONSIDERATIONS ? considerations[consideration].name : NULL;
}

int memhp_sizing_judge(const struct memhp_sizing *callers, enum memhp_consideration consideration, uint64_t *ret_figure)
{
	struct memhp_sizing sizing;
	uint64_t figure = UNKNOWN;
	enum memhp_advice advice = MEMHP_ADVICE_UNKNOWN;
	int r = sized_take(&sizing, offsetof(struct memhp_sizing, reserved), callers);

	if (r < 0)
		return r;
	if ((size_t)consideration >= CONSIDERATIONS)
		return -EINVAL;
	if (sizing.size >= considerations[consideration].least)
		advice = considerations[consideration].judge(&sizing, &figure);
	*ret_figure = figure;
	return advice == MEMHP_ADVICE_WARN && !sizing.movable ? (int)MEMHP_ADVICE_NOTE : (int)advice;
}

const char *memhp_advice_name(enum memhp_advice advice)
{
	static const char *const names[] = {
		[MEMHP_ADVICE_OK] = "ok",
		[MEMHP_ADVICE_NOTE] = "note",
		[MEMHP_ADVICE_WARN] = "warn",
	};

	return (size_t)advice < sizeof(names) / sizeof(names[0]) ? names[advice] : NULL;
}
