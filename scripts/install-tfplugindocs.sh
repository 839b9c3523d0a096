#!/bin/sh
# Builds tfplugindocs, the registry's own judge of a provider's pages, once, and prints where it lies.
#
# The Go module is the one source that is the same on every machine. The result is kept outside the repository, one folder
# per version.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=$(cat "$here/../.ci/tfplugindocs.version")
cache="${NSKV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/namespace-kv}/tfplugindocs-$version"

if [ ! -x "$cache/tfplugindocs" ]; then
  if ! command -v go >/dev/null 2>&1; then
    echo "Go is needed to build tfplugindocs $version: https://go.dev/dl" >&2
    exit 1
  fi
  echo "Building tfplugindocs $version into $cache, once." >&2
  mkdir -p "$cache"
  # Beside its final place, so that the move is atomic and a build that breaks off leaves no half binary under its name.
  build=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$build"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  module=github.com/hashicorp/terraform-plugin-docs
  GOBIN="$build" CGO_ENABLED=0 go install -trimpath -ldflags '-s -w' "$module/cmd/tfplugindocs@$version" >&2
  mv "$build/tfplugindocs" "$cache/tfplugindocs"
fi

echo "$cache/tfplugindocs"
