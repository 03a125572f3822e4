# SPDX-License-Identifier: GPL-2.0-or-later
#
# What plans say about real kernels: an amount goes on with what virtio-mem adds, and pools of huge
# pages shrink by as many pages as the plan says. One boot per kernel; each test reads its part.

load live
load documents

setup_file() {
	stories
}

# virtio-mem of up to 4G, of which the host asks 3G: its driver adds no more than 1G before that is online. A
# gigantic page of boot memory lies in 8 blocks; the one that is taken offline has none but its tail.
story() {
	local sent=$BATS_FILE_TMPDIR/$1
	mkdir "$sent"
	guest -p -k "$1" -a "memhp_default_state=offline hugepagesz=1G hugepages=1" -m "$(virtio_mem "$1")" -o "$sent" - \
		-m 4G,slots=4,maxmem=16G -object memory-backend-ram,id=v0,size=4G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=3G > "$sent.log" 2>&1 <<-'END' ||
		of_driver() { memhp list -qrn -a -o BLOCK --origin virtio-mem --summary=never "$@" | wc -l; }
		has_driver_s() { [ "$(of_driver)" = "$1" ]; }
		wait_for 60 has_driver_s 8 || exit 1
		sleep 2
		of_driver > /run/at-first
		send at-first < /run/at-first
		run online memhp online -J -z movable 2G
		of_driver --state online > /run/online-now
		send online-now < /run/online-now
		run whole memhp online -J -z movable 2G
		of_driver --state online > /run/online-then
		send online-then < /run/online-then

		# size NAME: so many pages of that size are in the pool
		pool() { cat /sys/kernel/mm/hugepages/hugepages-$1kB/nr_hugepages; }
		# dissolve NAME KIB ORIGIN N: takes the Nth block offline that has free huge pages
		dissolve() {
			block=$(memhp list -qrn -a -b -o BLOCK,HUGE --origin $3 --state online --summary=never |
				awk -v n=$4 '$2 > 0 && !--n { print $1 }')
			before=$(pool $2)
			run $1-plan memhp offline -J --dry-run "$block"
			run $1-offline memhp offline -J --force -t 30s "$block"
			echo "$before $(pool $2)" > /run/$1-pool
			send $1-pool < /run/$1-pool
			echo 0 > /sys/kernel/mm/hugepages/hugepages-$2kB/nr_hugepages
		}
		echo 300 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
		dissolve small 2048 virtio-mem 1
		dissolve gigantic 1048576 boot 2
	END
		echo "status $?: $(cat "$sent.log")" > "$sent.failed"
}

@test "online AMOUNT goes on with what virtio-mem adds meanwhile; of more than it has, with all of that" {
	says at-first 8
	each online 0 'len(b) == 16' 'd["summary"]["changed"] == 2 << 30' \
		'all(r["origin"] == "virtio-mem" and r["zone"] == "Movable" for r in d["blocks"])'
	says online-now 16
	each whole 64 'len(b) == 8' 'd["summary"]["requested"] == 2 << 30'
	says online-then 24
	errs online "$(text driver-adds virtio-mem "$(text stays-offline-later)" offline "$(text whatever-zone)")"
}

# shrinks KERNEL NAME SIZE: by as many pages as the plan says
shrinks() {
	local before after
	is "$1" "$2-offline" 0 || return
	read -r before after < "$BATS_FILE_TMPDIR/$1/$2-pool"
	is "$1" "$2-plan" 0 "d[\"pools\"] == [dict(page_size=$3, pages=$((before - after)))]"
}

@test "free huge pages are dissolved: the pool shrinks by as many as the plan says" {
	shrinks amd64-6.1 small 2097152
	shrinks amd64-6.12 small 2097152
	shrinks amd64-6.12 gigantic 1073741824
}

@test "6.1: a block with a part of a gigantic page stays online, and the page stays in the pool" {
	is amd64-6.1 gigantic-plan 0 'd["pools"] == [dict(page_size=1073741824, pages=1)]'
	is amd64-6.1 gigantic-offline 1 'd["blocks"][0]["reason"] == "hugetlb"'
	[[ $(< "$BATS_FILE_TMPDIR/amd64-6.1/gigantic-pool") == "1 1" ]]
}
