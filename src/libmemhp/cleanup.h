/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Resources that free themselves when their variable goes out of scope, and functions
 * that move a resource out of such a variable. The library and the program both use this
 * file. What a resource is and how it is freed is defined where its type is.
 */
#ifndef MEMHP_CLEANUP_H
#define MEMHP_CLEANUP_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define cleanup(function) __attribute__((cleanup(function)))

/* Defines cleanup_<function>(), which calls <function> on a pointer variable unless it is NULL. */
#define DEFINE_CLEANUP(type, function)                                     \
	static inline void cleanup_##function(type *variable)              \
	{                                                                  \
		if (*variable)                                             \
			function(*variable);                               \
	}

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

#define take_ptr(pointer)                                                  \
	__extension__({                                                    \
		__typeof__(pointer) taken_ = (pointer);                    \
		(pointer) = NULL;                                          \
		taken_;                                                    \
	})

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#endif
