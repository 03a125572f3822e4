# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016
#
# Files that are missing, as in an incomplete copy of a machine's /proc and /sys: what they would show is
# unknown, and nothing else is printed as a fact in its place. Files that lack a final newline, as copies by
# hand do, read the same. Files that cannot be understood are the business of the suites of each command.

load helpers

no_cmdline() {
	world <<< $'block_size 128M\nblock 0-7 online Normal node 0'
}

partial_dump() {
	world <<- 'END'
		block_size 128M
		block 0-3 online - node 0
		sys/devices/system/memory/memory{0-3}/removable :remove
		sys/devices/system/memory/memory{0-3}/phys_device :remove
	END
}

# parameters EXPRESSION…: each is true for the parameters of the document, by name
parameters() {
	"$python" -I -c '
import json, sys
p = {row["parameter"]: row for row in json.load(open(sys.argv[1], "rb"))["parameters"]}
bad = [e for e in sys.argv[2:] if not eval(e, dict(p=p))]
sys.exit("".join("not true: %s\n" % e for e in bad) or 0)
' "$out_file" "$@" || fail "the document is not as it should be"
}

# teardown_file of helpers.bash knows no documents of policy.
teardown_file() {
	:
}

@test "no kernel command line: what was set at boot is unknown, and so is where values come from" {
	no_cmdline
	mem policy -J -o +CMDLINE
	exits 0
	err_says no-cmdline "$root/proc/cmdline"
	parameters 'all(p[n]["value"] is None and p[n]["source"] is None for n in
		("memhp_default_state", "movable_node", "kernelcore", "movablecore"))' \
		'p["auto_online_blocks"]["value"] == "offline" and p["auto_online_blocks"]["source"] is None' \
		'p["block_size_bytes"]["source"] == "runtime"'
	mem policy -n -q movable_node kernelcore auto_online_blocks
	out_is <<- 'END'
		auto_online_blocks offline -       -      yes      state of hot-added blocks
		movable_node       -       no      -      no       hot-pluggable memory is Movable at boot
		kernelcore         -       -       -      no       kernel memory at boot; the rest is Movable
	END
	[[ -z $err ]] || fail "not quiet"
}

@test "no kernel command line: --check can decide nothing, and nothing is applied" {
	local judged=no
	no_cmdline
	mkdir "$root/etc"
	echo 'auto_online_blocks = offline' > "$root/etc/memhp.conf"
	mem policy --check
	exits 4
	err_is "memhp: policy: $root/proc/cmdline: No such file or directory"
	mem policy --check -J
	exits 4
	json 'd["exit_status"] == 4'
	mem policy --apply
	exits 1
}

@test "no kernel command line: a zone that depends on movable_node is not certain" {
	world <<- 'END'
		block_size 128M
		block 0-7 online Normal node 0
		block 32-35 offline Normal,Movable node 0
		sys/module/
		proc/sys/kernel/arch = x86_64
		proc/cmdline = quiet
		proc/iomem << IOMEM
		00000000-3fffffff : System RAM
		100000000-11fffffff : System RAM
		IOMEM
		proc/zoneinfo << ZONES
		Node 0, zone   Normal
		  pages free     100
		        spanned  262144
		        present  262144
		        managed  262144
		        cma      0
		  start_pfn:     0
		ZONES
	END
	certain() {
		mem online --dry-run -J all
		exits 0
		json "[row['certain'] for row in d['blocks'] if row['result'] == 'planned'] == $1"
		mem ratio -q -J --add 1G
		json "d['policy'] == 'contig-zones'" "[row['certain'] for row in d['add']] == $2"
	}
	certain '[True] * 4' '[True]'
	rm "$root/proc/cmdline"
	# The first answer is the kernel's own, and shows where the others go.
	certain '[True] + [False] * 3' '[False]'
}

@test "no valid_zones and no removable: whether memory can go offline is unknown" {
	partial_dump
	mem list -rn -o BLOCK,STATE,ZONES,OFFLINABLE,WHY --summary=never
	exits 0
	out_is <<< '0-3 online - - no\x20file\x20valid_zones'
	mem offline --dry-run 2
	exits 0
	echo 1 > "$root/sys/devices/system/memory/memory0/removable"
	mem offline --dry-run 2
	exits 0
	# This is what a kernel shows that cannot take memory offline.
	echo 0 > "$root/sys/devices/system/memory/memory0/removable"
	mem offline --dry-run 2
	exits 3
	err_says no-offlining
	# One block without the file does not make a kernel that lacks it.
	echo Normal > "$root/sys/devices/system/memory/memory3/valid_zones"
	mem list -rn -o BLOCK,OFFLINABLE,WHY --summary=never
	out_is <<< $'0-2 - no\\x20file\\x20valid_zones\n3 unlikely kernel\\x20zone'
}

@test "no /sys/module: the policy is unknown; a directory without the parameters shows an old kernel" {
	no_cmdline
	mem policy -v -J online_policy auto_movable_ratio
	exits 0
	err_says no-modules "$root/sys/module"
	err_lacks "needs Linux"
	parameters 'p["online_policy"]["value"] is None'
	mkdir -p "$root/sys/module"
	mem policy online_policy
	exits 3
	err_says no-parameter online_policy "Linux 5.15 or later with CONFIG_MEMORY_HOTPLUG"
}

