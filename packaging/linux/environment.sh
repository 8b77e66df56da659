# shellcheck shell=sh
# The private environment that photodedup runs in: found when it is ready, else made or refreshed.
#
# In: $checkout, $assume_yes. Out: $environment, a folder with bin/python. `made/` in it says what it was made
# from: `from` (the real Python, and the checkout) and a copy of pyproject.toml for each kind that is
# complete, `app.toml` and `dev.toml`, written last. So a half-made one is known by its lack, and a ready one
# costs a single `cmp`.

. "$checkout/packaging/linux/system.sh"

environment_is_ready() { # $1: app or dev
    [ -x "$environment/bin/python" ] && is_made_from_here &&
        cmp -s "$checkout/pyproject.toml" "$environment/made/$1.toml"
}

is_made_from_here() {
    [ -f "$environment/made/from" ] || return 1
    { IFS= read -r made_with && IFS= read -r made_for; } <"$environment/made/from" || return 1
    [ "$made_with" -ef "$environment/bin/python" ] && [ "$made_for" = "$checkout" ]
}

is_complete() { [ -f "$environment/made/app.toml" ] || [ -f "$environment/made/dev.toml" ]; }

# Sets $environment to the one to use: in the checkout, or in the person's data folder where that is not
# writable. Succeeds when it is ready.
choose_environment() { # $1: app or dev
    environment=$checkout/.environment
    ! environment_is_ready "$1" || return 0
    if [ -w "$checkout" ] && { [ ! -e "$environment" ] || [ -w "$environment" ]; }; then
        return 1
    fi
    [ -n "${XDG_DATA_HOME:-${HOME:-}}" ] || refuse "$checkout is not writable and HOME is not set:" \
        "there is no place for the private environment. Set HOME, then start again."
    environment=${XDG_DATA_HOME:-$HOME/.local/share}/photodedup/environment
    environment_is_ready "$1"
}

# Leaves $environment ready for $1, app or dev.
ensure_environment() {
    if choose_environment "$1"; then
        # A library may have gone since: who says --yes has it looked for again.
        [ -z "$assume_yes" ] || prepare_system
        return 0
    fi
    . "$checkout/packaging/linux/lock.sh"
    . "$checkout/packaging/linux/make.sh"
    prepare_system
    mkdir -p "${environment%/*}"
    take_lock "$environment.lock"
    # Another run may have made it while this one waited.
    environment_is_ready "$1" || make_environment "$1"
    give_lock
}
