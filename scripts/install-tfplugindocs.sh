#!/bin/sh
# Builds tfplugindocs, the registry's own judge of a provider's pages, once, and prints where it lies.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/install.sh"

build() {
  module=github.com/hashicorp/terraform-plugin-docs
  GOBIN="$PWD" CGO_ENABLED=0 go install -trimpath -ldflags '-s -w' "$module/cmd/tfplugindocs@$1"
}

go_program tfplugindocs "$(pinned tfplugindocs)"
