# shellcheck shell=sh
# Carries the machine's own apt and pip settings into the chroot at $root, so that no host is named in the
# project.
#
# In: $work and $root in it, the environment, the files of apt and pip. Out: files and read-only mounts under
# $root, and $carried, a file of NAME=VALUE lines for `env`.

carry_network() {
    cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    cp -L /etc/hosts "$root/etc/hosts" 2>/dev/null || true
    settings=$root/etc/apt/apt.conf.d/90carried
    apt-config dump | grep -iE '^Acquire::.*(Proxy|CaInfo|Verify)' >"$settings" || true
}

# Installing ca-certificates in the chroot writes its bundle anew: what the machine trusts beyond that stays
# in it.
carry_trust() {
    bundle=/etc/ssl/certs/ca-certificates.crt
    [ -f "$bundle" ] || return 0
    mkdir -p "$root/usr/local/share/ca-certificates"
    awk -v folder="$root/usr/local/share/ca-certificates" '
        /BEGIN CERTIFICATE/ { count++ }
        count { print > (folder "/machine-" count ".crt") }
        /END CERTIFICATE/ { close(folder "/machine-" count ".crt") }' "$bundle"
}

carry_file() { # $1: an absolute path
    [ -f "$1" ] && [ ! -e "$root$1" ] || return 0
    mkdir -p "$root${1%/*}"
    cp -L "$1" "$root$1"
    chmod a+r "$root$1"
}

carry_folder() { # $1: an absolute path; mounted, read-only, where the chroot has nothing of that name
    [ -d "$1" ] && [ ! -e "$root$1" ] || return 0
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    mount -o remount,bind,ro "$root$1"
}

# $1: a word from pip's settings. The pages of a local index may point to its neighbours: the folder above
# goes along.
carry_path() {
    case $1 in
        file:///*/*) folder=${1#file://} && folder=${folder%/} && carry_folder "${folder%/*}" ;;
        /*/*) carry_folder "${1%/}" && carry_file "$1" ;;
    esac
}

carry_pip() { # $1: the home of the ordinary user, seen from inside
    config="${XDG_CONFIG_HOME:-${HOME:-/root}/.config}/pip/pip.conf"
    [ -f "$config" ] || config=${HOME:-/root}/.pip/pip.conf
    [ -z "${PIP_CONFIG_FILE:-}" ] || config=$PIP_CONFIG_FILE
    mkdir -p "$root$1/.config/pip"
    [ ! -f "$config" ] || cp -L "$config" "$root$1/.config/pip/pip.conf"
    [ ! -f /etc/pip.conf ] || cp -L /etc/pip.conf "$root/etc/pip.conf"
    carried=$root/carried
    env | grep -iE '^(PIP_[A-Z_]+|[a-z]+_proxy|SSL_CERT_FILE|REQUESTS_CA_BUNDLE)=' |
        grep -v '^PIP_CONFIG_FILE=' >"$carried" || true
    { cat "$carried" "$config" /etc/pip.conf 2>/dev/null || true; } |
        cut -d = -f 2- | tr -s '[:blank:]' '\n' >"$work/words"
    while IFS= read -r word; do
        carry_path "$word"
    done <"$work/words"
}
