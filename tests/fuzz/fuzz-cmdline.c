/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel command line: the words are those of a second reading, which first
 * cuts and then takes apart; and a value that is taken is, as it is kept, taken
 * again and stays the same. Build:
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *     tests/fuzz/fuzz-cmdline.c src/libmemhp/policy/cmdline.c src/libmemhp/policy/value.c -o fuzz-cmdline
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/libmemhp/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) ((condition) ? (void)0 : abort())

static const enum value_kind kinds[] = {
	VALUE_STATE, VALUE_POLICY, VALUE_UINT, VALUE_BOOL, VALUE_MEMMAP, VALUE_FLAG, VALUE_SHARE,
};

/* How long the word is that begins here: up to a blank that no quotes are around. */
static size_t word_length(const char *text)
{
	size_t quotes = 0, length = 0;

	for (; text[length]; length++) {
		if (quotes % 2 == 0 && strchr(" \t\n\v\f\r\xa0", text[length]))
			break;
		quotes += text[length] == '"';
	}
	return length;
}

/* The same by another way: name, and value or NULL, of a word of its own; freed by name. */
static void take_apart(const char *from, size_t length, struct cmdline_word *ret)
{
	char *word = strndup(from, length), *name = word, *equals;
	bool is_quoted = *word == '"';

	if (is_quoted)
		memmove(word, word + 1, length--);
	/* A value begins after the first "=" that is not the first letter. */
	equals = length ? strchr(name + 1, '=') : NULL;
	if (length && word[length - 1] == '"' && (is_quoted || (equals && equals[1] == '"'))) {
		/* Of a value that is a quote and nothing else, it is the first one. */
		if (!equals || equals + 1 < word + length - 1 || is_quoted)
			word[length - 1] = '\0';
	}
	*ret = (struct cmdline_word){ .name = name };
	if (equals) {
		*equals = '\0';
		ret->value = equals[1] == '"' ? equals + 2 : equals + 1;
	}
}

static void check_value(enum value_kind kind, const char *text)
{
	char taken[VALUE_MAX] = "", again[VALUE_MAX] = "", checked[VALUE_MAX] = "";
	int r = value_take(kind, text, taken);

	CHECK(r == 0 || r == -EINVAL || r == -ERANGE);
	CHECK(strlen(taken) < VALUE_MAX && (r == 0) == (*taken != '\0'));
	if (r == 0 && kind != VALUE_FLAG) {
		CHECK(value_take(kind, taken, again) == 0 && strcmp(again, taken) == 0);
		CHECK(value_print(kind, taken, again) == 0 && strcmp(again, taken) == 0);
	}
	if (!text)
		return;
	if (r == 0 && kind == VALUE_UINT)
		CHECK(strtoull(text, NULL, 0) == strtoull(taken, NULL, 10));
	/* What people may give is part of what the kernel takes, and means the same. */
	if (value_check(kind, text, checked) == 0)
		CHECK(r == 0 && strcmp(checked, taken) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *line = strdup(text), *rest = text;
	struct cmdline_word word, other;
	const char *at = line;
	bool has_more;

	do {
		at += strspn(at, " \t\n\v\f\r\xa0");
		has_more = cmdline_next(&rest, &word);
		CHECK(*at || !has_more);
		if (!*at)
			break;
		take_apart(at, word_length(at), &other);
		CHECK(has_more == (other.value || strcmp(other.name, "--") != 0));
		CHECK(strcmp(word.name, other.name) == 0);
		CHECK(!word.value == !other.value && (!word.value || strcmp(word.value, other.value) == 0));
		CHECK(cmdline_is(word.name, other.name));
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			check_value(kinds[i], word.value);
		at += word_length(at);
		at += *at != '\0';
		free((char *)other.name);
	} while (has_more);
	free(line);
	free(text);
	return 0;
}
