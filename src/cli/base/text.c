/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats sizes for people, collects lines of text, and makes text that has strings of the
 * machine or of the user harmless for terminals, logs and documents. Complete messages are
 * worded elsewhere.
 */
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "shortage.h"

/* The length in bytes of the UTF-8 character at text, and its code. 0: there is none. */
static unsigned int utf8_decode(const unsigned char *text, uint32_t *ret_code)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0x00, 0x01 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };

	for (unsigned int i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		uint32_t code = text[0] & (unsigned char)~forms[i].mask;

		if ((text[0] & forms[i].mask) != forms[i].lead)
			continue;
		for (unsigned int j = 1; j <= i; j++) {
			if ((text[j] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (text[j] & 0x3f);
		}
		if (code < forms[i].least || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
			return 0;
		*ret_code = code;
		return i + 1;
	}
	return 0;
}

/* Control characters, line separators, and what changes the direction of the text around it. */
static bool is_harmful(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} harmful[] = { { 0x00, 0x1f }, { 0x7f, 0x9f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 } };

	for (unsigned int i = 0; i < sizeof(harmful) / sizeof(harmful[0]); i++)
		if (code >= harmful[i].first && code <= harmful[i].last)
			return true;
	return false;
}

void text_disarm(char *text)
{
	while (*text) {
		uint32_t code = 0;
		const unsigned int found = utf8_decode((const unsigned char *)text, &code);
		const unsigned int length = found ? found : 1;

		if (!found || is_harmful(code))
			memset(text, '?', length);
		text += length;
	}
}

void text_print(FILE *stream, const char *format, ...)
{
	const bool ends_line = *format && format[strlen(format) - 1] == '\n';
	cleanup(cleanup_free) char *text = NULL;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		text = NULL;
		shortage_note();
		return;
	}
	text_disarm(text);
	if (ends_line && length)
		text[length - 1] = '\n';
	fputs(text, stream);
}

char *text_for_document(const char *text, bool has_lines)
{
	static const char replacement[] = "\xef\xbf\xbd";
	/* Of one byte may become three. */
	char *made = malloc(strlen(text) * (sizeof(replacement) - 1) + 1), *end = made;

	while (made && *text) {
		uint32_t code = 0;
		const unsigned int found = utf8_decode((const unsigned char *)text, &code);

		if (found && (!is_harmful(code) || (has_lines && code == '\n')))
			end = mempcpy(end, text, found);
		else
			end = mempcpy(end, replacement, sizeof(replacement) - 1);
		text += found ? found : 1;
	}
	if (made)
		*end = '\0';
	else
		shortage_note();
	return made;
}

size_t text_cut(const char *text, size_t size)
{
	size_t length = strnlen(text, size);

	/* In front of a byte that goes on with a character. */
	while (text[length] && length && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return length;
}

int text_asprintf(char **ret, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(ret, format, args);
	va_end(args);
	if (length < 0) {
		*ret = NULL;
		shortage_note();
	}
	return length;
}

FILE *text_open(char **ret, size_t *ret_size)
{
	FILE *stream = open_memstream(ret, ret_size);

	if (!stream)
		shortage_note();
	return stream;
}

char *text_close(FILE *stream, char **text)
{
	const bool has_failed = ferror(stream);
	char *made;

	/* The last allocation is that of fclose(), which does not report it. */
	if (fclose(stream) != 0 || has_failed || !*text) {
		free(*text);
		*text = NULL;
		shortage_note();
	}
	made = *text;
	*text = NULL;
	return made;
}

void text_add_item(char **text, const char *item)
{
	char *made = NULL;

	if (text_asprintf(&made, "%s%s%s", *text ? *text : "", *text ? ", " : "", item) < 0)
		return;
	free(*text);
	*text = made;
}

void lines_free(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->items[i]);
	free(lines->items);
}

const char *lines_add(struct lines *lines, char *line)
{
	char **items = line ? reallocarray(lines->items, lines->count + 1, sizeof(*items)) : NULL;

	if (line && !items)
		shortage_note();
	if (!items) {
		free(line);
		return NULL;
	}
	lines->items = items;
	items[lines->count++] = line;
	return line;
}

void size_text(uint64_t bytes, char ret[24])
{
	static const char units[] = "BKMGTPE";
	unsigned int unit = 0;
	uint64_t tenths;

	while (unit + 2 < sizeof(units) && bytes >> (10 * (unit + 1)))
		unit++;
	/* Tenths of the unit, rounded to the nearest. 1024K becomes 1M. */
	tenths = (bytes >> (10 * unit)) * 10;
	if (unit)
		tenths += ((bytes & ((UINT64_C(1) << (10 * unit)) - 1)) * 10 + (UINT64_C(1) << (10 * unit - 1))) >>
			  (10 * unit);
	if (tenths >= 10240 && unit + 2 < sizeof(units)) {
		tenths = 10;
		unit++;
	}
	if (tenths % 10)
		snprintf(ret, 24, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10, units[unit]);
	else
		snprintf(ret, 24, "%" PRIu64 "%c", tenths / 10, units[unit]);
}

void exact_size_text(uint64_t bytes, char ret[24])
{
	static const char units[] = "BKMGTPE";
	unsigned int unit = 0;

	while (bytes && unit + 2 < sizeof(units) && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(ret, 24, "%" PRIu64 "%c", bytes, units[unit]);
}
