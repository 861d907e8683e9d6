#!/bin/sh
# Chromium drives the browser tests and prints the book, in Charis where it is installed; bubblewrap
# holds student code; epubcheck runs on Java. Root on Debian or Ubuntu gets
# them installed; everybody else is told what is missing, and the tests that need it are skipped.
missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$missing chromium chromium-driver"
command -v bwrap >/dev/null || missing="$missing bubblewrap"
command -v java >/dev/null || missing="$missing default-jre-headless"
{ fc-list 2>/dev/null || true; } | grep -q "Charis SIL" || missing="$missing fontconfig fonts-sil-charis"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing system packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # one word a package
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null && exit 0
    echo "apt-get could not install:$missing" >&2
fi
echo "Missing system packages:$missing. On Debian or Ubuntu: sudo apt-get install$missing"
echo "Tests that need them will be skipped; the last lines of the run say which."
exit 0
