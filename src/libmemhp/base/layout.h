/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the structures of the interface that begin with their size must hold, so that
 * they can grow: no padding after the last field. What an older caller has there is not
 * set, and would be taken for a field that is added later. One row for each structure, with
 * its last field. context.c includes this, and quality/build.bats compiles it for other
 * machines.
 */
#ifndef MEMHP_LAYOUT_H
#define MEMHP_LAYOUT_H

#include "../libmemhp.h"

#define ENDS_WITH(structure, field)                                                                        \
	_Static_assert(offsetof(struct structure, size) == 0 &&                                            \
		       offsetof(struct structure, field) + sizeof(((struct structure *)NULL)->field) ==    \
		       sizeof(struct structure), "struct " #structure " has padding after its last field")

ENDS_WITH(memhp_addition, reserved);
ENDS_WITH(memhp_addition_zones, reserved);
ENDS_WITH(memhp_bound, name);
ENDS_WITH(memhp_figures, reserved);
ENDS_WITH(memhp_lock_options, data);
ENDS_WITH(memhp_monitor_options, interval_ms);
ENDS_WITH(memhp_plan_room, guessed);
ENDS_WITH(memhp_probe, resource_end);
ENDS_WITH(memhp_ratio, cma);
ENDS_WITH(memhp_request, reserved);
ENDS_WITH(memhp_run_options, refill_ms);
ENDS_WITH(memhp_scan_options, reserved);
ENDS_WITH(memhp_setting, value);
ENDS_WITH(memhp_sizing, reserved);
ENDS_WITH(memhp_verdict, reserved);
ENDS_WITH(memhp_zone_rules, reserved);

#endif
