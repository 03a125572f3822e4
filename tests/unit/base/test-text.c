/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from outside is made harmless for terminals and documents, wherever its bytes come from,
 * and is cut between characters. Which output uses it is bats' to test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/cli/base/text.h"
#include "../tap.h"

#define BAD "\xef\xbf\xbd"

static const struct {
	const char *text, *disarmed;
} texts[] = {
	{ "", "" },
	{ "PNP0C80:01", "PNP0C80:01" },
	{ "a b~", "a b~" },
	{ "\x1b[31mred\x1b[0m", "?[31mred?[0m" },
	{ "a\nb\tc\rd\x7f", "a?b?c?d?" },
	/* UTF-8, but no control characters of it */
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "\xc2\x9b", "??" },
	{ "\xc2\xa0", "\xc2\xa0" },
	/* bytes that are none: alone, cut, too long a form, surrogates, beyond the last */
	{ "\x80", "?" },
	{ "\xff\xfe", "??" },
	{ "\xc3", "?" },
	{ "\xc3(", "?(" },
	{ "\xe2\x82", "??" },
	{ "\xe2\x82.", "??." },
	{ "\xf0\x9f\x98", "???" },
	{ "\xc0\xaf", "??" },
	{ "\xc1\x81", "??" },
	{ "\xe0\x80\xaf", "???" },
	{ "\xf0\x80\x80\xaf", "????" },
	{ "\xed\xa0\x80", "???" },
	{ "\xf4\x90\x80\x80", "????" },
	{ "\xf8\x88\x80\x80\x80", "?????" },
	/* what ends a line or turns the text around it */
	{ "a\xe2\x80\xa8" "b", "a???b" },
	{ "a\xe2\x80\xae" "b", "a???b" },
	{ "a\xe2\x81\xa6" "b", "a???b" },
	{ "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa", "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa" },
};

static void test_disarm(void)
{
	for (size_t i = 0; i < TAP_COUNT(texts); i++) {
		char *text = strdup(texts[i].text);

		if (!text)
			bail_out("no memory");
		text_disarm(text);
		is_str(text, texts[i].disarmed, "text %zu made harmless", i);
		free(text);
	}
}

static const struct {
	const char *text;
	bool has_lines;
	const char *expected;
} documents[] = {
	{ "", false, "" },
	{ "dax0.0", false, "dax0.0" },
	{ "ger\xc3\xa4t", false, "ger\xc3\xa4t" },
	/* the kernel cuts the names of processes at 15 bytes */
	{ "fourteen bytes\xc3", false, "fourteen bytes" BAD },
	{ "\xff\xfe", false, BAD BAD },
	{ "a\x1b[1mb\x7f\xc2\x9b", false, "a" BAD "[1mb" BAD BAD },
	{ "two\nlines", false, "two" BAD "lines" },
	{ "two\nlines\t\r", true, "two\nlines" BAD BAD },
};

static void test_documents(void)
{
	for (size_t i = 0; i < TAP_COUNT(documents); i++) {
		char *text = text_for_document(documents[i].text, documents[i].has_lines);

		is_str(text, documents[i].expected, "text %zu of a document", i);
		free(text);
	}
}

static struct {
	FILE *stream;
	char *text;
	size_t size;
} printed;

static void printed_begin(void)
{
	printed.stream = open_memstream(&printed.text, &printed.size);
	if (!printed.stream)
		bail_out("no memory");
}

static void printed_end(const char *expected)
{
	(void)fclose(printed.stream);
	is_str(printed.text, expected, "printed: %s", expected);
	free(printed.text);
}

#define IS_PRINTED(expected, ...)                          \
	do {                                               \
		printed_begin();                           \
		text_print(printed.stream, __VA_ARGS__);   \
		printed_end(expected);                     \
	} while (0)

static const struct {
	const char *text;
	size_t size, length;
} cuts[] = {
	{ "", 0, 0 }, { "", 5, 0 }, { "abc", 2, 2 }, { "abc", 3, 3 }, { "abc", 9, 3 },
	{ "a\xc3\xa4" "b", 2, 1 }, { "a\xc3\xa4" "b", 3, 3 }, { "\xe2\x82\xac", 2, 0 }, { "\x80\x80\x80", 2, 0 },
};

int main(void)
{
	test_disarm();
	test_documents();
	IS_PRINTED("(a?b)", "(%s)", "a\nb");
	IS_PRINTED("(a?)\n", "(%s)\n", "a\n");
	IS_PRINTED("?", "%s", "\n");
	IS_PRINTED("", "%s", "");
	for (size_t i = 0; i < TAP_COUNT(cuts); i++)
		is_number(text_cut(cuts[i].text, cuts[i].size), cuts[i].length, "cut %zu", i);
	return tap_done();
}
