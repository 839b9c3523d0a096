#!/bin/sh
# Builds the etcd server that bench/service is compared with, once, and prints where it lies.
#
# As with MinIO, the Go module of a pinned version is the one source that is the same on every machine, and the result
# is kept outside the repository, one folder per version.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(cat "$here/../.ci/etcd.version")
cache="${NSKV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/namespace-kv}/etcd-$version"

if [ ! -x "$cache/etcd" ]; then
  if ! command -v go >/dev/null 2>&1; then
    echo "Go is needed to build etcd $version: https://go.dev/dl" >&2
    exit 1
  fi
  echo "Building etcd $version into $cache; this takes some minutes, once." >&2
  mkdir -p "$cache"
  # Beside its final place, so that the move is atomic and a build that breaks off leaves no half binary under its name.
  build=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$build"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # From a module of our own: `go install` refuses a module that has replace directives, as etcd's has.
  (
    cd "$build"
    go mod init build
    go get "go.etcd.io/etcd/server/v3@$version"
    CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o etcd go.etcd.io/etcd/server/v3
  ) >&2
  mv "$build/etcd" "$cache/etcd"
fi

echo "$cache/etcd"
