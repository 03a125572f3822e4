/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for people: sizes, lists of choices, and foreign text made safe to print.
 * Complete messages are worded elsewhere.
 */
#ifndef MEMHP_TEXT_H
#define MEMHP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Replaces control characters and bytes that are not UTF-8 with question marks: they could harm a
 * terminal or a document. */
void text_disarm(char *text);
/* "1.5G": rounded, in powers of 1024. */
void size_text(uint64_t bytes, char ret[24]);
/* "1152M": the same without rounding. */
void exact_size_text(uint64_t bytes, char ret[24]);

/* Appends a word to a list such as "auto, always or never". */
void text_add_choice(char *text, size_t size, const char *word, bool is_last);

#endif
