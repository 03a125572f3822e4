# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of memhp for bash. Everything is static except the numbers of blocks and nodes and the
# parameters of the policy: for these it runs memhp, below the DIR of --sysroot where that is
# given. Needs no helper of the bash-completion package. The functions share cur, the word to
# complete, and program, sysroot and command of _memhp.

# A word that begins like the item after the last comma: NAMES. An item is not offered twice.
_memhp_list() {
    local before='' item=${cur##*,} name

    [[ $cur != *,* ]] || before=${cur%,*},
    for name in $1; do
        [[ ,${before,,} != *",${name,,},"* && ${name,,} == "${item,,}"* ]] || continue
        COMPREPLY+=("$before$name")
    done
    compopt -o nospace 2> /dev/null
}

# The same for numbers, where the items may be ranges: NUMBERS.
_memhp_numbers() {
    local before=''

    [[ ! $cur =~ ^(.*[0-9][,-]|memory)[0-9]*$ ]] || before=${BASH_REMATCH[1]}
    mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "${cur#"$before"}")
}

# The values of a column, each once: COLUMN [FILTER]. Uses the program and sysroot of _memhp.
_memhp_ask() {
    "$program" "${sysroot[@]}" list -q -a -r -n -o "$1" --summary=never ${2:+"$2"} 2> /dev/null |
        tr ',' '\n' | grep -x '[0-9][0-9]*' | sort -nu
}

# The blocks that a command is for: COMMAND. Others when none of these fits.
_memhp_blocks() {
    case $1 in
    online) _memhp_numbers "$(_memhp_ask BLOCK --state=offline)" ;;
    offline) _memhp_numbers "$(_memhp_ask BLOCK --state=online)" ;;
    esac
    [[ ${#COMPREPLY[@]} -gt 0 ]] || _memhp_numbers "$(_memhp_ask BLOCK)"
    [[ $cur == *[,-]* || all != "$cur"* ]] || COMPREPLY+=(all)
    [[ -z $cur || pfn: != "$cur"* ]] || { COMPREPLY+=(pfn:) && compopt -o nospace 2> /dev/null; }
}

# The names of the policy's parameters: all of them, or those that can be set: [yes].
_memhp_parameters() {
    "$program" "${sysroot[@]}" policy -q -r -n -o PARAMETER,WRITABLE 2> /dev/null | sed -n "s/ ${1:-.*}\$//p"
}

# The values of a parameter: memhp names them when it is given none: NAME
_memhp_settings() {
    LC_ALL=C "$program" "${sysroot[@]}" policy -- "$1=" 2>&1 | sed -nE "s/, | or / /g; s/.*: unknown value '' \((.*)\)$/\1/p"
}

# An operand of policy: a name, or NAME=VALUE. Uses mode and cur of _memhp.
_memhp_policy() {
    local name=${cur%%=*} writable

    [[ $mode != other ]] || return
    if [[ $cur == *=* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_memhp_settings "$name")" -- "${cur#*=}")
        [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("${COMPREPLY[@]/#/$name=}")
        return
    fi
    writable=$(_memhp_parameters yes)
    if [[ $mode == save ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$writable" -- "${cur//-/_}")
    else
        mapfile -t COMPREPLY < <(compgen -W "$(_memhp_parameters)" -- "${cur//-/_}")
    fi
    [[ ${#COMPREPLY[@]} -ne 1 || $'\n'$writable$'\n' != *$'\n'"${COMPREPLY[0]}"$'\n'* ]] || compopt -o nospace 2> /dev/null
}

# A device that ratio adds: what may follow its size. Only what follows the last "=" is replaced.
_memhp_device() {
    local before=''

    if [[ $cur =~ ^(.*,node=)[0-9]*$ ]]; then
        mapfile -t COMPREPLY < <(compgen -P "${BASH_REMATCH[1]}" -W "$(_memhp_ask NODES)" -- "${cur##*=}")
    elif [[ $cur == *,* ]]; then
        _memhp_list 'auto movable kernel node= kind=dimm kind=virtio-mem'
    fi
    [[ $cur != *=* || $COMP_WORDBREAKS != *=* ]] || before=${cur%=*}=
    COMPREPLY=("${COMPREPLY[@]#"$before"}")
}

# The values of an option: NAME. False for an option that has none. Uses command of _memhp.
_memhp_value() {
    local columns='RANGE START END SIZE COUNT STATE BLOCK NODE NODES ZONE ZONES OFFLINABLE WHY
        ORIGIN DEVICE REMOVABLE PHYS-DEVICE CONFIGURED MEMMAP-ON-MEMORY FREE MIGRATE UNMOVABLE HUGE
        POISONED DRIVER UNKNOWN'

    # shellcheck disable=SC2154 # of _memhp
    [[ $command != policy ]] ||
        columns='PARAMETER VALUE DEFAULT SOURCE WRITABLE CMDLINE FILE MISSING MEANING'
    [[ $command != ratio ]] || columns='NODE KERNEL MOVABLE CMA RATIO LIMIT HEADROOM STATUS BAR'

    case $1 in
    -s | --sysroot)
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        compopt -o filenames 2> /dev/null
        ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur") ;;
    --summary) mapfile -t COMPREPLY < <(compgen -W 'never always only' -- "$cur") ;;
    -o | --output)
        if [[ $cur == +* ]]; then
            cur=${cur#+}
            _memhp_list "$columns"
            COMPREPLY=("${COMPREPLY[@]/#/+}")
        else
            _memhp_list "$columns"
        fi
        ;;
    -S | --split)
        _memhp_list "$columns"
        [[ $cur == *,* || none != "$cur"* ]] || COMPREPLY+=(none)
        ;;
    --state) _memhp_list 'online offline going-offline' ;;
    --in-zone) _memhp_list 'DMA DMA32 Normal HighMem Movable Device none' ;;
    --offlinable) _memhp_list 'yes likely unlikely no' ;;
    --origin) _memhp_list 'boot hotplug virtio-mem kmem hv-balloon xen' ;;
    --node) _memhp_numbers "$(_memhp_ask NODES)" ;;
    --add) _memhp_device ;;
    -z | --zone | --online) mapfile -t COMPREPLY < <(compgen -W 'auto movable kernel' -- "$cur") ;;
    --export) mapfile -t COMPREPLY < <(compgen -W 'cmdline grubby grub.d tmpfiles sysfs.d bootc' -- "$cur") ;;
    --order) mapfile -t COMPREPLY < <(compgen -W 'work address' -- "$cur") ;;
    --progress) mapfile -t COMPREPLY < <(compgen -W 'auto never' -- "$cur") ;;
    -t | --timeout | --deadline | --interval | --settle | --wait | --watch | --retries | --device | --check) ;;
    *) return 1 ;;
    esac
}

