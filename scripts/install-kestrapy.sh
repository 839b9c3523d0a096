#!/bin/sh
# Installs the Python SDK of Kestra that the tests drive the service with, once, and prints the Python that has it.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/install.sh"

versions="$here/../.ci/kestrapy.txt"
environment=$(python_environment "kestrapy-$(cksum <"$versions" | cut -d ' ' -f 1)" 3.9 --requirement "$versions")
echo "$environment/bin/python"
