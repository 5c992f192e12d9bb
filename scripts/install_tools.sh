#!/bin/sh
# Make sure that the tests find a Chromium (pages driven in a browser) and LibreOffice (slides and workbooks opened by
# another program), and nginx (the dashboard behind TLS). Says what to do where it may not install them: the tests that need them are then skipped.
set -u
packages=""
found=""
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && found=yes
done
[ -n "$found" ] || packages="chromium fonts-dejavu-core poppler-utils"
command -v soffice >/dev/null 2>&1 ||
  packages="$packages libreoffice-impress-nogui libreoffice-calc-nogui fonts-liberation"
command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || packages="$packages nginx-light"
[ -n "$packages" ] || exit 0
if command -v apt-get >/dev/null 2>&1; then
  as_root=""
  [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
  echo "Installing $packages ..."
  if $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $packages >/dev/null; then
    exit 0
  fi
fi
[ -n "$found" ] || .venv/bin/python -m playwright install chromium ||
  echo "No browser could be installed: the browser tests will be skipped. Install Chromium."
command -v soffice >/dev/null 2>&1 || echo "LibreOffice is not there: the tests that open documents in it will be skipped."
exit 0
