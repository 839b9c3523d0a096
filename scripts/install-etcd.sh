#!/bin/sh
# Builds the etcd server that bench/service is compared with, once, and prints where it lies.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/go-program.sh"
version=$(cat "$here/../.ci/etcd.version")

# From a module of our own: `go install` refuses a module that has replace directives, as etcd's has.
build() {
  cd "$build"
  go mod init build
  go get "go.etcd.io/etcd/server/v3@$version"
  CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o etcd go.etcd.io/etcd/server/v3
}

go_program etcd "$version" etcd
