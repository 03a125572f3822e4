/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens the machine that --sysroot selects, takes a snapshot of it and reports what
 * is wrong with either. Which of its blocks the user means is decided in selection.c.
 */
#include "machine.h"

#include <errno.h>

#include "../../libmemhp/cleanup.h"
#include "message.h"
#include "unread.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)

const char *machine_root(const struct globals *globals)
{
	return globals->sysroot ? globals->sysroot : "";
}

int machine_open(const struct globals *globals, struct memhp **ret)
{
	int r = memhp_new(globals->sysroot, ret);

	if (r == -EBADMSG) {
		unread_note(".page_size", r);
		error("%s/.page_size: unreadable or not a valid page size", globals->sysroot);
		return EXIT_FAILED;
	}
	if (r < 0)
		return library_error(globals->sysroot ? globals->sysroot : "/", r);
	memhp_set_fault_handler(*ret, message_fault, (void *)globals->sysroot);
	return EXIT_DONE;
}

void machine_note_snapshot(const struct globals *globals, const struct memhp_snapshot *snapshot)
{
	if (memhp_snapshot_iomem_is_masked(snapshot))
		notice("%s/proc/iomem is unreadable or hides its addresses; origins and holes may be unknown%s",
		       machine_root(globals), globals->sysroot ? "" : permission_advice(EACCES));
}

int machine_take_snapshot(const struct globals *globals, struct memhp *memhp, unsigned int attrs,
			  struct memhp_snapshot **ret)
{
	int r = memhp_snapshot_take(memhp, attrs, ret);

	if (r < 0)
		return library_error("snapshot", r);
	machine_note_snapshot(globals, *ret);
	return EXIT_DONE;
}

int machine_open_snapshot(const struct globals *globals, unsigned int attrs,
			  struct memhp **ret_memhp, struct memhp_snapshot **ret_snapshot)
{
	cleanup(cleanup_memhp_free) struct memhp *memhp = NULL;
	int status = machine_open(globals, &memhp);

	if (status == EXIT_DONE)
		status = machine_take_snapshot(globals, memhp, attrs, ret_snapshot);
	if (status == EXIT_DONE)
		*ret_memhp = take_ptr(memhp);
	return status;
}

void machine_check_crash_kernel(struct memhp *memhp)
{
	if (memhp_crash_kernel_is_stale(memhp))
		notice("the crash kernel's memory map is out of date; reload it (restart kdump)");
}