@test "no zoneinfo: a free block of a kernel zone may be part of a CMA area" {
	world <<- 'END'
		block_size 1M
		block 0-1 online Normal node 0
		block 2 online Movable node 0
		proc/zoneinfo << ZONES
		Node 0, zone   Normal
		  pages free     100
		        spanned  512
		        present  512
		        managed  512
		        cma      0
		ZONES
	END
	pages <<< '0-2 free'
	mem list --scan -rn -o BLOCK,OFFLINABLE --summary=never
	out_is <<< '0-2 yes'
	rm "$root/proc/zoneinfo"
	mem list --scan -rn -o BLOCK,OFFLINABLE --summary=never
	out_is <<< $'0-1 likely\n2 yes'
}

# Removes each file and directory in turn and compares all that is printed. An answer may become unknown or
# less certain; no other value may stand in its place. A file of parameters shows by its absence that the
# kernel lacks it.
without='
import json, os, subprocess, sys
root, program = sys.argv[1], sys.argv[2:]
commands = [
    "list -J -a --output-all", "list -J -a --scan", "policy -J", "ratio -J --advise --add=1G",
    "offline -J --dry-run --force all", "online -J --dry-run all",
]
own = ("sys/module/memory_hotplug", "sys/devices/system/memory")
words = ("why", "text", "missing")

def run(command):
    process = subprocess.run(program + ["-s", root] + command.split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return json.loads(process.stdout)

def leaves(value, path=""):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, path + "/" + key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for i, item in enumerate(value):
            yield from leaves(item, "%s/%d" % (path, i))
    else:
        yield path, value

def is_weaker(key, before, after):
    if key == "certain" or key == "memmap_certain":
        return not after
    if key == "offlinable":
        return before in ("no", "yes") and after == "unlikely" or before == "yes" and after == "likely"
    # A plan tries what nothing proves to be in vain.
    if key == "result":
        return (before, after) == ("failed", "planned")
    if key == "failed":
        return after < before
    if key == "planned":
        return after > before
    if key == "exit_status":
        return (before, after) == (0, 64)
    return after is None or key in words

before = [dict(leaves(run(command))) for command in commands]
bad, count = 0, 0
for base, dirs, names in list(os.walk(root)):
    for path in sorted(os.path.join(base, name) for name in dirs + names):
        if os.path.relpath(path, root).startswith(own):
            continue
        os.rename(path, root + ".aside")
        for command, expected in zip(commands, before):
            seen = run(command)
            if "error" in seen:
                continue
            seen = dict(leaves(seen))
            for key in expected:
                if not key.startswith("/faults") and seen.get(key, "nothing") != expected[key] and \
                   not is_weaker(key.split("/")[-1], expected[key], seen.get(key, "nothing")):
                    print(path, command, key, expected[key], seen.get(key, "nothing"))
                    bad += 1
            count += 1
        os.rename(root + ".aside", path)
print(count, "comparisons")
sys.exit(bad > 0 or count < 100)
'

@test "each file of a machine missing in turn: no other value stands in the place of an unknown one" {
	world qemu-6.12-mixed
	"$python" -I -c "$without" "$root" "${program[@]}" > "$BATS_TEST_TMPDIR/out" ||
		fail "$(head -20 "$BATS_TEST_TMPDIR/out")"
}

# Takes the final newline from all files, and compares all that is printed.
unended='
import os, subprocess, sys
root, program = sys.argv[1], sys.argv[2:]
commands = [
    "list --output-all", "list --scan -v", "policy -v", "policy --check", "policy --apply", "policy --save",
    "policy --export=grubby", "ratio --advise --add=1G", "offline --dry-run --force all",
    "online --dry-run all", "probe --dry-run --yes 0x1000000000",
]

def run(command):
    process = subprocess.run(program + ["-s", root] + command.split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return process.returncode, process.stdout, process.stderr

run("policy --save")
run("policy --apply")
before = [run(command) for command in commands]
count = 0
for base, dirs, names in os.walk(root):
    for path in [os.path.join(base, name) for name in names]:
        if os.path.islink(path) or not os.path.isfile(path):
            continue
        with open(path, "rb+") as file:
            text = file.read()
            if text.endswith(b"\n") and os.path.basename(path) not in ("kpageflags", "kpagecount", "data"):
                file.truncate(len(text) - 1)
                count += 1
bad = [command for command, seen in zip(commands, before) if run(command) != seen]
for command in bad:
    print(command, before[commands.index(command)], run(command))
print(count, "files")
sys.exit(bool(bad) or count < 100)
'

@test "files without a final newline read the same" {
	world qemu-6.12-mixed
	mkdir "$root/etc"
	printf 'auto_movable_ratio = 301\nexclude = 3\nonline_policy = contig-zones\n' > "$root/etc/memhp.conf"
	"$python" -I -c "$unended" "$root" "${program[@]}" > "$BATS_TEST_TMPDIR/out" ||
		fail "$(head -20 "$BATS_TEST_TMPDIR/out")"
}
