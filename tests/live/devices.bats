# SPDX-License-Identifier: GPL-2.0-or-later
#
# Memory that drivers add, on 6.12: kmem (as CXL memory appears) on a node without processors, a DIMM
# whose node appears with it, virtio-mem and what its driver forbids. One boot; each test reads its
# part of the results.

load live
load documents

# Node 1 has only dax0.0 (blocks 32-39); node 2 has nothing until something is plugged:
# virtio-mem in 40-47, a DIMM in 56-57.
setup_file() {
	local sent=$BATS_FILE_TMPDIR/devices
	mkdir "$sent"
	guest -p -k amd64-6.12 -a 'memhp_default_state=offline memmap=1G%0x100000000-1+0xefffffff' \
		-m 'virtio_mem device_dax kmem dax_hmem' -f "$live/put.c" -f "$live/pin.c" -o "$sent" - \
		-m 3G,slots=4,maxmem=8G \
		-object memory-backend-ram,id=n0,size=2G -numa node,nodeid=0,memdev=n0,cpus=0-1 \
		-object memory-backend-ram,id=n1,size=1G -numa node,nodeid=1,memdev=n1 -numa node,nodeid=2 \
		-object memory-backend-ram,id=v0,size=2G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=0,node=2 > "$sent.log" 2>&1 <<-'END' ||
		resize() {
			asked '{"execute": "qom-set", "arguments": {"path": "/machine/peripheral/vm0", "property": "requested-size", "value": '$(($1 << 20))'}}'
		}
		# until_busy REASON NAME COMMAND…: again and again, until that is the reason of an EBUSY
		until_busy() {
			wanted=$1
			shift
			for i in $(seq 30); do
				keep "$@"
				grep -q "\"error\": \"EBUSY\", \"reason\": \"$wanted\"" "/run/$1" && break
			done
			send_kept "$1"
			echo "$1: $i tries"
		}
		wait_for 20 test -e $memory/memory39/valid_zones || exit 1

		run kmem-online memhp online -J -z movable all --device dax0.0
		run kmem-list memhp list -J -o BLOCK,STATE,NODE,ZONE,ORIGIN,DEVICE --state online --node 1
		run kmem-amount memhp offline -J 256M --node 1
		run kmem-offline memhp offline -J all --origin kmem

		# The dax device without its memory, and back.
		bind() {
			echo dax0.0 > "/sys/bus/dax/drivers/$1/$2"
		}
		bind kmem unbind || exit 1
		run dax-unbound memhp list -J --device=dax0.0
		bind device_dax new_id 2> /dev/null
		bind device_dax bind 2> /dev/null
		run dax-device memhp offline -J all --device=DAX0.0
		run dax-pattern memhp list -J '--device=dax*'
		bind device_dax unbind || exit 1
		bind kmem new_id 2> /dev/null
		bind kmem bind 2> /dev/null
		wait_for 20 test -e $memory/memory39/valid_zones || exit 1
		run absent memhp online -J all --device=dax9.9
		run no-dimm memhp list -J --device=PNP0C80:03
		run not-plugged memhp online -J all --device=virtio0
		other=$(cd /sys/bus/pci/devices && echo * | cut -d' ' -f1)
		run no-memory memhp list -J "--device=$other"

		run kmem-auto memhp online -J 39

		run no-node memhp online -J all --node 2
		plug d1 256 2 && wait_for 20 test -L $memory/memory57/node2 || exit 1
		run dimm-online memhp online -J -z movable all --node 2
		run dimm-list memhp list -J -o BLOCK,STATE,NODE,ZONE,ORIGIN,DEVICE --state online --node 2
		run dimm-offline memhp offline -J all --device PNP0C80:00
		unplug d1 || exit 1
		run no-node-again memhp list -J --node 2

		resize 1024 && wait_for 30 test -L $memory/memory47/node2 || exit 1
		run virtio-online memhp online -J -z movable all --device virtio0
		run virtio-list memhp list -J -o BLOCK,STATE,NODE,ZONE,ORIGIN,DEVICE --state online --node 2
		run virtio-amount memhp offline -J 128M --node 2
		run virtio-offline memhp offline -J 256M --origin virtio-mem
		run virtio-again memhp online -J -z movable 46-47

		# Pinned memory cannot be given back, and the driver tries it block by block.
		pin 800 2 > /run/pinned &
		pinner=$!
		wait_for 90 test -s /run/pinned || exit 1
		resize 0 || exit 1
		until_busy isolation-failed isolating memhp offline -J --force --explain --retries 0 --timeout 500ms 40-47
		echo virtio0 > /sys/bus/virtio/drivers/virtio_mem/unbind &
		until_busy notifier removing memhp offline -J --force --explain --retries 0 --timeout 3s 40-41
		kill -KILL $pinner
	END
		echo "status $?: $(cat "$sent.log")" > "$sent.failed"
}

