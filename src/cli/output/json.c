/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds and prints JSON documents. The only file that uses json-c. What goes into a
 * document is up to the commands; src/schemas describes the result.
 */
#include "json.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/text.h"
#include "../base/unread.h"

#define JSON_STYLE (JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE)

struct json {
	struct json_object *members;   /* set, but not printed yet */
	bool has_begun, has_rows, in_one_line, failed;
};

static bool was_printed;

bool json_was_printed(void)
{
	return was_printed;
}

struct json *json_new(void)
{
	struct json *json = calloc(1, sizeof(*json));

	if (!json)
		return NULL;
	json->members = json_object_new_object();
	json_set_number(json, NULL, "format_version", 1);
	return json;
}

struct json *json_free(struct json *json)
{
	if (json)
		json_object_put(json->members);
	free(json);
	return NULL;
}

/* What json-c has made. NULL: it had no memory. */
static struct json_object *json_made(struct json *json, struct json_object *made)
{
	json->failed |= !made;
	return made;
}

static void json_add(struct json *json, struct json_object *object, const char *key, struct json_object *value)
{
	if (object && json_object_object_add(object, key, value) == 0)
		return;
	json->failed = true;
	json_object_put(value);
}

static void json_append(struct json *json, struct json_object *array, struct json_object *value)
{
	if (array && json_object_array_add(array, value) == 0)
		return;
	json->failed = true;
	json_object_put(value);
}

static void json_set(struct json *json, const char *object, const char *key, struct json_object *value)
{
	struct json_object *parent = json->members;

	if (object && parent && !json_object_object_get_ex(json->members, object, &parent)) {
		parent = json_made(json, json_object_new_object());
		json_add(json, json->members, object, parent);
		/* It was put away if it could not be added. */
		if (json->failed)
			parent = NULL;
	}
	json_add(json, parent, key, value);
}

/* Every string of a document is made here: it may be one of the machine, and must be UTF-8. NULL: no memory. */
static struct json_object *json_string(struct json *json, const char *text, bool has_lines)
{
	cleanup(cleanup_free) char *made = text_for_document(text, has_lines);

	return json_made(json, made ? json_object_new_string(made) : NULL);
}

void json_set_number(struct json *json, const char *object, const char *key, uint64_t value)
{
	json_set(json, object, key, json_made(json, json_object_new_uint64(value)));
}

void json_set_bool(struct json *json, const char *object, const char *key, bool value)
{
	json_set(json, object, key, json_made(json, json_object_new_boolean(value)));
}

void json_set_text(struct json *json, const char *object, const char *key, const char *value)
{
	json_set(json, object, key, json_string(json, value, false));
}

void json_set_null(struct json *json, const char *object, const char *key)
{
	json_set(json, object, key, NULL);
}

/* Prints the members of an object without its braces: "a": 1, "b": 2 */
static void print_members(struct json *json)
{
	const char *text = json->members ? json_object_to_json_string_ext(json->members, JSON_STYLE) : NULL;
	size_t length = text ? strlen(text) : 0;

	if (length < 2) {
		json->failed = true;
		return;
	}
	if (json_object_object_length(json->members) > 0) {
		fputs(json->has_begun ? ", " : "{ ", stdout);
		/* JSON_C_TO_STRING_SPACED prints "{ " and " }" around the members. */
		fwrite(text + 2, 1, length - 4, stdout);
		json->has_begun = was_printed = true;
	}
	json_object_put(json->members);
	json->members = json_made(json, json_object_new_object());
}

void json_rows_begin(struct json *json, const char *key)
{
	print_members(json);
	printf(json->in_one_line ? ", \"%s\": [" : ",\n  \"%s\": [", key);
	json->has_rows = false;
}

void json_rows_end(struct json *json)
{
	fputs(json->has_rows ? (json->in_one_line ? " ]" : "\n  ]") : "]", stdout);
}

static struct json_object *words_array(struct json *json, const struct cell *cell)
{
	struct json_object *array = json_made(json, json_object_new_array());

	for (unsigned int i = 0; i < cell->words.count; i++)
		json_append(json, array, json_string(json, cell->words.items[i], false));
	return array;
}

static struct json_object *numbers_array(struct json *json, const struct cell *cell)
{
	struct json_object *array = json_made(json, json_object_new_array());

	for (unsigned int i = 0; i < cell->numbers.count; i++)
		json_append(json, array, json_made(json, json_object_new_int64(cell->numbers.items[i])));
	return array;
}

static struct json_object *pages_array(struct json *json, const struct cell *cell)
{
	struct json_object *array = json_made(json, json_object_new_array());

	for (size_t i = 0; i < cell->pages.count; i++)
		json_append(json, array, json_made(json, json_object_new_uint64(cell->pages.items[i])));
	return array;
}

