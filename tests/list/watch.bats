# SPDX-License-Identifier: GPL-2.0-or-later
#
# memhp list --watch below a directory, where it compares the blocks every second: what it prints, how
# it ends, and which options go with it. The events of real kernels are in live/watch.bats.

load ../helpers

setup() {
	world << 'END'
block_size 128M
block 0 online none node 0
block 1-3 online DMA32 node 0
block 8 offline Movable,Normal node 1
block 9-11 online Movable node 1
END
	memory=$root/sys/devices/system/memory
	mv "$memory/memory11" "$BATS_TEST_TMPDIR/memory11"
	seen=$BATS_TEST_TMPDIR/seen
}

teardown() {
	[[ -z ${watcher:-} ]] || kill -KILL "$watcher" 2> /dev/null || :
}

# begin ARG…: begins to watch; the blocks have been printed
begin() {
	env --default-signal=INT "${program[@]}" -s "$root" list --watch "$@" > "$seen" 2> "$seen.err" &
	watcher=$!
	until_seen '[0-9]'
}

# until_seen PATTERN [TIMES]: waits for lines like that
until_seen() {
	local tenths=600
	until (($(grep -cE -- "$1" "$seen") >= ${2:-1})); do
		((tenths -= 1)) || fail "not seen: $1: $(cat "$seen" "$seen.err")"
		sleep 0.1
	done
}

# end [SIGNAL]: ends it; out, err and status
end() {
	status=0
	kill -"${1:-TERM}" "$watcher"
	wait "$watcher" || status=$?
	watcher='' command="memhp list --watch" out=$(< "$seen") err=$(< "$seen.err")
}

# changes: block 8 goes online, block 9 away, block 11 comes. Each change can be compared on its own.
changes() {
	edit memory8/valid_zones Movable
	edit memory8/state online
	rm -r "$memory/memory9"
	until_seen removed
	mv "$BATS_TEST_TMPDIR/memory11" "$memory/memory11"
	until_seen 'online"?,? +("block": |BLOCK=")?11'
}

