/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Structures of the library's interface begin with their size as the caller's header
 * knows it. That header may be older or newer than this library. These functions are
 * the only ones that read or write such a structure of the caller, and they keep the
 * rules of clone3(2) and openat2(2): what the caller does not know is 0, and what the
 * library does not know must be 0.
 */
#ifndef MEMHP_SIZED_H
#define MEMHP_SIZED_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* The largest size. A larger number is garbage: the caller has not set size. */
#define SIZED_MAX 4096

/* Whether the size is one: 0, -EINVAL (not set) or -E2BIG. What fills a structure calls this first. */
static inline int sized_check(const void *callers)
{
	const size_t given = *(const size_t *)callers;

	if (given < sizeof(given))
		return -EINVAL;
	return given > SIZED_MAX ? -E2BIG : 0;
}

static inline size_t sized_common(const void *callers, size_t known)
{
	const size_t given = *(const size_t *)callers;

	return given < known ? given : known;
}

/* Copies the caller's structure into ours. Its size stays that of the caller. Where a structure ends with reserved,
 * known ends before that. */
static inline int sized_take(void *own, size_t known, const void *callers)
{
	const char *bytes = callers;
	const int r = sized_check(callers);

	if (r < 0)
		return r;
	/* A newer caller that sets a field asks for what this library cannot do. */
	for (size_t i = known; i < *(const size_t *)callers; i++)
		if (bytes[i])
			return -E2BIG;
	memset(own, 0, known);
	memcpy(own, callers, sized_common(callers, known));
	return 0;
}

/* The same for an argument that may be NULL: then all fields are 0. */
static inline int sized_take_optional(void *own, size_t known, const void *callers)
{
	if (callers)
		return sized_take(own, known, callers);
	memset(own, 0, known);
	return 0;
}

/* Copies a result to the caller's structure, whose size field is not changed. */
static inline int sized_give(void *callers, const void *own, size_t known)
{
	const size_t common = sized_common(callers, known), begin = sizeof(size_t);
	const int r = sized_check(callers);

	if (r < 0)
		return r;
	memcpy((char *)callers + begin, (const char *)own + begin, common - begin);
	memset((char *)callers + common, 0, *(const size_t *)callers - common);
	return 0;
}

#endif
