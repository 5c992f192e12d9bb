#!/bin/sh
# Test the lowest versions that pyproject.toml allows, in an environment of its own; the locks pin the newest ones.
# Arguments go to pytest: sh scripts/test_lowest.sh tests/ledger
set -eu
home=build/lowest
if [ ! -e $home/.installed ] || [ pyproject.toml -nt $home/.installed ]; then
  echo "Installing the lowest versions allowed into $home (once) ..."
  rm -rf $home
  python3 -m venv $home
  $home/bin/python -m pip install -q --disable-pip-version-check uv
  $home/bin/uv pip compile -q pyproject.toml --group dev --group build --resolution lowest-direct \
    --python-version 3.11 -o $home/lowest.txt
  cp $home/bin/uv $home/uv  # sync removes what is not listed
  $home/uv pip sync -q --python $home/bin/python $home/lowest.txt
  $home/uv pip install -q --python $home/bin/python --no-deps --no-build-isolation -e .
  touch $home/.installed
fi
exec $home/bin/python -m pytest -p no:cacheprovider "$@"
