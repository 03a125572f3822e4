#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# complete.bash PROGRAM WORD…: what completions/memhp.bash offers for the last word, one a line.
# The words are those of COMP_WORDS, split at = as readline does it by default.

set -u
top=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
# shellcheck source=completions/memhp.bash
source "$top/completions/memhp.bash"

COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMP_LINE=$* COMP_POINT=${#COMP_LINE}
COMPREPLY=()
_memhp "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
[[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
