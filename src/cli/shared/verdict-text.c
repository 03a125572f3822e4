/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explains in words whether a block can go offline and why, and converts page counts
 * to bytes. The verdicts themselves come from the library.
 */
#include "verdict-text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/options.h"
#include "../base/shortage.h"
#include "../base/text.h"

unsigned int page_kind_count(void)
{
	unsigned int count = 0;

	while (count < PAGE_KINDS_MAX && memhp_page_name((enum memhp_page)count))
		count++;
	return count;
}

uint64_t pages_total_count(const struct memhp_pages *pages)
{
	const unsigned int kinds = page_kind_count();
	uint64_t all = 0;

	for (unsigned int kind = 0; kind < kinds; kind++)
		all += memhp_pages_count(pages, (enum memhp_page)kind);
	return all;
}

uint64_t pages_bytes(const struct memhp_pages *pages, unsigned int kinds, uint64_t block_size)
{
	const uint64_t all = pages_total_count(pages);
	uint64_t count = 0;

	for (unsigned int kind = 0; kind < PAGE_KINDS_MAX && kinds >> kind; kind++)
		count += kinds >> kind & 1 ? memhp_pages_count(pages, (enum memhp_page)kind) : 0;
	/* This is exact: the counts cover all pages of the block. */
	return all ? count * (block_size / all) : 0;
}

static const char *const kind_texts[] = {
	[MEMHP_PAGE_UNKNOWN] = "page%s of unknown use",
	[MEMHP_PAGE_RESERVED] = "reserved page%s",
	[MEMHP_PAGE_SLAB] = "slab page%s",
	[MEMHP_PAGE_TABLE] = "page table%s",
	[MEMHP_PAGE_KERNEL] = "other kernel page%s",
	/* Huge pages are given as a size: their number would not match the count of base pages. */
	[MEMHP_PAGE_HUGE] = "huge pages",
	[MEMHP_PAGE_DRIVER] = "page%s kept by a driver",
	[MEMHP_PAGE_MIGRATE] = "page%s to migrate",
};

/* The verdicts that need no page information. */
static const char *const why_texts[] = {
	[MEMHP_WHY_UNKNOWN] = NULL,
	[MEMHP_WHY_NO_OFFLINING] = "kernel without memory offlining",
	[MEMHP_WHY_SEVERAL_ZONES] = "several zones or nodes",
	[MEMHP_WHY_MEMORY_HOLES] = "memory holes",
	[MEMHP_WHY_OFFLINE_DISABLED] = "boot memory on this architecture",
	[MEMHP_WHY_KERNEL_ZONE] = "kernel zone",
	[MEMHP_WHY_MOVABLE] = "Movable zone",
	[MEMHP_WHY_NO_ZONES] = "no file valid_zones",
};

static void write_pages(FILE *stream, enum memhp_page kind, uint64_t count)
{
	const char *words = (size_t)kind < OPTION_COUNT(kind_texts) ? kind_texts[kind] : NULL;
	size_t before = words ? strcspn(words, "%") : 0;

	if (words && words[before])
		fprintf(stream, "%" PRIu64 " %.*s%s%s", count, (int)before, words, count == 1 ? "" : "s",
			words + before + 2);
}

static void write_room(FILE *stream, const struct memhp_verdict *verdict)
{
	char room[24];

	if (verdict->room == UINT64_MAX)
		return;
	size_text(verdict->room, room);
	fprintf(stream, ", %s free elsewhere", room);
}

static void write_huge_pages(FILE *stream, const struct judgement *judgement, const char *before, const char *after)
{
	char size[24];

	size_text(judgement->huge, size);
	fprintf(stream, "%s of %shuge pages%s", size, before, after);
}

/* Names what makes a block uncertain although nothing has to be migrated. */
static void write_rest(FILE *stream, const struct judgement *judgement)
{
	const struct memhp_verdict *verdict = &judgement->verdict;

	if (!verdict->pages)
		return;
	fputs(", ", stream);
	if (verdict->kind == MEMHP_PAGE_HUGE)
		write_huge_pages(stream, judgement, "free ", "");
	else
		write_pages(stream, verdict->kind, verdict->pages);
}

static void write_why(FILE *stream, const struct judgement *judgement)
{
	const struct memhp_verdict *verdict = &judgement->verdict;
	const char *zone = judgement->is_movable ? "Movable" : "kernel zone";

	switch (verdict->why) {
	case MEMHP_WHY_RESERVED_PAGES:
	case MEMHP_WHY_UNMOVABLE_PAGES:
	case MEMHP_WHY_UNKNOWN_PAGES:
	case MEMHP_WHY_DRIVER_PAGES:
		write_pages(stream, verdict->kind, verdict->pages);
		return;
	case MEMHP_WHY_HUGE_PAGES:
		write_huge_pages(stream, judgement, "", " that will not all move");
		return;
	case MEMHP_WHY_HVO:
		write_huge_pages(stream, judgement, "", " with HVO, unsafe on this kernel");
		return;
	case MEMHP_WHY_NO_ROOM:
	case MEMHP_WHY_MIGRATE:
		fprintf(stream, "%s, ", zone);
		write_pages(stream, verdict->kind, verdict->pages);
		write_room(stream, verdict);
		return;
	case MEMHP_WHY_FREE:
		fprintf(stream, "%s, nothing to migrate", zone);
		write_rest(stream, judgement);
		return;
	case MEMHP_WHY_UNKNOWN:
	case MEMHP_WHY_NO_OFFLINING:
	case MEMHP_WHY_SEVERAL_ZONES:
	case MEMHP_WHY_MEMORY_HOLES:
	case MEMHP_WHY_OFFLINE_DISABLED:
	case MEMHP_WHY_KERNEL_ZONE:
	case MEMHP_WHY_MOVABLE:
	case MEMHP_WHY_NO_ZONES:
		return;
	}
}

