/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for people: sizes, lists, lines, and foreign text made safe to print.
 * Complete messages are worded elsewhere.
 */
#ifndef MEMHP_TEXT_H
#define MEMHP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The strings of a machine are anything: its users name processes, its firmware names devices. All output
 * that may have such a string goes through one of these three, where it is printed: nothing before has to
 * think of it. Harmful are bytes that are not UTF-8, control characters, line separators, and marks that
 * change the direction of text. */

/* Replaces each byte of what is harmful with a question mark. */
void text_disarm(char *text);
/* Like fprintf(3), but what is harmful is replaced, except for a newline at the end of the format. */
void text_print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A copy in UTF-8 in which each such character, or byte, is U+FFFD; with has_lines newlines stay. The caller
 * frees it. NULL: no memory. */
char *text_for_document(const char *text, bool has_lines);

/* How many bytes of the text fit into size bytes without cutting a UTF-8 character. */
size_t text_cut(const char *text, size_t size);
/* As asprintf(3), but *ret is NULL on failure, and the shortage of memory is noted. */
int text_asprintf(char **ret, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As open_memstream(3); the end of it returns the text. NULL: out of memory, which is noted. */
FILE *text_open(char **ret, size_t *ret_size);
char *text_close(FILE *stream, char **text);
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
