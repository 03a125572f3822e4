/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The version of the library and that of its header. That the version of the program is
 * the same is in consistency.bats.
 */
#include <stdio.h>

#include "../../../src/libmemhp/libmemhp.h"
#include "../tap.h"

int main(void)
{
	char text[32];

	snprintf(text, sizeof(text), "%d.%d", MEMHP_VERSION_MAJOR, MEMHP_VERSION_MINOR);
	is_str(MEMHP_VERSION, text, "the text agrees with the numbers");
	is_str(MEMHP_VERSION, PACKAGE_VERSION, "and with that of the package");
	is_str(memhp_version(), MEMHP_VERSION, "the library returns it");
	return tap_done();
}
