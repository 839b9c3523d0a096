#!/bin/sh
# Installs the schemathesis that test/contract/fuzz.test.ts runs, once, into a virtual environment of its own, and
# prints where it lies.
#
# The environment is kept outside the repository, one folder per version; only schemathesis itself is pinned, since its
# dependencies are only of its making.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(cat "$here/../.ci/schemathesis.version")
cache="${NSKV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/namespace-kv}/schemathesis-$version"

if [ ! -f "$cache/complete" ]; then
  if ! python3 -c 'import venv, ensurepip' >/dev/null 2>&1; then
    echo "Python 3.10 or newer with venv is needed to run schemathesis $version: https://www.python.org" >&2
    exit 1
  fi
  echo "Installing schemathesis $version into $cache, once." >&2
  # An environment knows its own path, so it cannot be moved into place when it is whole; a mark says that it is.
  python3 -m venv --clear "$cache" >&2
  "$cache/bin/python" -m pip install --quiet --disable-pip-version-check "schemathesis==$version" >&2
  touch "$cache/complete"
fi

echo "$cache/bin/schemathesis"