static struct json_object *counts_object(struct json *json, const struct cell *cell)
{
	struct json_object *object = json_made(json, json_object_new_object());

	for (unsigned int i = 0; i < cell->counts.count; i++)
		json_add(json, object, cell->counts.name(i), json_made(json, json_object_new_uint64(cell->counts.items[i])));
	return object;
}

static struct json_object *text_string(struct json *json, const struct cell *cell)
{
	cleanup(cleanup_free) char *text = cell_text(cell, true);

	json->failed |= !text;
	if (!text)
		return NULL;
	return json_string(json, text, cell->kind == CELL_LINES);
}

static struct json_object *json_cell_value(struct json *json, const struct cell *cell)
{
	switch (cell->kind) {
	case CELL_NULL:
		return NULL;
	case CELL_NUMBER:
	case CELL_SIZE:
	case CELL_ADDRESS:
		return json_made(json, json_object_new_uint64(cell->number));
	case CELL_BOOL:
		return json_made(json, json_object_new_boolean(cell->yes));
	case CELL_WORDS:
		return words_array(json, cell);
	case CELL_NUMBERS:
		return numbers_array(json, cell);
	case CELL_PAGES:
		return pages_array(json, cell);
	case CELL_COUNTS:
		return counts_object(json, cell);
	case CELL_TEXT:
	case CELL_LINES:
	case CELL_ADDRESSES:
	case CELL_SPAN:
		return text_string(json, cell);
	}
	return NULL;
}

/* The key of PHYS-DEVICE is "phys_device". */
static void column_key(const struct column *column, char ret[64])
{
	size_t i = 0;

	for (; i < 63 && column->name[i]; i++)
		ret[i] = column->name[i] == '-' ? '_' : (char)tolower((unsigned char)column->name[i]);
	ret[i] = '\0';
}

void json_set_row(struct json *json, const char *object, const struct columns *columns, const void *row)
{
	json_set(json, NULL, object, json_made(json, json_object_new_object()));
	for (size_t i = 0; i < columns->count; i++) {
		struct cell cell;
		char key[64];

		column_key(columns->items[i], key);
		cell_read(columns->items[i], row, &cell);
		json_set(json, object, key, json_cell_value(json, &cell));
	}
}

void json_row(struct json *json, const struct columns *columns, const void *row, uint64_t mixed)
{
	struct json_object *object = json_made(json, json_object_new_object());
	struct json_object *mixed_keys = mixed ? json_made(json, json_object_new_array()) : NULL;
	const char *text;

	for (size_t i = 0; i < columns->count; i++) {
		bool is_mixed = mixed >> i & 1;
		struct cell cell = { .kind = CELL_NULL };
		char key[64];

		column_key(columns->items[i], key);
		if (is_mixed)
			json_append(json, mixed_keys, json_string(json, key, false));
		else
			cell_read(columns->items[i], row, &cell);
		json_add(json, object, key, json_cell_value(json, &cell));
	}
	if (mixed)
		json_add(json, object, "mixed", mixed_keys);
	text = object ? json_object_to_json_string_ext(object, JSON_STYLE) : NULL;
	if (text)
		printf("%s%s%s", json->has_rows ? "," : "", json->in_one_line ? " " : "\n    ", text);
	else
		json->failed = true;
	json->has_rows = true;
	json_object_put(object);
}

/* "faults": the files that could not be read or understood */
static void set_faults(struct json *json)
{
	struct json_object *faults = json_made(json, json_object_new_array());
	const struct unread *file = NULL;

	while ((file = unread_next(file))) {
		struct json_object *object = json_made(json, json_object_new_object());

		json_add(json, object, "path", json_string(json, file->path, false));
		json_add(json, object, "error", json_string(json, file->error ? file->error : "EIO", false));
		json_append(json, faults, object);
	}
	json_add(json, json->members, "faults", faults);
}

static int print_end(struct json *json)
{
	print_members(json);
	fputs(" }\n", stdout);
	return json->failed ? -ENOMEM : 0;
}

void json_in_one_line(struct json *json)
{
	json->in_one_line = true;
}

int json_end_line(struct json *json)
{
	const int r = print_end(json);

	(void)fflush(stdout);
	return r;
}

int json_end_open(struct json *json)
{
	set_faults(json);
	json_set_null(json, NULL, "exit_status");
	return json_end_line(json);
}

int json_end(struct json *json, int exit_status)
{
	set_faults(json);
	json_set_number(json, NULL, "exit_status", (uint64_t)exit_status);
	return print_end(json);
}

void json_error_document(const char *message, const char *reason, int exit_status)
{
	struct json *json = json_new();

	if (!json)
		return;
	json_set_text(json, "error", "message", message);
	if (reason)
		json_set_text(json, "error", "reason", reason);
	json_end(json, exit_status);
	json_free(json);
}
