/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages on stderr: errors, warnings, notices and details, and how many of them are
 * printed. The callers word the messages; results on stdout are not printed here.
 */
#ifndef MEMHP_MESSAGE_H
#define MEMHP_MESSAGE_H

#include <stdbool.h>

#include "../command.h"

/* Starts each later message with "memhp: COMMAND: ". command may be NULL. */
void message_begin(const char *command);
/* quiet: no more notices and no progress line. verbose: details too. */
void message_verbosity(bool quiet, bool verbose);

/* Each prints one line on stderr. The first error is kept for the JSON error document. */
void error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether a progress line may be drawn: stderr is a terminal that is not dumb, and neither --quiet
 * nor --json is given. */
bool message_is_watched(const struct globals *globals);

/* Like error(), followed by a line that points to --help. Nothing will be changed: releases the signals.
 * Returns EXIT_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The reason word of the first error, for the error document. */
void message_set_reason(const char *reason);
const char *message_reason(void);

/* The text of the first error, or NULL. */
const char *message_first_error(void);

/* Keeps the library's errors with the file at fault; for memhp_set_fault_handler(). data is the root
 * directory, or NULL for the running system. */
void message_fault(void *data, const char *path, int code, const char *text);
/* What helps against an errno, to end a message with: "; run memhp as root" where permission is missing and
 * that would give it, else "". */
const char *permission_advice(int code);
/* "unexpected content", or the text of the errno (-errno). */
const char *error_text(int code);
/* The error that ends a run in which memory was short. */
void message_out_of_memory(void);
/* Prints an error about a failed library call (a negative errno; -ENOMEM: it is noted). what is used only if
 * the library named no file. Returns the exit status. */
int library_error(const char *what, int code);
/* Like library_error(), but prints a warning. */
void library_warning(const char *what, int code);

#endif
