/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files about the kernel's policy share: policy.c (parameters as they
 * are), setting.c (how they are set), source.c (where values come from), rules.c
 * (what follows for zones), value.c, cmdline.c, conf.c and conf-save.c (what is
 * to be set at boot), kconfig.c, and kdump.c (whether the crash kernel follows).
 */
#ifndef MEMHP_POLICY_H
#define MEMHP_POLICY_H

#include "../base/base.h"

DEFINE_CLEANUP(struct memhp_policy *, memhp_policy_free)
DEFINE_CLEANUP(struct memhp_conf *, memhp_conf_free)

/* cmdline.c: one word of the kernel command line; value is NULL where there is no "=". */
struct cmdline_word {
	const char *name, *value;
};
/* Cuts the next word off; false at the end. The text is changed. */
bool cmdline_next(char **rest, struct cmdline_word *ret);
/* Whether a word is that name: "-" and "_" are the same. */
bool cmdline_is(const char *word, const char *name);
/* What follows the prefix, in which they are the same too; NULL: it begins otherwise. */
const char *cmdline_rest(const char *word, const char *prefix);

/* value.c: values as text, in the form in which the kernel prints them. */
#define VALUE_MAX MEMHP_VALUE_SIZE

enum value_kind {
	VALUE_STATE,          /* offline, online, online_kernel, online_movable */
	VALUE_POLICY,         /* contig-zones, auto-movable */
	VALUE_UINT,
	VALUE_BOOL,           /* Y, N */
	VALUE_MEMMAP,         /* Y, N, force */
	VALUE_HEX,            /* printed in hex, kept in decimal */
	VALUE_EXISTS,         /* Y when the file exists */
	VALUE_FLAG,           /* on the command line: Y when it is there, whatever its value */
	VALUE_SHARE,          /* on the command line: an amount or a percentage, kept as it is */
};
/* A value as the kernel takes it, which may be NULL: no value. -EINVAL or -ERANGE when it refuses it. */
int value_take(enum value_kind kind, const char *text, char ret[VALUE_MAX]);
/* What a file prints; -EBADMSG. Words that are not known are kept. */
int value_print(enum value_kind kind, const char *text, char ret[VALUE_MAX]);
/* A value as people give it: only what can be meant by nothing else. -EINVAL or -ERANGE. */
int value_check(enum value_kind kind, const char *text, char ret[VALUE_MAX]);
/* The words that a value can be, ended by NULL; NULL where it is no word. */
const char *const *value_words(enum value_kind kind);

/* policy.c: one parameter. */
enum place {
	PLACE_MEMORY,         /* below devices/system/memory */
	PLACE_MODULE,         /* below module/memory_hotplug/parameters */
	PLACE_CMDLINE,        /* nowhere else */
	PLACE_COUNT,
};
struct definition {
	const char *name;
	enum place place;
	enum value_kind kind;
	unsigned int order;       /* of writing, from 1; 0: it cannot be set while the kernel runs */
	const char *standard;     /* the kernel's default, NULL: depends on its configuration or the machine */
	const char *cmdline;      /* what sets it at boot, or NULL */
	const char *since, *config;
};
struct memhp_parameter {
	const struct definition *definition;
	char path[64];            /* below sysfs; "" where there is no file */
	char value[VALUE_MAX], cmdline_value[VALUE_MAX];
	bool has_value, is_writable;
	int error;                /* 0 or -errno */
	const char *standard;
	/* What the command line says, and what it says in vain; borrowed from the policy's copy. */
	const char *cmdline_text, *ignored;
};
/* The parameter of that name, or NULL. */
const struct definition *definition_find(const char *name);
int place_open(const struct memhp *memhp, enum place place, struct sysdir *ret);
/* What the file says now; -ENODATA: there is none. */
int parameter_read(const struct sysdir *dir, const struct definition *definition, char ret[VALUE_MAX]);

/* kconfig.c: the default of auto_online_blocks that the kernel was built with, or NULL. */
const char *kconfig_online_default(const struct memhp *memhp);
/* The same of a configuration's text. Pure. */
const char *kconfig_find_default(const char *text);
/* The text of the configuration, or NULL; and whether an option is set in it. */
char *kconfig_read(const struct memhp *memhp);
bool kconfig_has(const char *text, const char *option);

/* conf.c: /etc/memhp.conf, one entry a key. */
#define CONF_NAME "memhp.conf"
#define CONF_PATH "etc/" CONF_NAME
#define CONF_KEYS_MAX 8
struct conf_entry {
	const char *key;
	char *value;              /* as the kernel prints it, or as it stands there */
	unsigned int line;
};
struct memhp_conf {
	struct conf_entry entries[CONF_KEYS_MAX];
	unsigned int count;
	bool exists;
};
struct conf_problem {
	unsigned int line;
	char text[160];
};
/* -EBADMSG: ret_problem says why. Both pure. */
int conf_parse(const char *text, size_t length, struct memhp_conf **ret, struct conf_problem *ret_problem);
/* The text with other values, comments kept; NULL: no memory. The text is one that can be parsed. */
char *conf_rewrite(const char *text, const struct memhp_setting *settings, size_t count);

/* The file's text; -ENOENT: there is none. The fault handler is told of other errors. */
int conf_read_text(const struct memhp *memhp, char **ret, size_t *ret_length);

#endif
