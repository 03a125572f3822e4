/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads /etc/memhp.conf, which has the settings to apply at boot: lines "key = value"
 * and comments. Everything that it does not understand is an error, reported with its
 * line, so that a file is never applied in part. conf-rewrite.c puts other values into its
 * text, and conf-save.c writes the file.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../choice.h"
#include "policy.h"

/* The keys that are not parameters. */
static const struct {
	const char *name;
	const char *const *words;     /* NULL: any text */
} more_keys[] = {
	{ "online_existing", (const char *const[]){ "no", "auto", "kernel", "movable", NULL } },
	{ "exclude", NULL },
};

/* Reading -------------------------------------------------------------------- */

static int read_text(int fd, size_t size, char **ret, size_t *ret_length)
{
	cleanup(cleanup_free) char *text = malloc(CONF_MAX + 2);
	size_t length = 0;
	ssize_t n = 1;

	if (size > CONF_MAX)
		return -EFBIG;
	if (!text)
		return -ENOMEM;
	while (n > 0 && length <= CONF_MAX) {
		n = read(fd, text + length, CONF_MAX + 1 - length);
		if (n < 0 && errno != EINTR)
			return -errno;
		length += n > 0 ? (size_t)n : 0;
		n = n < 0 ? 1 : n;
	}
	if (length > CONF_MAX)
		return -EFBIG;
	text[length] = '\0';
	*ret = take_ptr(text);
	*ret_length = length;
	return 0;
}

static int open_file(const struct memhp *memhp, size_t *ret_size)
{
	cleanup(sysdir_close) struct sysdir etc = SYSDIR_CLOSED;
	cleanup(cleanup_close) int fd = -1;
	struct stat st;
	int r = sysdir_open(memhp, "etc", "", &etc);

	if (r < 0)
		return r == -ENOENT ? r : fault(memhp, "etc", -r, NULL);
	fd = sysdir_open_to_read(&etc, CONF_NAME);
	/* A dangling symbolic link is not the same as a missing file. */
	if (fd == -ENOENT)
		return sysdir_has(&etc, CONF_NAME) ?
		       fault(memhp, CONF_PATH, ELOOP, "a dangling symbolic link") : -ENOENT;
	if (fd < 0)
		return fault(memhp, CONF_PATH, -fd, NULL);
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return fault(memhp, CONF_PATH, EISDIR, NULL);
	if (!S_ISREG(st.st_mode))
		return fault(memhp, CONF_PATH, EINVAL, "not a regular file");
	*ret_size = (size_t)st.st_size;
	return take_fd(&fd);
}

int conf_read_text(const struct memhp *memhp, char **ret, size_t *ret_length)
{
	size_t size = 0;
	cleanup(cleanup_close) int fd = open_file(memhp, &size);
	int r = fd < 0 ? fd : read_text(fd, size, ret, ret_length);

	return fd < 0 || r == 0 ? r : fault(memhp, CONF_PATH, -r, NULL);
}

/* Parsing -------------------------------------------------------------------- */

struct parser {
	struct memhp_conf *conf;
	struct conf_problem *problem;
	unsigned int line;
};

/* "'word' text name"; word may be NULL. */
static int complain(const struct parser *parser, const char *word, const char *text, const char *name)
{
	snprintf(parser->problem->text, sizeof(parser->problem->text), "%s%.60s%s%s%s", word ? "'" : "",
		 word ? word : "", word ? "' " : "", text, name);
	parser->problem->line = parser->line;
	return -EBADMSG;
}

/* The value is not one of the words; NULL: it is not a number. */
static int complain_value(const struct parser *parser, const char *value, const char *key, const char *const *words)
{
	char list[96] = "", text[160];

	for (; words && *words; words++)
		choice_add(list, sizeof(list), *words, !words[1]);
	snprintf(text, sizeof(text), "%s (%s)", key, *list ? list : "0 to 4294967295");
	return complain(parser, value, "is not a valid value for ", text);
}

static int complain_key(const struct parser *parser, const char *key)
{
	const size_t more = sizeof(more_keys) / sizeof(more_keys[0]);
	const struct definition *definition;
	char list[160] = "", text[200];

	for (size_t i = 0; (definition = definition_at(i)); i++)
		if (definition->order)
			choice_add(list, sizeof(list), definition->name, false);
	for (size_t i = 0; i < more; i++)
		choice_add(list, sizeof(list), more_keys[i].name, i + 1 == more);
	snprintf(text, sizeof(text), "is an unknown key (%s)", list);
	return complain(parser, key, text, "");
}

/* Finds the proper name of the key, and checks the value. */
static int check_entry(const struct parser *parser, const char *key, const char *value, const char **ret_key,
		       char ret_value[VALUE_MAX])
{
	const struct definition *definition = definition_find(key);

	*ret_value = '\0';
	if (definition && definition->order) {
		*ret_key = definition->name;
		if (value_check(definition->kind, value, ret_value) < 0)
			return complain_value(parser, value, definition->name, value_words(definition->kind));
		return 0;
	}
	if (definition)
		return complain(parser, key, "cannot be set while the kernel runs", "");
	for (size_t i = 0; i < sizeof(more_keys) / sizeof(more_keys[0]); i++) {
		const char *const *words = more_keys[i].words;

		if (!cmdline_is(key, more_keys[i].name))
			continue;
		*ret_key = more_keys[i].name;
		while (words && *words && strcmp(*words, value) != 0)
			words++;
		if (words && !*words)
			return complain_value(parser, value, more_keys[i].name, more_keys[i].words);
		return 0;
	}
	return complain_key(parser, key);
}

