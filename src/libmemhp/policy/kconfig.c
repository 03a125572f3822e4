/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration of the running kernel, which distributions keep as a file beside the
 * kernel: the default state of hot-added memory, and whether an option is set. What an
 * option means is left to the callers.
 */
#include <string.h>

#include "policy.h"

/* mm/Kconfig: a yes or no up to 6.13 (and up to later updates of older series), then one of four values. */
static const struct {
	const char *line, *value;
} lines[] = {
	{ "CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE=y", "online" },
	{ "# CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE is not set", "offline" },
	{ "CONFIG_MHP_DEFAULT_ONLINE_TYPE_OFFLINE=y", "offline" },
	{ "CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_AUTO=y", "online" },
	{ "CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_KERNEL=y", "online_kernel" },
	{ "CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_MOVABLE=y", "online_movable" },
};

const char *kconfig_find_default(const char *text)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			if (strcspn(text, "\n") == strlen(lines[i].line) &&
			    strncmp(text, lines[i].line, strlen(lines[i].line)) == 0)
				return lines[i].value;
	return NULL;
}

int kconfig_read(const struct memhp *memhp, char **ret)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED, boot = SYSDIR_CLOSED;
	char release[128], name[160];
	size_t length = 0;
	int r;

	*ret = NULL;
	if (sysdir_open(memhp, memhp->proc, "sys/kernel", &proc) < 0 ||
	    sysdir_read(&proc, "osrelease", release, sizeof(release)) <= 0 || strchr(release, '/') ||
	    sysdir_open(memhp, "boot", "", &boot) < 0)
		return 0;
	snprintf(name, sizeof(name), "config-%s", release);
	r = sysdir_read_all(&boot, name, ret, &length);
	return r == -ENOMEM ? r : 0;
}

int kconfig_online_default(const struct memhp *memhp, const char **ret)
{
	cleanup(cleanup_free) char *text = NULL;
	const int r = kconfig_read(memhp, &text);

	*ret = text ? kconfig_find_default(text) : NULL;
	return r;
}

bool kconfig_has(const char *text, const char *option)
{
	const size_t length = strlen(option);

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (strncmp(text, option, length) == 0 && strncmp(text + length, "=y", 2) == 0)
			return true;
	return false;
}
