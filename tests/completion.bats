# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
#
# completions/memhp.bash: what it offers for a command line. That it knows all options, columns and
# names is held by consistency.bats.

load helpers

setup_file() {
    world_of_file qemu-6.12-mixed
}

setup() {
    # The program as one word.
    program_file=$BATS_TEST_TMPDIR/memhp
    printf '#!/bin/sh\nexec%s "$@"\n' "$(printf ' %q' "${program[@]}")" > "$program_file"
    chmod +x "$program_file"
}

# offers WORD…: what is offered for the last word; = is a word of its own, as in COMP_WORDS
offers() {
    command="memhp $*" err=''
    out=$("$tests/complete.bash" "$program_file" "$@" 2>&1)
    offered=$(tr '\n' ' ' <<< "$out" | sed 's/ $//')
}

# is WORDS: these and no other, in any order
is() {
    [[ $(xargs -n 1 <<< "$1" | sort) == "$(xargs -n 1 <<< "$offered" | sort)" ]] || fail "not offered: $1"
}

@test "it is complete's function for memhp, and needs nothing else" {
    run env -i bash --norc --noprofile -c 'source "$1" && complete -p memhp' bash "$top/completions/memhp.bash"
    [[ $output == "complete -F _memhp memhp" ]]
}

@test "commands" {
    commands="list offline online probe policy ratio"
    offers ''
    is "$commands"
    offers li
    is "list"
    offers o
    is "offline online"
    offers x
    is ""
    offers -J --color = never ''
    is "$commands"
    offers -s "$root" ''
    is "$commands"
    offers --sysroot = "$root" pr
    is "probe"
}

@test "policy: names, settings with their values, columns, formats" {
    offers -s "$root" policy auto-m
    is "auto_movable_ratio auto_movable_numa_aware"
    offers -s "$root" policy --save m
    is ""
    offers -s "$root" policy --save online_policy=contig-zones auto_o
    is "auto_online_blocks"
    offers -s "$root" policy online_policy = auto
    is "auto-movable"
    offers -s "$root" policy online-policy = auto-movable auto_online_blocks = online_
    is "online_kernel online_movable"
    offers -s "$root" policy auto_movable_numa_aware =
    is "yes no"
    offers -s "$root" policy auto_movable_ratio = ''
    is ""
    offers policy --check ''
    is ""
    offers policy --export = grub
    is "grubby grub.d"
    offers policy -o m
    is "MISSING MEANING"
    offers policy --sa
    is "--save"
}

@test "nothing is known of another command but the options of all" {
    offers frobnicate ''
    is ""
    offers frobnicate --su
    is ""
    offers frobnicate --j
    is "--json"
}

@test "options, those of a command only after it" {
    offers --s
    is "--sysroot="
    offers list --s
    is "--sysroot= --scan --split= --summary --summary= --state="
    offers list -J 47 --no
    is "--node= --noheadings"
    offers list --output-
    is "--output-all"
    offers online --a
    is "--all --all-or-nothing"
    offers ratio --l
    is "--list-columns"
    offers help o
    is "online offline"
    offers online --z
    is "--zone="
    offers offline --z
    is ""
    offers offline 40 --t
    is "--timeout= --total"
    offers probe --o
    is "--online --online="
    offers probe 0x30000000 -y --n
    is ""
    offers ratio --n
    is "--node= --noheadings"
    offers ratio --ad
    is "--add= --advise"
    offers ratio --add ''
    is ""
    offers ratio --add 1G,m
    is "1G,movable"
    offers ratio --add = 1G,movable,k
    is "1G,movable,kernel 1G,movable,kind=dimm 1G,movable,kind=virtio-mem"
    offers ratio --add = 1G,kind = v
    is "virtio-mem"
    offers ratio -s "$root" --add 1G,node = ''
    is "0 1"
    offers ratio -o H
    is "HEADROOM"
    offers ratio -s "$root" --check ''
    is ""
}

@test "no option after --" {
    offers list -- --
    is ""
    offers list -s "$root" -- 5
    is "5 50 51 52 53 54 55 56 57 58 59"
}

@test "values of options that need none, behind = only" {
    offers list --color = ''
    is "auto always never"
    offers list --color =
    is "auto always never"
    offers --color = al
    is "always"
    offers list --summary = n
    is "never"
    offers list -s "$root" --summary 46
    is "46"
    offers list --summary ne
    is ""
    offers probe --online = m
    is "movable"
    offers probe --online m
    is ""
}

@test "targets and progress" {
    offers online -z ''
    is "auto movable kernel"
    offers online --zone = k
    is "kernel"
    offers online -Jz m
    is "movable"
    offers offline --progress n
    is "never"
}

@test "nothing for durations and numbers, and blocks after them" {
    for option in -t --timeout --deadline --interval --retries; do
        offers online -s "$root" "$option" ''
        is ""
        offers online -s "$root" "$option" 5 4
        is "47"
    done
    offers online -s "$root" -t5 4
    is "47"
    offers online -s "$root" --timeout = 5 4
    is "47"
}

