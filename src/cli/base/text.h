/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for people.
 */
#ifndef MEMHP_TEXT_H
#define MEMHP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Replaces what could harm a terminal or a document, control characters and bytes that
 * are no UTF-8, by question marks. */
void text_disarm(char *text);
/* "1.5G", powers of 1024. */
void size_text(uint64_t bytes, char ret[24]);
/* The same without rounding: "1152M". */
void exact_size_text(uint64_t bytes, char ret[24]);

/* Adds a word to "auto, always or never". */
void text_add_choice(char *text, size_t size, const char *word, bool is_last);

#endif
