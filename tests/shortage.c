/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The C library's allocations, preloaded (LD_PRELOAD): the one with the number NOMEMORY_FAIL gets none, and
 * who asked for it is written to the file NOMEMORY_FILE. Counted are those of memhp and its library, directly
 * or through a function of the C library, or with NOMEMORY_OTHERS those that other libraries make for
 * themselves. What memhp should do then is left to tests/nomemory.
 *
 * A program that calls the library (tests/shortage-calls.c) says itself when to begin: shortage_begin(). For it
 * all memory that was not freed is counted, too.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPTH 40

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *old);
void shortage_begin(unsigned long first, unsigned long failures);
unsigned long shortage_end(void);
long shortage_living(void);

static unsigned long wanted, wanted_last, count, failed;
static long living;              /* allocations that were not freed */
static bool counts_others;
static const char *file;
static __thread bool is_inside;

static const char *module_of(const void *address)
{
	Dl_info info;
	const char *slash;

	if (!dladdr(address, &info) || !info.dli_fname)
		return "";
	slash = strrchr(info.dli_fname, '/');
	return slash ? slash + 1 : info.dli_fname;
}

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool is_transparent(const char *module)
{
	return begins(module, "libc.so") || begins(module, "ld-linux") || begins(module, "shortage");
}

/* memhp or libmemhp, the caller of the C library's function */
static bool is_ours(void *const *frames, int depth)
{
	for (int i = 0; i < depth; i++)
		if (!is_transparent(module_of(frames[i])))
			return strstr(module_of(frames[i]), "memhp");
	return false;
}

static void report(void *const *frames, int depth)
{
	int fd = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
	Dl_info info;
	char line[512];

	for (int i = 0; i < depth && fd >= 0; i++) {
		if (!dladdr(frames[i], &info))
			continue;
		snprintf(line, sizeof(line), "%s+0x%lx %s\n", info.dli_fname,
			 (unsigned long)((const char *)frames[i] - (const char *)info.dli_fbase),
			 info.dli_sname ? info.dli_sname : "");
		(void)!write(fd, line, strlen(line));
	}
	if (fd < 0)
		return;
	(void)!write(fd, "\n", 1);
	close(fd);
}

static bool fails(void)
{
	void *frames[DEPTH];
	unsigned long number = 0;
	bool is_it;
	int depth;

	if (!wanted || is_inside)
		return false;
	is_inside = true;
	depth = backtrace(frames, DEPTH);
	if (is_ours(frames, depth) != counts_others)
		number = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
	is_it = number >= wanted && number <= wanted_last;
	if (is_it)
		report(frames, depth);
	failed += is_it;
	is_inside = false;
	if (is_it)
		errno = ENOMEM;
	return is_it;
}

/* The first backtrace() allocates. */
__attribute__((constructor)) static void begin(void)
{
	const char *number = getenv("NOMEMORY_FAIL");
	void *frame;

	file = getenv("NOMEMORY_FILE");
	counts_others = getenv("NOMEMORY_OTHERS");
	(void)backtrace(&frame, 1);
	wanted_last = wanted = number && file ? strtoul(number, NULL, 10) : 0;
}

/* From now on the allocation with this number fails, counted from 1, and as many in all. */
void shortage_begin(unsigned long first, unsigned long failures)
{
	count = failed = 0;
	wanted_last = first + failures - 1;
	wanted = first;
}

/* How many have failed. */
unsigned long shortage_end(void)
{
	wanted = 0;
	return failed;
}

long shortage_living(void)
{
	return __atomic_load_n(&living, __ATOMIC_SEQ_CST);
}

static void *counted(void *allocated)
{
	if (allocated)
		__atomic_add_fetch(&living, 1, __ATOMIC_SEQ_CST);
	return allocated;
}

void free(void *old)
{
	if (old)
		__atomic_sub_fetch(&living, 1, __ATOMIC_SEQ_CST);
	__libc_free(old);
}

void *malloc(size_t size)
{
	return fails() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t number, size_t size)
{
	return fails() ? NULL : counted(__libc_calloc(number, size));
}

/* What has an old size does not live twice; size 0 frees it. */
void *realloc(void *old, size_t size)
{
	if (fails())
		return NULL;
	if (old)
		__atomic_sub_fetch(&living, size == 0, __ATOMIC_SEQ_CST);
	return old ? __libc_realloc(old, size) : counted(__libc_malloc(size));
}

void *reallocarray(void *old, size_t number, size_t size)
{
	size_t bytes = 0;

	if (__builtin_mul_overflow(number, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, bytes);
}
