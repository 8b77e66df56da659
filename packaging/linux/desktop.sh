# shellcheck shell=sh
# Puts photodedup among the person's applications, and takes it away: a desktop entry and its icon.
#
# In: $checkout, XDG_DATA_HOME or HOME. Out: files in the person's data folder, nothing else.

data_folder() {
    [ -n "${XDG_DATA_HOME:-${HOME:-}}" ] || refuse "HOME is not set:" \
        "there is no place for a desktop entry. Set it, then start again."
    data=${XDG_DATA_HOME:-$HOME/.local/share}
    entry=$data/applications/photodedup.desktop
    icon=$data/icons/hicolor/scalable/apps/photodedup.svg
}

# Prints the path $1 as one argument of an Exec key: quoted by the rules for arguments, then escaped by those
# for strings (hence four backslashes for one, two before each other sign), then with its percent signs
# doubled.
exec_argument() {
    printf '"%s"' "$(printf '%s' "$1" | LC_ALL=C sed -e 's/\\/\\\\\\\\/g' -e 's/["`$]/\\\\&/g' -e 's/%/%%/g')"
}

fill_entry() {
    command="sh $(exec_argument "$checkout/packaging/run.sh")"
    while IFS= read -r line; do
        case $line in
            *@RUN@*) printf '%s%s%s\n' "${line%%@RUN@*}" "$command" "${line#*@RUN@}" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done <"$checkout/resources/photodedup.desktop.in"
}

# The folder of the person's file manager stays the default for folders: photodedup is only offered beside it.
tell_desktop() {
    before=$(xdg-mime query default inode/directory 2>/dev/null) || before=''
    update-desktop-database -q "$data/applications" 2>/dev/null || true
    after=$(xdg-mime query default inode/directory 2>/dev/null) || after=''
    if [ -n "$before" ] && [ "$before" != photodedup.desktop ] && [ "$before" != "$after" ]; then
        xdg-mime default "$before" inode/directory || true
    fi
}

add_to_applications() {
    data_folder
    case $checkout in
        *'
'*) refuse "a folder with a line break in its name cannot stand in a desktop entry. Rename $checkout." ;;
    esac
    mkdir -p "${entry%/*}" "${icon%/*}"
    fill_entry >"$entry.new"
    cp "$checkout/resources/icons/photodedup.svg" "$icon"
    mv "$entry.new" "$entry"
    if command -v desktop-file-validate >/dev/null 2>&1 && ! desktop-file-validate "$entry" >&2; then
        say "the desktop may not understand $entry, for the reason above."
    fi
    tell_desktop
    printf 'photodedup is now among your applications (%s).\n' "$entry"
}

remove_from_applications() {
    data_folder
    rm -f "$entry" "$icon"
    tell_desktop
    printf 'photodedup is no longer among your applications. Its folder %s stays as it is.\n' "$checkout"
}
