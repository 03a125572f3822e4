/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Durations as words.
 */
#ifndef MEMHP_DURATION_H
#define MEMHP_DURATION_H

#include <stdint.h>

/* "30", "30s", "500ms", "2m", "1h": milliseconds. NULL, or what is wrong with the word. */
const char *duration_parse(const char *word, uint64_t *ret_ms);

#endif
