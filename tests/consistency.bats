# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
#
# What is said in several places is the same in all of them: help, manual pages, README, completion,
# schemas, header, exported symbols. That examples are true is examples.bats'; what the program does
# otherwise is the other files' affair.

load consistency

harmless() {
    case $1 in
    list) echo 46 ;;
    online | offline) echo --dry-run 46 ;;
    probe) echo --dry-run 0x10000000 ;;
    policy | ratio) ;;
    *) fail "no operands are known for $1" ;;
    esac
}

lower() {
    tr '[:upper:]' '[:lower:]'
}

offers() {
    tests/complete.bash "$plain" "$@"
}

# Options in the last help: "-a, --all", "--color[=WHEN]", one per line. The options of all commands
# are several per line there, with the words of a value.
options_of_help() {
    sed -nE '/^Options of all commands \(/,/^$/!s/^  (-.,|   ) (--[^ ]+)  .*/\1 \2/p' <<< "$out" | sed 's/^ *//'
    sed -n '/^Options of all commands (/,/^$/s/^  //p' <<< "$out" | sed -E 's/  +/\n/g; s/=[a-z|]+\]/=WHEN]/g'
}

# The same of manual pages, as they are read.
options_of_page() {
    mandoc -T ascii "$@" | sed 's/.\x08//g' |
        sed -nE 's/^     ((-[A-Za-z], )?--[a-z-]+(\[?=[A-Z]+\]?)?)(  .*)?$/\1/p'
}

# Words listed in a page's source for an option: NAME [PAGE]. They are all the .Cm of its text.
words_of_page() {
    sed -n "/^\.It Fl \(. , Fl \)\?-$1 /,/^\.It\|^\.El/s/^\.Cm //p" "${2:-man/memhp.8}" |
        tr -d ',' | xargs -n 1 | grep -vFx -e . -e : | sort -u
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

# Words of a schema, one a line: EXPRESSION [SCHEMA], over its properties (p), its definitions (d)
# and the properties of its rows (c)
schema() {
    "$python" -I -c '
import json, sys
text = json.load(open("src/schemas/%s.schema.json" % sys.argv[2]))
p, d = text["properties"], text.get("$defs", {})
c = d.get("row", d.get("block", {})).get("properties")
print(*(word for word in eval(sys.argv[1]) if word is not None), sep="\n")' "$1" "${2:-list}"
}

# Numbers listed as exit statuses in a page; 128 stands for 128+N.
statuses_of_page() {
    sed -nE '/^\.Sh EXIT STATUS/,$s/^\.It ([0-9]+)(\+ Ns Ar N)?$/\1/p' "man/$1"
}

# Words that a .Cm item of a list inside the item of a page stands for: PAGE ITEM
subitems_of_page() {
    sed -n "/^\.It Ql $2\$/,/^\.El/s/^\.It Cm //p" "man/$1"
}

@test "options of all commands: memhp --help, memhp.8, completion" {
    memhp --help
    same "memhp.8" "$(options_of_help)" "$(options_of_page man/memhp.8 | grep -vFx -e "$(filters)")"
}

# Filters are described in memhp.8, but are options of some commands, whose pages name them.
# The columns that a command lists: COMMAND
columns_of() {
    "${program[@]}" "$1" --list-columns --raw --noheadings | cut -d ' ' -f 1
}

filters() {
    printf -- '--%s\n' node=LIST in-zone=NAMES state=NAMES origin=NAMES device=NAMES offlinable=NAMES poisoned
}

@test "options of each command: help, its page and memhp.8" {
    for name in $(commands); do
        memhp "$name" --help
        same "memhp-$name.8" "$(options_of_help)" "$( (options_of_page "man/memhp-$name.8"
            options_of_page man/memhp.8 | grep -vFx -e "$(filters)") | sort -u)"
    done
    same "defaults" "$(sed -nE 's/^#define CHANGE_ARGS_DEFAULT \{ (.*) \}$/\1/p' src/cli/change/change.h)" \
        ".timeout_ms = 60000, .interval_ms = 500, .settle_ms = 3000, .retries = 3"
    for default in 'timeout 60s' 'interval 500ms' 'settle 3s' 'retries 3'; do
        read -r name value <<< "$default"
        for page in online offline; do
            memhp "$page" --help
            [[ $out == *"--$name="*"(default: $value"* ]] || fail "help has no default of --$name"
            sed -n "/^\.It Fl .*-$name /,/^\.It/p" "man/memhp-$page.8" | grep -q "^The default is ${value}[.;]" ||
                fail "memhp-$page.8 has no default of --$name"
        done
    done
}

@test "options: help and completion" {
    for words in "" $(commands); do
        # shellcheck disable=SC2086 # none or one
        memhp $words --help
        expected=$(options_of_help | sed -E 's/^(-.), /\1\n/' |
            sed -E 's/^(--.*)\[=.*/\1\n\1=/; s/=[A-Z]+$/=/')
        # shellcheck disable=SC2086
        same "completion of memhp $words" "$expected" "$(offers $words -)"
    done
}

