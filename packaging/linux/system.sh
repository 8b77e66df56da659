# shellcheck shell=sh
# What the system must give before a private environment can be made: Python, and the libraries that Qt loads.
#
# In: $assume_yes (not empty: install without asking), $checkout. Out: $python, the command of a Python that
# will do. Ends the script with exit code 3 and one sentence where something is missing and may not be
# installed. A start with a ready environment calls nothing of this but what speaks.

say() { printf 'photodedup: %s\n' "$*" >&2; }

refuse() {
    say "$*"
    exit 3
}

# One line for each library that the window needs, as `ldd` lists them for Qt's gui, xcb and wayland parts in
# a minimal Debian 12 and 13: its name to the loader, and the Debian package that brings it.
libraries_of_qt() {
    cat <<'END'
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11.so.6 libx11-6
libX11-xcb.so.1 libx11-xcb1
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libfreetype.so.6 libfreetype6
libglib-2.0.so.0 libglib2.0-0
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
libwayland-egl.so.1 libwayland-egl1
libxcb-cursor.so.0 libxcb-cursor0
libxcb-glx.so.0 libxcb-glx0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-render.so.0 libxcb-render0
libxcb-shape.so.0 libxcb-shape0
libxcb-shm.so.0 libxcb-shm0
libxcb-sync.so.1 libxcb-sync1
libxcb-util.so.1 libxcb-util1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1
libxcb.so.1 libxcb1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxkbcommon.so.0 libxkbcommon0
END
}

# Prints the lines of libraries_of_qt that the loader does not know; nothing where it cannot be asked (musl,
# macOS).
missing_libraries() {
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) || return 0
    libraries_of_qt | while read -r library package; do
        case $known in
            *"$library "*) ;;
            *) printf '%s %s\n' "$library" "$package" ;;
        esac
    done
}

font_is_missing() {
    for folder in /usr/share/fonts /usr/local/share/fonts "${XDG_DATA_HOME:-${HOME:-}/.local/share}/fonts"; do
        [ ! -d "$folder" ] || [ -z "$(find -L "$folder" -name '*.[to]tf' 2>/dev/null)" ] || return 1
    done
}

# Sets $python to the first Python 3.11 or newer that can make environments. Else $too_old or $without_venv
# says which one came closest.
find_python() {
    python='' too_old='' without_venv=''
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        if ! "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            too_old=${too_old:-$candidate}
        elif ! "$candidate" -I -c 'import ensurepip, venv' 2>/dev/null; then
            without_venv=${without_venv:-$candidate}
        else
            python=$candidate
            return 0
        fi
    done
    return 1
}

is_debian() { command -v apt-get >/dev/null 2>&1 && dpkg-query -W dpkg >/dev/null 2>&1; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

refuse_old_python() {
    [ -z "$too_old" ] || refuse "photodedup needs Python 3.11 or newer, and $too_old is" \
        "$("$too_old" --version 2>&1 | cut -d ' ' -f 2). Install a newer Python beside it, then start again."
    refuse "photodedup needs Python 3.11 or newer with its venv module. Install it with your system's" \
        "packages, then start again."
}

may_install() { # $*: package names
    [ -z "$assume_yes" ] || return 0
    case ${CI:-false} in
        false | 0) ;;
        *) return 0 ;;
    esac
    [ -t 0 ] || return 1
    printf 'photodedup: missing system packages: %s\nphotodedup: install them now? [y/N] ' "$*" >&2
    read -r answer || return 1
    case $answer in
        [yY]*) return 0 ;;
        *) return 1 ;;
    esac
}

# $1: the command that becomes root, empty for root itself; the rest goes to apt-get.
apt_get() {
    become=$1
    shift
    $become env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}

# $*: package names. Installs them where that is allowed, and otherwise names the command and ends the script.
install_packages() {
    become=''
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || refuse "system packages are missing, and there is no sudo here." \
            "Run this as root, then start again: apt-get update && apt-get install --no-install-recommends $*"
        become='sudo '
    fi
    by_hand="${become}apt-get update && ${become}apt-get install --no-install-recommends $*"
    may_install "$@" ||
        refuse "system packages are missing. Run this, then start again (or start with --yes): $by_hand"
    [ -z "$become" ] || [ -t 0 ] || become='sudo -n'
    say "installing missing system packages: $* ..."
    # A source that cannot be read is no reason to stop: what counts is whether the packages can be had.
    apt_get "$become" update || say "not every package list could be read; going on with what there is."
    apt_get "$become" install --no-install-recommends "$@" ||
        refuse "the packages could not be installed. Run this, then start again: $by_hand"
}

missing_packages() {
    [ -n "$python" ] || printf 'python3 python3-venv '
    missing_libraries | cut -d ' ' -f 2 | tr '\n' ' '
    ! font_is_missing || printf 'fonts-dejavu-core '
}

prepare_debian() {
    # The system's own Python is there and does not do: its packages cannot help.
    [ -n "$python" ] || [ -n "$without_venv" ] || ! is_installed python3 || refuse_old_python
    packages=$(missing_packages)
    # shellcheck disable=SC2086
    [ -z "$packages" ] || install_packages ${packages% }
}

name_missing_libraries() {
    libraries=$(missing_libraries | cut -d ' ' -f 1 | tr '\n' ' ')
    [ -z "$libraries" ] || say "the window will need these libraries, which your system's packages bring:" \
        "${libraries% }."
}

# Sets $python, and has what is missing installed where it may be.
prepare_system() {
    find_python || true
    if is_debian; then
        prepare_debian
        [ -n "$python" ] || find_python || refuse_old_python
    else
        [ -n "$python" ] || refuse_old_python
        name_missing_libraries
    fi
}

# What more of the tests run with: a display of their own, and the validator of desktop entries. Never asked
# for.
prepare_test_extras() {
    is_debian || return 0
    extras=''
    is_installed xvfb || extras=" xvfb"
    is_installed desktop-file-utils || extras="$extras desktop-file-utils"
    [ -n "$extras" ] || return 0
    if may_install </dev/null; then
        # shellcheck disable=SC2086
        install_packages $extras
    else
        say "some tests skip themselves without: ${extras# }"
    fi
}
