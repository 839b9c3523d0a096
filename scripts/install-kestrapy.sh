#!/bin/sh
# Installs the Python SDK of Kestra that the tests drive the service with, once, and prints the Python that has it.
# It lies outside the repository, one folder per list of versions.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
versions="$here/../.ci/kestrapy.txt"
caches="${NSKV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/namespace-kv}"
cache="$caches/kestrapy-$(cksum <"$versions" | cut -d ' ' -f 1)"

if [ ! -x "$cache/bin/python" ]; then
  if ! command -v python3 >/dev/null 2>&1; then
    echo "Python 3.9 or newer is needed for Kestra's SDK: https://www.python.org" >&2
    exit 1
  fi
  echo "Installing Kestra's Python SDK into $cache." >&2
  mkdir -p "$caches"
  # A virtual environment cannot be moved, so the Python is what is put there last: without it the folder is no cache.
  trap 'rm -f "$cache/bin/python"; exit 130' INT TERM
  python3 -m venv --clear "$cache" >&2
  "$cache/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$versions" >&2 || {
    rm -f "$cache/bin/python"
    exit 1
  }
fi

echo "$cache/bin/python"