@test "help teaches: what a command does, its operands, examples that work, in 45 lines of 80 columns" {
    for name in $(commands); do
        memhp "$name" --help
        exits 0
        ! grep -E '.{81}' "$out_file" || fail "too wide"
        [[ $name == list ]] || (($(wc -l < "$out_file") <= 45)) || fail "too long"
        [[ $(sed -n 3p "$out_file") =~ ^[A-Z].*\.$ ]] || fail "no sentence"
        [[ $(tail -n 1 "$out_file") == "See memhp-$name(8)." ]] || fail "no manual page"
        # An option is a line: those of --export are many words.
        ! grep -vE '^ {26}grub\.d' "$out_file" | grep -E '^ {8}' || fail "a line that is broken"
        examples=$(sed -n '/^Examples:/,/^See/s/^  memhp //p' "$out_file")
        (($(wc -l <<< "$examples") >= 2)) || fail "no examples"
        rm -rf "$BATS_TEST_TMPDIR/tree"
        cp -a "$(world_of "$name")" "$BATS_TEST_TMPDIR/tree"
        mkdir -p "$BATS_TEST_TMPDIR/tree/etc" "$BATS_TEST_TMPDIR/tree/run"
        while read -r example; do
            [[ $name != o* && $name != probe ]] || example+=" --dry-run"
            # shellcheck disable=SC2086 # words
            judged=no memhp -s "$BATS_TEST_TMPDIR/tree" $example
            ((status == 0 || status == 1)) || fail "an example that is not accepted"
        done <<< "$examples"
    done
}

@test "commands: help, source, memhp.8, their pages, completion, README, what is installed" {
    same "source" "$(commands)" "$(sed -nE '/commands\[\] = \{$/,/^\}/s/^\t&([a-z]+)_command,$/\1/p' src/cli/memhp.c)"
    same "memhp.8" "$(commands)" "$(items_of_page memhp.8 '^\.Sh COMMANDS' '^\.Sh OPTIONS')"
    same "pages" "$(commands)" "$(find man -name 'memhp-*.8' | sed 's/.*memhp-\(.*\)\.8/\1/')"
    same "completion" "$(commands)" "$(offers '')"
    for name in $(commands); do
        grep -q "^\.Xr memhp-$name 8" <(sed -n '/^\.Sh SEE ALSO/,$p' man/memhp.8) || fail "memhp.8 does not refer to $name"
        grep -q "memhp-$name(8)" README || fail "README does not refer to memhp-$name(8)"
        [[ -e src/schemas/$(schema_of "$name").schema.json ]] || fail "no schema of $name"
        grep -q "^\.Pa $(schema_of "$name").schema.json" man/memhp.8 || fail "memhp.8 does not name the schema of $name"
    done
    for file in man/*.[1-8] src/schemas/*; do
        grep -qxE "[[:space:]]$file( .)?" Makefile.am || fail "Makefile.am does not install $file"
    done
}

@test "columns of list: help, memhp-list.8, schema, completion" {
    columns=$(columns_of list)
    keys=$(tr 'A-Z-' 'a-z_' <<< "$columns")
    same "memhp-list.8" "$columns" "$(items_of_page memhp-list.8 '^\.Sh COLUMNS' '^\.Ss Summary' | grep -x '[A-Z-]*')"
    same "schema" "$keys"$'\nmixed' "$(schema c)"
    same "completion of -o" "$columns" "$(offers list -o '')"
    same "completion of -o +" "$columns" "$(offers list --output = + | sed 's/^+//')"
    same "completion of --split" "$columns"$'\nnone' "$(offers list --split = '')"
    spans=$'range\nstart\nend\nsize\ncount\nblock'
    same "columns that may be mixed" "$(grep -vFx "$spans" <<< "$keys")" "$(schema 'c["mixed"]["items"]["enum"]')"
}

@test "columns of policy: help, memhp-policy.8, schema, completion" {
    columns=$(columns_of policy)
    same "memhp-policy.8" "$columns" "$(items_of_page memhp-policy.8 '^\.Sh COLUMNS' '^\.Sh FORMATS')"
    same "schema" "$(lower <<< "$columns")" "$(schema c policy)"
    same "completion of -o" "$columns" "$(offers policy -o '')"
    mem policy -r
    page=$(mandoc -T ascii man/memhp-policy.8 | sed 's/.\x08//g' | tr -s ' \n' ' ')
    standard=$(head -n 1 "$out_file")
    [[ $page == *"By default these are printed: ${standard// /, }."* ]] || fail "other default columns"
}

@test "parameters: program, memhp-policy.8, memhp.conf.5, schema, completion; formats" {
    mem policy -q -r -n -o PARAMETER
    parameters=$out
    same "source" "$parameters" "$(sed -nE '/definitions\[\] = \{$/,/^\}/s/^\t\{ "([a-z_]+)", .*/\1/p' src/libmemhp/policy/policy.c)"
    same "meanings" "$parameters" "$(sed -nE '/meanings\[\] = \{$/,/^\}/s/^\t\{ "([a-z_]+)", .*/\1/p' src/cli/policy/policy-columns.c)"
    same "memhp-policy.8" "$parameters" "$(items_of_page memhp-policy.8 '^\.Ss Parameters' '^\.Ss Setting')"
    same "schema" "$parameters" "$(schema 'd["name"]["enum"]' policy)"
    same "completion" "$parameters" "$(offers -s "$root" policy '')"
    mem policy -q -r -n -o PARAMETER,WRITABLE
    writable=$(sed -n 's/ yes$//p' "$out_file")
    # Also those that this machine lacks: their order is not 0.
    same "memhp-policy.8, settable" \
        "$(sed -nE '/definitions\[\] = \{$/,/^\}/s/^\t\{ "([a-z_]+)", PLACE_[A-Z]+, VALUE_[A-Z]+, [1-9].*/\1/p' src/libmemhp/policy/policy.c)" \
        "$(items_of_page memhp-policy.8 '^These can be set' '^These are decided')"
    # For its keys memhp.conf.5 refers to them, and has the others.
    sed -n '/^\.Ss Keys/,/^\.Bl/p' man/memhp.conf.5 | grep -q '^\.Xr memhp-policy 8' || fail "memhp.conf.5 does not refer to memhp-policy.8"
    same "memhp.conf.5" "$(sed -nE '/more_keys\[\] = \{$/,/^\}/s/^\t\{ "([a-z_]+)", .*/\1/p' src/libmemhp/policy/conf.c)" \
        "$(items_of_page memhp.conf.5 '^\.Ss Keys' '^\.Sh FILES' | grep -vxE 'no|auto|kernel|movable')"
    same "completion of --save" "$writable" "$(offers -s "$root" policy --save '')"
    judged=no
    for name in $writable; do
        mem policy "$name=junk"
        exits 2
        words=$(head -n 1 <<< "$err" | sed -nE 's/.*\((.*)\)$/\1/p' | sed 's/, \| or /\n/g')
        [[ -z $words ]] || same "values of $name" "$words" "$(offers -s "$root" policy "$name" = '')"
        for word in $words; do
            sed -n "/^\.It Cm $name\$/,/^\.It Cm/p" man/memhp-policy.8 | grep -q "Ql $word\b" || fail "memhp-policy.8 has no $word of $name"
        done
    done
    same "formats" "$(offers policy --export = '')" "$(items_of_page memhp-policy.8 '^\.Sh FORMATS' '^\.Sh OUTPUT')"
    same "formats in the source" "$(offers policy --export = '')" \
        "$(sed -nE '/export_choices = \{$/,/^\}/s/^\t\t\{ "([a-z.]+)", .*/\1/p' src/cli/policy/policy-export.c)"
}

