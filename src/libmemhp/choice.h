/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists of words in messages, such as "auto, always or never". The library and the
 * program both use this file.
 */
#ifndef MEMHP_CHOICE_H
#define MEMHP_CHOICE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Appends a word to the list, cut at size. text begins empty. */
static inline void choice_add(char *text, size_t size, const char *word, bool is_last)
{
	const size_t length = strlen(text);

	snprintf(text + length, size - length, "%s%s", !length ? "" : is_last ? " or " : ", ", word);
}

#endif
