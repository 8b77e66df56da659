#!/bin/sh
# The inner half of chroot.sh: builds the chroot, becomes an ordinary user in it, and runs what the README
# says.
#
# In: $1 the checkout, $2 an empty folder to work in, $3 the suite or nothing for the machine's own. Runs in
# mount and process namespaces of its own: whatever it mounts or starts ends with it.
set -eu

checkout=$1 work=$2 suite=$3
root=$work/system
user=visitor
home=/home/$user
. "$checkout/packaging/linux/chroot-carry.sh"

tell() { printf 'chroot: %s\n' "$*"; }

fail() {
    tell "FAILED: $*"
    exit 1
}

# The first package source of the machine that is the distribution itself: "mirror suite".
own_source() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT) $(ORIGIN)' 'Identifier: Packages' |
        while read -r site name component origin; do
            case "$component $name $origin" in
                "main "*-*) ;; # updates, security, backports
                "main $name Debian") printf '%s %s\n' "$site" "$name" ;;
            esac
        done | head -n 1
}

build() {
    source=$(own_source)
    [ -n "$source" ] || { tell "not tried: apt names no Debian mirror here."; exit 4; }
    mirror=${source% *}
    suite=${suite:-${source##* }}
    log=$work/debootstrap.log
    if ! debootstrap --variant=minbase --include=sudo "$suite" "$root" "$mirror" >"$log" 2>&1; then
        tell "not tried: debootstrap could not build $suite: $(tail -n 1 "$log")"
        exit 4
    fi
    mount -t proc proc "$root/proc"
    mkdir -p "$root/dev/shm"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
}

# An ordinary user who may use sudo, with a copy of the checkout that holds nothing made here.
settle() {
    chroot "$root" useradd --create-home --shell /bin/sh "$user"
    printf '%s ALL=(ALL) NOPASSWD: ALL\n' "$user" >"$root/etc/sudoers.d/$user"
    carry_network
    carry_trust
    carry_pip "$home"
    mkdir "$root$home/photodedup"
    tar -C "$checkout" --exclude=./.git --exclude='./.environment*' --exclude=./.venv \
        --exclude='./.*_cache' --exclude=__pycache__ -cf - . | tar -C "$root$home/photodedup" -xf -
    chroot "$root" chown -R "$user:$user" "$home"
}

# $*: a command line, as the user in the checkout would type it; nothing on standard input, no display.
as_user() {
    # A job in the background ignores Ctrl+C, and would hand that on to tests that send it.
    # shellcheck disable=SC2016
    chroot --userspec="$user:$user" "$root" env -i --default-signal=INT \
        HOME="$home" USER="$user" LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin sh -c '
            while IFS= read -r setting; do export "${setting?}"; done </carried
            cd ~/photodedup && eval "$1"' as_user "$*" </dev/null
}

has() {
    case "$(cat "$work/output")" in
        *"$1"*) ;;
        *) return 1 ;;
    esac
}

# $1: the expected exit code; $2: a text that the output must hold; the rest: the command line.
expect() {
    code=$1 text=$2
    shift 2
    result=0
    started=$(date +%s)
    as_user "$*" >"$work/output" 2>&1 || result=$?
    if [ "$result" -ne "$code" ] || ! has "$text" || has Traceback; then
        tail -n 60 "$work/output"
        fail "'$*' ended with exit code $result instead of $code, or without \"$text\"."
    fi
    tell "$* -> $result ($(($(date +%s) - started)) s)"
}

try_the_app() {
    expect 3 'apt-get install --no-install-recommends python3 python3-venv' sh packaging/run.sh
    expect 0 'the environment is ready' QT_QPA_PLATFORM=offscreen sh packaging/run.sh --yes --quit-after-start
    expect 3 DISPLAY sh packaging/run.sh
    expect 0 '' QT_QPA_PLATFORM=offscreen sh packaging/run.sh --quit-after-start
    ! has environment || fail "the second start touched the environment."
    expect 0 'among your applications' sh packaging/run.sh --install
}

# The checks and the tests that start what is installed; all of them with PHOTODEDUP_SWEEP, since they run
# outside as well.
try_the_tests() {
    some="tests/flow tests/gui tests/packaging tests/test_app.py tests/core/trash tests/core/test_workers.py"
    some="$some tests/core/test_undo_failures.py tests/core/test_scan.py"
    [ -z "${PHOTODEDUP_SWEEP:-}" ] || some=tests
    expect 0 passed sh packaging/test.sh --yes -m "'not corpus'" "$some"
    tail -n 1 "$work/output"
}

# With what the tests installed: a display of its own, and the validator.
try_the_desktop() {
    as_user Xvfb :77 -nolisten tcp >"$work/display" 2>&1 &
    tries=0
    while [ ! -S "$root/tmp/.X11-unix/X77" ] && [ "$tries" -lt 20 ]; do
        tries=$((tries + 1))
        sleep 0.5
    done
    expect 0 '' desktop-file-validate "$home/.local/share/applications/photodedup.desktop"
    expect 0 '' DISPLAY=:77 sh packaging/run.sh --quit-after-start
    expect 0 'no longer among' sh packaging/run.sh --uninstall
}

build
tell "a fresh minimal $suite, as an ordinary user:"
settle
try_the_app
try_the_tests
try_the_desktop
tell "done: both commands of the README work on a bare $suite."