@test "blocks that can change come first, others where none of these fits" {
    offers online -s "$root" ''
    is "47 53 54 55 59 all"
    offers online -s "$root" --dry-run 5
    is "53 54 55 59"
    offers online -s "$root" 53,5
    is "53,53 53,54 53,55 53,59"
    offers online -s "$root" 40
    is "40"
    offers offline -s "$root" 5
    is "5 50 51 52 56 57 58"
    offers offline -s "$root" 53
    is "53"
    offers offline -s "$root" 48-5
    is "48-5 48-50 48-51 48-52 48-56 48-57 48-58"
    offers offline -s "$root" al
    is "all"
    offers offline -s "$root" --node ''
    is "0 1"
    offers probe -s "$root" ''
    is ""
}

@test "where the shell does not split at =, the option is kept" {
    offered=$(bash -c 'source "$1"; COMP_WORDBREAKS=" "; COMP_WORDS=(memhp list "$2"); COMP_CWORD=2; _memhp memhp
        printf "%s " "${COMPREPLY[@]}"' bash "$top/completions/memhp.bash" --summary=n)
    is "--summary=never"
}

@test "columns: lists, in upper or lower case, none twice" {
    offers list -o RE
    is "REMOVABLE"
    offers list -o st
    is "START STATE"
    offers list --output = block,st
    is "block,START block,STATE"
    offers list --output NODE,STATE,no
    is "NODE,STATE,NODES"
    offers list -nro zon
    is "ZONE ZONES"
    offers list -o RANGE,
    [[ " $offered " == *" RANGE,MEMMAP-ON-MEMORY "* && " $offered " != *" RANGE,RANGE "* ]] || fail "wrong list"
}

@test "columns behind +, for --output only" {
    offers list -o +or
    is "+ORIGIN"
    offers list --output = +ORIGIN,de
    is "+ORIGIN,DEVICE"
    offers list -S +or
    is ""
}

@test "--split: columns, or none" {
    offers list -S no
    is "NODE NODES none"
    offers list --split = n
    is "NODE NODES none"
    offers list --split = STATE,n
    is "STATE,NODE STATE,NODES"
}

@test "names of states, zones and origins, as lists" {
    offers list --state = o
    is "online offline"
    offers list --state offline,
    is "offline,online offline,going-offline"
    offers list --in-zone = dma
    is "DMA DMA32"
    offers list --in-zone Movable,n
    is "Movable,Normal Movable,none"
    offers list --origin = hv
    is "hv-balloon"
    offers list --origin = boot,v
    is "boot,virtio-mem"
}

@test "block numbers come from the tree of --sysroot" {
    for words in "-s $root list" "list --sysroot = $root" "list --sysroot $root" "list -s$root" "-Jqs $root list" \
        "-s ${root/root/ro\\ot} list"; do
        # shellcheck disable=SC2086 # words
        offers $words 4
        is "4 40 41 42 43 44 45 46 47 48 49"
    done
    offers list -s "$root" -o STATE 3 1
    is "1 10 11 12 13 14 15"
}

@test "blocks in lists and ranges, with the prefix memory; all, pfn:" {
    offers list -s "$root" 3,5-32,3
    is "3,5-32,3 3,5-32,32 3,5-32,33 3,5-32,34 3,5-32,35 3,5-32,36 3,5-32,37 3,5-32,38 3,5-32,39"
    offers list -s "$root" 32-4
    is "32-4 32-40 32-41 32-42 32-43 32-44 32-45 32-46 32-47 32-48 32-49"
    offers list -s "$root" memory58
    is "memory58"
    offers list -s "$root" a
    is "all"
    offers list -s "$root" 0x14000
    is ""
    offers offline -s "$root" p
    is "pfn:"
}

@test "nodes come from the tree of --sysroot, as lists" {
    offers list -s "$root" --node = ''
    is "0 1"
    offers list -s "$root" --node 0,
    is "0,0 0,1"
    world split-block
    offers list -s "$root" --node ''
    is "0 1"
}

@test "directories for --sysroot" {
    mkdir "$BATS_TEST_TMPDIR/dir-one" "$BATS_TEST_TMPDIR/dir two"
    touch "$BATS_TEST_TMPDIR/dir-file"
    offers -s "$BATS_TEST_TMPDIR/dir"
    [[ $(sort <<< "$out") == "$(printf '%s\n' "$BATS_TEST_TMPDIR"/dir{' two',-one})" ]] || fail "other directories"
    offers list --sysroot = "$BATS_TEST_TMPDIR/dir-"
    is "$BATS_TEST_TMPDIR/dir-one"
}

@test "no numbers and no message where memhp fails or is missing" {
    offers list -s "$BATS_TEST_TMPDIR/none" 4
    is ""
    program_file=$BATS_TEST_TMPDIR/none
    offers list --node = ''
    is ""
    offers list ''
    is "all"
}

@test "words of the command line are never run" {
    offers list -s "\$(touch $BATS_TEST_TMPDIR/run)" 4
    offers list -s "\$(touch $BATS_TEST_TMPDIR/run)"
    offers list -o "\$(touch $BATS_TEST_TMPDIR/run)"
    offers list "\$(touch $BATS_TEST_TMPDIR/run)"
    offers list --node "\$(touch $BATS_TEST_TMPDIR/run),"
    offers "\`touch $BATS_TEST_TMPDIR/run\`"
    [[ ! -e $BATS_TEST_TMPDIR/run ]] || fail "run"
}
