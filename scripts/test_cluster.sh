#!/bin/sh
# Test a batch on a Dask cluster of this machine, with the extra riskkit[cluster] in an environment of its own laid over
# .venv. Says what is skipped where something is missing.
set -u
home=.venv/cluster
if [ ! -e $home/.installed ] || [ requirements-cluster.lock -nt $home/.installed ]; then
  echo "Installing riskkit[cluster] into $home (once) ..."
  packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
  rm -rf $home
  if ! { .venv/bin/python -m venv $home &&
         echo "$packages" >"$($home/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/below.pth" &&
         $home/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps \
           -r requirements-cluster.lock; }; then
    echo "riskkit[cluster] could not be installed: batches on several machines are not tested."
    exit 0
  fi
  touch $home/.installed
fi
PYTHONPATH=$(pwd) exec $home/bin/python -m pytest -p no:cacheprovider tests/workbench/test_batch_cluster.py "$@"
