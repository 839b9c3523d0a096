#!/bin/sh
# Builds the MinIO server that the tests run against, once, and prints where it lies.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/go-program.sh"
version=$(cat "$here/../.ci/minio.version")

build() {
  GOBIN="$build" CGO_ENABLED=0 go install -trimpath -ldflags '-s -w' "github.com/minio/minio@$version"
}

go_program minio "$version" minio
