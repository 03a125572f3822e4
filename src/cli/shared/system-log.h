/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the system log is told of a change.
 */
#ifndef MEMHP_SYSTEM_LOG_H
#define MEMHP_SYSTEM_LOG_H

#include "../base/ranges.h"

/* A command line as one text; kept as long as the program lives. */
const char *system_log_request(int argc, const char **argv);
/* One line: who asked for what, which blocks were changed, how many were not. */
void system_log_blocks(const char *request, struct ranges *changed, unsigned int failed);
/* The same for other changes, which the text tells. */
void system_log_text(const char *request, const char *text);

#endif
