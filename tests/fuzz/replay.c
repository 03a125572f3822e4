/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands for libFuzzer where there is none: gives a fuzz target each file of the
 * directories named, once. A failed check aborts. Build a target with gcc:
 *   gcc -std=gnu11 -D_GNU_SOURCE -g -fsanitize=address,undefined tests/fuzz/replay.c \
 *     tests/fuzz/fuzz-operand.c src/cli/base/ranges.c src/cli/base/shortage.c src/cli/base/text.c \
 *     src/cli/input/operand.c src/cli/input/operand-resolve.c src/cli/input/reading.c -o replay-operand
 */
#include <dirent.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *directory, const char *name)
{
	char path[4096];
	uint8_t *data = malloc(1 << 16);
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "rb");
	if (!data || !file)
		err(1, "%s", path);
	length = fread(data, 1, 1 << 16, file);
	fclose(file);
	/* So that the last line tells which one it was. */
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(data, length);
	free(data);
}

int main(int argc, char **argv)
{
	unsigned int count = 0;

	for (int i = 1; i < argc; i++) {
		struct dirent **names;
		int n = scandir(argv[i], &names, NULL, alphasort);

		if (n < 0)
			err(1, "%s", argv[i]);
		for (int k = 0; k < n; k++) {
			if (names[k]->d_name[0] != '.') {
				replay(argv[i], names[k]->d_name);
				count++;
			}
			free(names[k]);
		}
		free(names);
	}
	if (!count)
		errx(1, "no input");
	printf("%u inputs\n", count);
	return 0;
}
