#!/bin/sh
# Builds the OpenTofu that the Terraform tests run with too, once, and prints where it lies.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/go-program.sh"
version=$(cat "$here/../.ci/opentofu.version")

# In a copy of the module, whose replace directives `go install` refuses. It calls itself a development version unless
# it is told otherwise.
build() {
  module=$(go mod download -json "github.com/opentofu/opentofu@$version" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
  cp -R "$module" "$build/module"
  chmod -R u+w "$build/module"
  cd "$build/module"
  CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' -o "$build/tofu" ./cmd/tofu
}

go_program opentofu "$version" tofu
