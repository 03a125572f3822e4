/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON documents on stdout. A command sets members and adds rows; the commands decide
 * which. src/schemas describes the documents.
 */
#ifndef MEMHP_JSON_H
#define MEMHP_JSON_H

#include "column.h"

/*
 * One document on stdout. Members are printed in the order in which they are set.
 * Rows are printed at once, so that a large document is never held in memory.
 * json_end() returns a lack of memory that occurred earlier.
 */
struct json;

struct json *json_new(void);
struct json *json_free(struct json *json);

/* Sets a member of the document, or of the object in it if object is not NULL. */
void json_set_number(struct json *json, const char *object, const char *key, uint64_t value);
void json_set_bool(struct json *json, const char *object, const char *key, bool value);
void json_set_text(struct json *json, const char *object, const char *key, const char *value);
void json_set_null(struct json *json, const char *object, const char *key);
/* Sets an object with one member per column. */
void json_set_row(struct json *json, const char *object, const struct columns *columns, const void *row);

/* Starts an array of rows. The members that were set before are printed first. */
void json_rows_begin(struct json *json, const char *key);
void json_row(struct json *json, const struct columns *columns, const void *row, uint64_t mixed);
void json_rows_end(struct json *json);

/* The document is printed in one line. */
void json_in_one_line(struct json *json);
/* Prints the rest of a document of JSON Lines that has neither faults nor an exit status, and flushes. Returns 0 or -ENOMEM. */
int json_end_line(struct json *json);
/* As json_end(), where the command goes on: the exit status is null. */
int json_end_open(struct json *json);
/* Prints the rest of the document: also the files that could not be read, and the exit status. Returns 0 or
 * -ENOMEM. */
int json_end(struct json *json, int exit_status);

/* Prints the document of a command that failed before it printed anything. reason may be NULL. */
void json_error_document(const char *message, const char *reason, int exit_status);
/* Whether any part of a document has been printed. */
bool json_was_printed(void);

#endif
