/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel log from /dev/kmsg, record by record. Knows how to skip old
 * records, and where the text of a record begins. What the text means is left
 * to the callers.
 */
#include <fcntl.h>
#include <string.h>

#include "base.h"

void kmsg_open(const struct memhp *memhp, struct kmsg *ret)
{
	cleanup(sysdir_close) struct sysdir dev = SYSDIR_CLOSED;

	ret->fd = -1;
	if (sysdir_open(memhp, "dev", "", &dev) == 0)
		ret->fd = sysdir_open_to_read(&dev, "kmsg");
}

void kmsg_close(struct kmsg *kmsg)
{
	if (kmsg->fd >= 0)
		close(kmsg->fd);
	kmsg->fd = -1;
}

void kmsg_skip(const struct kmsg *kmsg)
{
	if (kmsg->fd >= 0)
		(void)lseek(kmsg->fd, 0, SEEK_END);
}

/* kernel/printk/printk.c: devkmsg_read() returns one record per read(2). EPIPE: records were
 * overwritten before we read them. */
bool kmsg_record(const struct kmsg *kmsg, char record[KMSG_RECORD_MAX])
{
	ssize_t length;

	if (kmsg->fd < 0)
		return false;
	do
		length = read(kmsg->fd, record, KMSG_RECORD_MAX - 1);
	while (length < 0 && (errno == EPIPE || errno == EINTR));
	if (length <= 0)
		return false;
	record[length] = '\0';
	return true;
}

/* "6,339,5140900,-,caller=T123;": with CONFIG_PRINTK_CALLER the task or the processor that wrote the record. */
static void kmsg_read_task(const char *record, const char *text, char task[KMSG_TASK_MAX])
{
	const char *at = strstr(record, ",caller=");

	task[0] = '\0';
	if (!at || at >= text)
		return;
	at += strlen(",caller=");
	snprintf(task, KMSG_TASK_MAX, "%.*s", (int)strcspn(at, ",;"), at);
}

const char *kmsg_next(const struct kmsg *kmsg, char record[KMSG_RECORD_MAX], char task[KMSG_TASK_MAX])
{
	char *text;

	if (!kmsg_record(kmsg, record))
		return NULL;
	text = strchr(record, ';');
	text = text ? text + 1 : record;
	if (task)
		kmsg_read_task(record, text, task);
	text[strcspn(text, "\n")] = '\0';
	return text;
}
