/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes one line to the system log for each change: what was changed, who requested
 * it, and with which command. What belongs in that line is up to the callers.
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
#include "../base/text.h"

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
	FILE *stream = request ? NULL : text_open(&request, &size);

	for (int i = 0; stream && i < argc; i++)
		fprintf(stream, "%s%s", i ? " " : "", argv[i]);
	if (stream)
		request = text_close(stream, &request);
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

/* Log daemons cut lines of more than 1024 bytes, time stamp and name included; the kernel drops what does
 * not fit into a datagram. So the result stands first, and the request, which can be of any length, is cut. */
#define LINE_MAX_BYTES 900
#define REQUEST_LEAST_BYTES 100

char *system_log_line(const char *request, const char *who, const char *text)
{
	const size_t others = strlen("; by : '...'") + strlen(who);
	const size_t shown = text_cut(text, LINE_MAX_BYTES - others - REQUEST_LEAST_BYTES);
	const size_t cut = text_cut(request, LINE_MAX_BYTES - others - shown);
	char *line = NULL;

	if (asprintf(&line, "%.*s; by %s: '%.*s%s'", (int)shown, text, who, (int)cut, request, request[cut] ? "..." : "") < 0)
		return NULL;
	text_disarm(line);
	return line;
}

void system_log_text(const char *request, const char *text)
{
	cleanup(cleanup_free) char *line = NULL;
	char who[64];

	system_log_who(who);
	line = system_log_line(request, who, text);
	system_log_check();
	openlog("memhp", LOG_PID, LOG_DAEMON);
	syslog(LOG_NOTICE, "%s", line ? line : "a change; out of memory");
	closelog();
}

void system_log_blocks(const char *request, struct ranges *changed, unsigned int failed)
{
	cleanup(cleanup_free) char *blocks = NULL, *text = NULL;

	ranges_sort(changed);
	blocks = ranges_text(changed, 16);
	if (text_asprintf(&text, "changed blocks: %s; not changed: %u", blocks && *blocks ? blocks : "none", failed) < 0)
		text = NULL;
	system_log_text(request, text ? text : "");
}
