/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translates our tables of options into popt's: the groups of a command, and the options
 * of all commands, which are defined here. Parsing is left to options.c, help to
 * options-help.c.
 */
#include "options-translate.h"

#include <stdio.h>
#include <string.h>

#include "message.h"
#include "text.h"

const char *options_keep(char *text)
{
	static struct lines kept;

	return lines_add(&kept, text);
}

/* Options of all commands ------------------------------------------------------- */

static const struct choices color_choices = {
	.option = "--color",
	.what = "value",
	.items = { { "auto", COLOR_AUTO }, { "always", COLOR_ALWAYS }, { "never", COLOR_NEVER } },
};

/* An empty value is often an unset variable, which must not mean the running system. */
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

const struct option common_options[] = {
	{ .name = "sysroot", .letter = 's', .metavar = "DIR", .parse = parse_sysroot,
	  .offset = offsetof(struct globals, sysroot), .help = "use /sys, /proc, /etc and /run below DIR" },
	{ .name = "json", .letter = 'J', .offset = offsetof(struct globals, json), .help = "print JSON" },
	{ .name = "verbose", .letter = 'v', .offset = offsetof(struct globals, verbose), .help = "print more details" },
	{ .name = "quiet", .letter = 'q', .offset = offsetof(struct globals, quiet), .help = "print no notices" },
	{ .name = "color", .metavar = "WHEN", .bare = "always", .offset = offsetof(struct globals, color),
	  .help = "use colours:", .choices = &color_choices },
	{ .name = "help", .letter = 'h', .offset = offsetof(struct globals, help), .help = "print this help" },
	{ .name = "version", .letter = 'V', .offset = offsetof(struct globals, version),
	  .help = "print the version" },
};
const size_t common_option_count = OPTION_COUNT(common_options);

/* Popt -------------------------------------------------------------------------- */

/* The choices follow a help text that ends with a colon, or are all of it. */
static const char *options_help(const struct option *option)
{
	char words[CHOICES_TEXT_SIZE], *made = NULL;
	const size_t length = option->help ? strlen(option->help) : 0;

	if (!option->choices || !length || option->help[length - 1] != ':')
		return option->help;
	choices_help(option->choices, words);
	if (text_asprintf(&made, "%s%s%s", length > 1 ? option->help : "", length > 1 ? " " : "", words) < 0)
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

void options_translate(struct translation *t, struct globals *globals,
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
