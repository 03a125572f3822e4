/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Structures of the interface begin with their size, as the caller's header knows
 * them, which may be older or newer than this library: what both know is copied, and
 * nothing beyond it is read or written.
 */
#ifndef MEMHP_SIZED_H
#define MEMHP_SIZED_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whether the caller has set the size at all. */
static inline bool sized_is_set(const void *callers)
{
	return *(const size_t *)callers >= sizeof(size_t);
}

static inline size_t sized_common(const void *callers, size_t known)
{
	const size_t given = *(const size_t *)callers;

	return given < known ? given : known;
}

/* The caller's, into one that holds what goes for fields which the caller does not know. */
static inline void sized_take(void *own, size_t known, const void *callers)
{
	memcpy(own, callers, sized_common(callers, known));
}

/* A result. The size stays the caller's. */
static inline void sized_give(void *callers, const void *own, size_t known)
{
	const size_t common = sized_common(callers, known), begin = sizeof(size_t);

	if (common > begin)
		memcpy((char *)callers + begin, (const char *)own + begin, common - begin);
}

#endif
