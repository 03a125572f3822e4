/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line, by popt: translates tables of options into popt's, sees to it
 * that optional values are taken with "=" only, and hands each value to its strict
 * parser. The only user of popt.
 */
#include "options.h"

#include <popt.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "message.h"

DEFINE_CLEANUP(poptContext, poptFreeContext)

#define GROUPS_MAX 6
#define OPTIONS_MAX 48

/* Values of options live as long as the program, whoever keeps them. */
static const char *options_keep(char *text)
{
	static char **kept;
	static size_t count;
	char **more = text ? reallocarray(kept, count + 1, sizeof(*kept)) : NULL;

	if (!more) {
		free(text);
		return NULL;
	}
	kept = more;
	kept[count++] = text;
	return text;
}

/* Options of all commands ------------------------------------------------------- */

static const struct choices color_choices = {
	.unknown = "--color: unknown value",
	.items = { { "auto", COLOR_AUTO }, { "always", COLOR_ALWAYS }, { "never", COLOR_NEVER } },
};

/* Whoever says it through an unset variable does not mean the running system. */
static int parse_sysroot(const char *value, void *field)
{
	*(const char **)field = value;
	return *value ? EXIT_DONE : usage_error("--sysroot: the directory's name is empty");
}

int option_text(const char *value, void *field)
{
	*(const char **)field = value;
	return EXIT_DONE;
}

static const struct option common_options[] = {
	{ .name = "sysroot", .letter = 's', .metavar = "DIR", .parse = parse_sysroot,
	  .offset = offsetof(struct globals, sysroot), .help = "use sysfs, procfs and etc below DIR" },
	{ .name = "json", .letter = 'J', .offset = offsetof(struct globals, json), .help = "print JSON" },
	{ .name = "verbose", .letter = 'v', .offset = offsetof(struct globals, verbose), .help = "say more" },
	{ .name = "quiet", .letter = 'q', .offset = offsetof(struct globals, quiet), .help = "no notices" },
	{ .name = "color", .metavar = "WHEN", .bare = "always", .offset = offsetof(struct globals, color),
	  .help = "colours:", .choices = &color_choices },
	{ .name = "help", .letter = 'h', .offset = offsetof(struct globals, help), .help = "print this help" },
	{ .name = "version", .letter = 'V', .offset = offsetof(struct globals, version),
	  .help = "print the version" },
};

/* Popt -------------------------------------------------------------------------- */

/* All that popt is told: its tables, and which option a value of its means. */
struct translation {
	struct option_group groups[GROUPS_MAX];
	size_t group_count;
	struct poptOption top[GROUPS_MAX + 1];
	struct poptOption rows[OPTIONS_MAX + GROUPS_MAX];
	const struct option *options[OPTIONS_MAX];
	void *targets[OPTIONS_MAX];
	int count;
};

/* A help text that ends with a colon goes on with the words that can be said. */
static const char *options_help(const struct option *option)
{
	char words[CHOICES_TEXT_SIZE], *made = NULL;
	const size_t length = option->help ? strlen(option->help) : 0;

	if (!option->choices || !length || option->help[length - 1] != ':')
		return option->help;
	choices_text(option->choices, words);
	if (asprintf(&made, "%s %s", option->help, words) < 0)
		made = NULL;
	return options_keep(made);
}

static void translate_option(struct translation *t, const struct option *option, void *target,
			     struct poptOption *ret)
{
	int index = t->count++;

	t->options[index] = option;
	t->targets[index] = target;
	*ret = (struct poptOption){
		.longName = option->name,
		.shortName = option->letter,
		.argInfo = (option->metavar ? POPT_ARG_STRING : POPT_ARG_NONE) |
			   (option->help ? 0 : POPT_ARGFLAG_DOC_HIDDEN),
		.val = index + 1,
		.descrip = options_help(option),
	};
	if (!option->metavar)
		return;
	ret->argDescrip = option->metavar;
	if (option->bare)
		ret->argInfo |= POPT_ARGFLAG_OPTIONAL;
}

static void options_translate(struct translation *t, struct globals *globals,
			      const struct option_group *groups, size_t count)
{
	struct poptOption *row = t->rows;

	for (size_t i = 0; i < count; i++)
		t->groups[i] = groups[i];
	t->groups[count] = (struct option_group){ "Options of all commands:", common_options,
						  OPTION_COUNT(common_options), globals };
	t->group_count = count + 1;
	for (size_t i = 0; i < t->group_count; i++) {
		const struct option_group *group = &t->groups[i];

		t->top[i] = (struct poptOption){ .argInfo = POPT_ARG_INCLUDE_TABLE, .arg = row,
						 .descrip = group->title };
		for (size_t j = 0; j < group->count; j++)
			translate_option(t, &group->options[j], group->target, row++);
		row++;
	}
}

/*
 * popt lets an optional value be the next word. Giving the bare forms their
 * default beforehand keeps that word an operand.
 */
static const char *expand_bare(const struct translation *t, const char *word)
{
	for (int i = 0; i < t->count; i++) {
		const struct option *option = t->options[i];
		char *made = NULL;

		if (!option->bare || strncmp(word, "--", 2) != 0 || strcmp(word + 2, option->name) != 0)
			continue;
		if (asprintf(&made, "--%s=%s", option->name, option->bare) < 0)
			made = NULL;
		return options_keep(made);
	}
	return word;
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
		return EXIT_FAILED;
	return option->choices ? choices_parse(option->choices, value, field) : option->parse(value, field);
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

static int collect_words(poptContext context, struct words *ret)
{
	const char **args = poptGetArgs(context);
	size_t count = 0;

	while (args && args[count])
		count++;
	ret->words = calloc(count + 1, sizeof(*ret->words));
	if (!ret->words)
		return EXIT_FAILED;
	for (size_t i = 0; i < count; i++) {
		ret->words[i] = strdup(args[i]);
		if (!ret->words[i])
			return EXIT_FAILED;
		ret->count++;
	}
	return EXIT_DONE;
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free((void *)words->words[i]);
	free(words->words);
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
		return EXIT_FAILED;
	context = poptGetContext("memhp", argc, prepared, t.top,
				 stop_at_word ? POPT_CONTEXT_POSIXMEHARDER : 0);
	if (!context)
		return EXIT_FAILED;
	status = parse_options(&t, context);
	message_verbosity(globals->quiet, globals->verbose);
	if (status != EXIT_DONE)
		return status;
	return collect_words(context, ret);
}

bool options_answer(struct globals *globals, const struct option_group *groups, size_t count,
		    const char *name, const char *synopsis)
{
	cleanup(cleanup_poptFreeContext) poptContext context = NULL;
	struct translation t = { 0 };
	const char *argv[] = { name, NULL };

	if (globals->help) {
		options_translate(&t, globals, groups, count);
		context = poptGetContext("memhp", 1, argv, t.top, 0);
		if (!context)
			return false;
		poptSetOtherOptionHelp(context, synopsis);
		poptPrintHelp(context, stdout, 0);
	} else if (globals->version) {
		puts("memhp " PACKAGE_VERSION);
	}
	return globals->help || globals->version;
}
