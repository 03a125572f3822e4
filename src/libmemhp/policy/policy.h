/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files about the kernel's policy: policy.c (parameters and their values),
 * place.c (their files), setting.c (setting them), source.c (where values come from),
 * rules.c (what follows for zones), value.c and cmdline.c (their notation), conf.c,
 * conf-rewrite.c and conf-save.c (settings to apply at boot), kconfig.c, and kdump.c (the
 * crash kernel).
 */
#ifndef MEMHP_POLICY_H
#define MEMHP_POLICY_H

#include "../base/base.h"

DEFINE_CLEANUP(struct memhp_policy *, memhp_policy_free)
DEFINE_CLEANUP(struct memhp_conf *, memhp_conf_free)

/* cmdline.c: one word of the kernel command line; value is NULL if there is no "=". */
struct cmdline_word {
	const char *name, *value;
};
/* Cuts the next word off; false at the end. Modifies the text. */
bool cmdline_next(char **rest, struct cmdline_word *ret);
/* Whether the word is that name; "-" and "_" are equal. */
bool cmdline_is(const char *word, const char *name);
/* What follows the prefix, in which "-" and "_" are equal, too; NULL if the word begins differently. */
const char *cmdline_rest(const char *word, const char *prefix);

/* value.c: values as text, in the form that the kernel prints. */
#define VALUE_MAX MEMHP_VALUE_SIZE

enum value_kind {
	VALUE_STATE,          /* offline, online, online_kernel, online_movable */
	VALUE_POLICY,         /* contig-zones, auto-movable */
	VALUE_UINT,
	VALUE_BOOL,           /* Y, N */
	VALUE_MEMMAP,         /* Y, N, force */
	VALUE_HEX,            /* printed in hexadecimal, kept in decimal */
	VALUE_EXISTS,         /* Y when the file exists */
	VALUE_FLAG,           /* on the kernel command line: Y if the word is there, with or without a value */
	VALUE_SHARE,          /* on the kernel command line: an amount or a percentage, kept as it is */
};
/* Converts a value as the kernel does; text may be NULL: no value. -EINVAL or -ERANGE if the
 * kernel rejects it. */
int value_take(enum value_kind kind, const char *text, char ret[VALUE_MAX]);
/* Converts what a file prints; -EBADMSG. Unknown words are kept. */
int value_print(enum value_kind kind, const char *text, char ret[VALUE_MAX]);
/* Converts a value that a person gives, if it is unambiguous. -EINVAL or -ERANGE. */
int value_check(enum value_kind kind, const char *text, char ret[VALUE_MAX]);
/* The words that the value can be, ended by NULL; NULL if it is not a word. */
const char *const *value_words(enum value_kind kind);

/* policy.c: one parameter. */
enum place {
	PLACE_MEMORY,         /* below devices/system/memory */
	PLACE_MODULE,         /* below module/memory_hotplug/parameters */
	PLACE_CMDLINE,        /* the kernel command line only */
	PLACE_COUNT,
};
struct definition {
	const char *name;
	enum place place;
	enum value_kind kind;
	unsigned int order;       /* when it is written, from 1; 0: it cannot be set while the kernel runs */
	const char *standard;     /* the kernel's default; NULL: depends on its configuration or the machine */
	const char *cmdline;      /* the word that sets it at boot, or NULL */
	const char *since, *config;
};
struct memhp_parameter {
	const struct definition *definition;
	char path[64];            /* relative to sysfs; "" if there is no file */
	char value[VALUE_MAX], cmdline_value[VALUE_MAX];
	bool has_value, is_writable;
	bool is_source_unknown;   /* the kernel command line may set it, and could not be read */
	int error;                /* 0 or -errno */
	const char *standard;
	/* The value on the kernel command line, and one that had no effect; the policy owns both texts. */
	const char *cmdline_text, *ignored;
};
/* The parameter with that name, or NULL. */
const struct definition *definition_find(const char *name);
/* The parameters in their order, from 0; NULL after the last one. */
const struct definition *definition_at(size_t index);
/* place.c: the directory of a place, relative to the mount point of sysfs; NULL: it has none. */
const char *place_path(enum place place);
int place_open(const struct memhp *memhp, enum place place, struct sysdir *ret);
/* Why its files cannot be read, if place_open() has failed so: -ENODATA if the kernel has none of them. */
int place_error(const struct memhp *memhp, enum place place, int error);
/* Reads the present value from the file; -ENODATA: there is no file. */
int parameter_read(const struct sysdir *dir, const struct definition *definition, char ret[VALUE_MAX]);

/* kconfig.c: the default of auto_online_blocks in the kernel's configuration; NULL if it is not known. -ENOMEM. */
int kconfig_online_default(const struct memhp *memhp, const char **ret);
/* The same for the text of a configuration. Pure. */
const char *kconfig_find_default(const char *text);
/* The text of the configuration, NULL if it cannot be read (-ENOMEM); whether it sets an option. */
int kconfig_read(const struct memhp *memhp, char **ret);
/* The text in a gzip file, which may have been cut or not be one: -EBADMSG, or -ENOMEM. Pure. */
int kconfig_gunzip(const char *data, size_t length, char **ret);
bool kconfig_has(const char *text, const char *option);

/* setting.c: the caller's settings as an array of our own, which the caller frees. -EINVAL, -E2BIG, -ENOMEM. */
int settings_take(const struct memhp_setting *callers, size_t count, struct memhp_setting **ret);

/* conf.c: /etc/memhp.conf, one entry per key. */
/* Far more than needed; a longer file is not a configuration. */
#define CONF_MAX ((size_t)1 << 20)
#define CONF_NAME "memhp.conf"
#define CONF_PATH "etc/" CONF_NAME
#define CONF_KEYS_MAX 8
struct conf_entry {
	const char *key;
	char *value;              /* as the kernel prints it, or as it is in the file */
	unsigned int line;
};
struct memhp_conf {
	struct conf_entry entries[CONF_KEYS_MAX];
	unsigned int count;
	bool exists;
};
struct conf_problem {
	unsigned int line;
	char text[320];
};
/* Returns -EBADMSG with the reason in ret_problem. This function and the next one are pure. */
int conf_parse(const char *text, size_t length, struct memhp_conf **ret, struct conf_problem *ret_problem);
/* Where the parts of a line are: "  key  =  value  # comment". */
struct conf_parts {
	size_t key, key_length, value, value_length;
	bool is_blank, has_equals;
};
struct conf_parts conf_find_parts(const char *line, size_t length);
/* conf-rewrite.c: the text with other values and the same comments. conf_parse() must have accepted the text.
 * -EINVAL if it would not accept the new one, or find other settings in it; -EFBIG, -ENOMEM. Pure. */
int conf_rewrite(const char *text, const struct memhp_setting *settings, size_t count, char **ret);

/* The text of the file; -ENOENT: there is no file. Other errors are reported to the fault handler. */
int conf_read_text(const struct memhp *memhp, char **ret, size_t *ret_length);
/* conf_parse() for the text of the file; reports what is not understood to the fault handler. */
int conf_understand(const struct memhp *memhp, const char *text, size_t length, struct memhp_conf **ret);

#endif
