#!/bin/sh
# Installs the schemathesis that test/contract/fuzz.test.ts runs, once, and prints where it lies. Only schemathesis itself is
# pinned, since its dependencies are only of its making.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/install.sh"

version=$(pinned schemathesis)
environment=$(python_environment "schemathesis-$version" 3.10 "schemathesis==$version")
echo "$environment/bin/schemathesis"
