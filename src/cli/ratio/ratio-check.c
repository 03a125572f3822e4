/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp ratio --check: the machine, or some of its nodes, against a limit; a line for
 * each that is above. The arithmetic is the library's.
 */
#include <inttypes.h>
#include <stdio.h>

#include "../base/message.h"
#include "cmd-ratio.h"

/* Reports a row that is above the limit; false: it is not. */
static bool ratio_report_excess(const struct ratio_row *row, uint64_t percent)
{
	const uint64_t found = memhp_ratio_percent(&row->ratio);
	char of_node[32] = "", subject[32] = "the machine";

	if (!memhp_ratio_exceeds(&row->ratio, percent))
		return false;
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

/* With --node each of these nodes, else the machine. */
int ratio_check(const struct ratio *ratio)
{
	uint64_t percent = ratio->args.has_percent ? ratio->args.percent :
			   ratio->rules.is_auto_movable ? ratio->rules.ratio : MEMHP_RATIO_USUAL;
	bool exceeds = false;

	if (!ratio->args.has_percent && !ratio->rules.are_known) {
		error("the policy is unknown; give a limit, such as --check=400");
		return EXIT_UNDECIDED;
	}
	if (!ratio->args.nodes.count)
		exceeds = ratio_report_excess(&ratio->total, percent);
	for (size_t i = 0; i < ratio->count && ratio->args.nodes.count; i++)
		exceeds |= ratio_report_excess(&ratio->rows[i], percent);
	return exceeds ? EXIT_FAILED : EXIT_DONE;
}
