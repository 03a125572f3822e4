/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Test Anything Protocol for the tests written in C: one line a check, what
 * was got and what was expected after a failed one, the plan at the end. Tests
 * are tables; what they test is theirs to know.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Each prints "ok" or "not ok" with the name and returns whether the check held. */
bool ok(bool holds, const char *name, ...) __attribute__((format(printf, 2, 3)));
bool is_int(int64_t got, int64_t expected, const char *name, ...) __attribute__((format(printf, 3, 4)));
/* Unsigned, shown in hex too. */
bool is_number(uint64_t got, uint64_t expected, const char *name, ...) __attribute__((format(printf, 3, 4)));
/* Both may be NULL. */
bool is_str(const char *got, const char *expected, const char *name, ...)
	__attribute__((format(printf, 3, 4)));

/* "# ..." about the check before. */
void diagnose(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Something that a test needs did not work: ends the program. */
void bail_out(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Prints the plan; what main() returns. A program without any check has failed. */
int tap_done(void);

#endif
