# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list on a machine with 2,048 blocks; nearly all of them belong to one large DIMM that is
# offline. Times are printed, without pass or fail.

load live

@test "2,048 blocks" {
	local sent=$BATS_TEST_TMPDIR
	guest -p -o "$sent" -f "$(command -v lsmem)" -a 'memhp_default_state=offline memory_hotplug.memmap_on_memory=1' - \
		-m 1G,slots=2,maxmem=600G -object memory-backend-ram,id=m0,size=255G,reserve=off \
		-device pc-dimm,memdev=m0,id=d0 <<-'END'
		# hundredths of a second for five runs
		clock() {
			begin=$(now)
			for i in 1 2 3 4 5; do
				"$@" > /run/last || exit 1
			done
			awk -v begin="$begin" -v end="$(now)" 'BEGIN { printf "%d\n", 100 * (end - begin) + 0.5 }'
		}
		columns=RANGE,SIZE,STATE,BLOCK,NODE,ZONES
		wait_for 60 test -e $memory/memory2071/valid_zones || exit 1
		for rows in --all --split=STATE,NODE,ZONES; do
			memhp list -J -o $columns $rows > /run/memhp || exit 1
			lsmem -J -b -o $columns $rows > /run/lsmem || exit 1
			send "memhp$rows" < /run/memhp
			send "lsmem$rows" < /run/lsmem
		done
		memhp list --output-all --json > /run/merged
		send merged < /run/merged
		for i in 1 2 3; do
			echo "$(clock lsmem -o $columns) $(clock memhp list)"
		done > /run/times
		send times < /run/times
	END
	/usr/bin/python3 - "$sent" >&3 <<-'END'
		import json, statistics, sys
		def rows(name):
		    with open(f"{sys.argv[1]}/{name}", encoding="utf-8") as file:
		        return json.load(file)["memory"]
		for how in ("--all", "--split=STATE,NODE,ZONES"):
		    ours, theirs = rows("memhp" + how), rows("lsmem" + how)
		    assert [r["range"] for r in ours] == [r["range"] for r in theirs], how
		    assert [r["state"] for r in ours] == [r["state"] for r in theirs], how
		assert len(rows("memhp--all")) == 2048
		assert rows("merged")[-1]["block"] == "32-2071" and rows("merged")[-1]["device"] == "PNP0C80:00"
		with open(f"{sys.argv[1]}/times", encoding="ascii") as file:
		    ratios = [int(a) / int(b) for a, b in map(str.split, file)]
		print(f"# lsmem takes {statistics.median(ratios):.1f} times memhp's time")
	END
}
