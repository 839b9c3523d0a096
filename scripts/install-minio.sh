#!/bin/sh
# Builds the MinIO server that the tests run against, once, and prints where it lies. There is no binary to download from a
# package registry, and its project no longer publishes any.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/install.sh"

build() {
  GOBIN="$PWD" CGO_ENABLED=0 go install -trimpath -ldflags '-s -w' "github.com/minio/minio@$1"
}

go_program minio "$(pinned minio)"
