# SPDX-License-Identifier: GPL-2.0-or-later
#
# online and offline --wait: what they wait for, how long, and what they say and do meanwhile. Below a
# directory the blocks are compared every second. The memory of real kernels is in live/watch.bats.

load ../change

setup() {
	machine
	memory=$root/sys/devices/system/memory
	cp -a "$memory/memory23" "$BATS_TEST_TMPDIR/block"
}

# comes N: a block like 23, offline
comes() {
	cp -a "$BATS_TEST_TMPDIR/block" "$BATS_TEST_TMPDIR/memory$1"
	mv "$BATS_TEST_TMPDIR/memory$1" "$memory/memory$1"
}

is_waiting() {
	grep -q "$(text wait-begins "$1")" "$err_file"
}

# waits WORD ARG…: begins to wait for it
waits() {
	local word=$1
	shift
	start "$@"
	within 20 is_waiting "$word" || fail "it does not wait: $(cat "$err_file")"
}

@test "a block that does not exist yet" {
	waits 40 online --wait=60s -J 40
	comes 40
	finish 60
	exits 0
	json '[(b["block"], b["result"]) for b in d["blocks"]] == [(40, "done")]'
}

@test "the lock is taken afterwards: another memhp can work meanwhile" {
	local waiting_out waiting_err waiting_run waiting_pid waiting_command
	waits 40 online --wait=60s 40
	waiting_pid=$pid waiting_out=$out_file waiting_err=$err_file waiting_run=$run_file waiting_command=$command
	mem online 16
	exits 0
	comes 40
	pid=$waiting_pid out_file=$waiting_out err_file=$waiting_err run_file=$waiting_run command=$waiting_command
	finish 60
	exits 0
	out_has "onlined 1 block (128M): 40"
}

@test "an amount: until there are enough blocks" {
	waits 2G online --wait=60s 2G 16-23,40-47
	for n in 40 41 42 43 44 45 46 47; do
		comes "$n"
	done
	finish 60
	exits 0
	out_has "onlined 16 blocks (2G): 16-23, 40-47"
}

@test "an amount of memory whose driver adds more: no wait before the first block" {
	start online --wait=1s --origin=virtio-mem 2G
	finish 60
	exits 64
	err_lacks "$(text wait-begins 2G)"
}

@test "all, a range, a share, a node and a device that do not exist yet" {
	mkdir -p "$root/sys/devices/system/node"
	for words in "memory --node=7 all" "40-47 40-47" "memory --device=PNP0C80:09 5%"; do
		# shellcheck disable=SC2086 # words
		waits ${words%% *} online --wait=300ms ${words#* }
		finish 60
		exits 124
		err_says wait-timeout "${words%% *}"
		[[ -z $out ]] || fail "not empty"
	done
	waits 40-47 online --wait=60s 40-47
	comes 41
	comes 42
	finish 60
	exits 0
	out_has "onlined 2 blocks (256M): 41-42"
	err_says no-such-blocks "40, 43-47"
}

@test "what is there already is not waited for, but for more that may be added" {
	local begin=${EPOCHREALTIME/./}
	mem online --wait 16
	exits 0
	err_lacks "waiting"
	mem online --wait=60s 17-23
	exits 0
	((${EPOCHREALTIME/./} - begin >= 500000)) || fail "it has not waited for more"
	out_has "onlined 7 blocks (896M): 17-23"
}

@test "the time, the deadline and a signal end it, and nothing is changed" {
	local before
	before=$(tree)
	mem online --wait=300ms -J 99
	exits 124
	json 'd["exit_status"] == 124 and d["error"]["message"]'
	mem offline --wait --deadline=300ms 99
	exits 124
	err_says wait-timeout 99
	waits 99 offline --wait=0 99
	kill -TERM "$pid"
	finish
	exits 143
	err_says stopped-by 15
	[[ $before == "$(tree)" ]] || fail "changed"
}

@test "options and operands that are wrong are errors at once" {
	mem online --wait --dry-run 16
	exits 2
	err_says wait-excludes-dry-run
	mem online --wait=soon 16
	exits 2
	mem online --wait 100M
	exits 2
	mem online --wait
	exits 2
}