static int add_entry(const struct parser *parser, const char *key, const char *value)
{
	struct memhp_conf *conf = parser->conf;
	struct conf_entry *entry = &conf->entries[conf->count];
	char checked[VALUE_MAX];
	const char *name = "";
	int r = check_entry(parser, key, value, &name, checked);

	if (r < 0)
		return r;
	for (unsigned int i = 0; i < conf->count; i++)
		if (strcmp(conf->entries[i].key, name) == 0)
			return complain(parser, key, "is set twice", "");
	*entry = (struct conf_entry){ .key = name, .value = strdup(*checked ? checked : value), .line = parser->line };
	if (!entry->value)
		return -ENOMEM;
	conf->count++;
	return 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct conf_parts conf_find_parts(const char *line, size_t length)
{
	struct conf_parts parts = { 0 };
	size_t end = 0, equals;

	while (parts.key < length && is_space(line[parts.key]))
		parts.key++;
	parts.is_blank = parts.key == length || line[parts.key] == '#';
	if (parts.is_blank)
		return parts;
	/* A comment begins after a blank only. */
	for (end = parts.key; end < length; end++)
		if (line[end] == '#' && is_space(line[end - 1]))
			break;
	for (equals = parts.key; equals < end && line[equals] != '=';)
		equals++;
	parts.has_equals = equals < end;
	for (parts.key_length = equals - parts.key; parts.key_length && is_space(line[parts.key + parts.key_length - 1]);)
		parts.key_length--;
	for (parts.value = equals + parts.has_equals; parts.value < end && is_space(line[parts.value]);)
		parts.value++;
	for (parts.value_length = end - parts.value;
	     parts.value_length && is_space(line[parts.value + parts.value_length - 1]);)
		parts.value_length--;
	return parts;
}

static int conf_parse_line(const struct parser *parser, const char *line, size_t length)
{
	struct conf_parts parts = conf_find_parts(line, length);
	cleanup(cleanup_free) char *key = NULL, *value = NULL;

	if (memchr(line, '\0', length))
		return complain(parser, NULL, "contains a NUL byte", "");
	if (parts.is_blank)
		return 0;
	key = strndup(line + parts.key, parts.key_length);
	value = strndup(line + parts.value, parts.value_length);
	if (!key || !value)
		return -ENOMEM;
	if (!parts.has_equals)
		return complain(parser, key, "lacks an '='", "");
	if (!*value)
		return complain(parser, key, "lacks a value", "");
	return add_entry(parser, key, value);
}

int conf_parse(const char *text, size_t length, struct memhp_conf **ret, struct conf_problem *ret_problem)
{
	cleanup(cleanup_memhp_conf_free) struct memhp_conf *conf = calloc(1, sizeof(*conf));
	struct parser parser = { .conf = conf, .problem = ret_problem };
	const char *end = text + length;

	if (!conf)
		return -ENOMEM;
	conf->exists = true;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const size_t line_length = (size_t)((newline ? newline : end) - text);
		int r;

		parser.line++;
		r = conf_parse_line(&parser, text, line_length);
		if (r < 0)
			return r;
		text += line_length + (newline ? 1 : 0);
	}
	*ret = take_ptr(conf);
	return 0;
}

/* The object ----------------------------------------------------------------- */

int conf_understand(const struct memhp *memhp, const char *text, size_t length, struct memhp_conf **ret)
{
	struct conf_problem problem = { 0 };
	char message[360];
	int r = conf_parse(text, length, ret, &problem);

	if (r == -EBADMSG) {
		snprintf(message, sizeof(message), "line %u: %s", problem.line, problem.text);
		fault(memhp, CONF_PATH, EBADMSG, message);
	}
	return r;
}

int memhp_conf_read(struct memhp *memhp, struct memhp_conf **ret)
{
	cleanup(cleanup_free) char *text = NULL;
	size_t length = 0;
	int r = conf_read_text(memhp, &text, &length);

	if (r == -ENOENT) {
		*ret = calloc(1, sizeof(**ret));
		return *ret ? 0 : -ENOMEM;
	}
	return r < 0 ? r : conf_understand(memhp, text, length, ret);
}

struct memhp_conf *memhp_conf_free(struct memhp_conf *conf)
{
	for (unsigned int i = 0; conf && i < conf->count; i++)
		free(conf->entries[i].value);
	free(conf);
	return NULL;
}

bool memhp_conf_exists(const struct memhp_conf *conf)
{
	return conf->exists;
}

static const struct conf_entry *find_entry(const struct memhp_conf *conf, const char *key)
{
	for (unsigned int i = 0; i < conf->count; i++)
		if (cmdline_is(key, conf->entries[i].key))
			return &conf->entries[i];
	return NULL;
}

const char *memhp_conf_value(const struct memhp_conf *conf, const char *key)
{
	const struct conf_entry *entry = find_entry(conf, key);

	return entry ? entry->value : NULL;
}

unsigned int memhp_conf_line(const struct memhp_conf *conf, const char *key)
{
	const struct conf_entry *entry = find_entry(conf, key);

	return entry ? entry->line : 0;
}