@test "results and keys of policy: memhp-policy.8, schema" {
    same "results" "$(schema 'd["setting"]["properties"]["result"]["enum"]' policy)" "$(subitems_of_page memhp-policy.8 result)"
    same "keys" "$(schema '{*d["setting"]["required"], *d["check"]["required"], "action", "unknown", "checks", "dry_run", "changed", "saved", "faults", "exit_status"}' policy)" \
        "$(sed -n '/^\.Sh JSON/,/^\.Sh FILES/s/^\.It Ql //p' man/memhp-policy.8 | sed 's/ , /\n/g')"
}

@test "columns and words of ratio: help, source, memhp-ratio.8, schema, completion" {
    columns=$(columns_of ratio)
    keys=$(tr 'A-Z-' 'a-z_' <<< "$columns")
    same "memhp-ratio.8" "$columns" "$(items_of_page memhp-ratio.8 '^\.Sh COLUMNS' '^\.Sh JSON' | grep -x '[A-Z-]*')"
    same "schema" "$keys" "$(schema c ratio)"
    same "schema of the total" "$(grep -vx node <<< "$keys")" "$(schema 'd["total"]["properties"]' ratio)"
    same "completion of -o" "$columns" "$(offers ratio -o '')"
    words=$(sed -nE 's/^\t\t\[MEMHP_BALANCE_[A-Z_]+\] = "(.*)",$/\1/p' src/libmemhp/zones/ratio.c)
    same "header" "$words" "$(words_of_header MEMHP_BALANCE)"
    same "words in memhp-ratio.8" "$words" "$(items_of_page memhp-ratio.8 '^\.It Cm STATUS' '^\.Sh JSON' | grep -v '^[A-Z]*$')"
    same "words in the schema" "$words" "$(schema 'd["status"]["enum"]' ratio)"
}

@test "ratio --add and --advise: source, header, memhp-ratio.8, schema, completion" {
    considerations=$(sed -nE 's/^\t\[MEMHP_CONSIDER_[A-Z_]+\] = \{ "(.*)", .*/\1/p' src/libmemhp/zones/advice.c)
    same "header" "$considerations" "$(words_of_header MEMHP_CONSIDER)"
    same "words" "$considerations" "$(sed -nE 's/^\t\[MEMHP_CONSIDER_([A-Z_]+)\] = \{$/\1/p' src/cli/ratio/ratio-advise.c | tr 'A-Z_' 'a-z-')"
    same "memhp-ratio.8" "$considerations" "$(items_of_page memhp-ratio.8 '^\.Ss Advice' '^\.Sh COLUMNS')"
    same "schema" "$considerations" "$(schema 'd["advice"]["properties"]["name"]["enum"]' ratio)"
    for names in 'TARGET target' 'DEVICE kind'; do
        read -r enum key <<< "$names"
        words=$(words_of_header "MEMHP_$enum")
        same "schema, $key" "$words" "$(schema "d['addition']['properties']['$key']['enum']" ratio)"
        offered+=$(sed "s/^/${key/target}=/; s/^=//" <<< "$words")$'\n'
    done
    same "completion" "${offered}node=" "$(offers ratio --add 1G, | sed 's/^1G,//')"
    same "items in memhp-ratio.8" "$(sed 's/.*=//' <<< "${offered%$'\n'}")" \
        "$(items_of_page memhp-ratio.8 '^\.Ss Adding memory' '^\.Ss Advice' | grep -v =)"
    keys=$(sed -n 's/^\t{ "\([A-Z-]*\)", .*/\1/p' src/cli/ratio/ratio-add-columns.c | grep -vx FROM | tr 'A-Z-' 'a-z_')
    same "keys" "$keys" "$(schema 'd["addition"]["properties"]' ratio)"
    for key in $keys; do
        grep -qE "^\.(It )?Ql (.* , )?$key( ,|\$| )" man/memhp-ratio.8 || fail "memhp-ratio.8 has no $key"
    done
}

