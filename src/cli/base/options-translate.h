/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our tables of options as popt's. Shared by the files that parse the command line and
 * print help.
 */
#ifndef MEMHP_OPTIONS_TRANSLATE_H
#define MEMHP_OPTIONS_TRANSLATE_H

#include <popt.h>

#include "../../libmemhp/cleanup.h"
#include "options.h"

DEFINE_CLEANUP(poptContext, poptFreeContext)

#define GROUPS_MAX 6
#define OPTIONS_MAX 48

/* The tables for popt, and the option that each of its values stands for. */
struct translation {
	struct option_group groups[GROUPS_MAX];
	size_t group_count;
	struct poptOption top[GROUPS_MAX + 1];
	struct poptOption rows[OPTIONS_MAX + GROUPS_MAX];
	const struct option *options[OPTIONS_MAX];
	void *targets[OPTIONS_MAX];
	int count;
};
/* Translates the groups and, as the last one, the options of all commands. */
void options_translate(struct translation *t, struct globals *globals,
		       const struct option_group *groups, size_t count);

/* Keeps a value until the program ends, so that any structure may point to it; NULL: no memory. */
const char *options_keep(char *text);

extern const struct option common_options[];
extern const size_t common_option_count;

#endif
