/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads /proc/kpageflags: the flags of all pages of one block, piece
 * by piece, to sum them up or to search them. What a flag means is
 * left to pageflags.c.
 */
#include "pages.h"

void pagefile_close(struct pagefile *file)
{
	cleanup_close(&file->fd);
	free(file->buffer);
	*file = (struct pagefile)PAGEFILE_CLOSED;
}

static int open_flags(const struct memhp *memhp)
{
	cleanup(sysdir_close) struct sysdir proc = SYSDIR_CLOSED;
	int r = sysdir_open(memhp, memhp->proc, "", &proc);

	return r < 0 ? r : sysdir_open_to_read(&proc, "kpageflags");
}

int pagefile_open(const struct memhp *memhp, uint64_t block_size, struct pagefile *ret)
{
	cleanup(cleanup_close) int fd = open_flags(memhp);
	uint64_t *buffer;

	if (fd < 0)
		return fd;
	buffer = malloc(PAGEFILE_CHUNK);
	if (!buffer)
		return -ENOMEM;
	*ret = (struct pagefile){
		.fd = take_fd(&fd), .page_size = memhp->page_size, .block_size = block_size, .buffer = buffer,
	};
	return 0;
}

/* Reads the flags of count pages from pfn on; fewer at the end of the file. */
static ssize_t read_flags(const struct pagefile *file, uint64_t pfn, size_t count)
{
	const size_t wanted = count * sizeof(uint64_t);
	size_t length = 0;

	while (length < wanted) {
		ssize_t n = pread(file->fd, (char *)file->buffer + length, wanted - length,
				  (off_t)(pfn * sizeof(uint64_t) + length));

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			break;
		length += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)(length / sizeof(uint64_t));
}

/* Called with the flags of each piece of the block in turn, until it returns false. */
typedef bool (*piece_fn)(void *data, const uint64_t *flags, size_t count, uint64_t pfn);
static int for_each_piece(const struct pagefile *file, uint64_t id, piece_fn fn, void *data)
{
	const uint64_t pages = file->block_size / file->page_size;
	const uint64_t first = id * pages;
	const size_t most = PAGEFILE_CHUNK / sizeof(uint64_t);

	if (!pages || pages > UINT32_MAX)
		return -EOVERFLOW;
	for (uint64_t done = 0; done < pages;) {
		size_t count = pages - done < most ? (size_t)(pages - done) : most;
		ssize_t n = read_flags(file, first + done, count);

		if (n < 0)
			return (int)n;
		if (!fn(data, file->buffer, (size_t)n, first + done))
			return 0;
		if ((size_t)n < count)
			return -EBADMSG;
		done += count;
	}
	return 0;
}

static bool add_piece(void *data, const uint64_t *flags, size_t count, uint64_t pfn)
{
	(void)pfn;
	page_sum_add(data, flags, count);
	return true;
}

void pagefile_sum(const struct pagefile *file, uint64_t id, struct memhp_pages *pages)
{
	struct page_sum sum;

	page_sum_begin(&sum, pages);
	pages->error = (uint16_t)-for_each_piece(file, id, add_piece, &sum);
	pages->is_read = true;
	page_sum_end(&sum);
}

struct search {
	enum memhp_page kind;
	struct page_list *list;
};

static bool search_piece(void *data, const uint64_t *flags, size_t count, uint64_t pfn)
{
	const struct search *search = data;

	page_find(flags, count, search->kind, pfn, search->list);
	return search->list->count < PAGES_NAMED;
}

void pagefile_find(const struct pagefile *file, uint64_t id, enum memhp_page kind, struct page_list *ret)
{
	struct search search = { .kind = kind, .list = ret };

	(void)for_each_piece(file, id, search_piece, &search);
}

/* Huge pages lie on multiples of their size, which is a power of two. */
uint64_t pagefile_head(const struct pagefile *file, uint64_t id)
{
	const uint64_t first = id * (file->block_size / file->page_size);

	if (!first || read_flags(file, first, 1) != 1 || !page_is_huge_tail(file->buffer[0]))
		return UINT64_MAX;
	for (uint64_t head = first & (first - 1); read_flags(file, head, 1) == 1; head &= head - 1)
		if (page_is_huge_head(file->buffer[0]) || !page_is_huge_tail(file->buffer[0]) || !head)
			return page_is_huge_head(file->buffer[0]) ? head : UINT64_MAX;
	return UINT64_MAX;
}

enum memhp_page pagefile_kind(const struct pagefile *file, uint64_t pfn)
{
	return read_flags(file, pfn, 1) == 1 ? page_kind(file->buffer[0]) : MEMHP_PAGE_UNKNOWN;
}
