#!/bin/sh
# Chromium drives the browser tests and prints the book, in Charis where it is installed; bubblewrap
# holds student code; epubcheck runs on Java. Root on Debian or Ubuntu gets
# them installed; everybody else is told what is missing, and the tests that need it are skipped.
there() { command -v "$1" >/dev/null; }

browser=""
there chromium-headless-shell || there chromium || there chromium-browser || there google-chrome || browser="chromium"
others=""
there bwrap || others="$others bubblewrap"
there java || others="$others default-jre-headless"
{ fc-list 2>/dev/null || true; } | grep -q "Charis SIL" || others="$others fontconfig fonts-sil-charis"

if [ "$(id -u)" = 0 ] && there apt-get; then
    [ -z "$browser$others" ] || apt-get update -qq >/dev/null
    # Debian's headless shell is Chromium without windows; tests take a quarter less work with it.
    if ! there chromium-headless-shell && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        wanted="chromium-headless-shell"
    else
        wanted="$browser"
    fi
    if [ -n "$wanted$others" ]; then
        echo "Installing system packages: $wanted$others"
        export DEBIAN_FRONTEND=noninteractive
        # shellcheck disable=SC2086 # one word a package
        apt-get install -y -qq --no-install-recommends $wanted $others >/dev/null && exit 0
        echo "apt-get could not install: $wanted$others" >&2
    fi
fi
[ -z "$browser$others" ] && exit 0
echo "Missing system packages: $browser$others. On Debian or Ubuntu: sudo apt-get install $browser$others"
echo "Tests that need them will be skipped; the last lines of the run say which."
exit 0
