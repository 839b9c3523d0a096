#!/bin/sh
# Builds HashiCorp's provider "time", which bench/terraform is compared with, once, and prints where it lies.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/go-program.sh"
version=$(cat "$here/../.ci/terraform-provider-time.version")

build() {
  GOBIN="$build" CGO_ENABLED=0 go install -trimpath -ldflags '-s -w' "github.com/hashicorp/terraform-provider-time@$version"
}

go_program terraform-provider-time "$version" terraform-provider-time
