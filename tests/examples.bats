# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
#
# Examples in the documents are run, and print what is shown: those of README and of the manual pages,
# documents in JSON, and the program of libmemhp(3).

load consistency

# Runs the examples on stdin ("$ command", then its output) and compares; sets their number.
rerun() {
    local line command='' count=0
    shown=''
    while IFS= read -r line; do
        if [[ $command == *[\\\|] ]]; then
            command+=$'\n'$line
        elif [[ $line == '# '* ]]; then
            # For root, on a machine of his own.
            check_example
            command=''
        elif [[ $line == '$ '* ]]; then
            check_example
            command=${line#'$ '} shown=''
            count=$((count + 1))
        else
            shown+=$line$'\n'
        fi
    done
    check_example
    examples=$count
}

# An example whose output is not shown only has to succeed.
check_example() {
    local seen
    [[ -n $command ]] || return 0
    seen=$(PATH=$BATS_TEST_TMPDIR/bin:$PATH bash -o pipefail -c "$command" 2>&1) || fail "failed: $command
$seen"
    # Blank lines at the end separate examples.
    shown=$(printf '%s' "$shown")
    [[ -z $shown || $seen == "$shown" ]] || fail "not as shown: $command
$(diff <(printf '%s\n' "$shown") <(printf '%s\n' "$seen"))"
}

@test "examples of README that rest on bundled worlds" {
    mkdir "$BATS_TEST_TMPDIR/dir" "$BATS_TEST_TMPDIR/dir/build"
    cd "$BATS_TEST_TMPDIR/dir"
    ln -s "$top/tests" tests
    ln -s "$plain" build/memhp
    # What ./quickstart list is shown with is the machine that a world was captured from.
    tests/world "$BATS_TEST_TMPDIR/firecracker" tests/worlds/firecracker-24g.world
    printf '#!/bin/sh\nexec build/memhp -s %q "$@"\n' "$BATS_TEST_TMPDIR/firecracker" > quickstart
    chmod +x quickstart
    rerun < <(sed -n '/^Examples/,/^Exit status/p' "$top/README" | awk '/^    / || /^$/' | sed 's/^    //')
    ((examples >= 6)) || fail "only $examples examples"
}

@test "examples of the commands' pages" {
    for name in $(commands); do
        MEMHP_ROOT=$(world_of "$name")
        rerun < <(sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "man/memhp-$name.8" | awk '/^\.Bd/, /^\.Ed/' |
            grep -v '^\.' | sed 's/\\e/\\/g')
        ((examples >= 2)) || fail "only $examples examples of $name"
    done
    # They changed nothing.
    same "the world" "$(tree_of "$root")" "$("$tests/world" "$BATS_TEST_TMPDIR/again" "$tests/worlds/qemu-6.12-mixed.world"
        tree_of "$BATS_TEST_TMPDIR/again")"
}

# What is in a tree: names, and contents as sums.
tree_of() {
    (cd "$1" && find . -printf '%p %y %l\n' | sort && find . -type f -exec cksum {} + | sort)
}

@test "documents in the manual pages are what is printed, and valid" {
    shown_in() {
        sed -n '/^{ "format_version"/,/^\.Ed/{/^\.Ed/q;p}' "man/$1.8" > "$BATS_TEST_TMPDIR/document"
        "$python" -c 'import json, sys; a, b = (json.load(open(f)) for f in sys.argv[1:]); sys.exit(a != b)' \
            "$BATS_TEST_TMPDIR/document" "$out_file" || fail "not the document of $1"
        valid "$2" "$BATS_TEST_TMPDIR/document" || fail "not valid: $1"
    }
    document list 9999
    shown_in memhp error
    document list 46
    shown_in memhp-list list
    document ratio
    shown_in memhp-ratio ratio
    document offline --dry-run 52
    shown_in memhp-offline change
    document online --dry-run -z movable 53
    shown_in memhp-online change
    document policy auto_movable_ratio
    shown_in memhp-policy policy
    MEMHP_ROOT=$(world_of probe)
    document probe --dry-run 0x30000000
    shown_in memhp-probe probe
}

# The build that the program is from is installed, and the program of the page is built against it.
@test "the example of libmemhp.3, built against the installed library" {
    unset MAKEFLAGS MFLAGS MAKELEVEL
    build=$(build_dir) installed=$BATS_TEST_TMPDIR/installed
    make -C "$build" install-libLTLIBRARIES install-includeHEADERS install-pkgconfigDATA DESTDIR="$installed"
    variable() {
        sed -n "s/^$1 = //p" "$build/Makefile"
    }
    pc=$(find "$installed" -name libmemhp.pc)
    library=$(dirname "$(find "$installed" -name libmemhp.so)")
    sed -n '/^#include <err/,/^\.Ed/p' man/libmemhp.3 | sed '/^\.Ed/d; s/\\e/\\/g; s/\\-/-/g' > "$BATS_TEST_TMPDIR/example.c"
    # But for those of the preprocessor, blank ones and lone brackets.
    (($(grep -vcE '^$|^#|^ *[{}]$' "$BATS_TEST_TMPDIR/example.c") <= 30)) || fail "more than 30 lines"
    read -ra flags <<< "$(PKG_CONFIG_SYSROOT_DIR=$installed PKG_CONFIG_PATH=${pc%/*} pkg-config --cflags --libs libmemhp)"
    read -ra compiler <<< "$(variable CC) $(variable SAN_FLAGS)"
    "${compiler[@]}" -Wall -Wextra -Werror -o "$BATS_TEST_TMPDIR/example" "$BATS_TEST_TMPDIR/example.c" "${flags[@]}"

    run_example() {
        LD_LIBRARY_PATH=$library "${program[@]:0:${#program[@]}-1}" "$BATS_TEST_TMPDIR/example" "$@"
    }
    mem list -a -r -n -o BLOCK,ZONES --summary=never
    run_example "$root" > "$BATS_TEST_TMPDIR/seen"
    diff <(sed 's,/.*,,' "$out_file") <(sed '$d' "$BATS_TEST_TMPDIR/seen")
    # Without a second argument nothing is changed: see what is below for what would be.
    cp -a "$root" "$BATS_TEST_TMPDIR/copy"
    same "the world" "$(tree_of "$root")" "$(run_example "$BATS_TEST_TMPDIR/copy" > /dev/null; tree_of "$BATS_TEST_TMPDIR/copy")"
    run_example "$BATS_TEST_TMPDIR/copy" run | tail -n 1 > "$BATS_TEST_TMPDIR/seen"
    grep -x "$((1 << 30)) are offline" "$BATS_TEST_TMPDIR/seen"
    memhp -s "$BATS_TEST_TMPDIR/copy" list -r -n -o BLOCK --state=offline --summary=never
    out_is <<< $'43-45\n47-55\n59'
    ! run_example "$BATS_TEST_TMPDIR" 2> "$BATS_TEST_TMPDIR/message" || fail "no error"
    grep -x '.*: no memory blocks' "$BATS_TEST_TMPDIR/message"
}
