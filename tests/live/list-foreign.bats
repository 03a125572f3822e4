# SPDX-License-Identifier: GPL-2.0-or-later
#
# As list-amd64.bats, with other pages, blocks and rules: arm64, which never takes boot memory offline,
# and ppc64el with pages of 64 KiB, blocks of 256 MiB and memory that is added by hand. memhp is
# cross-compiled for both.

load live
load machines

setup_file() {
	arm64
	ppc64el
}

# Half of boot memory is Movable and free; block 0 is the flash.
arm64() {
	machine "${FUNCNAME[0]}" arm64-6.12 movablecore=512M '' -m 1G,slots=2,maxmem=8G \
		-object memory-backend-ram,id=m1,size=512M -device pc-dimm,id=d1,memdev=m1 <<-'END'
		wait_for 20 test -e $memory/memory19 && state online_movable 16 17 && state online_kernel 18 || exit 1
	END
}

ppc64el() {
	machine "${FUNCNAME[0]}" ppc64el-6.1 mem=768M '' -m 1G,slots=2,maxmem=8G <<-'END'
		put 0x30000000 $memory/probe && state online_movable 3 || exit 1
		awk '/KernelPageSize/ { print $2 * 1024; exit }' /proc/self/smaps > /run/page_size
		send page_size < /run/page_size
	END
}

@test "arm64: every cell agrees with the files" {
	judged arm64 same
}

@test "arm64: boot memory and the device of a DIMM are known" {
	judged arm64 origin 0=- 8-15=boot 16-19=-,PNP0C80:00
}

@test "arm64: without root no value is wrong" {
	judged arm64 user
}

@test "arm64: no boot memory goes offline, blocks of the DIMM do" {
	judged arm64 offlinable no likely
	# The rule itself applies, not only holes and pages in use.
	grep -q ' EPERM online ' "$BATS_FILE_TMPDIR/arm64/tries"
	grep '"block": "\([089]\|1[0-5]\)"' "$BATS_FILE_TMPDIR/arm64/rows" > "$BATS_TEST_TMPDIR/boot"
	(($(wc -l < "$BATS_TEST_TMPDIR/boot") == 9))
	(($(grep -c '"offlinable": "no"' "$BATS_TEST_TMPDIR/boot") == 9))
}

@test "ppc64el: pages of 64 KiB, blocks of 256 MiB, every cell agrees with the files" {
	judged ppc64el same
	[[ $(< "$BATS_FILE_TMPDIR/ppc64el/page_size") == 65536 ]]
	grep -q '"block_size": 268435456,' "$BATS_FILE_TMPDIR/ppc64el/rows"
	grep -q '"range": "0x0000000030000000-0x000000003fffffff"' "$BATS_FILE_TMPDIR/ppc64el/rows"
	grep -q '^Total online memory: *1G$' "$BATS_FILE_TMPDIR/ppc64el/table"
}

@test "ppc64el: the origin of memory that was added by hand is unknown" {
	judged ppc64el origin 0-2=- 3=-
}

@test "ppc64el: without root no value is wrong" {
	judged ppc64el user
}

@test "ppc64el: which blocks go offline" {
	judged ppc64el offlinable unlikely likely
}
