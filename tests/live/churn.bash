# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For hotplug.bats and snapshots.bats: scripts for guests in which memory is added, removed and changes
# its state. The tests decide on what reads it meanwhile and on what is expected.

# run_guest SCRIPT [guest's option]…
run_guest() {
	guest "${@:2}" -a memhp_default_state=offline -f "$live/put.c" "$1" \
		-m 1G,slots=2,maxmem=8G
}

# rounds COUNT: a DIMM of four blocks is added and removed, alternately left offline and online at once
rounds() {
	cat <<-END
		round() {
			echo \$1 > \$memory/auto_online_blocks && plug dimm 512 || return
			case \$1 in
			offline) wait_for 20 test -e \$memory/memory35/node0 || return ;;
			*) wait_for 20 grep -qs '^online' \$memory/memory35/state || return ;;
			esac
			unplug dimm
		}
		for i in \$(seq $1); do
			case \$((i % 2)) in 0) policy=offline ;; 1) policy=online_movable ;; esac
			round \$policy || { echo "round \$i failed"; touch /run/stop; exit 1; }
		done
	END
}

# changes COUNT: a block of a DIMM goes online as movable and offline
changes() {
	cat <<-END
		plug dimm 512 && wait_for 20 test -e \$memory/memory35/node0 || exit 1
		for i in \$(seq $1); do
			state online_movable 33 && state offline 33 || { touch /run/stop; exit 1; }
		done
	END
}
