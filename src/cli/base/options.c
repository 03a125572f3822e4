/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses the command line with popt: accepts optional values with "=" only, passes each
 * value to its strict parser, and finds words that were meant as the value of an option.
 * These three files of options are the only users of popt.
 */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "message.h"
#include "options-translate.h"
#include "shortage.h"
#include "text.h"

/* The option with an optional value that a word such as "--color" or "--color=never" names, or NULL. */
static const struct option *find_bare(const struct translation *t, const char *word)
{
	const size_t length = strncmp(word, "--", 2) == 0 ? strcspn(word + 2, "=") : 0;

	for (int i = 0; i < t->count && length; i++) {
		const struct option *option = t->options[i];

		if (option->bare && strlen(option->name) == length && strncmp(word + 2, option->name, length) == 0)
			return option;
	}
	return NULL;
}

/*
 * popt lets an optional value be the next word. Adding the default to the bare forms
 * beforehand keeps that word an operand.
 */
static const char *expand_bare(const struct translation *t, const char *word)
{
	const struct option *option = strchr(word, '=') ? NULL : find_bare(t, word);
	char *made = NULL;

	if (!option)
		return word;
	(void)text_asprintf(&made, "--%s=%s", option->name, option->bare);
	return options_keep(made);
}

/* The words given to popt, or NULL. */
static const char **options_prepare(const struct translation *t, int argc, const char **argv)
{
	cleanup(cleanup_free) const char **words = calloc((size_t)argc + 1, sizeof(*words));
	bool is_over = false;

	for (int i = 0; words && i < argc; i++) {
		is_over |= i && strcmp(argv[i], "--") == 0;
		words[i] = i && !is_over ? expand_bare(t, argv[i]) : argv[i];
		if (!words[i])
			return NULL;
	}
	return take_ptr(words);
}

static int options_lack_memory(void)
{
	shortage_note();
	return EXIT_FAILED;
}

static int options_apply(const struct translation *t, int index, char *popt_value)
{
	const struct option *option = t->options[index];
	void *field = (char *)t->targets[index] + option->offset;
	const char *value;

	if (!option->metavar) {
		*(bool *)field = true;
		return EXIT_DONE;
	}
	value = options_keep(popt_value);
	if (!value)
		return options_lack_memory();
	return option->parse ? option->parse(value, field) : choices_parse(option->choices, value, field);
}

static int parse_options(const struct translation *t, poptContext context)
{
	int status = EXIT_DONE;
	int value;

	while ((value = poptGetNextOpt(context)) != -1) {
		int r;

		if (value > 0)
			r = options_apply(t, value - 1, poptGetOptArg(context));
		else if (status == EXIT_DONE)
			r = usage_error("%s: %s", poptBadOption(context, POPT_BADOPTION_NOALIAS), poptStrerror(value));
		else
			r = EXIT_USAGE;
		if (status == EXIT_DONE)
			status = r;
	}
	return status;
}

/* Hints: a word that was meant as the value of the option before it ---------------- */

static bool option_accepts(const struct option *option, const char *value)
{
	unsigned int found;

	return option->choices ? choices_find(option->choices, value, &found) :
	       option->accepts && option->accepts(value);
}

/* "; write --check=300", or "". */
static const char *find_hint(const struct translation *t, int argc, const char **argv, const char *word)
{
	for (int i = 1; i + 1 < argc && strcmp(argv[i], "--") != 0; i++) {
		const struct option *option = find_bare(t, argv[i]);
		const char *value, *hint;
		char *made = NULL;

		/* expand_bare() may have added the default before. */
		value = option ? strchr(argv[i], '=') : NULL;
		if (!option || (value && strcmp(value + 1, option->bare) != 0) || strcmp(argv[i + 1], word) != 0 ||
		    !option_accepts(option, word))
			continue;
		(void)text_asprintf(&made, "; write --%s=%s", option->name, word);
		hint = options_keep(made);
		return hint ? hint : "";
	}
	return "";
}

static int collect_words(const struct translation *t, int argc, const char **argv, poptContext context,
			 struct words *ret)
{
	const char **args = poptGetArgs(context);
	size_t count = 0;

	while (args && args[count])
		count++;
	ret->words = calloc(count + 1, sizeof(*ret->words));
	ret->hints = calloc(count + 1, sizeof(*ret->hints));
	if (!ret->words || !ret->hints)
		return options_lack_memory();
	for (size_t i = 0; i < count; i++) {
		ret->words[i] = strdup(args[i]);
		if (!ret->words[i])
			return options_lack_memory();
		ret->hints[i] = find_hint(t, argc, argv, args[i]);
		ret->count++;
	}
	return EXIT_DONE;
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free((void *)words->words[i]);
	free(words->words);
	free(words->hints);
	*words = (struct words){ 0 };
}

int options_parse(struct globals *globals, const struct option_group *groups, size_t count,
		  int argc, const char **argv, bool stop_at_word, struct words *ret)
{
	cleanup(cleanup_poptFreeContext) poptContext context = NULL;
	cleanup(cleanup_free) const char **prepared = NULL;
	struct translation t = { 0 };
	int status;

	options_translate(&t, globals, groups, count);
	prepared = options_prepare(&t, argc, argv);
	if (!prepared)
		return options_lack_memory();
	context = poptGetContext("memhp", argc, prepared, t.top,
				 stop_at_word ? POPT_CONTEXT_POSIXMEHARDER : 0);
	if (!context)
		return options_lack_memory();
	status = parse_options(&t, context);
	message_verbosity(globals->quiet, globals->verbose);
	if (status != EXIT_DONE)
		return status;
	return collect_words(&t, argc, argv, context, ret);
}
