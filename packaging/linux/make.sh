# shellcheck shell=sh
# Makes or refreshes the private environment: venv, then pip with the checkout as an editable install.
#
# In: $environment, $checkout, $python, the lock held. Out: a complete environment, its mark written last.
# Ends the script with one sentence and the tail of pip's log where it cannot be made.

make_environment() { # $1: app or dev
    if is_made_from_here && is_complete; then
        say "refreshing the environment in $environment ..."
    else
        start_afresh
    fi
    rm -f "$environment/made/app.toml" "$environment/made/dev.toml"
    # The copy is taken before the installation: an edit meanwhile then asks for one more refresh.
    cp "$checkout/pyproject.toml" "$environment/made/next"
    install_with_pip "$1"
    compile_checkout
    [ "$1" != dev ] || cp "$environment/made/next" "$environment/made/dev.toml"
    mv "$environment/made/next" "$environment/made/app.toml"
    say "the environment is ready."
}

start_afresh() {
    if [ -e "$environment" ] && [ ! -d "$environment/made" ] && [ -n "$(ls -A "$environment")" ]; then
        refuse "$environment was not made by photodedup and is in the way." \
            "Move it elsewhere, then start again."
    fi
    say "making the environment in $environment: once, a minute or two and about 600 MB ..."
    rm -rf "$environment"
    mkdir -p "$environment/made"
    "$python" -I -m venv "$environment" || refuse "$python could not make an environment in $environment."
    { "$environment/bin/python" -I -c 'import os, sys; print(os.path.realpath(sys.executable))'
      printf '%s\n' "$checkout"; } >"$environment/made/from"
}

# Prints what the dev group of pyproject.toml asks for, so that it is written only there.
dev_requirements() {
    "$environment/bin/python" -I -c '
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    print("\n".join(tomllib.load(file)["dependency-groups"]["dev"]))
' "$checkout/pyproject.toml"
}

install_with_pip() { # $1: app or dev
    log=$environment/made/pip.log
    : >"$environment/made/requirements.txt"
    [ "$1" != dev ] || dev_requirements >"$environment/made/requirements.txt"
    rm -f "$environment/made/done"
    # A pip.conf that asks for --user would send the packages out of the environment.
    { PIP_USER=0 "$environment/bin/python" -I -m pip install --disable-pip-version-check --no-input \
        --progress-bar off -r "$environment/made/requirements.txt" -e "$checkout" 2>&1 &&
        : >"$environment/made/done"; } | tee "$log" | show_progress
    [ -f "$environment/made/done" ] && return
    tail -n 20 "$log" >&2
    refuse "the packages could not be installed; $log has the whole story. Mend that, then start again."
}

# Byte code of an editable install is otherwise written by the first start, or by none where that is forbidden.
compile_checkout() {
    "$environment/bin/python" -I -m compileall -q "$checkout/photodedup" >/dev/null 2>&1 || :
}

# Turns pip's talk into one line that changes, on a terminal; elsewhere it stays quiet.
show_progress() {
    count=0
    while IFS= read -r line; do
        case $line in
            Collecting*) count=$((count + 1)) step="fetching ${line#Collecting }" ;;
            Installing\ collected*) step="installing $count packages" ;;
            *) continue ;;
        esac
        [ ! -t 2 ] || printf '\r\033[Kphotodedup: %.66s' "$step" >&2
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}
