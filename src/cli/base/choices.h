/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of the words that an option accepts.
 */
#ifndef MEMHP_CHOICES_H
#define MEMHP_CHOICES_H

#include <stdbool.h>
#include <stddef.h>

struct choice_hint {
	const char *word, *write;        /* word: NULL after the last one */
};
/* For choices of a target (auto, movable, kernel): zones, and the words that the kernel has for targets; the words
 * and their values. */
extern const struct choice_hint target_hints[];
extern const unsigned int target_values[];
const char *target_word(unsigned int target);

/* The words, in the order in which messages list them, and their values. */
#define CHOICES_MAX 8
#define CHOICES_END (~0U)
struct choices {
	const char *option;              /* begins the error about another word; or NULL */
	const char *what;                /* what the words are: "value", "format", "zone" */
	bool is_exact;                   /* case matters */
	bool is_list;                    /* words may be combined, separated by commas; their values are bits */
	struct {
		const char *word;
		unsigned int value;      /* of an enum */
	} items[CHOICES_MAX + 1];        /* up to an item that has no word */
	const struct choice_hint *hints; /* what to write instead of the words of other programs; or NULL */
	/* Instead of items: the word of each value from 1 on, or NULL. If there are values, only of these. */
	const char *(*name)(unsigned int value);
	const unsigned int *values;      /* up to CHOICES_END, in the order in which messages list them; or NULL */
};
/*
 * Stores the value of the word in the enum that ret points to. For a list, sets the bit of each of its words in
 * the unsigned int. Reports other words itself, with the words that exist; returns an exit status.
 */
int choices_parse(const struct choices *choices, const char *word, void *ret);
/* The same without a message, and not for lists; false: the word is unknown. */
bool choices_find(const struct choices *choices, const char *word, void *ret);
/* "auto, always or never" */
#define CHOICES_TEXT_SIZE 128
void choices_text(const struct choices *choices, char ret[CHOICES_TEXT_SIZE]);
/* "; write kernel" where a word of another program has that meaning, otherwise "". */
#define CHOICES_HINT_SIZE 64
void choices_hint(const struct choices *choices, const char *word, size_t length, char ret[CHOICES_HINT_SIZE]);
/* "auto|always|never" */
void choices_syntax(const struct choices *choices, char ret[CHOICES_TEXT_SIZE]);
/* The words for --help: as choices_text(), but a list as it may be typed: "online,offline" */
void choices_help(const struct choices *choices, char ret[CHOICES_TEXT_SIZE]);

#endif