@test "kmem: online as movable, offline by amount and all, auto; on a node without processors" {
	is devices kmem-online 0 'list(b) == list(range(32, 40))' \
		'all(r["result"] == "done" and r["zone"] == "Movable" for r in d["blocks"])' \
		'all(r["origin"] == "kmem" and r["node"] == 1 for r in d["blocks"])'
	is devices kmem-list 0 'd["memory"] == [dict(block="32-39", state="online", node=1, zone="Movable", origin="kmem", device="dax0.0")]'
	is devices kmem-amount 0 'list(b) == [39, 38]' 'd["summary"]["changed"] == 256 << 20'
	is devices kmem-offline 0 'list(b) == list(range(39, 31, -1))' \
		'[r["result"] for r in d["blocks"]] == ["already"] * 2 + ["done"] * 6'
	is devices kmem-auto 0 'b[39]["zone"] == "Normal"'
}

# refused NAME MESSAGE…: exit status 1 with that message
refused() {
	is devices "$1" 1 "d['error']['message'] == '$(text "${@:2}")'"
}

@test "devices without memory blocks, and one that does not exist" {
	refused dax-unbound no-driver dax0.0
	refused dax-device devdax DAX0.0
	is devices dax-pattern 0 'd["memory"] == []'
	refused absent no-such-device dax9.9
	refused no-dimm empty-slot PNP0C80:03
	refused not-plugged nothing-plugged virtio0
	is devices no-memory 1 'd["error"]["message"].endswith("not a memory device)")'
}

@test "a node appears and disappears with its DIMM" {
	is devices no-node 1 "d['error']['message'] == '$(text no-such-node 2)'"
	is devices dimm-online 0 'list(b) == [56, 57]' \
		'all(r["result"] == "done" and r["zone"] == "Movable" and r["node"] == 2 for r in d["blocks"])'
	is devices dimm-list 0 'd["memory"] == [dict(block="56-57", state="online", node=2, zone="Movable", origin="hotplug", device="PNP0C80:00")]'
	is devices dimm-offline 0 'list(b) == [57, 56]'
	is devices no-node-again 1 "d['error']['message'] == '$(text no-such-node 2)'"
}

@test "virtio-mem: online and offline only where it is named" {
	is devices virtio-online 0 'list(b) == list(range(40, 48))' \
		'all(r["zone"] == "Movable" and r["origin"] == "virtio-mem" for r in d["blocks"])'
	is devices virtio-list 0 'd["memory"] == [dict(block="40-47", state="online", node=2, zone="Movable", origin="virtio-mem", device="virtio0")]'
	is devices virtio-amount 1 'd["blocks"] == []'
	is devices virtio-offline 0 'list(b) == [47, 46]' 'all(r["result"] == "done" for r in d["blocks"])'
	is devices virtio-again 0 'all(r["zone"] == "Movable" for r in d["blocks"])'
}

@test "virtio-mem: its driver uses the same pages: isolation-failed; the driver is removed: notifier" {
	local status
	status=$(< "$BATS_FILE_TMPDIR/devices/isolating.status")
	is devices isolating "$status" 'any(r["reason"] == "isolation-failed" and r["error"] == "EBUSY" for r in d["blocks"])' \
		'any("failure to isolate range" in (r["kernel_log"] or "") for r in d["blocks"])'
	status=$(< "$BATS_FILE_TMPDIR/devices/removing.status")
	# drivers/virtio/virtio_mem.c: virtio_mem_memory_notifier_cb()
	is devices removing "$status" 'any(r["reason"] == "notifier" and r["error"] == "EBUSY" for r in d["blocks"])' \
		'any("notifier failure" in (r["kernel_log"] or "") for r in d["blocks"])'
}
