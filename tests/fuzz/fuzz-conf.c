/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/memhp.conf: refused, with a line that there is, or one entry for each line
 * that says something; and with other values put in, the same file but for these.
 * Build:
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *     tests/fuzz/fuzz-conf.c $(find src/libmemhp -name '*.c') $(pkg-config --cflags --libs mount zlib) -o fuzz-conf
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/libmemhp/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) ((condition) ? (void)0 : abort())

static const char *const keys[] = {
	"auto_online_blocks", "online_policy", "auto_movable_ratio", "auto_movable_numa_aware", "online_existing", "exclude",
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static const struct memhp_setting settings[] = {
	{ sizeof(struct memhp_setting), "online_policy", "auto-movable" },
	{ sizeof(struct memhp_setting), "auto_movable_ratio", "5" },
	{ sizeof(struct memhp_setting), "auto_online_blocks", "online_kernel" },
};

static size_t count_lines(const char *text, size_t size, bool only_full)
{
	size_t count = 0;

	for (const char *end = text + size; text < end;) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *first = text + strspn(text, " \t\r");

		count += !only_full || !strchr("#\n", *first);
		text = newline ? newline + 1 : end;
	}
	return count;
}

/* What is left of a line behind the value is a comment after a blank, or nothing. */
static void check_text(const char *text, const struct conf_entry *entry)
{
	size_t length = strlen(entry->value), blanks;

	for (unsigned int line = 1; line < entry->line; line++)
		text = strchr(text, '\n') + 1;
	text = strchr(text, '=') + 1;
	text += strspn(text, " \t\r");
	CHECK(strncmp(text, entry->value, length) == 0);
	blanks = strspn(text + length, " \t\r");
	CHECK(strchr("\n", text[length + blanks]) || (blanks && text[length + blanks] == '#'));
}

/* Every entry is of a key that there is, at a line of its own, with a value that stays as it is. */
static void check_entries(const struct memhp_conf *conf, const char *text, size_t lines)
{
	unsigned int before = 0, found = 0;

	for (unsigned int i = 0; i < conf->count; i++) {
		const struct conf_entry *entry = &conf->entries[i];
		const struct definition *definition = definition_find(entry->key);
		char value[VALUE_MAX] = "";

		CHECK(entry->line > before && entry->line <= lines && *entry->value);
		before = entry->line;
		if (definition)
			CHECK(definition->order && value_check(definition->kind, entry->value, value) == 0 &&
			      strcmp(value, entry->value) == 0);
		else
			check_text(text, entry);
	}
	for (size_t i = 0; i < KEYS; i++)
		found += memhp_conf_value(conf, keys[i]) != NULL;
	CHECK(found == conf->count);
}

/* Whether a setting of the first count is about that key, and its value. */
static const char *set_value(const char *key, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(settings[i].name, key) == 0)
			return settings[i].value;
	return NULL;
}

static size_t count_letter(const char *text, char letter)
{
	size_t count = 0;

	for (; (text = strchr(text, letter)); text++)
		count++;
	return count;
}

static void check_rewritten(const char *text, const struct memhp_conf *conf, size_t count)
{
	char *after = NULL, *again = NULL;
	size_t lines = count_lines(text, strlen(text), false);
	struct conf_problem problem = { 0 };
	struct memhp_conf *other = NULL;

	CHECK(conf_rewrite(text, settings, count, &after) == 0 && conf_rewrite(after, settings, count, &again) == 0);
	for (size_t i = 0; i < count; i++)
		lines += !memhp_conf_value(conf, settings[i].name);
	CHECK(count_lines(after, strlen(after), false) == lines);
	CHECK(conf_parse(after, strlen(after), &other, &problem) == 0);
	for (size_t i = 0; i < KEYS; i++) {
		const char *expected = set_value(keys[i], count), *seen = memhp_conf_value(other, keys[i]);

		if (!expected)
			expected = memhp_conf_value(conf, keys[i]);
		CHECK(!expected == !seen && (!seen || strcmp(seen, expected) == 0));
		if (memhp_conf_value(conf, keys[i]))
			CHECK(memhp_conf_line(conf, keys[i]) == memhp_conf_line(other, keys[i]));
	}
	/* Comments stay. */
	CHECK(count_letter(after, '#') == count_letter(text, '#'));
	CHECK(strcmp(after, again) == 0);
	CHECK(count || strcmp(after, text) == 0);
	memhp_conf_free(other);
	free(after);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* As long as the file, with the NUL that reading it adds. */
	char *text = malloc(size + 1);
	struct conf_problem problem = { 0 };
	struct memhp_conf *conf = NULL;
	int r;

	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	r = conf_parse(text, size, &conf, &problem);
	CHECK(r == 0 || (r == -EBADMSG && !conf));
	if (conf) {
		CHECK(strlen(text) == size && conf->exists);
		CHECK(conf->count == count_lines(text, size, true));
		check_entries(conf, text, count_lines(text, size, false));
		check_rewritten(text, conf, size % (sizeof(settings) / sizeof(settings[0]) + 1));
	} else {
		CHECK(problem.line > 0 && *problem.text && memchr(problem.text, '\0', sizeof(problem.text)));
		CHECK(problem.line <= count_lines(text, size, false));
	}
	memhp_conf_free(conf);
	free(text);
	return 0;
}