# events PATTERN…: the lines after the blocks are like that, in this order
events() {
	local pattern line
	while read -r line; do
		pattern=$1
		shift
		[[ $line =~ ^$pattern$ ]] || fail "not $pattern: $line"
	done < <(grep -E '(added|online|offline|removed).*[0-9]|"event"' <<< "${out#*$'\n\n'}" | tail -n $#)
	(($# == 0)) || fail "not seen: $*"
}

@test "a line per change, below the blocks, in columns" {
	begin
	changes
	end
	exits 143
	err_says hears-nothing
	[[ $out == RANGE*$'\n\nTIME         EVENT   BLOCK   STATE NODE ZONES          DEVICE\n'[0-9]* ]] || fail "no heading"
	awk 'length > 80 { exit 1 }' "$seen" || fail "too wide for 80 columns"
	local time='[0-9:.]{12} '
	events "${time}online      8  online    1 Movable        -" "${time}removed     9       -    1 -              -" \
		"${time}added      11  online    1 Movable        -" "${time}online     11  online    1 Movable        -"
}

@test "the columns that are chosen follow TIME and EVENT" {
	begin -o block,size
	changes
	end
	local time='[0-9:.]{12} '
	events "${time}online      8 128M" "${time}removed     9 128M" "${time}added      11 128M" "${time}online     11 128M"
}

@test "raw output and pairs: the time in UTC, one word per column" {
	local time='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z'
	begin -r
	changes
	end
	[[ $out == *$'\nTIME EVENT BLOCK STATE NODE ZONES DEVICE\n'* ]] || fail "no heading"
	events "$time online 8 online 1 Movable -" "$time removed 9 - 1 - -" "$time added 11 online 1 Movable -" \
		"$time online 11 online 1 Movable -"
	begin -P -o block,state
	edit memory10/state offline
	until_seen 'EVENT="offline"'
	end
	events "TIME=\"$time\" EVENT=\"offline\" BLOCK=\"10\" STATE=\"offline\""
}

@test "JSON Lines: the blocks, the changes, the end" {
	begin -J
	changes
	end
	exits 143
	"$python" -I - "$top/src/schemas" "$seen" <<- 'END' || fail "not as they should be"
		import json, sys, jsonschema
		def schema(name):
		    return jsonschema.Draft202012Validator(json.load(open(f"{sys.argv[1]}/{name}.schema.json")))
		first, *lines, end = [json.loads(line) for line in open(sys.argv[2])]
		schema("list").validate(first)
		for line in lines + [end]:
		    schema("watch").validate(line)
		assert first["exit_status"] is None and first["summary"]["blocks"] == 7
		assert [(x["event"], x["block"], x["state"], x["zone"], x["node"], x["device"]) for x in lines] == [
		    ("online", 8, "online", "Movable", 1, None), ("removed", 9, None, None, 1, None),
		    ("added", 11, "online", "Movable", 1, None), ("online", 11, "online", "Movable", 1, None)], lines
		assert (end["event"], end["exit_status"], end["faults"]) == ("end", 143, [])
	END
}

@test "operands and filters narrow the changes, also of blocks that come later" {
	begin --node=1 --state=online 9-11
	changes
	edit memory10/state offline
	until_seen offline
	end
	events '.* removed +9 .*' '.* added +11 .*' '.* online +11 .*' '.* offline +10 .*'
	out_lacks "DMA32"
}

@test "a value that cannot be understood: null, a fault, exit status 64" {
	begin -J
	edit memory10/valid_zones garbage
	edit memory10/state offline
	until_seen '"event": "offline"'
	end INT
	exits 130
	is_fault='[f for f in d["faults"] if f == {"path": "/sys/devices/system/memory/memory10/valid_zones", "error": "EBADMSG"}]'
	tail -n 1 "$seen" > "$seen.end"
	out_file=$seen.end json 'd["event"] == "end"' "$is_fault"
	edit memory10/state nonsense
	mem list --watch=100ms -J
	exits 64
	not_validated_lines
}

# What is JSON Lines is no single document: it is checked here.
not_validated_lines() {
	rm -f "${out_file%.out}.run"
}

@test "it ends with its time, and when the reader is gone" {
	local begin=$SECONDS
	mem list --watch=1s
	exits 0
	((SECONDS > begin)) || fail "it has not waited"
	mem list --watch=1s -J
	exits 0
	not_validated_lines
	timeout 60 "${program[@]}" -s "$root" list --watch 2> /dev/null | head -n 1 > "$seen"
	[[ ${PIPESTATUS[0]} == 0 ]] || fail "no good end without a reader"
	timeout 60 "${program[@]}" -s "$root" list --watch -q | { sleep 1; }
	[[ ${PIPESTATUS[0]} == 0 ]] || fail "it is not noticed that the reader is gone"
	status=0
	timeout 60 "${program[@]}" -s "$root" list --watch=50s > /dev/full 2> "$seen" || status=$?
	[[ $status == 1 && $(tail -n 1 "$seen") == "memhp: list: $(text cannot-write): No space left on device" ]] ||
		fail "$(cat "$seen")"
}

@test "the map is drawn again" {
	command='list --watch --map'
	TERM=xterm script -qec "stty cols 80; timeout -s TERM 600 $(printf '%q ' "${program[@]}" -s "$root" list --watch --map --color=never)" \
		/dev/null < /dev/null > "$seen" 2>&1 &
	watcher=$!
	until_seen '^0x'
	edit memory10/state offline
	until_seen $'\033\\[H'
	pkill -TERM -P "$(pgrep -P "$(pgrep -P "$watcher" | head -n 1)" | head -n 1)" 2> /dev/null || kill "$watcher"
	watcher=''
}

@test "options that exclude --watch" {
	mem list --watch=1s --summary=always
	is_usage_error "$(text watch-excludes-summary)"
	for words in --scan "-o +free" "--offlinable=no" --poisoned; do
		# shellcheck disable=SC2086 # options
		mem list --watch=1s $words
		is_usage_error "$(text watch-excludes-pages)"
	done
	mem list --watch=1s --map
	is_usage_error "$(text watch-needs-terminal)"
	mem list --watch=soon
	is_usage_error "--watch: 'soon' is not a valid duration"
	mem list --watch 5
	exits 1
	err_says no-such-block 5
}
