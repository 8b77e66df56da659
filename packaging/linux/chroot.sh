#!/bin/sh
# Tries both commands of the README as an ordinary user of a bare Debian: a fresh minimal chroot, gone
# afterwards.
#
#   sh packaging/linux/chroot.sh [SUITE]
#
# In: root, debootstrap (installed where it can be), the machine's own apt and pip settings, which go along:
# mirror, suite, proxies, certificates, local indexes. Everything is mounted in a mount namespace of its own,
# so that the removal at the end, from outside, cannot reach through a mount. Exit code 0 when all went well,
# 1 when a step failed, 4 when a chroot cannot be had here.
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)

cannot() {
    printf 'chroot: not tried: %s.\n' "$1"
    exit 4
}

# The kernel ends everything in the namespaces with the process that made them.
stop() {
    kill -KILL "$trial" 2>/dev/null || true
    sleep 1
    exit "$1"
}

remove_work() { rm -rf --one-file-system "$work"; }

[ "$(id -u)" -eq 0 ] || cannot "this is not root"
command -v apt-get >/dev/null 2>&1 || cannot "this is not a Debian"
unshare --mount --pid --fork true 2>/dev/null || cannot "mount namespaces are not allowed here"
command -v debootstrap >/dev/null 2>&1 || apt-get -q -y install debootstrap >/dev/null 2>&1 ||
    { apt-get -q update && apt-get -q -y install debootstrap; } >/dev/null 2>&1 ||
    cannot "debootstrap cannot be installed"

trial=
work=$(mktemp -d "${TMPDIR:-/tmp}/photodedup-chroot.XXXXXX")
trap remove_work EXIT
trap 'stop 130' INT
trap 'stop 143' TERM HUP
# In the background, because a shell does not hear a signal while it waits for a foreground command.
unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
    sh "$checkout/packaging/linux/chroot-trial.sh" "$checkout" "$work" "${1:-}" &
trial=$!
wait "$trial"