@test "default columns and columns that never split a row: program and memhp-list.8" {
    mem list -r --summary=never 46
    page=$(mandoc -T ascii man/memhp-list.8 | sed 's/.\x08//g' | tr -s ' \n' ' ')
    standard=$(head -n 1 "$out_file")
    [[ $page == *"The default columns are: ${standard// /, }."* ]] || fail "other default columns"
    # By these blocks 1 and 2 differ, and are one row all the same.
    mem list -r -n --summary=never -o RANGE,START,END,SIZE,COUNT,BLOCK 1,2
    (($(wc -l < "$out_file") == 1)) || fail "two rows"
    [[ $page == *"other than RANGE, START, END, SIZE, COUNT and BLOCK,"* ]] || fail "other columns in the page"
}

@test "names of states, zones and origins: header, memhp.8, schemas, completion, program" {
    for names in "state STATE c['state']" "in-zone ZONE d['zone']" "origin ORIGIN c['origin']"; do
        read -r option enum place <<< "$names"
        words=$(words_of_header "MEMHP_$enum")
        same "memhp.8, --$option" "$words" "$(words_of_page "$option" | lower)"
        same "schema, $enum" "$words" "$(schema "${place}['enum']" | lower)"
        mem list --summary=only "--$option=${words//$'\n'/,}"
        exits 0
        for name in $(commands); do
            memhp "$name" --help
            [[ $out != *"--$option="* ]] ||
                same "completion of $name --$option" "$words" "$(offers "$name" "--$option" = '' | lower)"
        done
    done
    same "states in change.schema.json" "$(schema 'c["state"]["enum"]')" "$(schema 'c["from"]["enum"]' change)"
    same "zones in change.schema.json" "$(schema 'd["zone"]["enum"]')" "$(schema 'd["zone"]["enum"]' change)"
    same "origins in change.schema.json" "$(schema 'c["origin"]["enum"]')" "$(schema 'c["origin"]["enum"]' change)"
}

@test "values of options: message, manual pages, completion, program" {
    # The helpers know no hint but that of list.
    judged=no
    while read -r name option page; do
        memhp "$name" "--$option=junk"
        exits 2
        words=$(head -n 1 <<< "$err" | sed -nE 's/.*\((.*)\)$/\1/p' | sed 's/, \| or /\n/g')
        same "page, --$option" "$words" "$(words_of_page "$option" "man/$page.8")"
        same "completion of --$option" "$words" "$(offers "$name" "--$option" = '')"
        help=$("${program[@]}" "$name" --help | awk -v name="--$option" '/^  (-.,|    --|--)/ { is_it = index($0, name) } is_it')
        for word in $words; do
            grep -qw -e "$word" <<< "$help" || fail "help of --$option has no $word"
            # shellcheck disable=SC2046 # words
            memhp -s "$(world_of "$name")" "$name" "--$option=$word" $(harmless "$name")
            exits 0
        done
    done << 'END'
list color memhp
list summary memhp-list
online zone memhp-online
online progress memhp-online
offline progress memhp-offline
offline order memhp-offline
probe online memhp-probe
policy export memhp-policy
END
}

@test "reasons: header, library, hints, memhp-offline.8 and memhp-online.8, schemas" {
    reasons=$(sed -nE 's/^\t\[MEMHP_REASON_[A-Z_]+\] = "(.*)",$/\1/p' src/libmemhp/reasons/reason.c)
    same "header" "$reasons" "$(sed -nE 's/^\tMEMHP_REASON_([A-Z_]+)[ ,].*/\1/p; s/^\tMEMHP_REASON_([A-Z_]+),$/\1/p' \
        src/libmemhp/libmemhp.h | grep -vx NONE | tr 'A-Z_' 'a-z-')"
    same "hints" "$reasons" "$(sed -nE 's/^\t\[MEMHP_REASON_([A-Z_]+)\] =.*/\1/p; /^};/q' src/cli/change/hint.c |
        grep -vx NONE | tr 'A-Z_' 'a-z-')"
    same "pages" "$reasons" "$(for name in offline online; do
        items_of_page "memhp-$name.8" '^\.Sh REASONS' '^\.Sh JSON'
    done | sort -u)"
    # Documents of changes are held to these words by check-change. Refusals have that of an error.
    for reason in $reasons; do
        [[ $reason =~ $(schema '[c["reason"]["pattern"]]' change) ]] || fail "$reason is not of the schema"
    done
    same "schema of refusals" "$(schema 'p["error"]["properties"]["reason"]["enum"]' error)" \
        $'ratio\nno-room\nno-permission\nread-only'
    for reason in ratio no-room; do
        grep -q "refused ($reason)" src/cli/change/change-plan.c || fail "no refusal by $reason"
    done
}

