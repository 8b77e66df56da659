#!/bin/sh
# Starts photodedup from its checkout, on a machine that may have nothing yet.
#
#   sh packaging/run.sh [--yes] [FOLDER...]    open the window, with these folders (or a command: scan, undo)
#   sh packaging/run.sh [--yes] --install      put photodedup among the applications of this person
#   sh packaging/run.sh --uninstall            take it away from there
#
# --yes installs missing system packages without asking. Exit codes are those of photodedup; 3 when something
# that it needs is missing.
set -eu

case $0 in
    */*) packaging=${0%/*} ;;
    *) packaging=. ;;
esac
checkout=$(CDPATH='' cd -- "$packaging/.." && pwd -P)
. "$checkout/packaging/linux/environment.sh"

assume_yes='' task=start
while [ "$#" -gt 0 ]; do
    case $1 in
        --yes) assume_yes=1 ;;
        --install | --uninstall) task=${1#--} ;;
        *) break ;;
    esac
    shift
done

if [ "$task" = uninstall ]; then
    . "$checkout/packaging/linux/desktop.sh"
    remove_from_applications
    exit 0
fi
ensure_environment app
if [ "$task" = install ]; then
    . "$checkout/packaging/linux/desktop.sh"
    add_to_applications
    exit 0
fi
# Isolated (-I): neither the folder one stands in nor PYTHONPATH can slip other modules in.
exec "$environment/bin/python" -I -m photodedup "$@"
