/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that stop a change cleanly: every signal that would end the program, except
 * for faults and those that were ignored when it started. They are held from the first
 * moment on. A command that changes nothing releases them; a change polls a descriptor,
 * and answers when it has ended. What is stopped is up to the code that polls.
 */
#ifndef MEMHP_SIGNALS_H
#define MEMHP_SIGNALS_H

#include <stdbool.h>

/* Holds the signals: they stay pending. The first thing that main() does. */
void signals_hold(void);
/* Gives them back the action that they had at the start, those that have arrived included. To be
 * called as soon as it is known that the command changes nothing. */
void signals_release(void);
/* Opens the descriptor that is readable once a signal has arrived. From now on a write to a reader
 * that went away, or beyond a file size limit, fails instead of ending the program. Returns it, which
 * stays open, or a negative errno. */
int signals_open(void);
/* Waits until fd is readable. Returns false if a signal arrives first. */
bool signals_allow_read(int fd);
/* Takes the signals that have arrived. After the first one only SIGINT, SIGTERM and SIGQUIT still
 * make the descriptor readable. Returns the number of the first one, or 0. */
int signals_take(void);
/* The first signal that was taken, or 0. */
int signals_first(void);
/* The change has ended, and its report begins: a signal ends the program again, unless it belongs to
 * one that stopped the change, or the report is complete within a second. No effect after
 * signals_release(). */
void signals_answer(void);
/* 128 + N if signal N arrived before the first call, otherwise the status. A document and the program
 * must have the same exit status, so later signals make no difference. */
int signals_status(int status);

#endif
