/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration of the running kernel, which it may contain itself, and which
 * distributions keep as a file beside the kernel or its modules: the default state of
 * hot-added memory, and whether an option is set. What an option means is left to the
 * callers.
 */
#include <string.h>
#include <zlib.h>

#include "policy.h"

/* A real one has less than 400 KiB. */
#define CONFIG_MAX ((size_t)16 << 20)

/* mm/Kconfig: a yes or no up to 6.13 (and up to later updates of older series), then one of four values. */
static const struct {
	const char *line, *value;
} lines[] = {
	{ "CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE=y", "online" },
	{ "# CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE is not set", "offline" },
	{ "CONFIG_MHP_DEFAULT_ONLINE_TYPE_OFFLINE=y", "offline" },
	{ "CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_AUTO=y", "online" },
	{ "CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_KERNEL=y", "online_kernel" },
	{ "CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_MOVABLE=y", "online_movable" },
};

const char *kconfig_find_default(const char *text)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			if (strcspn(text, "\n") == strlen(lines[i].line) &&
			    strncmp(text, lines[i].line, strlen(lines[i].line)) == 0)
				return lines[i].value;
	return NULL;
}

/* Inflates a whole gzip file. -EBADMSG: the data is not one, it is incomplete, or the content is not text. */
static int inflate_text(z_stream *stream, char **ret)
{
	cleanup(cleanup_free) char *text = NULL;
	size_t size = 0;
	int r = Z_OK;

	while (r == Z_OK && size < CONFIG_MAX) {
		char *more = realloc(text, (size = size ? 2 * size : (size_t)1 << 18) + 1);

		if (!more)
			return -ENOMEM;
		text = more;
		stream->next_out = (Bytef *)text + stream->total_out;
		stream->avail_out = (uInt)(size - stream->total_out);
		r = inflate(stream, Z_NO_FLUSH);
	}
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	if (r != Z_STREAM_END || memchr(text, '\0', stream->total_out))
		return -EBADMSG;
	text[stream->total_out] = '\0';
	*ret = take_ptr(text);
	return 0;
}

int kconfig_gunzip(const char *data, size_t length, char **ret)
{
	z_stream stream = { .next_in = (z_const Bytef *)data, .avail_in = (uInt)length };
	/* 16: with the header of gzip */
	int r = length > CONFIG_MAX ? Z_DATA_ERROR : inflateInit2(&stream, 16 + MAX_WBITS);

	if (r != Z_OK)
		return r == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
	r = inflate_text(&stream, ret);
	(void)inflateEnd(&stream);
	return r;
}

/* CONFIG_IKCONFIG_PROC: the kernel's own copy (kernel/configs.c). */
static int read_own(const struct memhp *memhp, char **ret)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;
	cleanup(cleanup_free) char *data = NULL;
	size_t length = 0;
	int r = sysdir_open(memhp, memhp->proc, "", &proc);

	if (r == 0)
		r = sysdir_read_all(&proc, "config.gz", &data, &length);
	return r < 0 ? r : kconfig_gunzip(data, length, ret);
}

/* Where distributions keep it: in a file with the release in its name, or in a directory of that name. */
static const struct {
	const char *path;
	bool has_directories;
} places[] = {
	{ "boot", false },
	{ "lib/modules", true },
	{ "usr/lib/modules", true },
};

static int read_place(const struct memhp *memhp, const char *path, bool has_directories, const char *release, char **ret)
{
	cleanup(sysdir_close) struct sysdir directory = SYSDIR_CLOSED;
	char name[160] = "config";
	size_t length = 0;
	int r = sysdir_open(memhp, path, has_directories ? release : "", &directory);

	if (!has_directories)
		snprintf(name, sizeof(name), "config-%s", release);
	return r < 0 ? r : sysdir_read_all(&directory, name, ret, &length);
}

int kconfig_read(const struct memhp *memhp, char **ret)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;
	char release[128];
	int r;

	*ret = NULL;
	r = read_own(memhp, ret);
	if (r == 0 || r == -ENOMEM)
		return r;
	if (sysdir_open(memhp, memhp->proc, "sys/kernel", &proc) < 0 ||
	    sysdir_read(&proc, "osrelease", release, sizeof(release)) <= 0 || strchr(release, '/'))
		return 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		r = read_place(memhp, places[i].path, places[i].has_directories, release, ret);
		if (r == 0 || r == -ENOMEM)
			return r;
	}
	return 0;
}

int kconfig_online_default(const struct memhp *memhp, const char **ret)
{
	cleanup(cleanup_free) char *text = NULL;
	const int r = kconfig_read(memhp, &text);

	*ret = text ? kconfig_find_default(text) : NULL;
	return r;
}

bool kconfig_has(const char *text, const char *option)
{
	const size_t length = strlen(option);

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (strncmp(text, option, length) == 0 && strncmp(text + length, "=y", 2) == 0)
			return true;
	return false;
}
