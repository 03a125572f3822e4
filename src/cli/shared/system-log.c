/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes one line to the system log for each change: who requested it, with which
 * command, and what was changed. What belongs in that line is up to the callers.
 */
#include "system-log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "../../libmemhp/cleanup.h"
#include "../../libmemhp/number.h"
#include "../base/message.h"

/* The user who logged in, even if memhp runs as another user (sudo). */
static void system_log_who(char ret[64])
{
	cleanup(cleanup_close) int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	char text[32];
	uint64_t uid = 0;
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (length > 0 && number_parse(text, strcspn(text, "\n") < (size_t)length ? strcspn(text, "\n") : (size_t)length,
				       10, &uid) == 0 && uid != UINT32_MAX)
		snprintf(ret, 64, "loginuid %" PRIu64, uid);
	else
		snprintf(ret, 64, "uid %u", (unsigned int)getuid());
}

const char *system_log_request(int argc, const char **argv)
{
	static char *request;
	size_t size = 0;
	FILE *stream = request ? NULL : open_memstream(&request, &size);

	for (int i = 0; stream && i < argc; i++)
		fprintf(stream, "%s%s", i ? " " : "", argv[i]);
	if (stream)
		(void)fclose(stream);
	return request ? request : "";
}

/* syslog(3) does not report that nobody receives the line. */
static void system_log_check(void)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = _PATH_LOG };
	cleanup(cleanup_close) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* The socket of a log daemon may be one of connections instead: EPROTOTYPE. */
	if (fd < 0 || (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 && errno != EPROTOTYPE))
		detail("the system log has no line about this change: " _PATH_LOG ": %s", strerror(errno));
}

void system_log_text(const char *request, const char *text)
{
	char name[64];

	system_log_who(name);
	system_log_check();
	openlog("memhp", LOG_PID, LOG_DAEMON);
	syslog(LOG_NOTICE, "'%s' by %s: %s", request, name, text);
	closelog();
}

void system_log_blocks(const char *request, struct ranges *changed, unsigned int failed)
{
	cleanup(cleanup_free) char *blocks = NULL, *text = NULL;

	ranges_sort(changed);
	blocks = ranges_text(changed, 16);
	if (asprintf(&text, "changed blocks: %s; not changed: %u", blocks && *blocks ? blocks : "none", failed) < 0)
		text = NULL;
	system_log_text(request, text ? text : "");
}
