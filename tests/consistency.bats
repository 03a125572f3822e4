# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
#
# What is said in several places is the same in all of them: help, manual pages, README, completion,
# schemas, header, exported symbols. Examples in the documents are run and compared. What the program
# does otherwise is the other files' affair.

load helpers

setup_file() {
    world_of_file qemu-6.12-mixed
}

setup() {
    cd "$top" || return
    # The program as one word, and below the world, for examples.
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    plain=$BATS_TEST_TMPDIR/memhp
    printf '#!/bin/sh\nexec%s "$@"\n' "$(printf ' %q' "${program[@]}")" > "$plain"
    printf '#!/bin/sh\nexec%s -s %q "$@"\n' "$(printf ' %q' "${program[@]}")" "$root" \
        > "$BATS_TEST_TMPDIR/bin/memhp"
    chmod +x "$plain" "$BATS_TEST_TMPDIR/bin/memhp"
}

# same WHAT TEXT TEXT: the same lines in any order, and some
same() {
    [[ -n $2 ]] || fail "$1: nothing found"
    diff <(sort <<< "$2") <(sort <<< "$3") || fail "$1: not the same"
}

# The build that the program comes from.
build_dir() {
    local dir=${program[-1]%/*}
    printf '%s\n' "${dir%/.libs}"
}

lower() {
    tr '[:upper:]' '[:lower:]'
}

offers() {
    tests/complete.bash "$plain" "$@"
}

# Options in the last help: "-a, --all", "--color[=WHEN]", one a line.
options_of_help() {
    sed -nE 's/^  (-.,|   ) (--[^ ]+)  .*/\1 \2/p' <<< "$out" | sed 's/^ *//'
}

# The same of manual pages, as they are read.
options_of_page() {
    mandoc -T ascii "$@" | sed 's/.\x08//g' |
        sed -nE 's/^     ((-[A-Za-z], )?--[a-z-]+(\[?=[A-Z]+\]?)?)(  .*)?$/\1/p'
}

# Words listed in a page's source for an option: NAME. They are all the .Cm of its text.
words_of_page() {
    sed -n "/^\.It Fl -$1 /,/^\.It\|^\.El/s/^\.Cm //p" man/memhp.8 man/memhp-list.8 |
        tr -d ',' | xargs -n 1 | grep -vFx .
}

# The items of a list in a page between two lines (patterns).
items_of_page() {
    sed -n "/$2/,/$3/s/^\.It Cm //p" "man/$1" | sed 's/^\\&//'
}

# Values of an enum in the header as words: PREFIX
words_of_header() {
    sed -nE "s/^\t$1_([A-Z0-9_]+)[ ,=].*/\1/p" src/libmemhp/libmemhp.h | grep -v '^UNKNOWN$' |
        tr 'A-Z_' 'a-z-'
}

functions_of_header() {
    "${CC:-cc}" -E -P src/libmemhp/libmemhp.h | tr '\n' ' ' | tr ';' '\n' | grep -v typedef |
        grep -oE '\bmemhp_[a-z_0-9]+\(' | tr -d '(' | sort -u
}

functions_of_sym() {
    sed -nE 's/^\t(memhp_[a-z_0-9]+);$/\1/p' src/libmemhp/libmemhp.sym
}

# Words of the schema of list, one a line: EXPRESSION over its definitions (d) and columns (c)
schema() {
    "$python" -I -c '
import json, sys
d = json.load(open("src/schemas/list.schema.json"))["$defs"]
c = d["row"]["properties"]
print(*(word for word in eval(sys.argv[1]) if word is not None), sep="\n")' "$1"
}

# Runs the examples on stdin ("$ command", then its output) and compares; prints their number.
rerun() {
    local line command='' count=0
    shown=''
    while IFS= read -r line; do
        if [[ $command == *[\\\|] ]]; then
            command+=$'\n'$line
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

@test "options of all commands: memhp --help, memhp.8, completion" {
    memhp --help
    same "memhp.8" "$(options_of_help)" "$(options_of_page man/memhp.8 | grep -vFx -e "$(filters)")"
}

# Filters are described in memhp.8, but are options of list.
filters() {
    printf -- '--%s\n' node=LIST in-zone=NAMES state=NAMES origin=NAMES device=NAMES
}

@test "options of list: help, memhp-list.8 and memhp.8" {
    memhp list --help
    same "pages" "$(options_of_help)" "$(options_of_page man/memhp.8 man/memhp-list.8 | sort -u)"
}

@test "options: help and completion" {
    for words in "" list; do
        # shellcheck disable=SC2086 # none or one
        memhp $words --help
        expected=$(options_of_help | sed -E 's/^(-.), /\1\n/' |
            sed -E 's/^(--.*)\[=.*/\1\n\1=/; s/=[A-Z]+$/=/')
        # shellcheck disable=SC2086
        same "completion of memhp $words" "$expected" "$(offers $words -)"
    done
}

@test "commands: help, memhp.8, their pages, completion" {
    memhp --help
    commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' <<< "$out")
    same "memhp.8" "$commands" "$(items_of_page memhp.8 '^\.Sh COMMANDS' '^\.Sh OPTIONS')"
    same "pages" "$commands" "$(find man -name 'memhp-*.8' | sed 's/.*memhp-\(.*\)\.8/\1/')"
    same "completion" "$commands" "$(offers '')"
}

@test "columns of list: help, memhp-list.8, schema, completion" {
    memhp list --help
    columns=$(sed -n '/^Columns:/,$s/^  \([A-Z-]*\) .*/\1/p' <<< "$out")
    keys=$(tr 'A-Z-' 'a-z_' <<< "$columns")
    same "memhp-list.8" "$columns" "$(items_of_page memhp-list.8 '^\.Sh COLUMNS' '^\.Ss Summary' | grep -x '[A-Z-]*')"
    same "schema" "$keys"$'\nmixed' "$(schema c)"
    same "completion of -o" "$columns" "$(offers list -o '')"
    same "completion of -o +" "$columns" "$(offers list --output = + | sed 's/^+//')"
    same "completion of --split" "$columns"$'\nnone' "$(offers list --split = '')"
    spans=$'range\nstart\nend\nsize\ncount\nblock'
    same "columns that may be mixed" "$(grep -vFx "$spans" <<< "$keys")" "$(schema 'c["mixed"]["items"]["enum"]')"
}

@test "default columns and columns that never split a row: program and memhp-list.8" {
    mem list -r --summary=never 46
    page=$(mandoc -T ascii man/memhp-list.8 | sed 's/.\x08//g' | tr -s ' \n' ' ')
    standard=$(head -n 1 "$out_file")
    [[ $page == *"By default these are printed: ${standard// /, }."* ]] || fail "other default columns"
    # By these blocks 1 and 2 differ, and are one row all the same.
    mem list -r -n --summary=never -o RANGE,START,END,SIZE,COUNT,BLOCK 1,2
    (($(wc -l < "$out_file") == 1)) || fail "two rows"
    [[ $page == *"other than RANGE, START, END, SIZE, COUNT and BLOCK,"* ]] || fail "other columns in the page"
}

@test "names of states, zones and origins: header, memhp.8, schema, completion, program" {
    for names in "state STATE c['state']" "in-zone ZONE d['zone']" "origin ORIGIN c['origin']"; do
        read -r option enum place <<< "$names"
        words=$(words_of_header "MEMHP_$enum")
        same "memhp.8, --$option" "$words" "$(words_of_page "$option" | lower)"
        same "completion of --$option" "$words" "$(offers list "--$option" = '' | lower)"
        same "schema, $enum" "$words" "$(schema "${place}['enum']" | lower)"
        mem list --summary=only "--$option=${words//$'\n'/,}"
        exits 0
    done
}

@test "values of --color and --summary: message, manual pages, completion, program" {
    for option in color summary; do
        memhp list "--$option=junk"
        exits 2
        words=$(sed -nE 's/.*\((.*)\)$/\1/p' <<< "$err" | sed 's/, \| or /\n/g')
        same "page, --$option" "$words" "$(words_of_page "$option" | sort -u)"
        same "completion of --$option" "$words" "$(offers list "--$option" = '')"
        for word in $words; do
            mem list "--$option=$word" 46
            exits 0
        done
    done
}

@test "words of OFFLINABLE, WHY and ORIGIN: source, memhp-list.8, schema" {
    source_words() {
        sed -n "/^static void $1/,/^}/s/.*= \"\(.*\)\",/\1/p" src/cli/list-columns.c
    }
    same "WHY" "$(source_words cell_why)" "$(items_of_page memhp-list.8 '^\.It Cm WHY' '^\.It Cm ORIGIN' | grep -v '^[A-Z]*$')"
    same "ORIGIN" "$(words_of_header MEMHP_ORIGIN)" \
        "$(items_of_page memhp-list.8 '^\.It Cm ORIGIN' '^\.It Cm DEVICE' | grep -v '^[A-Z]*$')"
    same "OFFLINABLE" "$(source_words cell_offlinable)" "$(schema 'c["offlinable"]["enum"]')"
    same "OFFLINABLE in the page" "$(source_words cell_offlinable)" \
        "$(sed -n '/^\.It Cm OFFLINABLE/,/^Missing/s/^\.Ql \([a-z]*\).*/\1/p' man/memhp-list.8)"
}

@test "letters of the map: source and memhp-list.8" {
    same "letters" "$(sed -nE "s/^\t\[MARK_[A-Z0-9]+\] = \{ '(.)', .*/\1/p" src/cli/map.c)" \
        "$(items_of_page memhp-list.8 '^\.Ss Map' '^\.Sh JSON')"
}

@test "exit statuses: program, source, memhp.8, memhp-list.8, README, schema" {
    statuses=$(sed -nE 's/^\tEXIT_[A-Z]+ = ([0-9]+),/\1/p' src/cli/command.h)
    same "memhp.8" "$statuses" "$(sed -n '/^\.Sh EXIT STATUS/,$s/^\.It \([0-9]*\)$/\1/p' man/memhp.8)"
    same "memhp-list.8" "$statuses" "$(sed -n '/^\.Sh EXIT STATUS/,$s/^\.It \([0-9]*\)$/\1/p' man/memhp-list.8)"
    same "README" "$statuses" "$(sed -n '/^Exit status/,/^Map/s/^ *\([0-9][0-9]*\)  .*/\1/p' README)"
    same "error.schema.json" "$(grep -E '^[123]$' <<< "$statuses")" "$("$python" -c '
import json
print(*json.load(open("src/schemas/error.schema.json"))["properties"]["exit_status"]["enum"], sep="\n")')"
    seen=''
    mkdir "$BATS_TEST_TMPDIR/none"
    see() {
        memhp -s "$root" "$@"
        seen+=$status$'\n'
    }
    world <<< $'block_size 128M\nblock 0 online Normal'
    see list
    see list 1
    see list 1-0
    edit memory0/state rubbish
    see list
    root=$BATS_TEST_TMPDIR/none
    see list
    same "program" "$statuses" "${seen%$'\n'}"
}

@test "functions: header, libmemhp.sym, libmemhp.3" {
    same "libmemhp.sym" "$(functions_of_header)" "$(functions_of_sym)"
    same "libmemhp.3" "$(functions_of_header; grep -oE '^#define memhp_\w+' src/libmemhp/libmemhp.h | cut -d' ' -f2)" \
        "$(grep -oE 'Fn memhp_\w+' man/libmemhp.3 | cut -d' ' -f2 | sort -u)"
    same "attributes in libmemhp.3" "$(grep -oE '^\sMEMHP_ATTR_\w+' src/libmemhp/libmemhp.h | tr -d '\t')" \
        "$(grep -oE 'Dv MEMHP_ATTR_\w+' man/libmemhp.3 | cut -d' ' -f2)"
}

@test "exported symbols: libmemhp.sym and the library that was built" {
    same "libmemhp.so" "$(awk '/^LIBMEMHP/ { release = $1 } /^\tmemhp_/ { sub(";", ""); print $1 "@@" release }' src/libmemhp/libmemhp.sym)" \
        "$(readelf --dyn-syms -W "$(build_dir)/.libs/libmemhp.so" | awk '$7 != "UND" && $8 ~ /@@LIBMEMHP_/ && $7 != "ABS" { print $8 }')"
}

@test "version: program, NEWS, pkg-config file" {
    memhp --version
    exits 0
    [[ $(head -n 1 NEWS) == "$out "* || $(head -n 1 NEWS) == "$out" ]] || fail "another version in NEWS"
    grep -x "Version: ${out#memhp }" "$(build_dir)/src/libmemhp/libmemhp.pc"
}

@test "documents fit into 80 columns" {
    for file in README HACKING NEWS; do
        [[ -s $file ]] || fail "no $file"
        ! grep -nE '.{81}' "$file" || fail "$file is too wide"
    done
    for page in man/*.[1-8]; do
        page_text=$(mandoc -T ascii "$page" | sed 's/.\x08//g')
        [[ -n $page_text ]] || fail "$page is empty"
        ! grep -nE '.{81}' <<< "$page_text" || fail "$page is too wide"
    done
}

@test "README maps every source file, and none that does not exist" {
    map=$(sed -n '/^Map of the source/,/^How to add/p' README)
    same "map" "$(find src/libmemhp src/cli -name '*.c' -printf '%f\n')" "$(grep -oE '[a-z-]+\.c\b' <<< "$map" | sort -u)"
    grep -oE '[a-z-]+\.(h|sym)\b' <<< "$map" | while read -r file; do
        [[ -n $(find src -name "$file") ]] || fail "README maps $file"
    done
    sed -n '/^How to add/,/^Licence/p' README | grep -oE '\b(src|man|tests|completions)/[A-Za-z./-]*\w' |
        while read -r file; do
            [[ -e $file || $file == *NAME* ]] || fail "README names $file"
        done
}

@test "tables that README's recipes name are where it says" {
    grep -q '^const struct column list_columns\[\]' src/cli/list-columns.c
    grep -q 'list_options\[\] = {$' src/cli/cmd-list.c
    for table in table_options filter_options common_options; do
        grep -q "const struct option $table\[\] = {\$" src/cli/*.c
    done
    grep -q 'commands\[\] = {$' src/cli/memhp.c
    grep -q '^} attributes\[\] = {$' src/libmemhp/attribute.c
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

@test "examples of memhp-list.8" {
    rerun < <(sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' man/memhp-list.8 | awk '/^\.Bd/, /^\.Ed/' | grep -v '^\.')
    ((examples >= 6)) || fail "only $examples examples"
}

@test "documents in memhp.8 and memhp-list.8 are what is printed, and valid" {
    document_of() {
        sed -n '/^{ "format_version"/,/^\.Ed/{/^\.Ed/q;p}' "man/$1" > "$BATS_TEST_TMPDIR/document"
    }
    printed() {
        "$python" -c 'import json, sys; a, b = (json.load(open(f)) for f in sys.argv[1:]); sys.exit(a != b)' \
            "$BATS_TEST_TMPDIR/document" "$out_file" || fail "not the document of $1"
    }
    document_of memhp.8
    mem list --json 9999
    printed memhp.8
    validate error "$BATS_TEST_TMPDIR/document"
    document_of memhp-list.8
    mem list --json 46
    printed memhp-list.8
    validate list "$BATS_TEST_TMPDIR/document"
}

@test "schemas refuse documents that memhp never prints" {
    refused() {
        printf '%s\n' "$2" > "$BATS_TEST_TMPDIR/wrong"
        ! (validate "$1" "$BATS_TEST_TMPDIR/wrong") > /dev/null 2>&1 || fail "valid: $2"
    }
    rows() {
        printf '{"format_version": 1, "block_size": 4096, "memory": [%s], "summary":
            {"blocks": 0, "online": 0, "offline": 0, "going_offline": 0, "movable": 0}}' "$1"
    }
    rows '{"state": "online"}' > "$BATS_TEST_TMPDIR/right"
    validate list "$BATS_TEST_TMPDIR/right"
    for row in '{}' '{"colour": 1}' '{"state": "Online"}' '{"size": "4K"}' '{"node": -1}' '{"zones": "Normal"}' \
        '{"zones": []}' '{"removable": "yes"}' '{"block": 4}' '{"range": "0x0-0xfff"}' '{"mixed": ["block"]}'; do
        refused list "$(rows "$row")"
    done
    refused error '{"format_version": 1, "error": {"message": "no"}, "exit_status": 0}'
    refused error '{"format_version": 2, "error": {"message": "no"}, "exit_status": 1}'
    refused error '{"format_version": 1, "error": {"message": "no", "code": 1}, "exit_status": 1}'
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
    sed -n '/^#include <inttypes/,/^\.Ed/p' man/libmemhp.3 | sed '/^\.Ed/d; s/\\e/\\/g; s/\\-/-/g' > "$BATS_TEST_TMPDIR/example.c"
    (($(wc -l < "$BATS_TEST_TMPDIR/example.c") <= 30)) || fail "more than 30 lines"
    read -ra flags <<< "$(PKG_CONFIG_SYSROOT_DIR=$installed PKG_CONFIG_PATH=${pc%/*} pkg-config --cflags --libs libmemhp)"
    read -ra compiler <<< "$(variable CC) $(variable SAN_FLAGS)"
    "${compiler[@]}" -Wall -Wextra -Werror -o "$BATS_TEST_TMPDIR/example" "$BATS_TEST_TMPDIR/example.c" "${flags[@]}"

    run_example() {
        LD_LIBRARY_PATH=$library "${program[@]:0:${#program[@]}-1}" "$BATS_TEST_TMPDIR/example" "$@"
    }
    mem list -a -r -n -o BLOCK,STATE,ZONE --summary=never
    run_example "$root" > "$BATS_TEST_TMPDIR/seen"
    diff "$out_file" "$BATS_TEST_TMPDIR/seen"
    ! run_example "$BATS_TEST_TMPDIR" 2> "$BATS_TEST_TMPDIR/message" || fail "no error"
    grep -x 'memory blocks: Operation not supported' "$BATS_TEST_TMPDIR/message"
}
