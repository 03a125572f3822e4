/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that stop a change cleanly: they are blocked, and arrive by a descriptor
 * instead. What is stopped is up to the code that polls it.
 */
#ifndef MEMHP_SIGNALS_H
#define MEMHP_SIGNALS_H

struct signals {
	int fd;                  /* readable once a signal has arrived, or -1 */
	int number;              /* the first signal that was taken, or 0 */
};
#define SIGNALS_NONE { .fd = -1 }
/* Blocks the signals; from here on none of them ends the program. Returns an exit status. */
int signals_catch(struct signals *ret);
/* Takes the signal that has arrived. */
void signals_take(struct signals *signals);

#endif
