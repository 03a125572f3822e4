/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of the command line, as tables.
 */
#ifndef MEMHP_OPTIONS_H
#define MEMHP_OPTIONS_H

#include <stddef.h>

#include "../command.h"
#include "choices.h"

/* One option: a row in a command's table. */
struct option {
	const char *name;
	char letter;             /* or '\0' */
	const char *metavar;     /* NULL: a flag without value, offset is that of a bool */
	const char *bare;        /* the value is optional (with = only); this is the default */
	/* Puts the value into the field; says what is wrong itself and returns an exit status. */
	int (*parse)(const char *value, void *field);
	size_t offset;           /* of the field in the group's target */
	const char *help;        /* NULL: not shown */
	const struct choices *choices;   /* instead of parse, where the field is an enum; ends a help with a colon */
};

/* Options that belong together in --help, and the struct that their values go to. */
struct option_group {
	const char *title;
	const struct option *options;
	size_t count;
	void *target;
};

#define OPTION_COUNT(options) (sizeof(options) / sizeof((options)[0]))

/* Words that are no options: borrowed from argv, the array is the caller's. */
struct words {
	const char **words;
	size_t count;
};
void words_free(struct words *words);

/*
 * Parses argv[1..] by the groups and those of all commands. With stop_at_word
 * the first word that is no option ends it. Returns EXIT_DONE or EXIT_USAGE; the
 * latter after all of argv was looked at, so that --json is known.
 */
int options_parse(struct globals *globals, const struct option_group *groups, size_t count,
		  int argc, const char **argv, bool stop_at_word, struct words *ret);
/* Answers --help ("Usage: NAME SYNOPSIS" and the options) and --version; false when
 * neither was given. */
bool options_answer(struct globals *globals, const struct option_group *groups, size_t count,
		    const char *name, const char *synopsis);

/* A parse function that just keeps the value: the field is a const char *. */
int option_text(const char *value, void *field);

#endif
