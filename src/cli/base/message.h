/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said on standard error, and how much of it.
 */
#ifndef MEMHP_MESSAGE_H
#define MEMHP_MESSAGE_H

#include <stdbool.h>

#include "../command.h"

/* "memhp: list: ..." from here on; command may be NULL. */
void message_begin(const char *command);
/* No notices and no progress from here on, or details too. */
void message_verbosity(bool quiet, bool verbose);

/* One line on stderr. The first error is kept for the JSON error document. */
void error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether a line of progress may be drawn on stderr: a terminal that is not dumb, and neither
 * --quiet nor --json. */
bool message_is_watched(const struct globals *globals);

/* error() and the line that says where help is; returns EXIT_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The stable word of the first error's reason, for the error document. */
void message_set_reason(const char *reason);
const char *message_reason(void);

/* The text of the first error, or NULL. */
const char *message_first_error(void);

/* Errors of the library, with the file at fault: for memhp_set_fault_handler(). data is the root
 * directory, NULL on the running system. */
void message_fault(void *data, const char *path, int code, const char *text);
/* "content not understood", or the text of the errno (-errno). */
const char *error_text(int code);
/* error() about a failed library call (-errno); what is used where no file was at
 * fault. Returns the exit status. */
int library_error(const char *what, int code);
/* The same as a warning. */
void library_warning(const char *what, int code);

#endif
