/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Splits the kernel command line into words as the kernel does: quotes,
 * values, and the word that ends it. Pure. What a parameter means is left to
 * the callers.
 */
#include <string.h>

#include "policy.h"

/* include/linux/ctype.h: isspace(), with the no-break space of Latin-1 */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\xa0';
}

/* lib/cmdline.c: next_arg() */
static void cmdline_take_word(char **rest, struct cmdline_word *ret)
{
	char *word = *rest, *equals = NULL, *end;
	bool is_quoted = *word == '"', is_within = is_quoted;

	word += is_quoted;
	for (end = word; *end && (is_within || !is_blank(*end)); end++) {
		/* A word that begins with "=" has no value. */
		if (*end == '=' && !equals && end > word)
			equals = end;
		if (*end == '"')
			is_within = !is_within;
	}
	*rest = end + (*end != '\0');
	*ret = (struct cmdline_word){ .name = word };
	if (equals) {
		*equals = '\0';
		ret->value = equals + 1;
		if (*ret->value == '"') {
			ret->value++;
			is_quoted = true;
		}
	}
	*end = '\0';
	if (is_quoted && end > word && end[-1] == '"')
		end[-1] = '\0';
}

bool cmdline_next(char **rest, struct cmdline_word *ret)
{
	while (is_blank(**rest))
		(*rest)++;
	if (!**rest)
		return false;
	cmdline_take_word(rest, ret);
	/* kernel/params.c: parse_args(): the words after "--" are for init. */
	return ret->value || strcmp(ret->name, "--") != 0;
}

/* kernel/params.c: dash2underscore() */
static bool is_same(char a, char b)
{
	return (a == '-' ? '_' : a) == (b == '-' ? '_' : b);
}

const char *cmdline_rest(const char *word, const char *prefix)
{
	for (; *prefix; word++, prefix++)
		if (!is_same(*word, *prefix))
			return NULL;
	return word;
}

/* kernel/params.c: parameq() */
bool cmdline_is(const char *word, const char *name)
{
	const char *rest = cmdline_rest(word, name);

	return rest && !*rest;
}
