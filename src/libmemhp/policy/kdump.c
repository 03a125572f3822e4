/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a crash kernel is loaded that does not learn about memory
 * that is added or removed. What to do about it is left to the
 * program.
 */
#include <string.h>

#include "policy.h"

bool memhp_crash_kernel_is_stale(struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir kernel = SYSDIR_CLOSED, memory = SYSDIR_CLOSED;
	char text[16];

	if (sysdir_open(memhp, memhp->sysfs, "kernel", &kernel) < 0 ||
	    sysdir_read(&kernel, "kexec_crash_loaded", text, sizeof(text)) <= 0 || strcmp(text, "1") != 0)
		return false;
	return sysdir_open(memhp, memhp->sysfs, "devices/system/memory", &memory) < 0 ||
	       sysdir_read(&memory, "crash_hotplug", text, sizeof(text)) <= 0 || strcmp(text, "1") != 0;
}
