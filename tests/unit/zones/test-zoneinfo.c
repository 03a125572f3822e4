/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/zoneinfo: the page counts of each zone of each node, from the text of
 * real kernels and from what is left of it when it is cut or spoilt. Sums and
 * ratios are others' business.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/zones/zones.h"
#include "../tap.h"
#include "../tree.h"

/* Linux 6.18; counters that nobody reads are left out, but one of each kind. */
static const char linux_6_18[] =
	"Node 0, zone      DMA\n"
	"  per-node stats\n"
	"      nr_inactive_anon 362189\n"
	"      nr_isolated_anon 0\n"
	"      workingset_nodes 12822\n"
	"      nr_foll_pin_acquired 2838\n"
	"      nr_hugetlb   0\n"
	"  pages free     3840\n"
	"        boost    0\n"
	"        min      11\n"
	"        low      14\n"
	"        high     17\n"
	"        promo    20\n"
	"        spanned  4095\n"
	"        present  3998\n"
	"        managed  3840\n"
	"        cma      0\n"
	"        protection: (0, 3019, 21707, 21707, 21707)\n"
	"      nr_free_pages 3840\n"
	"      nr_free_pages_blocks 3584\n"
	"      nr_free_cma  0\n"
	"      numa_hit     0\n"
	"  pagesets\n"
	"    cpu: 0\n"
	"              count:    0\n"
	"              high:     0\n"
	"              batch:    1\n"
	"              high_min: 7\n"
	"              high_max: 240\n"
	"  vm stats threshold: 4\n"
	"    cpu: 1\n"
	"              count:    0\n"
	"              high:     0\n"
	"  vm stats threshold: 4\n"
	"  node_unreclaimable:  0\n"
	"  start_pfn:           1\n"
	"Node 0, zone    DMA32\n"
	"  pages free     772918\n"
	"        min      2348\n"
	"        spanned  1044480\n"
	"        present  782336\n"
	"        managed  772918\n"
	"        cma      0\n"
	"        protection: (0, 0, 18688, 18688, 18688)\n"
	"      nr_free_pages 772918\n"
	"  pagesets\n"
	"    cpu: 0\n"
	"              count:    0\n"
	"  node_unreclaimable:  0\n"
	"  start_pfn:           4096\n"
	"Node 0, zone   Normal\n"
	"  pages free     310584\n"
	"        spanned  5505024\n"
	"        present  5505024\n"
	"        managed  4784128\n"
	"        cma      0\n"
	"  node_unreclaimable:  0\n"
	"  start_pfn:           1048576\n"
	"Node 0, zone  Movable\n"
	"  pages free     0\n"
	"        boost    0\n"
	"        min      32\n"
	"        promo    32\n"
	"        spanned  0\n"
	"        present  0\n"
	"        managed  0\n"
	"        cma      0\n"
	"        protection: (0, 0, 0, 0, 0)\n"
	"Node 0, zone   Device\n"
	"  pages free     0\n"
	"        spanned  0\n"
	"        present  0\n"
	"        managed  0\n"
	"        cma      0\n"
	"        protection: (0, 0, 0, 0, 0)\n";

/* Linux 6.12 with two nodes, the second without a processor. */
static const char two_nodes[] =
	"Node 0, zone   Normal\n"
	"  pages free     229096\n        spanned  262144\n        present  262144\n"
	"        managed  247641\n        cma      4096\n  start_pfn:           1048576\n"
	"Node 0, zone  Movable\n"
	"  pages free     163600\n        spanned  163840\n        present  163840\n"
	"        managed  163840\n        cma      0\n  start_pfn:           1572864\n"
	"Node 1, zone   Normal\n"
	"  pages free     32768\n        spanned  32768\n        present  32768\n"
	"        managed  32768\n        cma      0\n  start_pfn:           1507328\n"
	"Node 1, zone  Movable\n"
	"  pages free     294912\n        spanned  622592\n        present  294912\n"
	"        managed  294912\n        cma      0\n  start_pfn:           1310720\n";

/* Before 5.12 without CONFIG_CMA there is no such line, and an empty one after an unpopulated zone. */
static const char no_cma[] =
	"Node 7, zone  HighMem\n"
	"  pages free     18446744073709551615\n        min      1\n        spanned  5\n        present  4\n"
	"        managed  3\n        protection: (0, 0)\n      nr_free_pages 9\n  start_pfn:           2\n"
	"Node 7, zone  Movable\n"
	"  pages free     0\n        min      0\n        spanned  0\n        present  0\n        managed  0\n"
	"        protection: (0, 0)\n\n";

