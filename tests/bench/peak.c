/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peak COMMAND…: runs it without its output and prints the most KiB of memory that it had. A small
 * program for this, because what starts another counts as its peak until then (fs/exec.c: exec_mmap()).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage usage;
	int status = 0;
	pid_t pid = argc > 1 ? fork() : -1;

	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return 2;
	printf("%ld\n", usage.ru_maxrss);
	return status != 0;
}
