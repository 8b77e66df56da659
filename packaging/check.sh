#!/bin/sh
# Runs every check but the tests: format, lint, types of core, import contracts, the shell scripts. One
# summary.
#
#   sh packaging/check.sh [--yes]
set -eu

case $0 in
    */*) packaging=${0%/*} ;;
    *) packaging=. ;;
esac
checkout=$(CDPATH='' cd -- "$packaging/.." && pwd -P)
. "$checkout/packaging/linux/environment.sh"

assume_yes=''
[ "${1:-}" != --yes ] || assume_yes=1
ensure_environment dev
cd "$checkout"

failed=''
check() { # $1: what it is called in the summary; the rest is the command
    name=$1
    shift
    if output=$("$@" 2>&1); then
        printf 'ok      %s\n' "$name"
    else
        printf '%s\nFAILED  %s\n' "$output" "$name"
        failed="$failed, $name"
    fi
}

check format "$environment/bin/ruff" format --check .
check lint "$environment/bin/ruff" check .
check types "$environment/bin/mypy"
check contracts "$environment/bin/lint-imports"
# SC1091, SC2034, SC2154: each part is read alone, without those that it is sourced beside.
check scripts "$environment/bin/shellcheck" -e SC1091,SC2034,SC2154 packaging/*.sh packaging/*/*.sh .ci/run

if [ -n "$failed" ]; then
    printf 'checks: FAILED: %s.\n' "${failed#, }"
    exit 1
fi
printf 'checks: all passed.\n'
