/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of the words that an option accepts.
 */
#ifndef MEMHP_CHOICES_H
#define MEMHP_CHOICES_H

#include <stdbool.h>

/* The words, in the order in which messages list them, and what each means. */
#define CHOICES_MAX 8
struct choices {
	const char *unknown;             /* what is said of another word: "--color: unknown value" */
	bool is_exact;                   /* capital letters make another word */
	struct {
		const char *word;
		unsigned int value;      /* of an enum */
	} items[CHOICES_MAX + 1];        /* one without a word ends them */
};
/* Puts what the word means into the enum that ret points to, or says what is wrong itself; returns an
 * exit status. */
int choices_parse(const struct choices *choices, const char *word, void *ret);
/* The same, but says nothing; false: there is no such word. */
bool choices_find(const struct choices *choices, const char *word, void *ret);
/* The word for a value, or NULL. */
const char *choices_word(const struct choices *choices, unsigned int value);
/* "auto, always or never" */
#define CHOICES_TEXT_SIZE 128
void choices_text(const struct choices *choices, char ret[CHOICES_TEXT_SIZE]);

#endif
