#!/bin/sh
# Make sure that the browser tests find a Chromium. Says what to do where it may not install one.
set -u
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
packages="chromium fonts-dejavu-core poppler-utils"
if command -v apt-get >/dev/null 2>&1; then
  as_root=""
  [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
  echo "Installing $packages ..."
  if $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $packages >/dev/null; then
    exit 0
  fi
fi
.venv/bin/python -m playwright install chromium && exit 0
echo "No browser could be installed: the browser tests will be skipped. Install Chromium ($packages on Debian)."