_memhp_options() {
    local options='--sysroot= --json --verbose --quiet --color --color= --help --version
        -s -J -v -q -h -V'
    local table=' --noheadings --output= --output-all --list-columns --pairs --raw --bytes -n -o -H -P -r -b'
    local filters=' --node= --in-zone= --state= --origin= --device='
    local scanned=' --offlinable= --poisoned'
    local change=' --timeout= --deadline= --retries= --interval= --settle= --wait --wait= --dry-run --all --all-or-nothing --total
        --explain --force --progress= -t -a'

    case $1 in
    list) options+=$filters$scanned$table' --all --split= --summary --summary= --map --scan --watch --watch= -a -S' ;;
    online) options+=$filters$change' --zone= -z' ;;
    offline) options+=$filters$scanned$change' --order= --whole-devices --unplug' ;;
    policy) options+=$table' --save --apply --check --dry-run --export=' ;;
    probe) options+=' --online --online= --yes --force --dry-run -y' ;;
    ratio) options+=$table' --node= --check --check= --add= --advise' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2> /dev/null
}

_memhp() {
    local program=$1 cur command='' mode='' value='' is_over='' prefix word i
    local -a words=() sysroot=()

    # readline splits words at "=": put them together again.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ ${#words[@]} -gt 0 && (${words[-1]} == *= || (${words[-1]} != -[!-]* && $word == =)) ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    cur=${words[-1]}

    # What comes before: value is the option that takes the next word.
    for ((i = 0; i + 1 < ${#words[@]}; i++)); do
        word=${words[i]}
        if [[ $value ]]; then
            [[ $value != -s && $value != --sysroot ]] || sysroot=(-s "${word/#\~\//$HOME/}")
            value=''
        elif [[ $is_over || $word != -* ]]; then
            command=${command:-$word}
        else
            case $word in
            --) is_over=yes ;;
            --sysroot=*) sysroot=(-s "${word#*=}") ;;
            --save) mode=save ;;
            --apply | --check | --export=*) mode=other ;;
            --sysroot | --output | --export | --split | --node | --in-zone | --state | --origin | --device | --offlinable) value=$word ;;
            --add | --zone | --timeout | --deadline | --retries | --interval | --settle | --progress | --order) value=$word ;;
            -s?*) sysroot=(-s "${word#-s}") ;;
            -[oStz]?*) ;;
            -*[soStz]) value=-${word: -1} ;;
            esac
        fi
    done

    # As the shell would read it, more or less.
    sysroot=("${sysroot[@]//\\/}")

    COMPREPLY=()
    if [[ $value ]]; then
        _memhp_value "$value"
    elif [[ ! $is_over && $cur == --*=* ]]; then
        # Only what follows the "=" is replaced, unless the shell does not split there.
        prefix=${cur%%=*}
        cur=${cur#*=}
        _memhp_value "$prefix"
        [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("${COMPREPLY[@]/#/$prefix=}")
    elif [[ ! $is_over && $cur == -* ]]; then
        _memhp_options "$command"
    elif [[ ! $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'list online offline probe policy ratio' -- "$cur")
    elif [[ $command == list || $command == online || $command == offline ]]; then
        _memhp_blocks "$command"
    elif [[ $command == policy ]]; then
        _memhp_policy
    elif [[ $command == help ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'list online offline probe policy ratio' -- "$cur")
    fi
} && complete -F _memhp memhp
