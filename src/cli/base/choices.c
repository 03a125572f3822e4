/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words that an option accepts as its value or as a part of it: their values, and the
 * error about any other word, which lists them.
 */
#include "choices.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../../libmemhp/choice.h"
#include "../../libmemhp/libmemhp.h"
#include "message.h"

/* Zones of the kernel, and the words that it has for its own files. */
const struct choice_hint target_hints[] = {
	{ "DMA", "kernel" },
	{ "DMA32", "kernel" },
	{ "Normal", "kernel" },
	{ "HighMem", "kernel" },
	{ "online_kernel", "kernel" },
	{ "online_movable", "movable" },
	{ "online", "auto" },
	{ NULL, NULL },
};

const unsigned int target_values[] = { MEMHP_TARGET_AUTO, MEMHP_TARGET_MOVABLE, MEMHP_TARGET_KERNEL, CHOICES_END };

const char *target_word(unsigned int target)
{
	return memhp_target_name((enum memhp_target)target);
}

/* The word at a position and its value; NULL: there are no more. */
static const char *word_at(const struct choices *choices, unsigned int position, unsigned int *ret_value)
{
	if (choices->name) {
		*ret_value = choices->values ? choices->values[position] : position + 1;
		return choices->name(*ret_value);
	}
	*ret_value = choices->items[position].value;
	return choices->items[position].word;
}

static bool find_word(const struct choices *choices, const char *word, size_t length, unsigned int *ret)
{
	int (*compare)(const char *, const char *, size_t) = choices->is_exact ? strncmp : strncasecmp;
	const char *known;
	unsigned int value;

	for (unsigned int i = 0; (known = word_at(choices, i, &value)); i++) {
		if (strlen(known) != length || compare(word, known, length) != 0)
			continue;
		*ret = value;
		return true;
	}
	return false;
}

bool choices_find(const struct choices *choices, const char *word, void *ret)
{
	return find_word(choices, word, strlen(word), ret);
}

void choices_text(const struct choices *choices, char ret[CHOICES_TEXT_SIZE])
{
	const char *word;
	unsigned int value;

	*ret = '\0';
	for (unsigned int i = 0; (word = word_at(choices, i, &value)); i++)
		choice_add(ret, CHOICES_TEXT_SIZE, word, !word_at(choices, i + 1, &value));
}

static void join_words(const struct choices *choices, char separator, char ret[CHOICES_TEXT_SIZE])
{
	const char *word;
	unsigned int value;
	size_t length = 0;

	*ret = '\0';
	for (unsigned int i = 0; (word = word_at(choices, i, &value)); i++) {
		if (i && length + 1 < CHOICES_TEXT_SIZE)
			ret[length++] = separator;
		snprintf(ret + length, CHOICES_TEXT_SIZE - length, "%s", word);
		length = strlen(ret);
	}
}

void choices_syntax(const struct choices *choices, char ret[CHOICES_TEXT_SIZE])
{
	join_words(choices, '|', ret);
}

void choices_help(const struct choices *choices, char ret[CHOICES_TEXT_SIZE])
{
	if (choices->is_list)
		join_words(choices, ',', ret);
	else
		choices_text(choices, ret);
}

void choices_hint(const struct choices *choices, const char *word, size_t length, char ret[CHOICES_HINT_SIZE])
{
	*ret = '\0';
	for (const struct choice_hint *hint = choices->hints; hint && hint->word; hint++)
		if (strlen(hint->word) == length && strncasecmp(word, hint->word, length) == 0)
			snprintf(ret, CHOICES_HINT_SIZE, "; write %s", hint->write);
}

static int refuse_word(const struct choices *choices, const char *word, size_t length)
{
	char words[CHOICES_TEXT_SIZE], hint[CHOICES_HINT_SIZE];

	choices_text(choices, words);
	choices_hint(choices, word, length, hint);
	return usage_error("%s%sunknown %s '%.*s' (%s)%s", choices->option ? choices->option : "",
			   choices->option ? ": " : "", choices->what, (int)length, word, words, hint);
}

static int parse_words(const struct choices *choices, const char *words, unsigned int *ret)
{
	for (const char *word = words;; word++) {
		const size_t length = strcspn(word, ",");
		unsigned int value;

		if (!length)
			return usage_error("%s: '%s' has an empty item", choices->option, words);
		if (!find_word(choices, word, length, &value))
			return refuse_word(choices, word, length);
		*ret |= 1U << value;
		word += length;
		if (!*word)
			return EXIT_DONE;
	}
}

int choices_parse(const struct choices *choices, const char *word, void *ret)
{
	if (choices->is_list)
		return parse_words(choices, word, ret);
	return choices_find(choices, word, ret) ? EXIT_DONE : refuse_word(choices, word, strlen(word));
}
