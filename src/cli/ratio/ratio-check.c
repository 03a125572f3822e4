/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp ratio --check: the machine, or some of its nodes, against a limit; a line for
 * each that is above. The arithmetic is the library's.
 */
#include <inttypes.h>
#include <stdio.h>

#include "cmd-ratio.h"
#include "../base/message.h"

/* Whether the row is within the limit; tells if not. */
static bool row_passes(const struct ratio_row *row, uint64_t percent)
{
	char name[32] = "the machine", figure[48] = "without kernel memory";

	if (!memhp_ratio_exceeds(&row->ratio, percent))
		return true;
	if (!row->is_total)
		snprintf(name, sizeof(name), "node %u", row->node);
	if (row->ratio.kernel)
		snprintf(figure, sizeof(figure), "at %" PRIu64 " %%", memhp_ratio_percent(&row->ratio));
	error("%s is %s, above %" PRIu64 " %%", name, figure, percent);
	return false;
}

/* With --node each of these nodes, else the machine. */
int ratio_check(const struct ratio *ratio)
{
	uint64_t percent = ratio->args.has_percent ? ratio->args.percent :
			   ratio->rules.is_auto_movable ? ratio->rules.ratio : MEMHP_RATIO_USUAL;
	bool passes = true;

	if (!ratio->args.has_percent && !ratio->rules.are_known) {
		error("the policy is not known; give --check a limit");
		return EXIT_FAILED;
	}
	if (!ratio->args.nodes.count)
		passes = row_passes(&ratio->total, percent);
	for (size_t i = 0; i < ratio->count && ratio->args.nodes.count; i++)
		passes &= row_passes(&ratio->rows[i], percent);
	return passes ? EXIT_DONE : EXIT_FAILED;
}
