/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON documents.
 */
#ifndef MEMHP_JSON_H
#define MEMHP_JSON_H

#include "column.h"

/*
 * One document on stdout. Members are printed in the order in which they are set;
 * rows are printed as they come, so that no document is ever held in memory.
 * Errors of memory are kept and returned by json_end().
 */
struct json;

struct json *json_new(void);
struct json *json_free(struct json *json);

/* A member of the document, or of its object when that is not NULL. */
void json_set_number(struct json *json, const char *object, const char *key, uint64_t value);
void json_set_bool(struct json *json, const char *object, const char *key, bool value);
void json_set_text(struct json *json, const char *object, const char *key, const char *value);
void json_set_null(struct json *json, const char *object, const char *key);
/* An object with a member for each column. */
void json_set_row(struct json *json, const char *object, const struct columns *columns, const void *row);

/* An array of rows; what was set so far is printed before it. */
void json_rows_begin(struct json *json, const char *key);
void json_row(struct json *json, const struct columns *columns, const void *row, uint64_t mixed);
void json_rows_end(struct json *json);

/* Prints the rest. 0 or -ENOMEM. */
int json_end(struct json *json);

/* The document of a command that failed before it printed anything; reason may be NULL. */
void json_error_document(const char *message, const char *reason, int exit_status);
/* Whether any document was begun on stdout. */
bool json_was_printed(void);

#endif
