/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for people: sizes, lists, lines, and foreign text made safe to print.
 * Complete messages are worded elsewhere.
 */
#ifndef MEMHP_TEXT_H
#define MEMHP_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Replaces control characters and bytes that are not UTF-8 with question marks: they could harm a
 * terminal or a document. */
void text_disarm(char *text);
/* Appends an item to a list such as "PNP0C80:00, PNP0C80:01"; *text is allocated, or NULL. Without memory it
 * stays as it is. */
void text_add_item(char **text, const char *item);

/* Lines of messages, owned. */
struct lines {
	char **items;
	size_t count;
};
void lines_free(struct lines *lines);
/* Takes the line over, and returns it. NULL: there was none, or it is lost for lack of memory. */
const char *lines_add(struct lines *lines, char *line);

/* "1.5G": rounded, in powers of 1024. */
void size_text(uint64_t bytes, char ret[24]);
/* "1152M": the same without rounding. */
void exact_size_text(uint64_t bytes, char ret[24]);

#endif
