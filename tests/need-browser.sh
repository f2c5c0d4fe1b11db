#!/bin/sh
# The browser tests drive Debian's Chromium: install it where we may, else say exactly what to do.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then run=""; elif sudo -n true 2>/dev/null; then run="sudo"; else run=none; fi
  if [ "$run" != none ]; then
    echo "Installing Chromium for the browser tests …"
    $run apt-get update -qq && $run apt-get install -y -qq chromium fonts-dejavu-core >/dev/null && exit 0
  fi
fi
echo "The browser tests need Chromium. Install it and run 'make test' again:" >&2
echo "    sudo apt-get install chromium" >&2
exit 1
