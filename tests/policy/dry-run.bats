# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2086,SC2154
#
# memhp policy --dry-run: what would be written, and where; that nothing is; and that the real command then does
# just that. Then memhp policy --check where something cannot be decided.

load ../change
load ../policy

# dry WORD…: with --dry-run; nothing is changed, not even the lock is taken
dry() {
	local before
	before=$(tree)
	mem policy --dry-run "$@"
	[[ $(tree) == "$before" ]] || fail "something was changed"
}

@test "a value: what would be set, what is set already; the real command does it, and again nothing" {
	dry auto_movable_ratio=400 online_policy=contig-zones auto_movable_numa_aware=no
	exits 0
	out_is <<- 'END'
		auto_movable_ratio: would be set to 400, is 301
		  in /sys/module/memory_hotplug/parameters/auto_movable_ratio
		online_policy: already contig-zones
		auto_movable_numa_aware: would be set to no, is yes
		  in /sys/module/memory_hotplug/parameters/auto_movable_numa_aware
	END
	dry -J auto_movable_ratio=400 online_policy=contig-zones
	exits 0
	json 'd["dry_run"] is True' 'd["changed"] is True' 'd["saved"] is False' \
		'p["auto_movable_ratio"]["result"] == "planned" and p["auto_movable_ratio"]["wanted"] == 400' \
		'p["auto_movable_ratio"]["before"] == p["auto_movable_ratio"]["value"] == 301' \
		'p["online_policy"]["result"] == "already"'
	mem policy -J auto_movable_ratio=400 online_policy=contig-zones
	exits 0
	json 'd["dry_run"] is False' 'd["changed"] is True' 'p["auto_movable_ratio"]["result"] == "done"' \
		'p["online_policy"]["result"] == "already"'
	dry -J auto_movable_ratio=400 online_policy=contig-zones
	json 'd["changed"] is False' '{r["result"] for r in d["parameters"]} == {"already"}'
	mem policy -J auto_movable_ratio=400
	json 'd["changed"] is False'
	dry -q auto_movable_ratio=5
	[[ -z $out$err ]] || fail "not quiet"
}

@test "--save: the lines of the file that would change; the real command writes just these" {
	file $'# mine\nauto_movable_ratio = 301   # why\nexclude = 3'
	dry --save auto_movable_ratio=400 auto_online_blocks=online
	exits 0
	out_is <<- 'END'
		auto_movable_ratio: would be set to 400, is 301
		  in /sys/module/memory_hotplug/parameters/auto_movable_ratio
		auto_online_blocks: would be set to online, is offline
		  in /sys/devices/system/memory/auto_online_blocks
		/etc/memhp.conf: would be written
		  line 2: auto_movable_ratio = 400   # why (was: auto_movable_ratio = 301   # why)
		  line 4: auto_online_blocks = online (new)
	END
	mem policy --save auto_movable_ratio=400 auto_online_blocks=online -q
	cmp "$root/$conf" <(printf '# mine\nauto_movable_ratio = 400   # why\nexclude = 3\nauto_online_blocks = online\n')
	dry --save auto_movable_ratio=400
	exits 0
	out_is <<< $'auto_movable_ratio: already 400\n/etc/memhp.conf: already up to date'
	# The value is set already, but not kept.
	dry --save online_policy=contig-zones -J
	json 'd["changed"] is True' 'p["online_policy"]["result"] == "already"'
	rm "$root/$conf"
	dry --save auto_movable_ratio=400
	out_is <<- 'END'
		auto_movable_ratio: already 400
		/etc/memhp.conf: would be written
		  line 3: auto_movable_ratio = 400 (new)
	END
	dry --save -J
	exits 0
	json 'len(d["parameters"]) == 4' 'd["changed"] is True'
	[[ ! -e $root/$conf ]] || fail "written"
}

@test "--apply: parameters, then the plan of the blocks, in one document, too" {
	file $'online_policy = auto-movable\nauto_movable_ratio = 301\nonline_existing = movable\nexclude = 17-29\n'
	dry --apply
	exits 0
	out_has "online_policy: would be set to auto-movable, is contig-zones"
	out_has "auto_movable_ratio: already 301"
	out_has "would online"
	dry --apply -J
	exits 0
	json 'd["action"] == "online" and d["dry_run"] is True' \
		'p["online_policy"]["result"] == "planned" and p["auto_movable_ratio"]["result"] == "already"' \
		'16 in [r["block"] for r in d["blocks"]] and 17 not in [r["block"] for r in d["blocks"]]' \
		'd["summary"]["planned"] == len(d["blocks"]) << 27'
	planned=$("$python" -c 'import json, sys; print([r["block"] for r in json.load(open(sys.argv[1]))["blocks"]])' "$out_file")
	mem policy --apply -J
	exits 0
	json "[r['block'] for r in d['blocks']] == $planned" '{r["result"] for r in d["blocks"]} == {"done"}' \
		'p["online_policy"]["result"] == "done"' 'd["summary"]["planned"] == 0'
	dry --apply -J
	json 'd["summary"]["planned"] == 0' '{r["result"] for r in d["parameters"]} == {"already"}'
	file $'auto_movable_ratio = 5\n'
	dry --apply -J
	exits 0
	json 'd["action"] == "apply"' 'd["changed"] is True' 'p["auto_movable_ratio"]["result"] == "planned"'
}

