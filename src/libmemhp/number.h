/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Strict parsing of numbers: only digits of one base, no sign, no blank, no prefix.
 * Overflow is detected. The caller gives the base, because each kernel attribute has its
 * own: block_size_bytes is hexadecimal without 0x, directory names are decimal. The
 * library and the program both use this file.
 */
#ifndef MEMHP_NUMBER_H
#define MEMHP_NUMBER_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

static inline unsigned int number_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return UINT32_MAX;
}

/* A comparison function for qsort(). */
static inline int number_compare(uint64_t x, uint64_t y)
{
	return (x > y) - (x < y);
}

/* Returns 0, -EINVAL, or -ERANGE if the value exceeds 64 bits. */
static inline int number_parse(const char *text, size_t length, unsigned int base, uint64_t *ret)
{
	uint64_t value = 0;

	if (!length)
		return -EINVAL;
	for (size_t i = 0; i < length; i++)
		if (number_digit(text[i]) >= base)
			return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)number_digit(text[i]), &value))
			return -ERANGE;
	}
	*ret = value;
	return 0;
}

/* The place of the first item that is not less than the key, among so many of that size, which ascend by their first
 * member, a uint64_t. */
static inline size_t number_place(const void *items, size_t count, size_t size, uint64_t key)
{
	size_t low = 0, high = count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (*(const uint64_t *)((const char *)items + middle * size) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

#endif
