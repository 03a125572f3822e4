/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats sizes for people, collects lines of text, and replaces the characters of foreign text
 * that could harm a terminal. Complete messages are worded elsewhere.
 */
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The length in bytes of the UTF-8 character at text. 0 if there is none, or if it is a control character. */
static unsigned int utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0x00, 0x20 }, { 0xe0, 0xc0, 0xa0 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };

	for (unsigned int i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		uint32_t code = text[0] & (unsigned char)~forms[i].mask;

		if ((text[0] & forms[i].mask) != forms[i].lead)
			continue;
		for (unsigned int j = 1; j <= i; j++) {
			if ((text[j] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (text[j] & 0x3f);
		}
		if (code < forms[i].least || code == 0x7f || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
			return 0;
		return i + 1;
	}
	return 0;
}

void text_disarm(char *text)
{
	while (*text) {
		unsigned int length = utf8_length((const unsigned char *)text);

		if (!length) {
			*text = '?';
			length = 1;
		}
		text += length;
	}
}

void text_add_item(char **text, const char *item)
{
	char *made = NULL;

	if (asprintf(&made, "%s%s%s", *text ? *text : "", *text ? ", " : "", item) < 0)
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
