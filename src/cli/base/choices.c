/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words that an option accepts, or a part of its value: what each stands for, and the
 * error for any other word.
 */
#include "choices.h"

#include <string.h>
#include <strings.h>

#include "message.h"
#include "text.h"

bool choices_find(const struct choices *choices, const char *word, void *ret)
{
	int (*compare)(const char *, const char *) = choices->is_exact ? strcmp : strcasecmp;

	for (size_t i = 0; choices->items[i].word; i++) {
		if (compare(word, choices->items[i].word) != 0)
			continue;
		*(unsigned int *)ret = choices->items[i].value;
		return true;
	}
	return false;
}

const char *choices_word(const struct choices *choices, unsigned int value)
{
	size_t i = 0;

	while (choices->items[i].word && choices->items[i].value != value)
		i++;
	return choices->items[i].word;
}

void choices_text(const struct choices *choices, char ret[CHOICES_TEXT_SIZE])
{
	*ret = '\0';
	for (size_t i = 0; choices->items[i].word; i++)
		text_add_choice(ret, CHOICES_TEXT_SIZE, choices->items[i].word, !choices->items[i + 1].word);
}

int choices_parse(const struct choices *choices, const char *word, void *ret)
{
	char words[CHOICES_TEXT_SIZE];

	if (choices_find(choices, word, ret))
		return EXIT_DONE;
	choices_text(choices, words);
	return usage_error("%s '%s' (%s)", choices->unknown, word, words);
}
