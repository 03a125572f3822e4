/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp ratio --check: the machine, or some of its nodes, against a limit; a line for
 * each that is above. The arithmetic is the library's.
 */
#include <inttypes.h>
#include <stdio.h>

#include "../base/message.h"
#include "../output/json.h"
#include "cmd-ratio.h"

/* Reports a row that is above the limit; false: it is not. */
static bool ratio_report_excess(const struct ratio_row *row, uint64_t percent)
{
	char of_node[32] = "", subject[32] = "the machine";
	uint64_t found = UINT64_MAX;

	if (!memhp_ratio_exceeds(&row->ratio, percent))
		return false;
	(void)memhp_ratio_percent(&row->ratio, &found);
	if (!row->is_total) {
		snprintf(of_node, sizeof(of_node), " of node %u", row->node);
		snprintf(subject, sizeof(subject), "node %u", row->node);
	}
	if (!row->ratio.kernel)
		error("%s has no kernel memory: its MOVABLE:KERNEL ratio is above the limit of %" PRIu64 "%%",
		      subject, percent);
	else if (found == percent)
		error("MOVABLE:KERNEL ratio%s is above the limit of %" PRIu64 "%% by less than 1%%", of_node, percent);
	else
		error("MOVABLE:KERNEL ratio%s is %" PRIu64 "%%, above the limit of %" PRIu64 "%%", of_node, found,
		      percent);
	return true;
}

/* The limit; false: it is unknown. */
static bool ratio_check_limit(const struct ratio *ratio, uint64_t *ret)
{
	*ret = ratio->args.has_percent ? ratio->args.percent :
	       ratio->rules.is_auto_movable ? ratio->rules.ratio : MEMHP_RATIO_USUAL;
	return ratio->args.has_percent || ratio->rules.are_known;
}

/* With --node each of these nodes, else the machine. */
int ratio_check(const struct ratio *ratio)
{
	uint64_t percent = 0;
	bool exceeds = false;

	if (!ratio_check_limit(ratio, &percent)) {
		error("the policy is unknown; give a limit, such as --check=400");
		return EXIT_UNDECIDED;
	}
	if (!ratio->args.nodes.count)
		exceeds = ratio_report_excess(&ratio->total, percent);
	for (size_t i = 0; i < ratio->count && ratio->args.nodes.count; i++)
		exceeds |= ratio_report_excess(&ratio->rows[i], percent);
	return exceeds ? EXIT_FAILED : EXIT_DONE;
}

void ratio_check_json(const struct ratio *ratio, struct json *json, int status)
{
	uint64_t percent = 0;

	if (ratio_check_limit(ratio, &percent)) {
		json_set_number(json, "check", "limit", percent);
		json_set_bool(json, "check", "holds", status == EXIT_DONE);
	} else {
		json_set_null(json, "check", "limit");
		json_set_null(json, "check", "holds");
	}
}
