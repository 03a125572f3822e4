/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values of parameters: what the kernel accepts in a write or on its command line, and
 * what its files print. Converts both to the form that the kernel prints. Pure. Which
 * parameter has which kind of value is in policy.c.
 */
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "policy.h"

static int value_keep(const char *text, char ret[VALUE_MAX])
{
	if (strlen(text) >= VALUE_MAX)
		return -EINVAL;
	strcpy(ret, text);
	return 0;
}

static int keep_bool(bool yes, char ret[VALUE_MAX])
{
	return value_keep(yes ? "Y" : "N", ret);
}

/* lib/string_helpers.c: sysfs_streq() ignores one newline at the end, which a write may have. */
static int value_take_word(const char *const *words, const char *text, char ret[VALUE_MAX])
{
	size_t length = text ? strlen(text) : 0;

	if (length && text[length - 1] == '\n')
		length--;
	for (; *words; words++)
		if (text && strlen(*words) == length && strncmp(*words, text, length) == 0)
			return value_keep(*words, ret);
	return -EINVAL;
}

/* lib/kstrtox.c: kstrtobool(): the first letter decides; "t" and "f" since 6.1. */
static int take_bool(const char *text, char ret[VALUE_MAX])
{
	switch (text[0]) {
	case 'y': case 'Y': case 't': case 'T': case '1':
		return keep_bool(true, ret);
	case 'n': case 'N': case 'f': case 'F': case '0':
		return keep_bool(false, ret);
	case 'o': case 'O':
		if (text[1] == 'n' || text[1] == 'N')
			return keep_bool(true, ret);
		return text[1] == 'f' || text[1] == 'F' ? keep_bool(false, ret) : -EINVAL;
	default:
		return -EINVAL;
	}
}

/* lib/kstrtox.c: kstrtouint() with base 0: 10, 0x1f, 017, a plus sign, a newline at the end */
static int take_uint(const char *text, char ret[VALUE_MAX])
{
	unsigned int base = 10;
	size_t length;
	uint64_t value = 0;
	int r;

	if (!text)
		return -EINVAL;
	text += *text == '+';
	if (text[0] == '0') {
		base = 8;
		if ((text[1] == 'x' || text[1] == 'X') && isxdigit((unsigned char)text[2])) {
			base = 16;
			text += 2;
		}
	}
	length = strlen(text);
	if (length && text[length - 1] == '\n')
		length--;
	r = number_parse(text, length, base, &value);
	if (r == 0 && value > UINT_MAX)
		r = -ERANGE;
	if (r == 0)
		snprintf(ret, VALUE_MAX, "%u", (unsigned int)value);
	return r;
}

const char *const *value_words(enum value_kind kind)
{
	static const char *const states[] = { "offline", "online", "online_kernel", "online_movable", NULL };
	static const char *const policies[] = { "contig-zones", "auto-movable", NULL };
	static const char *const bools[] = { "yes", "no", NULL };
	static const char *const memmaps[] = { "yes", "no", "force", NULL };

	switch (kind) {
	case VALUE_STATE:
		return states;
	case VALUE_POLICY:
		return policies;
	case VALUE_BOOL:
	case VALUE_FLAG:
		return bools;
	case VALUE_MEMMAP:
		return memmaps;
	case VALUE_UINT:
	case VALUE_HEX:
	case VALUE_EXISTS:
	case VALUE_SHARE:
		return NULL;
	}
	return NULL;
}

/* mm/mm_init.c: cmdline_parse_core(): a value that does not begin with a number is 0, which
 * requests nothing. */
static int take_share(const char *text, char ret[VALUE_MAX])
{
	return text && (isdigit((unsigned char)*text) || strcmp(text, "mirror") == 0) ? value_keep(text, ret) : -EINVAL;
}

int value_take(enum value_kind kind, const char *text, char ret[VALUE_MAX])
{
	switch (kind) {
	case VALUE_STATE:
	case VALUE_POLICY:
		return value_take_word(value_words(kind), text, ret);
	case VALUE_UINT:
		return take_uint(text, ret);
	case VALUE_BOOL:
		/* kernel/params.c: param_set_bool(): no value means yes. */
		return take_bool(text ? text : "1", ret);
	case VALUE_MEMMAP:
		/* mm/memory_hotplug.c: set_memmap_mode(); before it existed, a bool */
		if (text && (strcmp(text, "force") == 0 || strcmp(text, "FORCE") == 0))
			return value_keep("force", ret);
		return take_bool(text ? text : "1", ret);
	case VALUE_FLAG:
		return keep_bool(true, ret);
	case VALUE_SHARE:
		return take_share(text, ret);
	case VALUE_HEX:
	case VALUE_EXISTS:
		return -EINVAL;
	}
	return -EINVAL;
}

int value_print(enum value_kind kind, const char *text, char ret[VALUE_MAX])
{
	uint64_t number = 0;

	switch (kind) {
	case VALUE_UINT:
	case VALUE_BOOL:
		return value_take(kind, text, ret) < 0 ? -EBADMSG : 0;
	case VALUE_HEX:
		if (number_parse(text, strlen(text), 16, &number) < 0)
			return -EBADMSG;
		snprintf(ret, VALUE_MAX, "%llu", (unsigned long long)number);
		return 0;
	case VALUE_MEMMAP:
		if (value_take(kind, text, ret) == 0)
			return 0;
		__attribute__((fallthrough));
	case VALUE_STATE:
	case VALUE_POLICY:
	case VALUE_SHARE:
	case VALUE_EXISTS:
	case VALUE_FLAG:
		return value_keep(text, ret) < 0 ? -EBADMSG : 0;
	}
	return -EBADMSG;
}

static bool is_clear_bool(const char *text)
{
	static const char *const words[] = { "y", "yes", "1", "on", "true", "n", "no", "0", "off", "false" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(words[i], text) == 0)
			return true;
	return false;
}

int value_check(enum value_kind kind, const char *text, char ret[VALUE_MAX])
{
	bool is_bool = kind == VALUE_BOOL || kind == VALUE_FLAG ||
		       (kind == VALUE_MEMMAP && strcasecmp(text, "force") != 0);

	/* What kstrtobool() takes for yes or no may be a mistake, such as "yellow". */
	if (is_bool && !is_clear_bool(text))
		return -EINVAL;
	if (text[strcspn(text, " \t\n\v\f\r")] || (kind == VALUE_UINT && *text == '+'))
		return -EINVAL;
	return value_take(kind, text, ret);
}

const char *memhp_kind_name(enum memhp_kind kind)
{
	static const char *const names[] = {
		[MEMHP_KIND_WORD] = "word",
		[MEMHP_KIND_NUMBER] = "number",
		[MEMHP_KIND_BOOL] = "bool",
		[MEMHP_KIND_SIZE] = "size",
	};

	return (size_t)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : NULL;
}
