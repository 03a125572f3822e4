/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the value of a parameter comes from, and which value it should have. The kernel
 * command line takes precedence over /etc/memhp.conf, and that over the kernel's
 * default. Pure. conf.c reads the file, and policy.c the parameters.
 */
#include <string.h>

#include "policy.h"

static bool is_value(const struct memhp_parameter *parameter, const char *value)
{
	return value && parameter->has_value && strcmp(parameter->value, value) == 0;
}

enum memhp_source memhp_parameter_source(const struct memhp_parameter *parameter, const struct memhp_conf *conf)
{
	if (!memhp_parameter_value(parameter) || parameter->is_source_unknown)
		return MEMHP_SOURCE_UNKNOWN;
	if (is_value(parameter, memhp_parameter_cmdline(parameter)))
		return MEMHP_SOURCE_CMDLINE;
	if (conf && is_value(parameter, memhp_conf_value(conf, parameter->definition->name)))
		return MEMHP_SOURCE_FILE;
	return is_value(parameter, parameter->standard) ? MEMHP_SOURCE_DEFAULT : MEMHP_SOURCE_RUNTIME;
}

const char *memhp_parameter_expected(const struct memhp_parameter *parameter, const struct memhp_conf *conf,
				     enum memhp_source *ret_source)
{
	const char *value = memhp_parameter_cmdline(parameter);
	enum memhp_source source = MEMHP_SOURCE_CMDLINE;

	if (!value) {
		value = conf ? memhp_conf_value(conf, parameter->definition->name) : NULL;
		source = MEMHP_SOURCE_FILE;
	}
	if (ret_source)
		*ret_source = value ? source : MEMHP_SOURCE_UNKNOWN;
	return value;
}

const char *memhp_source_name(enum memhp_source source)
{
	static const char *const names[] = {
		[MEMHP_SOURCE_CMDLINE] = "cmdline",
		[MEMHP_SOURCE_FILE] = "file",
		[MEMHP_SOURCE_DEFAULT] = "default",
		[MEMHP_SOURCE_RUNTIME] = "runtime",
	};

	return (size_t)source < sizeof(names) / sizeof(names[0]) ? names[source] : NULL;
}
