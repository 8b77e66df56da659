# shellcheck shell=sh
# One maker at a time: a lock folder beside the environment, with the number of the process that holds it.
#
# In: the path of the lock. Out: $lock, held until give_lock or the end of the script. A lock whose process is
# gone is taken over, by exactly one of those who wait.

take_lock() { # $1: path of the lock folder
    lock=$1 waited=0 nameless=0
    until mkdir "$lock" 2>/dev/null || take_over; do
        [ -w "${lock%/*}" ] || refuse "${lock%/*} is not writable: no environment can be made there."
        [ "$waited" -ne 0 ] || say "another start is making the environment; waiting for it ..."
        [ "$waited" -lt "${PHOTODEDUP_LOCK_SECONDS:-900}" ] ||
            refuse "the environment is still being made by process ${holder:-(unknown)}. If that is not so," \
                "remove $lock and start again."
        sleep 1
        waited=$((waited + 1))
    done
    printf '%s\n' "$$" >"$lock/holder"
    trap 'give_lock' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

give_lock() {
    trap - EXIT INT TERM HUP
    rm -rf "$lock"
}

is_running() { kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ]; }

# Succeeds for the one that takes over from a holder that is gone. A lock without a number has just been made,
# or its maker died at once: five looks in a row tell.
take_over() {
    holder=$(cat "$lock/holder" 2>/dev/null) || holder=''
    if [ -n "$holder" ]; then
        nameless=0
        ! is_running "$holder" || return 1
    else
        nameless=$((nameless + 1))
        [ "$nameless" -ge 5 ] || return 1
    fi
    mkdir "$lock/after-${holder:-nobody}" 2>/dev/null
}
