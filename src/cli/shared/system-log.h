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
/* The line about a change, on one line of limited length: text, which says what was done, then who requested
 * it and how. The caller frees it. NULL: no memory. */
char *system_log_line(const char *request, const char *who, const char *text);
/* Logs which blocks were changed, how many were not, and who requested what. */
void system_log_blocks(const char *request, struct ranges *changed, unsigned int failed);
/* The same for other changes, which text describes. */
void system_log_text(const char *request, const char *text);

#endif
