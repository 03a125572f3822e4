/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that stop a change cleanly.
 */
#ifndef MEMHP_SIGNALS_H
#define MEMHP_SIGNALS_H

struct signals {
	int fd;                  /* readable when one has come, or -1 */
	int number;              /* of the one that was taken, or 0 */
};
#define SIGNALS_NONE { .fd = -1 }
/* From here on they end nothing by themselves; an exit status. */
int signals_catch(struct signals *ret);
/* Takes the one that has come. */
void signals_take(struct signals *signals);

#endif
