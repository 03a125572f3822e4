# SPDX-License-Identifier: GPL-2.0-or-later
#
# The recipes of memhp(8) that change memory, as in the page, on the machine of its examples, which
# tests/live/capture makes. One boot; each test reads its part of the results. tests/recipes.bats tests
# what the recipes promise about failures.

load live
load ../recipes

# bats reads this file in a function.
declare -gA titles=(
	[online]="Bring all hot-added memory online"
	[move]="Move memory to the Movable zone"
	[bad]="Retire memory at a bad address"
	[node]="Empty a node"
)

# Boot memory 0-15, 32-39; kmem 40-47 on node 1; DIMM 48-55; virtio-mem 56-59 on node 1.
setup_file() {
	local sent=$BATS_FILE_TMPDIR/sent directory=$BATS_FILE_TMPDIR/commands key number command files=()
	mkdir "$sent" "$directory"
	for key in "${!titles[@]}"; do
		number=0
		while IFS= read -r command; do
			number=$((number + 1))
			echo "$command" > "$directory/$key.$number"
			files+=(-f "$directory/$key.$number=/recipes/$key.$number")
		done < <(commands_of "${titles[$key]}")
	done
	file_of "${titles[bad]}" > "$directory/conf"
	guest -p -f "$live/put.c" "${files[@]}" -f "$directory/conf=/recipes/conf" -o "$sent" \
		-a 'memhp_default_state=offline memmap=1G%5G-1+0xefffffff' -m 'virtio_mem device_dax kmem dax_hmem' - \
		-m 4G,slots=4,maxmem=16G \
		-object memory-backend-ram,id=n0,size=3G -numa node,nodeid=0,memdev=n0,cpus=0-1 \
		-object memory-backend-ram,id=n1,size=1G -numa node,nodeid=1,memdev=n1 \
		-object memory-backend-ram,id=m1,size=1G -device pc-dimm,id=d1,memdev=m1,node=0 \
		-object memory-backend-ram,id=v0,size=4G,reserve=off \
		-device virtio-mem-pci,id=vm0,memdev=v0,requested-size=512M,node=1 > "$sent.log" 2>&1 <<-'END' ||
		# go RECIPE.N: that command, and all blocks afterwards
		go() {
			run "$1" sh "/recipes/$1"
			read_blocks | cut -f 1-3 > /run/now
			send "$1.blocks" < /run/now
		}
		all_there() { [ "$(find $memory -maxdepth 1 -name 'memory[45]?' | wc -l)" -ge 20 ] && [ -e $memory/memory59/valid_zones ]; }
		wait_for 60 all_there || exit 1
		state online_movable $(seq 40 45) $(seq 48 52) $(seq 56 58) && state online_kernel 46 || exit 1

		go move.1
		go move.2
		go move.3
		state offline 46 || exit 1
		go move.4

		go node.1
		go node.2
		go node.3
		state online_movable $(seq 40 46) $(seq 56 58) || exit 1

		go bad.1
		go bad.2
		cp /recipes/conf /etc/memhp.conf
		go bad.3

		state offline $(seq 40 45) || exit 1
		go online.1
		go online.2
		go online.3
		state offline $(seq 56 58) || exit 1
		go online.4
	END
		echo "status $?: $(cat "$sent.log")" > "$sent.failed"
}

# went RECIPE.N STATUS COMMAND: the command was run, has that form, and exited with that status
went() {
	local sent=$BATS_FILE_TMPDIR/sent
	came "$sent" || return
	out=$(< "$sent/$1") err=$(< "$sent/$1.err")
	# shellcheck disable=SC2053 # a pattern
	[[ $(< "$BATS_FILE_TMPDIR/commands/$1") == $3 ]] || { cat "$BATS_FILE_TMPDIR/commands/$1"; return 1; }
	[[ $(< "$sent/$1.status") == "$2" ]] || { echo "$1: $(cat "$sent/$1".*)"; return 1; }
}

# states RECIPE.N "FIRST-LAST STATE [ZONE]"…: the states of blocks after that command
states() {
	local name=$1 n range state seen
	shift
	while read -r range state; do
		for n in $(seq "${range%-*}" "${range#*-}"); do
			seen=$(sed -n "s/^$n\t//p" "$BATS_FILE_TMPDIR/sent/$name.blocks" | tr '\t' ' ')
			[[ $seen == "$state"* ]] || { echo "$name: block $n is '$seen', not '$state'"; return 1; }
		done
	done < <(printf '%s\n' "$@")
}

nothing_is_left() {
	! grep -v '^Memory\|^Total' <<< "$out" && [[ $err == *"$(text no-matches)" ]]
}

@test "all commands of these recipes were run" {
	local key
	came "$BATS_FILE_TMPDIR/sent" || return
	((${#titles[@]} == 4))
	for key in "${!titles[@]}"; do
		recipes | grep -qxF "${titles[$key]}"
		(($(commands_of "${titles[$key]}" | wc -l) >= 3))
		diff <(cd "$BATS_FILE_TMPDIR/commands" && printf '%s.status\n' "$key".*) <(cd "$BATS_FILE_TMPDIR/sent" && printf '%s\n' "$key".*.status)
	done
}

@test "move memory to the Movable zone, and back" {
	went move.1 0 'memhp list *'
	grep -qx ' *46 Normal *unlikely *kernel zone' <<< "$out"
	went move.2 0 'memhp offline 46'
	states move.2 "46-46 offline"
	went move.3 0 'memhp online -z movable 46'
	states move.3 "46-46 online Movable"
	went move.4 0 'memhp online -z kernel 46'
	states move.4 "46-46 online Normal"
}

@test "empty a node" {
	went node.1 0 'memhp offline --dry-run all --node=1'
	states node.1 "40-45 online Movable" "46-46 online Normal" "47-47 offline" "56-58 online Movable" "59-59 offline"
	went node.2 0 'memhp offline * all --node=1'
	states node.2 "40-47 offline" "56-59 offline" "48-52 online" "1-15 online" "32-39 online"
	went node.3 0 'memhp list --state=online --node=1'
	nothing_is_left
}

@test "retire memory at a bad address; excluded blocks stay offline" {
	went bad.1 0 'memhp list * 0x1a2345678'
	diff <(shown_of "${titles[bad]}" "$(< "$BATS_FILE_TMPDIR/commands/bad.1")") <(echo "$out")
	went bad.2 0 'memhp offline 0x1a2345678'
	states bad.2 "52-52 offline" "48-51 online" "53-55 offline"
	went bad.3 0 'memhp policy --apply'
	states bad.3 "52-52 offline" "47-47 online" "53-55 online" "59-59 online"
}

@test "bring all hot-added memory online" {
	went online.1 0 'memhp online --dry-run all'
	states online.1 "40-45 offline" "52-52 offline"
	went online.2 0 'memhp online all'
	states online.2 "0-15 online" "32-59 online"
	went online.3 0 'memhp list --state=offline'
	nothing_is_left
	went online.4 0 'memhp online -z movable all*'
	states online.4 "56-58 online Movable" "0-15 online" "32-59 online"
}
