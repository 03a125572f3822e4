/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line that each change leaves in the system log. Messages to the user are in
 * message.h. The callers decide what counts as a change.
 */
#ifndef MEMHP_SYSTEM_LOG_H
#define MEMHP_SYSTEM_LOG_H

#include "../base/ranges.h"

/* The command and its arguments as one text, which is never freed. */
const char *system_log_request(int argc, const char **argv);
/* Logs who requested what, which blocks were changed, and how many were not. */
void system_log_blocks(const char *request, struct ranges *changed, unsigned int failed);
/* The same for other changes, which text describes. */
void system_log_text(const char *request, const char *text);

#endif
