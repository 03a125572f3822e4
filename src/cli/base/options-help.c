/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers --help and --version. popt lists the options of a command; what the command
 * does, its operands and its examples come from its struct command.
 */
#include <stdio.h>
#include <string.h>

#include "options-translate.h"
#include "shortage.h"
#include "signals.h"
#include "text.h"

#define HELP_WIDTH 79

/* popt's list of the options, without its usage line. The last group is that of all commands. */
static void print_options(struct translation *t, bool with_common)
{
	const char *argv[] = { "memhp", NULL };
	cleanup(cleanup_free) char *text = NULL;
	cleanup(cleanup_poptFreeContext) poptContext context = NULL;
	size_t size = 0;
	FILE *stream;
	const char *options;

	if (!with_common)
		t->top[t->group_count - 1] = (struct poptOption){ 0 };
	context = poptGetContext("memhp", 1, argv, t->top, 0);
	stream = context ? text_open(&text, &size) : NULL;
	if (!context)
		shortage_note();
	if (!stream)
		return;
	poptPrintHelp(context, stream, 0);
	text = text_close(stream, &text);
	if (!text)
		return;
	/* popt leaves two empty lines. */
	options = strstr(text, "\n\n");
	fputs(options ? options + 1 : "", stdout);
}

/* The options of all commands in few lines: their explanations are in the help of memhp. */
static void print_common(void)
{
	size_t column = 0;

	puts("\nOptions of all commands (see 'memhp --help'):");
	for (size_t i = 0; i < common_option_count; i++) {
		const struct option *option = &common_options[i];
		const char *open = !option->metavar ? "" : option->bare ? "[=" : "=", *close = option->bare ? "]" : "";
		char values[CHOICES_TEXT_SIZE] = "", letter[8] = "", text[256];

		if (option->letter)
			snprintf(letter, sizeof(letter), "-%c, ", option->letter);
		if (option->choices)
			choices_syntax(option->choices, values);
		snprintf(text, sizeof(text), "  %s--%s%s%s%s", letter, option->name, open,
			 *values ? values : option->metavar ? option->metavar : "", close);
		if (column + strlen(text) > HELP_WIDTH) {
			putchar('\n');
			column = 0;
		}
		column += strlen(text);
		fputs(text, stdout);
	}
	putchar('\n');
}

static void print_command_help(struct translation *t, const struct command *command)
{
	printf("Usage: memhp %s %s\n\n%s\n", command->name, command->synopsis, command->about);
	if (command->operands)
		printf("\n%s\n", command->operands);
	print_options(t, false);
	print_common();
	printf("\nExamples:\n%s\n\nSee memhp-%s(8).\n", command->examples, command->name);
}

static bool answer_version(const struct globals *globals)
{
	if (globals->version && !globals->help)
		puts("memhp " PACKAGE_VERSION);
	return globals->help || globals->version;
}

bool options_answer(struct globals *globals, const struct option_group *groups, size_t count,
		    const struct command *command)
{
	struct translation t = { 0 };

	if (globals->help || globals->version)
		signals_release();
	if (globals->help) {
		options_translate(&t, globals, groups, count);
		print_command_help(&t, command);
	}
	return answer_version(globals);
}

bool options_answer_program(struct globals *globals, const char *synopsis, const char *about)
{
	struct translation t = { 0 };

	signals_release();
	if (globals->help) {
		options_translate(&t, globals, NULL, 0);
		printf("Usage: memhp %s\n\n%s\n", synopsis, about);
		print_options(&t, true);
	}
	return answer_version(globals);
}
