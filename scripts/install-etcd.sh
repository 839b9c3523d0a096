#!/bin/sh
# Builds the etcd server that bench/service is compared with, once, and prints where it lies.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/install.sh"

# From a module of our own: `go install` refuses a module that has replace directives, as etcd's has.
build() {
  go mod init build
  go get "go.etcd.io/etcd/server/v3@$1"
  CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o etcd go.etcd.io/etcd/server/v3
}

go_program etcd "$(pinned etcd)"
