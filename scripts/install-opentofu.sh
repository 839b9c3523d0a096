#!/bin/sh
# Builds the OpenTofu that the tests of the provider run with beside Terraform, once, and prints where it lies.
#
# As with MinIO, the Go module of a pinned version is the one source that is the same on every machine, and the result
# is kept outside the repository, one folder per version.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(cat "$here/../.ci/opentofu.version")
cache="${NSKV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/namespace-kv}/opentofu-$version"

if [ ! -x "$cache/tofu" ]; then
  if ! command -v go >/dev/null 2>&1; then
    echo "Go is needed to build OpenTofu $version: https://go.dev/dl" >&2
    exit 1
  fi
  echo "Building OpenTofu $version into $cache; this takes some minutes, once." >&2
  mkdir -p "$cache"
  # Beside its final place, so that the move is atomic and a build that breaks off leaves no half binary under its name.
  build=$(mktemp -d "$cache/build.XXXXXX")
  trap 'chmod -R u+w "$build"; rm -rf "$build"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # In a copy of the module, with the versions that its own go.mod and go.sum name; it calls itself a development version
  # unless it is told otherwise.
  (
    module=$(go mod download -json "github.com/opentofu/opentofu@$version" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
    cp -R "$module" "$build/module"
    chmod -R u+w "$build/module"
    cd "$build/module"
    CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' -o "$build/tofu" ./cmd/tofu
  ) >&2
  mv "$build/tofu" "$cache/tofu"
fi

echo "$cache/tofu"
