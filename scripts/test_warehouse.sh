#!/bin/sh
# Test the reading of databases with the extra riskkit[warehouse], in an environment of its own laid over .venv: the
# extra brings pyarrow, which changes what pandas does everywhere. Says what is skipped where something is missing.
set -u
home=.venv/warehouse
if [ ! -e $home/.installed ] || [ requirements-warehouse.lock -nt $home/.installed ]; then
  echo "Installing riskkit[warehouse] into $home (once) ..."
  packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
  rm -rf $home
  if ! { .venv/bin/python -m venv $home &&
         echo "$packages" >"$($home/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/below.pth" &&
         $home/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps \
           -r requirements-warehouse.lock; }; then
    echo "riskkit[warehouse] could not be installed: reading databases is not tested."
    exit 0
  fi
  touch $home/.installed
fi
exec $home/bin/python -m pytest -p no:cacheprovider tests/sources/test_database.py tests/sources/test_postgresql.py "$@"
