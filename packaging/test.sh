#!/bin/sh
# Runs every check and every test, on a machine that may have nothing yet.
#
#   sh packaging/test.sh [--yes] [ARGUMENTS OF PYTEST...]
#
# --yes installs missing system packages without asking, those that only some tests want included. The last
# line is pytest's. Exit code 1 when a check failed (then no test runs), 3 when something is missing, else
# pytest's.
set -eu

case $0 in
    */*) packaging=${0%/*} ;;
    *) packaging=. ;;
esac
checkout=$(CDPATH='' cd -- "$packaging/.." && pwd -P)
. "$checkout/packaging/linux/environment.sh"

assume_yes=''
if [ "${1:-}" = --yes ]; then
    assume_yes=1
    shift
fi
ensure_environment dev
prepare_test_extras
cd "$checkout"
sh packaging/check.sh
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
exec "$environment/bin/python" -m pytest "$@"
