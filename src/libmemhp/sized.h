/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Structures of the library's interface begin with their size as the caller's header
 * knows it. That header may be older or newer than this library. These functions copy
 * the fields that both know, and neither read nor write beyond them. What the fields
 * mean is left to the callers.
 */
#ifndef MEMHP_SIZED_H
#define MEMHP_SIZED_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whether the caller has set the size. */
static inline bool sized_is_set(const void *callers)
{
	return *(const size_t *)callers >= sizeof(size_t);
}

static inline size_t sized_common(const void *callers, size_t known)
{
	const size_t given = *(const size_t *)callers;

	return given < known ? given : known;
}

/* Copies the caller's structure into ours, which holds the defaults for fields that the caller
 * does not know. */
static inline void sized_take(void *own, size_t known, const void *callers)
{
	memcpy(own, callers, sized_common(callers, known));
}

/* Copies a result to the caller's structure, whose size field is not changed. */
static inline void sized_give(void *callers, const void *own, size_t known)
{
	const size_t common = sized_common(callers, known), begin = sizeof(size_t);

	if (common > begin)
		memcpy((char *)callers + begin, (const char *)own + begin, common - begin);
}

#endif
