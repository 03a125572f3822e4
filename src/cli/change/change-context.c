/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names the action of a change and measures how long the command has been running.
 * All other parts of a change depend on this file; it depends on none of them.
 */
#include "change-context.h"

const char *action_name(enum memhp_action action)
{
	return action == MEMHP_ACTION_ONLINE ? "online" : "offline";
}

uint64_t change_elapsed_ms(const struct change_context *context)
{
	return clock_ms() - context->begin_ms;
}
