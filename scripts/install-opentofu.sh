#!/bin/sh
# Builds the OpenTofu that the Terraform tests run with too, once, and prints where it lies.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/install.sh"

# In a copy of the module, whose replace directives `go install` refuses. It calls itself a development version unless it
# is told otherwise.
build() {
  go mod download "github.com/opentofu/opentofu@$1"
  cp -R "$(go env GOMODCACHE)/github.com/opentofu/opentofu@$1" module
  chmod -R u+w module
  cd module
  CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' -o ../tofu ./cmd/tofu
}

go_program tofu "$(pinned opentofu)"
