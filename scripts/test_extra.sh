#!/bin/sh
# Test an extra of riskkit in an environment of its own laid over .venv: it brings packages, such as pyarrow, that change
# what pandas does everywhere. Says what is skipped where something is missing.
# Usage: sh scripts/test_extra.sh EXTRA TEST ... (options of pytest too)
set -u
extra=$1
shift
home=.venv/$extra
if [ ! -e "$home/.installed" ] || [ "requirements-$extra.lock" -nt "$home/.installed" ]; then
  echo "Installing riskkit[$extra] into $home (once) ..."
  packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
  rm -rf "$home"
  if ! { .venv/bin/python -m venv "$home" &&
         echo "$packages" >"$("$home/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/below.pth" &&
         "$home/bin/python" -m pip install -q --disable-pip-version-check --require-hashes --no-deps \
           -r "requirements-$extra.lock"; }; then
    echo "riskkit[$extra] could not be installed: it is not tested."
    exit 0
  fi
  touch "$home/.installed"
fi
PYTHONPATH=$(pwd) exec "$home/bin/python" -m pytest -p no:cacheprovider "$@"