@test "what the real command would refuse is refused, with its exit status" {
	same() {
		dry "$@"
		local expected=$status message=$err
		mem policy "$@"
		exits "$expected"
		[[ $err == "$message" ]] || fail "another message than: $message"
	}
	same auto_movable_ratio=-1
	same memmap_on_memory=Y
	same ratio=5
	rm "$root/$parameters/auto_movable_ratio"
	same auto_movable_ratio=5
	file $'ratio = 5\n'
	same --save online_policy=contig-zones
	same --apply
	file $'exclude = 3, junk\n'
	same --save online_policy=contig-zones
	rm "$root/$conf"
	ln -s nowhere "$root/$conf"
	same --save online_policy=contig-zones
	rm "$root/$conf"
	rm "$root/proc/cmdline"
	same --apply
}

@test "--dry-run does not wait for another memhp, needs no permission to write, and says what it needs" {
	local words
	exec 9> "$root/run/memhp.lock"
	flock 9
	dry auto_movable_ratio=400
	exits 0
	exec 9>&-
	chmod a-w "$root/etc"
	unprivileged mem policy --dry-run --save auto_movable_ratio=400
	exits 0
	chmod u+w "$root/etc"
	for words in "" --check --export=cmdline online_policy; do
		mem policy --dry-run $words
		exits 2
		err_has "--dry-run needs NAME=VALUE, --save or --apply"
	done
}

# judged STATUS EXPRESSION…: --check exits so, as text and with -J; expressions of c, its checks by name
judged() {
	mem policy --check
	exits "$1"
	[[ -z $out ]] || (($1 == 0)) || fail "output"
	mem policy --check -J
	exits "$1"
	"$python" -I -c '
import json, sys
d = json.load(open(sys.argv[1], "rb"))
c = {row["what"]: row for row in d["checks"]}
bad = [e for e in sys.argv[2:] if not eval(e, dict(d=d, c=c))]
sys.exit("".join("not true: %s\n" % e for e in bad) or 0)
' "$out_file" "${@:2}" || fail "the document is not as it should be"
}

@test "--check: what cannot be decided is no drift: exit status 4; known drift is 1, whatever else is undecided" {
	judged 0 'd["checks"] == d["faults"] == []'
	file $'auto_movable_ratio = 301\nonline_policy = contig-zones\n'
	judged 0 'c["auto_movable_ratio"] == dict(what="auto_movable_ratio", expected=301, found=301, source="file", holds=True)'
	# a value that cannot be understood
	echo many > "$root/$parameters/auto_movable_ratio"
	judged 4 'c["auto_movable_ratio"]["holds"] is c["auto_movable_ratio"]["found"] is None' \
		'c["online_policy"]["holds"] is True' '[r["drift"] for r in d["parameters"]] == [False, None]' \
		'd["faults"] == [dict(path="/sys/module/memory_hotplug/parameters/auto_movable_ratio", error="EBADMSG")]'
	err_has "auto_movable_ratio should be 301, but cannot be checked"
	echo auto-movable > "$root/$parameters/online_policy"
	judged 1 'c["auto_movable_ratio"]["holds"] is None' 'c["online_policy"]["holds"] is False'
	err_has "cannot be checked"
	echo contig-zones > "$root/$parameters/online_policy"
	# a parameter that the kernel lacks
	rm "$root/$parameters/auto_movable_ratio"
	judged 1 'c["auto_movable_ratio"]["holds"] is False' 'd["faults"] == []'
	# no directory of modules, as in an incomplete copy
	rm -r "$root/sys/module"
	judged 4 '{r["holds"] for r in d["checks"]} == {None}'
}

@test "--check: a file that cannot be used leaves its values undecided; the kernel command line is still judged" {
	file $'auto_movable_ratio = 4 00\n'
	judged 4 'c["/etc/memhp.conf"]["holds"] is None' 'd["faults"] == [dict(path="/etc/memhp.conf", error="EBADMSG")]'
	file $'auto_movable_ratio = 400\nexclude = 3, junk\n'
	judged 4 'list(c) == ["/etc/memhp.conf"]' 'd["faults"] == [dict(path="/etc/memhp.conf", error="EBADMSG")]'
	cmdline memory_hotplug.online_policy=auto-movable
	judged 1 'c["online_policy"]["holds"] is False and c["online_policy"]["source"] == "cmdline"' \
		'c["/etc/memhp.conf"]["holds"] is None'
	cmdline memory_hotplug.online_policy=contig-zones memory_hotplug.online_polcy=x
	judged 1 'c["online_policy"]["holds"] is True' 'c["memory_hotplug.online_polcy=x"]["holds"] is False'
	chmod 0 "$root/$conf"
	cmdline quiet
	unprivileged mem policy --check -J
	exits 4
	json 'd["faults"] == [dict(path="/etc/memhp.conf", error="EACCES")]'
	rm "$root/$conf"
	judged 0
	rm -r "$root/sys/devices/system/memory"
	mem policy --check
	exits 3
}
