/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts settings into the text of /etc/memhp.conf, and keeps the rest of it. The result is
 * read back as conf.c reads the file: what it would refuse, or understand as something
 * else, is refused here. Pure. conf-save.c writes the file.
 */
#include <string.h>

#include "policy.h"

/* The index of the setting that the line is about; count if there is none. */
static size_t find_setting(const char *line, const struct conf_parts *parts, const struct memhp_setting *settings, size_t count)
{
	char key[64] = "";
	size_t i = 0;

	if (parts->is_blank || parts->key_length >= sizeof(key))
		return count;
	memcpy(key, line + parts->key, parts->key_length);
	while (i < count && !cmdline_is(key, settings[i].name))
		i++;
	return i;
}

static void rewrite_line(FILE *stream, const char *line, size_t length, const struct memhp_setting *settings,
			 size_t count, bool *is_written)
{
	struct conf_parts parts = conf_find_parts(line, length);
	size_t i = find_setting(line, &parts, settings, count);

	if (i == count) {
		fwrite(line, 1, length, stream);
	} else {
		is_written[i] = true;
		fwrite(line, 1, parts.value, stream);
		fputs(settings[i].value, stream);
		fwrite(line + parts.value + parts.value_length, 1, length - parts.value - parts.value_length, stream);
	}
}

static char *rewrite_text(const char *text, const struct memhp_setting *settings, size_t count)
{
	cleanup(cleanup_free) bool *is_written = calloc(count + 1, sizeof(*is_written));
	char *rewritten = NULL;
	size_t size = 0;
	FILE *stream = is_written ? open_memstream(&rewritten, &size) : NULL;
	const char *end = "";            /* what is missing at the end of the last line */

	if (!stream)
		return NULL;
	while (*text) {
		size_t length = strcspn(text, "\n");

		rewrite_line(stream, text, length, settings, count, is_written);
		text += length;
		end = *text ? "" : "\n";
		if (*text)
			fputc(*text++, stream);
	}
	for (size_t i = 0; i < count; i++) {
		if (is_written[i])
			continue;
		fprintf(stream, "%s%s = %s\n", end, settings[i].name, settings[i].value);
		end = "";
	}
	if (fclose(stream) == 0)
		return rewritten;
	free(rewritten);
	return NULL;
}

/* Whether the reader accepts the text, and finds each setting in it just as it was given: then nothing in a name
 * or a value has become a comment, another line or another value. */
static int check_rewritten(const char *text, const struct memhp_setting *settings, size_t count)
{
	cleanup(cleanup_memhp_conf_free) struct memhp_conf *conf = NULL;
	struct conf_problem problem = { 0 };
	const size_t length = strlen(text);
	int r = length > CONF_MAX ? -EFBIG : conf_parse(text, length, &conf, &problem);

	if (r < 0)
		return r == -EBADMSG ? -EINVAL : r;
	for (size_t i = 0; i < count; i++) {
		const char *value = memhp_conf_value(conf, settings[i].name);

		if (!value || strcmp(value, settings[i].value) != 0)
			return -EINVAL;
	}
	return 0;
}

int conf_rewrite(const char *text, const struct memhp_setting *settings, size_t count, char **ret)
{
	cleanup(cleanup_free) char *rewritten = NULL;
	int r;

	for (size_t i = 0; i < count; i++)
		if (!settings[i].name || !settings[i].value)
			return -EINVAL;
	rewritten = rewrite_text(text, settings, count);
	if (!rewritten)
		return -ENOMEM;
	r = check_rewritten(rewritten, settings, count);
	if (r == 0)
		*ret = take_ptr(rewritten);
	return r;
}