static FILE *verdict_open(char *ret, size_t size)
{
	FILE *stream = fmemopen(ret, size, "w");

	if (!stream)
		shortage_note();
	return stream;
}

const char *judgement_why(const struct judgement *judgement, char *ret, size_t size)
{
	const struct memhp_verdict *verdict = &judgement->verdict;
	const char *text = (size_t)verdict->why < OPTION_COUNT(why_texts) ? why_texts[verdict->why] : NULL;
	FILE *stream;

	if ((size_t)verdict->why < OPTION_COUNT(why_texts) && !judgement->is_stranded)
		return text;
	stream = verdict_open(ret, size);
	if (!stream)
		return NULL;
	if (text)
		fputs(text, stream);
	write_why(stream, judgement);
	if (judgement->is_stranded)
		fprintf(stream, "%sno driver: stays until the next boot", verdict->why ? ", " : "");
	if (verdict->has_cma && verdict->offlinable != MEMHP_OFFLINABLE_NO)
		fputs(", CMA in the zone", stream);
	if (judgement->poisoned)
		fprintf(stream, ", %" PRIu64 " poisoned", judgement->poisoned);
	(void)fclose(stream);
	return ret;
}

/* Without numbers, and no longer than a row of a plan on a terminal bears. */
static const char *const brief_texts[] = {
	[MEMHP_WHY_MOVABLE] = "Movable",
	[MEMHP_WHY_RESERVED_PAGES] = "reserved pages",
	[MEMHP_WHY_UNKNOWN_PAGES] = "pages of unknown use",
	[MEMHP_WHY_DRIVER_PAGES] = "pages of a driver",
	[MEMHP_WHY_HUGE_PAGES] = "huge pages",
	[MEMHP_WHY_HVO] = "huge pages with HVO",
	[MEMHP_WHY_NO_ROOM] = "no room elsewhere",
	[MEMHP_WHY_MIGRATE] = "pages to migrate",
	[MEMHP_WHY_FREE] = "nothing to migrate",
};

const char *verdict_brief_text(const struct memhp_verdict *verdict)
{
	if (verdict->why == MEMHP_WHY_UNMOVABLE_PAGES)
		return verdict->kind == MEMHP_PAGE_SLAB ? "slab pages" :
		       verdict->kind == MEMHP_PAGE_TABLE ? "page tables" : "kernel pages";
	if ((size_t)verdict->why < OPTION_COUNT(brief_texts) && brief_texts[verdict->why])
		return brief_texts[verdict->why];
	return (size_t)verdict->why < OPTION_COUNT(why_texts) ? why_texts[verdict->why] : NULL;
}

const char *judgement_doubt(const struct judgement *judgement, char *ret, size_t size)
{
	const struct memhp_verdict *verdict = &judgement->verdict;
	FILE *stream;

	if ((size_t)verdict->why < OPTION_COUNT(why_texts) && why_texts[verdict->why])
		return why_texts[verdict->why];
	stream = verdict_open(ret, size);
	if (!stream)
		return "";
	if (verdict->why == MEMHP_WHY_NO_ROOM) {
		write_pages(stream, verdict->kind, verdict->pages);
		fputs(", more than fits into free memory elsewhere", stream);
	} else {
		write_why(stream, judgement);
	}
	(void)fclose(stream);
	return ret;
}

struct judgement judge_block(const struct memhp_scan *scan, const struct memhp_block *block)
{
	const uint64_t size = memhp_block_end(block) - memhp_block_start(block) + 1;
	const struct memhp_pages *pages = scan ? memhp_scan_find(scan, block) : NULL;
	struct judgement judgement = {
		.verdict = { .size = sizeof(judgement.verdict), .room = UINT64_MAX },
		.is_movable = memhp_block_zone(block) == MEMHP_ZONE_MOVABLE,
		.is_stranded = memhp_block_is_stranded(block),
	};

	if (scan)
		(void)memhp_scan_judge(scan, block, &judgement.verdict);
	else
		judgement.verdict.offlinable = memhp_block_offlinable(block, &judgement.verdict.why);
	if (!pages)
		return judgement;
	judgement.huge = pages_bytes(pages, 1U << MEMHP_PAGE_HUGE, size);
	judgement.free = pages_bytes(pages, 1U << MEMHP_PAGE_FREE, size);
	judgement.poisoned = memhp_pages_count(pages, MEMHP_PAGE_POISONED);
	return judgement;
}

void judgement_add(struct judgement *sum, const struct judgement *other)
{
	sum->verdict.pages += other->verdict.pages;
	sum->verdict.has_cma |= other->verdict.has_cma;
	sum->huge += other->huge;
	sum->free += other->free;
	sum->poisoned += other->poisoned;
	/* What is free in one of the blocks is not elsewhere for the others. */
	if (sum->verdict.room != UINT64_MAX)
		sum->verdict.room -= other->free < sum->verdict.room ? other->free : sum->verdict.room;
}
