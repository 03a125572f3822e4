/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memhp ratio --check: the machine, or some of its nodes, against a limit; a line for
 * each that is above. The arithmetic is the library's.
 */
#include <inttypes.h>
#include <stdio.h>

#include "../base/message.h"
#include "cmd-ratio.h"

/* Tells that the row is above the limit; false: it is not. */
static bool ratio_tell_excess(const struct ratio_row *row, uint64_t percent)
{
	char name[32] = "the machine", figure[48] = "without kernel memory";

	if (!memhp_ratio_exceeds(&row->ratio, percent))
		return false;
	if (!row->is_total)
		snprintf(name, sizeof(name), "node %u", row->node);
	if (row->ratio.kernel)
		snprintf(figure, sizeof(figure), "at %" PRIu64 " %%", memhp_ratio_percent(&row->ratio));
	error("%s is %s, above %" PRIu64 " %%", name, figure, percent);
	return true;
}

/* With --node each of these nodes, else the machine. */
int ratio_check(const struct ratio *ratio)
{
	uint64_t percent = ratio->args.has_percent ? ratio->args.percent :
			   ratio->rules.is_auto_movable ? ratio->rules.ratio : MEMHP_RATIO_USUAL;
	bool exceeds = false;

	if (!ratio->args.has_percent && !ratio->rules.are_known) {
		error("the policy is not known; give --check a limit");
		return EXIT_FAILED;
	}
	if (!ratio->args.nodes.count)
		exceeds = ratio_tell_excess(&ratio->total, percent);
	for (size_t i = 0; i < ratio->count && ratio->args.nodes.count; i++)
		exceeds |= ratio_tell_excess(&ratio->rows[i], percent);
	return exceeds ? EXIT_FAILED : EXIT_DONE;
}
