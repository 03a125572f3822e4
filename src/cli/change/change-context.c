/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measures how long a change has been running. All other parts of a change depend on
 * this file; it depends on none of them.
 */
#include "change-context.h"

uint64_t change_elapsed_ms(const struct change_context *context)
{
	return clock_ms() - context->begin_ms;
}
