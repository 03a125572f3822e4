/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all parts of a change share: its name, and how long it has been running.
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