@test "results and keys of changes: library, pages, schemas" {
    results=$(sed -nE 's/^\t\[MEMHP_RESULT_[A-Z_]+\] = "(.*)",$/\1/p' src/libmemhp/run/report.c)
    for name in online offline; do
        # Onlining removes nothing.
        same "memhp-$name.8" "$(grep -vx "${name/online/removed}" <<< "$results")" "$(subitems_of_page "memhp-$name.8" result)"
    done
    same "change.schema.json" "$results" "$(schema 'c["result"]["enum"]' change)"
    same "probe.schema.json" "$(schema 'c["result"]["enum"]' probe)" "$(subitems_of_page memhp-probe.8 result)"
    [[ -z $(comm -13 <(sort <<< "$results") <(schema 'c["result"]["enum"]' probe | sort)) ]] || fail "other words in probe"
    for name in online offline probe; do
        # The parameters are those of policy --apply, whose page describes them.
        keys=$(schema '[*c, *p]' "$(schema_of "$name")" | grep -vFx -e format_version -e action -e parameters)
        [[ $name != probe ]] || keys=$(grep -vFx -e dry_run -e blocks <<< "$keys")
        same "memhp-$name.8" "$keys" "$(sed -n '/^\.Sh JSON/,/^\.Sh FILES/s/^\.It Ql //p' "man/memhp-$name.8" | sed 's/ , /\n/g')"
    done
}

@test "words of OFFLINABLE, WHY and ORIGIN: source, memhp-list.8, schema" {
    source_words() {
        sed -n "/^$1/,/^\t*}/s/.*= \"\(.*\)\",/\1/p" src/cli/shared/verdict-text.c
    }
    same "WHY" "$(source_words "static const char .*why_texts")" "$(items_of_page memhp-list.8 '^\.It Cm WHY' '^\.It Cm ORIGIN' | grep -v '^[A-Z]*$')"
    same "ORIGIN" "$(words_of_header MEMHP_ORIGIN)" \
        "$(items_of_page memhp-list.8 '^\.It Cm ORIGIN' '^\.It Cm DEVICE' | grep -v '^[A-Z]*$')"
    same "OFFLINABLE" "$(words_of_header MEMHP_OFFLINABLE)" "$(schema 'c["offlinable"]["enum"]')"
    same "OFFLINABLE of a plan" "$(words_of_header MEMHP_OFFLINABLE)" "$(schema '[w for w in c["offlinable"]["enum"] if w]' "$(schema_of offline)")"
    same "OFFLINABLE in the page" "$(words_of_header MEMHP_OFFLINABLE)" \
        "$(items_of_page memhp-list.8 '^\.It Cm OFFLINABLE' '^\.It Cm WHY' | grep -v '^[A-Z]*$')"
}

@test "letters of the map: source and memhp-list.8" {
    same "letters" "$(sed -nE "s/^\t\[MARK_[A-Z0-9]+\] = \{ '(.)', .*/\1/p" src/cli/list/map.c)" \
        "$(items_of_page memhp-list.8 '^\.Ss Map' '^\.Sh JSON')"
}

@test "exit statuses: source, memhp.8, the page of each command, README, schemas" {
    statuses=$(sed -nE 's/^\tEXIT_[A-Z]+ = ([0-9]+),.*/\1/p' src/cli/command.h)
    same "memhp.8" "$statuses" "$(statuses_of_page memhp.8)"
    same "README" "$statuses" "$(sed -nE '/^Exit status/,/^Map/s/^ *([0-9]+)(\+N)?  .*/\1/p' README)"
    for name in $(commands); do
        # What changes nothing has no limits and is not stopped.
        case $name in
        list | ratio) expected=$(grep -vFx -e 124 -e 128 <<< "$statuses") ;;
        *) expected=$statuses ;;
        esac
        # Only a check can be undecided.
        [[ $name == ratio || $name == policy ]] || expected=$(grep -vFx 4 <<< "$expected")
        same "memhp-$name.8" "$expected" "$(statuses_of_page "memhp-$name.8")"
    done
    # Partly done is a document of its own, but for probe whose onlining is refused.
    failures=$(grep -vFx -e 0 -e 128 <<< "$statuses")
    same "error.schema.json" "$failures" "$(schema 'p["exit_status"]["anyOf"][0]["enum"]' error)"
    same "probe.schema.json" "$(grep -vFx -e 2 -e 3 -e 4 -e 128 <<< "$statuses")" \
        "$(schema 'p["exit_status"]["anyOf"][0]["enum"]' probe)"
    for name in error probe; do
        same "signals of $name.schema.json" $'129\n192' \
            "$(schema '[p["exit_status"]["anyOf"][1][k] for k in ("minimum", "maximum")]' "$name")"
    done
    for signal in SIGHUP SIGINT SIGQUIT SIGTERM; do
        grep -q "$((128 + $(kill -l "$signal"))) by $signal" <(mandoc -T ascii man/memhp.8 | sed 's/.\x08//g') ||
            fail "memhp.8 has no status of $signal"
    done
}