struct expected {
	unsigned int node;
	enum memhp_zone zone;
	uint64_t free, spanned, present, managed, cma, start_pfn;
};

static const struct {
	const char *name, *text;
	size_t count;
	struct expected zones[5];
} good[] = {
	{ "6.18", linux_6_18, 5, {
		{ 0, MEMHP_ZONE_DMA, 3840, 4095, 3998, 3840, 0, 1 },
		{ 0, MEMHP_ZONE_DMA32, 772918, 1044480, 782336, 772918, 0, 4096 },
		{ 0, MEMHP_ZONE_NORMAL, 310584, 5505024, 5505024, 4784128, 0, 1048576 },
		{ 0, MEMHP_ZONE_MOVABLE, 0, 0, 0, 0, 0, 0 },
		{ 0, MEMHP_ZONE_DEVICE, 0, 0, 0, 0, 0, 0 },
	} },
	{ "two nodes", two_nodes, 4, {
		{ 0, MEMHP_ZONE_NORMAL, 229096, 262144, 262144, 247641, 4096, 1048576 },
		{ 0, MEMHP_ZONE_MOVABLE, 163600, 163840, 163840, 163840, 0, 1572864 },
		{ 1, MEMHP_ZONE_NORMAL, 32768, 32768, 32768, 32768, 0, 1507328 },
		{ 1, MEMHP_ZONE_MOVABLE, 294912, 622592, 294912, 294912, 0, 1310720 },
	} },
	{ "no CMA", no_cma, 2, {
		{ 7, MEMHP_ZONE_HIGHMEM, UINT64_MAX, 5, 4, 3, 0, 2 },
		{ 7, MEMHP_ZONE_MOVABLE, 0, 0, 0, 0, 0, 0 },
	} },
};

static bool is_zone(const struct memhp_zonestat *got, const struct expected *expected)
{
	return memhp_zonestat_node(got) == expected->node && memhp_zonestat_zone(got) == expected->zone &&
	       memhp_zonestat_free_pages(got) == expected->free &&
	       memhp_zonestat_spanned(got) == expected->spanned &&
	       memhp_zonestat_present(got) == expected->present &&
	       memhp_zonestat_managed(got) == expected->managed &&
	       memhp_zonestat_cma(got) == expected->cma &&
	       memhp_zonestat_start_pfn(got) == expected->start_pfn;
}

static void test_good(void)
{
	for (size_t i = 0; i < TAP_COUNT(good); i++) {
		struct memhp_stats *stats = NULL;
		const struct memhp_zonestat *zone;
		size_t count = 0;

		if (!is_int(stats_parse(good[i].text, &stats), 0, "%s", good[i].name))
			continue;
		memhp_stats_foreach(stats, zone) {
			if (count < good[i].count)
				ok(is_zone(zone, &good[i].zones[count]), "%s: zone %zu", good[i].name, count);
			count++;
		}
		is_number(count, good[i].count, "%s: zones", good[i].name);
		memhp_stats_free(stats);
	}
}

#define REST "\n  pages free     1\n        spanned  1\n        present  1\n        managed  1\n"

/* Each is refused, and nothing is left in the result. */
static const struct {
	const char *name, *text;
} bad[] = {
	{ "nothing", "" },
	{ "an empty line", "\n" },
	{ "no header", "  pages free     1\n" },
	{ "another file", "MemTotal:       32594616 kB\nMemFree:        30261824 kB\n" },
	{ "binary", "\x7f"
		    "ELF\x02\x01\x01" },
	{ "a header alone", "Node 0, zone   Normal\n" },
	{ "a header cut at the zone", "Node 0, zone" REST },
	{ "a header cut at the blank", "Node 0, zone " REST },
	{ "a header cut at the node", "Node 0" REST },
	{ "no node", "Node , zone   Normal" REST },
	{ "a negative node", "Node -1, zone   Normal" REST },
	{ "a node in hex", "Node 0x1, zone   Normal" REST },
	{ "a node that is a word", "Node x, zone   Normal" REST },
	{ "a node of 33 bits", "Node 4294967296, zone   Normal" REST },
	{ "a node of 65 bits", "Node 18446744073709551616, zone   Normal" REST },
	{ "letters in a count", "Node 0, zone   Normal\n  pages free     1\n        present  12x\n" },
	{ "a negative count", "Node 0, zone   Normal\n  pages free     -1\n" },
	{ "a count in hex", "Node 0, zone   Normal\n        spanned  0x10\n" },
	{ "a count of 65 bits", "Node 0, zone   Normal\n        managed  18446744073709551616\n" },
	{ "no count", "Node 0, zone   Normal\n        present  \n" },
	{ "two counts", "Node 0, zone   Normal\n        present  1 2\n" },
	{ "a blank after a count", "Node 0, zone   Normal\n        present  1 \n" },
	{ "garbage in the second zone",
	  "Node 0, zone      DMA" REST "Node 0, zone   Normal\n  pages free     ?\n" },
};

