#!/bin/sh
# Builds HashiCorp's provider "time", which bench/terraform is compared with, once, and prints where it lies.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/install.sh"

build() {
  GOBIN="$PWD" CGO_ENABLED=0 go install -trimpath -ldflags '-s -w' "github.com/hashicorp/terraform-provider-time@$1"
}

go_program terraform-provider-time "$(pinned terraform-provider-time)"