# stop_waiting FILE: SIGTERM for the memhp whose number is in the file, as soon as it says that it waits
stop_waiting() {
    local _
    for _ in {1..1000}; do
        if [[ -s $1 ]] && grep -qs 'waiting for another memhp' "/proc/$(< "$1")/fd/2"; then
            kill -s TERM "$(< "$1")"
            return
        fi
        sleep 0.02
    done
}

@test "exit statuses: the program has all of them" {
    mkdir "$BATS_TEST_TMPDIR/none"
    world <<< $'block_size 128M\nblock 0-1 online Movable\nblock 2 offline Movable,Normal\nrun/'
    judged=no seen=''
    see() {
        memhp -s "$root" "$@"
        [[ -n $out || -n $err ]] || fail "no word"
        seen+=$status$'\n'
    }
    see list
    see list 9
    see list 1-0
    edit memory0/state rubbish
    see list
    memhp -s "$BATS_TEST_TMPDIR/none" list
    same "list" $'0\n1\n2\n64\n3' "$seen$status"
    seen=''
    see offline 2
    see offline 9
    see offline
    # Here a write leaves the rest of the file behind what was written.
    edit memory0/state "rubbish of any kind"
    see offline 0-1
    exec 9> "$root/run/memhp.lock"
    flock 9
    see offline --timeout=50ms 2
    stop_waiting "$BATS_TEST_TMPDIR/pid" 3>&- 9>&- &
    with sh -c 'echo $$ > "$0" && exec "$@"' "$BATS_TEST_TMPDIR/pid" -- see offline 2
    exec 9>&-
    root=$BATS_TEST_TMPDIR/none
    see offline 2
    same "offline" "$(printf '%s\n' 0 1 2 3 64 124 $((128 + 15)))" "${seen%$'\n'}"
}

@test "functions: header, libmemhp.sym, libmemhp.3" {
    same "libmemhp.sym" "$(functions_of_header)" "$(functions_of_sym)"
    same "libmemhp.3" "$(functions_of_header; grep -oE '^#define memhp_\w+' src/libmemhp/libmemhp.h | cut -d' ' -f2)" \
        "$(grep -oE 'Fn memhp_\w+' man/libmemhp.3 | cut -d' ' -f2 | sort -u)"
    same "attributes in libmemhp.3" "$(grep -oE '^\sMEMHP_ATTR_\w+' src/libmemhp/libmemhp.h | tr -d '\t')" \
        "$(grep -oE 'Dv MEMHP_ATTR_\w+' man/libmemhp.3 | cut -d' ' -f2 | sort -u)"
}

@test "hostile arguments: each exported function gets some" {
    same "tests/unit/abi/test-hostile.c" "$(functions_of_sym)" \
        "$(grep -ohE '\bmemhp_\w+\(' tests/unit/abi/test-hostile*.c | tr -d '(' | sort -u | grep -Fx "$(functions_of_sym)")"
}

@test "structures that begin with their size: header and layout.h" {
    same "layout.h" "$(awk '/^struct memhp_[a-z_]+ \{$/ { name = $2 } /^\tsize_t size;/ { print name }' src/libmemhp/libmemhp.h)" \
        "$(sed -nE 's/^ENDS_WITH\((memhp_[a-z_]+), .*/\1/p' src/libmemhp/base/layout.h)"
}

@test "every enum of the header has a function that names its values, but for those of flags" {
    enums=$(grep -cE '^enum memhp_\w+ \{$' src/libmemhp/libmemhp.h)
    ((enums >= 20)) || fail "only $enums enums"
    while read -r enum kind; do
        [[ $kind != flags || $enum == memhp_attr ]] || continue
        functions_of_header | grep -qx "${enum}_name" || fail "no function ${enum}_name()"
    done < <(awk '/^enum memhp_[a-z_]+ \{$/ { enum = $2; kind = "values" } enum && /= 1 << 0,/ { kind = "flags" }
        enum && /^\};$/ { print enum, kind; enum = "" }' src/libmemhp/libmemhp.h)
    while read -r enum name; do
        [[ $name == "$enum" ]] || fail "${name}_name() takes an enum $enum"
    done < <(sed -nE 's/^const char \*(memhp_\w+)_name\(enum (memhp_\w+) .*/\2 \1/p' src/libmemhp/libmemhp.h)
}