static void test_bad(void)
{
	for (size_t i = 0; i < TAP_COUNT(bad); i++) {
		struct memhp_stats *stats = NULL;

		is_int(stats_parse(bad[i].text, &stats), -EBADMSG, "%s", bad[i].name);
		ok(!stats, "%s: no result", bad[i].name);
		memhp_stats_free(stats);
	}
}

/*
 * Cut anywhere but within a number, the text is refused or gives what the whole gives:
 * a zone without its counts is no answer. Within a number what is left is another
 * number, and since a final newline may be missing, nothing shows that.
 */
static void test_cut(void)
{
	size_t wrong = 0, first_wrong = 0, refused = 0;

	for (size_t length = 0; length < sizeof(linux_6_18) - 1; length++) {
		char *text = strndup(linux_6_18, length);
		struct memhp_stats *stats = NULL;
		const struct memhp_zonestat *zone;
		bool is_wrong = false;
		size_t i = 0;

		if (!text)
			bail_out("no memory");
		if (length && isdigit((unsigned char)text[length - 1]) && isdigit((unsigned char)linux_6_18[length])) {
			free(text);
			continue;
		}
		refused += stats_parse(text, &stats) == -EBADMSG;
		if (stats) {
			memhp_stats_foreach(stats, zone) {
				struct expected whole = good[0].zones[i++];

				/* The last line of a zone may be missing: then it says so. */
				if (!memhp_zonestat_start_pfn(zone))
					whole.start_pfn = 0;
				is_wrong = is_wrong || !is_zone(zone, &whole);
			}
		}
		if (is_wrong && !wrong++)
			first_wrong = length;
		memhp_stats_free(stats);
		free(text);
	}
	if (!is_number(wrong, 0, "a text that is cut, but not within a number, never gives other numbers"))
		diagnose("first after: %.*s", 20, linux_6_18 + (first_wrong > 20 ? first_wrong - 20 : 0));
	ok(refused > 0, "most of what is cut is refused");
}

struct told {
	unsigned int times;
	int error;
};

static void tell(void *data, const char *path, int error, const char *text)
{
	struct told *told = data;

	(void)text;
	told->times++;
	told->error = strcmp(path, "proc/zoneinfo") == 0 ? error : -1;
}

static const struct {
	const char *name, *text;
	size_t length;
	int result;
} files[] = {
	{ "a file", linux_6_18, sizeof(linux_6_18) - 1, 0 },
	{ "an empty file", "", 0, -EBADMSG },
	{ "a file with a NUL at its end", linux_6_18, sizeof(linux_6_18), -EBADMSG },
	{ "a binary file", "\0\1\2\3", 4, -EBADMSG },
	{ "no file", NULL, 0, -ENOENT },
};

static void test_files(void)
{
	for (size_t i = 0; i < TAP_COUNT(files); i++) {
		struct tree *tree = tree_new();
		struct memhp *memhp = NULL;
		struct memhp_stats *stats = NULL;
		struct told told = { 0 };

		if (files[i].text)
			tree_data(tree, files[i].text, files[i].length, "proc/zoneinfo");
		else
			tree_dir(tree, "proc");
		if (memhp_new(tree->root, &memhp) < 0)
			bail_out("%s", tree->root);
		memhp_set_fault_handler(memhp, tell, &told);
		is_int(memhp_stats_read(memhp, &stats), files[i].result, "%s", files[i].name);
		is_int(told.times, files[i].result ? 1 : 0, "%s: told", files[i].name);
		is_int(told.error, -files[i].result, "%s: told what", files[i].name);
		memhp_free(memhp);
		ok(!stats == !!files[i].result, "%s: a result, or none", files[i].name);
		ok(!stats || memhp_stats_next(stats, NULL), "%s: outlives the context", files[i].name);
		memhp_stats_free(stats);
		tree_free(tree);
	}
}

int main(void)
{
	test_good();
	test_bad();
	test_cut();
	test_files();
	return tap_done();
}
