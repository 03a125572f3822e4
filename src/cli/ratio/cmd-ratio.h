/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of `memhp ratio` share: its rows, what it was asked, what
 * is added, what is advised.
 */
#ifndef MEMHP_CMD_RATIO_H
#define MEMHP_CMD_RATIO_H

#include "../../libmemhp/libmemhp.h"
#include "../base/ranges.h"
#include "../output/column.h"
#include "../output/json.h"

/* A node, or the machine. */
struct ratio_row {
	bool is_total, has_limit;
	unsigned int node;
	struct memhp_ratio ratio;
	unsigned int limit;       /* in percent */
	uint64_t block_size;
	bool is_drawn;            /* BAR by blocks of Unicode instead of letters */
};

/* ratio-columns.c: a row each; the first one is not for the total's object. */
extern const struct column ratio_columns[];
extern const size_t ratio_column_count;
#define RATIO_STANDARD_COLUMNS "NODE,KERNEL,MOVABLE,CMA,RATIO,LIMIT,HEADROOM,STATUS"
/* Where people look. */
#define RATIO_TERMINAL_COLUMNS RATIO_STANDARD_COLUMNS ",BAR"

/* What is known of the machine. */
struct ratio_machine {
	struct memhp *memhp;
	const struct memhp_snapshot *snapshot;
	const struct memhp_stats *stats;
	const struct memhp_policy *policy;
};

/* ratio-add.c: the devices that --add names, one after the other. */
struct addition {
	char *words;                         /* as given, cut at each comma */
	bool has_target, has_node, has_kind;
	struct memhp_addition what;
	const char *onlining;                /* what the kernel does with new memory; NULL: unknown */
	struct memhp_addition_zones zones;
	struct memhp_ratio node, total;      /* afterwards */
};
extern const struct choices addition_targets, addition_kinds;
struct additions {
	struct addition *items;
	size_t count;
};
void additions_free(struct additions *additions);
/* SIZE[,TARGET][,node=N][,kind=KIND]. An exit status, as from all below. */
int additions_parse(const char *value, struct additions *additions);
/* Fills in what the kernel would do. */
int additions_forecast(struct additions *additions, const struct ratio_machine *machine);
/* Say what the figures rest on. */
void additions_comment(const struct additions *additions);
/* ratio-add-columns.c; the first returns 0 or -ENOMEM. */
int additions_show(const struct globals *globals, const struct table_args *args, const struct additions *additions);
void additions_json(struct json *json, const struct additions *additions);

struct ratio_args {
	struct ranges nodes;
	bool is_check, has_percent, is_advise;
	uint64_t percent;
	struct additions additions;
};

/* What is shown, and what it rests on. */
struct ratio {
	struct ratio_args args;
	struct table_args table;
	struct columns columns;
	struct ratio_machine machine;
	struct memhp_zone_rules rules;
	struct memhp_sizing sizing;  /* with --advise */
	bool is_drawn;               /* bars for people who look at a terminal that has blocks */
	struct ratio_row *rows;      /* of nodes, in the kernel's order */
	size_t count;
	struct ratio_row total;
};

/* ratio-check.c: an exit status. */
int ratio_check(const struct ratio *ratio);

/* ratio-advise.c: the figures against what the kernel's document has to consider. The same. */
int advice_show(const struct globals *globals, const struct table_args *args, const struct memhp_sizing *sizing);
void advice_json(struct json *json, const struct memhp_sizing *sizing);

#endif