@test "words of the library are those of the header's enums" {
    for enum in OFFLINABLE WHY ABSENCE KIND TARGET DEVICE ACTION PASS; do
        same "$enum" "$(words_of_header "MEMHP_$enum" | grep -vx none)" \
            "$(sed -n "/^const char \*memhp_${enum,,}_name(/,/^}/s/.*= \"\(.*\)\",/\1/p" src/libmemhp/*/*.c)"
    done
}

@test "exported symbols: libmemhp.sym and the library that was built" {
    same "libmemhp.so" "$(awk '/^LIBMEMHP/ { release = $1 } /^\tmemhp_/ { sub(";", ""); print $1 "@@" release }' src/libmemhp/libmemhp.sym)" \
        "$(readelf --dyn-syms -W "$(build_dir)/.libs/libmemhp.so" | awk '$5 ~ /^(GLOBAL|WEAK|UNIQUE)$/ && $7 != "UND" && $7 != "ABS" { print $8 }')"
}

@test "version: configure.ac, header, program, NEWS, pkg-config file" {
    memhp --version
    exits 0
    [[ $(head -n 1 NEWS) == "$out "* || $(head -n 1 NEWS) == "$out" ]] || fail "another version in NEWS"
    grep -x "Version: ${out#memhp }" "$(build_dir)/src/libmemhp/libmemhp.pc"
    grep -qxF "AC_INIT([memhp], [${out#memhp }])" configure.ac || fail "another version in configure.ac"
    # That the library returns it, and that the numbers agree with it, is test-version's.
    grep -qxF "#define MEMHP_VERSION \"${out#memhp }\"" src/libmemhp/libmemhp.h || fail "another version in the header"
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
        # The same in groff, which breaks a cell of a table where the row is too long.
        page_text=$(nroff -mdoc -Tascii "$page" 2> /dev/null | sed 's/.\x08//g')
        [[ -n $page_text ]] || fail "$page is empty in groff"
        ! grep -nE '.{81}' <<< "$page_text" || fail "$page is too wide in groff"
    done
}

@test "README maps every room, in an order that structure.bats holds; HACKING names what there is" {
    for tree in libmemhp cli; do
        same "rooms of $tree" "$(find "src/$tree" -mindepth 1 -type d -printf '%P\n')" "$(rooms_of "$tree" | tr ' ' '\n')"
    done
    sed -n '/^Map of the source/,/^Licence/p' README | grep -oE '[a-z-]+\.(h|c)\b' | while read -r file; do
        [[ -n $(find src -name "$file") ]] || fail "README maps $file"
    done
    sed -n '/^How to add/,/^Releases/p' HACKING | grep -oE '\b(src|man|tests|completions)/[A-Za-z./-]*\w' |
        while read -r file; do
            [[ -e $file || $file == *NAME* ]] || fail "HACKING names $file"
        done
    grep -q '^const struct column list_columns\[\]' src/cli/list/list-columns.c
    grep -q 'list_options\[\] = {$' src/cli/list/cmd-list.c
    for table in change_options table_options filter_options common_options; do
        grep -q "const struct option $table\[\] = {\$" src/cli/*/*.c
    done
    grep -q 'commands\[\] = {$' src/cli/memhp.c
    grep -q '^} attributes\[\] = {$' src/libmemhp/blocks/attribute.c
}

@test "schemas cover what is planned, done and refused" {
    covers() {
        local schema=$1 expected=$2
        shift 2
        document "$@"
        exits "$expected"
        valid "$schema" "$out_file" || fail "not valid: $(tail -n 20 "$BATS_TEST_TMPDIR/why")"
    }
    for words in "online all" "online all --state=offline" "online 256M" "online --total 256M" "online -z kernel 47,53" \
        "online -z movable 46-47" "online 1G" "online all --origin=xen" "offline 57" "offline 1G" "offline 0" \
        "offline 256M 53-58" "offline --force all" "offline --total 128M" "offline 1G --origin=virtio-mem"; do
        # shellcheck disable=SC2086 # words
        covers change 0 $words --dry-run
    done
    covers error 1 offline --dry-run all
    covers error 1 online --dry-run 9999
    covers error 2 offline all
    covers error 2 online
    covers error 3 probe --dry-run 0x10000000
    covers ratio 0 ratio
    covers ratio 1 ratio --check=1
    covers error 1 ratio --node=9
    covers ratio 0 ratio --add 1G --add 256M,movable,node=1,kind=virtio-mem --advise
    covers ratio 0 ratio -o BAR
    for name in list policy ratio; do
        covers columns 0 "$name" -H
    done
    covers error 2 ratio --add 1M
    MEMHP_ROOT=$BATS_TEST_TMPDIR/copy
    cp -a "$root" "$MEMHP_ROOT"
    mkdir "$MEMHP_ROOT/run"
    covers change 0 offline 128M
    covers change 0 offline 52
    covers change 1 online -z movable 46
    exec 9> "$MEMHP_ROOT/run/memhp.lock"
    flock 9
    covers error 124 online -t 50ms 47
    exec 9>&-
    MEMHP_ROOT=$(world_of probe)
    covers probe 0 probe --dry-run 0x10000000-0x3fffffff
    covers error 1 probe --dry-run 0x200080000000
    covers error 2 probe 0x30000000
    MEMHP_ROOT=$BATS_TEST_TMPDIR/copy
    for words in "" --output-all online-policy auto_movable_ratio=5 "auto_movable_ratio=6 online_policy=auto-movable" --apply --check; do
        # shellcheck disable=SC2086 # words
        covers policy 0 policy $words
    done
    covers error 1 policy --save
    covers error 2 policy online_policy=x
    covers error 3 policy memmap_on_memory=Y
    mkdir "$MEMHP_ROOT/etc"
    covers policy 0 policy --save
    covers policy 0 policy auto_movable_ratio=7
    covers policy 1 policy --check
    MEMHP_ROOT=$BATS_TEST_TMPDIR/probe
    cp -a "$(world_of probe)" "$MEMHP_ROOT"
    # No kernel adds the block.
    covers probe 1 probe --yes 0x30000000
}

