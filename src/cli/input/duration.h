/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Durations of the command line, such as 30, 500ms or 2m. What a duration is for is
 * up to the caller, which also prints the message about a word that is wrong.
 */
#ifndef MEMHP_DURATION_H
#define MEMHP_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* Parses "30", "30s", "500ms", "2m" or "1h" into milliseconds. Returns NULL, or what is wrong with the word. */
const char *duration_parse(const char *word, uint64_t *ret_ms);

/* The value of an option that may be given without one. */
struct optional_duration {
	uint64_t ms;
	bool is_given;
};

bool duration_is_valid(const char *word);
/* The value of an option, into a uint64_t. Reports errors itself and returns an exit status. */
int duration_option(const char *option, const char *value, void *field);
/* The same into a struct optional_duration. */
int duration_option_optional(const char *option, const char *value, void *field);

#endif
