/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words for an action and for why a plan passes over a block. Pure.
 */
#include "plan.h"

const char *memhp_action_name(enum memhp_action action)
{
	static const char *const names[] = {
		[MEMHP_ACTION_ONLINE] = "online",
		[MEMHP_ACTION_OFFLINE] = "offline",
	};

	return (size_t)action < sizeof(names) / sizeof(names[0]) ? names[action] : NULL;
}

const char *memhp_pass_name(enum memhp_pass why)
{
	static const char *const names[] = {
		[MEMHP_PASS_DRIVER] = "driver",
		[MEMHP_PASS_DMA] = "dma",
		[MEMHP_PASS_MISPLACED] = "misplaced",
	};

	return (size_t)why < sizeof(names) / sizeof(names[0]) ? names[why] : NULL;
}
