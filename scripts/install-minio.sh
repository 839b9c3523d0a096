#!/bin/sh
# Builds the MinIO server that the tests run against, once, and prints where it lies.
#
# There is no binary to download from a package registry, and its project no longer publishes any; the Go module of a
# pinned commit is the one source that is the same everywhere. Building takes some minutes, so the result is kept outside
# the repository, one folder per version.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(cat "$here/../.ci/minio.version")
cache="${NSKV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/namespace-kv}/minio-$version"

if [ ! -x "$cache/minio" ]; then
  if ! command -v go >/dev/null 2>&1; then
    echo "Go is needed to build MinIO $version: https://go.dev/dl" >&2
    exit 1
  fi
  echo "Building MinIO $version into $cache; this takes some minutes, once." >&2
  mkdir -p "$cache"
  # Beside its final place, so that the move is atomic and a build that breaks off leaves no half binary under its name.
  build=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$build"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  GOBIN="$build" CGO_ENABLED=0 go install -trimpath -ldflags '-s -w' "github.com/minio/minio@$version" >&2
  mv "$build/minio" "$cache/minio"
fi

echo "$cache/minio"
