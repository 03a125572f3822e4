# SPDX-License-Identifier: GPL-2.0-or-later
#
# Memory that the host takes away while memhp takes it offline, at random moments: a DIMM, and a part
# of a virtio-mem device. Each report must agree with what the kernel did. All rounds are in one boot
# per kernel; a seed in MEMHP_SEED repeats their plan.

load live

setup_file() {
	story amd64-6.12 6 amd64-6.1 1 amd64-backports 1
}

# story [KERNEL COUNT]…: so many rounds of each kind
story() {
	local kernel sent seed
	seed=${MEMHP_SEED:-1}
	echo "# MEMHP_SEED=$seed" >&3
	for ((; $#; seed++)); do
		kernel=$1 sent=$BATS_FILE_TMPDIR/$1
		mkdir "$sent"
		"$live/gone" plan "$seed" $(($2 * 5)) blocks unplug amount all unplug-all > "$sent.dimms"
		"$live/gone" plan "$seed" "$2" virtio-blocks virtio-amount virtio-all > "$sent.virtio"
		guest -p -k "$kernel" -a memhp_default_state=offline -m "$(virtio_mem "$kernel")" -f "$live/put.c" \
			-f "$live/guest-gone=/gone.sh" -f "$sent.dimms=/dimms" -f "$sent.virtio=/virtio" -o "$sent" - \
			-m 1G,slots=4,maxmem=16G -object memory-backend-ram,id=n0,size=1G \
			-numa node,nodeid=0,memdev=n0,cpus=0-1 -numa node,nodeid=1 \
			-object memory-backend-ram,id=of-a,size=512M -device pc-dimm,id=a,memdev=of-a,node=1 \
			-object memory-backend-ram,id=of-b,size=512M -device pc-dimm,id=b,memdev=of-b,node=1 \
			-object memory-backend-ram,id=v0,size=1G,reserve=off \
			-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=1G,node=0 > "$sent.log" 2>&1 <<-'END' ||
			. /gone.sh
			touch /run/has-a /run/has-b
			back a && back 0 && trace_changes || exit 1
			while read -r kind victim count delay; do
				case $kind in
				blocks) set -- 32-39 ;;
				unplug) set -- --unplug 32-39 ;;
				amount) set -- 512M --node 1 ;;
				all) set -- --all-or-nothing 32-39 ;;
				unplug-all) set -- --unplug --all-or-nothing 32-39 ;;
				virtio-blocks) set -- 40-47 ;;
				virtio-amount) set -- 512M --device virtio0 ;;
				virtio-all) set -- --all-or-nothing 40-47 ;;
				esac
				round $kind $victim $count $delay memhp offline -J "$@" < /dev/null || exit 1
			done <<-PLAN
			$(cat /dimms /virtio)
			PLAN
			send rounds < /run/rounds
		END
			echo "$kernel: status $?: $(cat "$sent.log")" > "$sent.failed"
		shift 2
	done
}

# judge_rounds KERNEL
judge_rounds() {
	local answer
	came "$BATS_FILE_TMPDIR/$1" || return
	answer=$("$live/gone" judge "$BATS_FILE_TMPDIR/$1/rounds" 2>&1) || { echo "$answer"; return 1; }
	echo "# $1: $answer" >&3
}

@test "6.12: each report agrees with what the kernel did" {
	judge_rounds amd64-6.12
}

@test "6.1: each report agrees with what the kernel did" {
	judge_rounds amd64-6.1
}

@test "the newest kernel: each report agrees with what the kernel did" {
	judge_rounds amd64-backports
}
