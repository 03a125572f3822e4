/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of memhp ratio share: the options, the rows, the devices of --add
 * and the figures of --advise. The arithmetic is in the library.
 */
#ifndef MEMHP_CMD_RATIO_H
#define MEMHP_CMD_RATIO_H

#include "../../libmemhp/libmemhp.h"
#include "../base/ranges.h"
#include "../output/column.h"
#include "../output/json.h"

/* A node, or the whole machine. */
struct ratio_row {
	bool is_total, has_limit;
	unsigned int node;
	struct memhp_ratio ratio;
	unsigned int limit;       /* in per cent */
	uint64_t block_size;
	bool is_drawn;            /* BAR uses Unicode blocks instead of letters */
};

/* ratio-columns.c: the columns, one table entry each. The first one is not part of the JSON object "total". */
extern const struct column ratio_columns[];
extern const size_t ratio_column_count;
#define RATIO_STANDARD_COLUMNS "NODE,KERNEL,MOVABLE,CMA,RATIO,LIMIT,HEADROOM,STATUS"
/* The default columns on a terminal. */
#define RATIO_TERMINAL_COLUMNS RATIO_STANDARD_COLUMNS ",BAR"

/* What was read from the machine. */
struct ratio_machine {
	struct memhp *memhp;
	const struct memhp_snapshot *snapshot;
	const struct memhp_stats *stats;
	const struct memhp_policy *policy;
};

/* ratio-add.c: a device of --add. Each one is added to the machine with all those before it. */
struct addition {
	char *words;                         /* the value of the option, cut at each comma */
	bool has_target, has_node, has_kind;
	struct memhp_addition what;
	const char *onlining;                /* what the kernel does with new memory; NULL: unknown */
	struct memhp_addition_zones zones;
	struct memhp_ratio node, total;      /* the ratios with this device */
};
struct additions {
	struct addition *items;
	size_t count;
};
void additions_free(struct additions *additions);
/* Parses SIZE[,TARGET][,node=N][,kind=KIND]. This function and the ones below return an exit status. */
int additions_parse(const char *value, struct additions *additions);
/* Predicts what the kernel would do. */
int additions_forecast(struct additions *additions, const struct ratio_machine *machine);
/* Prints the notices that explain the prediction. */
void additions_comment(const struct additions *additions);
/* ratio-add-columns.c: additions_show() returns 0 or -ENOMEM. */
int additions_show(const struct globals *globals, const struct table_args *args, const struct additions *additions);
void additions_json(struct json *json, const struct additions *additions);

struct ratio_args {
	struct ranges nodes;
	bool is_check, has_percent, is_advise;
	uint64_t percent;
	struct additions additions;
};

/* The options of the command, and what was read for them. */
struct ratio {
	struct ratio_args args;
	struct table_args table;
	struct columns columns;
	struct ratio_machine machine;
	struct memhp_zone_rules rules;
	struct memhp_sizing sizing;  /* only with --advise */
	bool is_drawn;               /* draw bars: a person reads, and the terminal has block characters */
	struct ratio_row *rows;      /* one per node, in the kernel's order */
	size_t count;
	struct ratio_row total;
};

/* ratio-check.c: returns an exit status. */
int ratio_check(const struct ratio *ratio);
/* Adds to the document what was compared: "check". */
struct json;
void ratio_check_json(const struct ratio *ratio, struct json *json, int status);

/* ratio-advise.c: checks the machine against the kernel document's sizing guidelines. Returns 0 or -ENOMEM. */
int advice_show(const struct globals *globals, const struct table_args *args, const struct memhp_sizing *sizing);
void advice_json(struct json *json, const struct memhp_sizing *sizing);

#endif