@test "schemas refuse documents that memhp never prints" {
    refused() {
        printf '%s\n' "$2" > "$BATS_TEST_TMPDIR/wrong"
        ! valid "$1" "$BATS_TEST_TMPDIR/wrong" || fail "valid: $2"
        grep -q ValidationError "$BATS_TEST_TMPDIR/why" || fail "not judged: $2"
    }
    rows() {
        printf '{"format_version": 1, "block_size": 4096, "memory": [%s], "summary":
            {"blocks": 0, "online": 0, "offline": 0, "going_offline": 0, "movable": 0}, "faults": [], "exit_status": 0}' "$1"
    }
    rows '{"state": "online"}' > "$BATS_TEST_TMPDIR/right"
    valid list "$BATS_TEST_TMPDIR/right" || fail "not valid"
    for row in '{}' '{"colour": 1}' '{"state": "Online"}' '{"size": "4K"}' '{"node": -1}' '{"zones": "Normal"}' \
        '{"zones": []}' '{"removable": "yes"}' '{"block": 4}' '{"range": "0x0-0xfff"}' '{"mixed": ["block"]}'; do
        refused list "$(rows "$row")"
    done
    document list -H
    valid columns "$out_file" || fail "not valid"
    refused columns "$(sed 's/"all": [a-z]*, //' "$out_file")"
    refused columns '{"format_version": 1, "columns": [], "faults": [], "exit_status": 0}'
    refused error '{"format_version": 1, "error": {"message": "no"}, "faults": [], "exit_status": 0}'
    refused error '{"format_version": 2, "error": {"message": "no"}, "faults": [], "exit_status": 1}'
    blocks() {
        printf '{"format_version": 1, "action": "probe", "dry_run": %s, "blocks": [%s], "faults": [], "exit_status": 0}' "$1" "$2"
    }
    blocks true '{"block": 1, "start": 4096, "size": 4096, "result": "planned", "errno": null, "error": null}' \
        > "$BATS_TEST_TMPDIR/right"
    valid probe "$BATS_TEST_TMPDIR/right" || fail "not valid"
    refused probe "$(blocks false '{"block": 1, "start": 4096, "size": 4096, "result": "planned", "errno": null, "error": null}')"
    refused probe "$(blocks true '{"block": 1, "start": 4096, "size": 4096, "result": "done", "errno": null, "error": null}')"
    refused probe "$(blocks true '{"block": "1", "start": 4096, "size": 4096, "result": "planned", "errno": null, "error": null}')"
    refused probe "$(blocks true '')"
    refused change "$(blocks true '')"
    parameters() {
        printf '{"format_version": 1, "parameters": [%s], "faults": [], "exit_status": 0}' "$1"
    }
    parameters '{"parameter": "auto_movable_ratio", "value": 5}' > "$BATS_TEST_TMPDIR/right"
    valid policy "$BATS_TEST_TMPDIR/right" || fail "not valid"
    for row in '{}' '{"parameter": "ratio"}' '{"parameter": "auto_movable_ratio", "value": "5"}' \
        '{"parameter": "probe", "value": "no"}' '{"parameter": "online_policy", "value": 1}' '{"source": "cmd"}'; do
        refused policy "$(parameters "$row")"
    done
    ratio() {
        printf '{"format_version": 1, "policy": null, "numa_aware": null, "nodes": [], "total": {}, "add": [%s], "advice": [%s], "faults": [], "exit_status": 0}' "$1" "$2"
    }
    ratio '' '{"name": "pins", "level": null, "figure": null, "text": "x"}' > "$BATS_TEST_TMPDIR/right"
    valid ratio "$BATS_TEST_TMPDIR/right" || fail "not valid"
    for row in '{}' '{"name": "pin", "level": "ok", "figure": 1, "text": "x"}' '{"name": "pins", "level": "unknown", "figure": 1, "text": "x"}' \
        '{"name": "pins", "level": "ok", "figure": "1G", "text": "x"}' '{"name": "pins", "level": "ok", "text": "x"}'; do
        refused ratio "$(ratio '' "$row")"
    done
    document ratio --add 1G
    added=$("$python" -c 'import json, sys; print(json.dumps(json.load(open(sys.argv[1]))["add"][0]))' "$out_file")
    ratio "$added" '' > "$BATS_TEST_TMPDIR/right"
    valid ratio "$BATS_TEST_TMPDIR/right" || fail "not valid"
    for change in '"kind": "dimm"/"kind": "DIMM"' '"certain": true/"certain": "yes"' '"size": [0-9]*/"size": 0' '"memmap_on_memory": false/"memmap_on_memory": true' \
        '"target": "auto", /' '"node": 0/"node": null, "nodes": [0]'; do
        refused ratio "$(ratio "$(sed "s/$change/" <<< "$added")" '')"
    done
    refused policy '{"format_version": 1, "action": "set", "parameters": [], "exit_status": 0}'
    refused error '{"format_version": 1, "error": {"message": "no", "code": 1}, "exit_status": 1}'
}
