# Sourced by the scripts that build a program in Go once and print where it lies.
#
# None of these programs can be had from a package registry. The Go module of a pinned version is the one source that is
# the same on every machine. Building takes some minutes, so the result is kept outside the repository, one folder per
# version.

# go_program NAME VERSION PROGRAM: the caller's function `build` must put PROGRAM into the folder "$build".
go_program() {
  cache="${NSKV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/namespace-kv}/$1-$2"
  if [ ! -x "$cache/$3" ]; then
    if ! command -v go >/dev/null 2>&1; then
      echo "Go is needed to build $1 $2: https://go.dev/dl" >&2
      exit 1
    fi
    echo "Building $1 $2 into $cache; this takes some minutes, once." >&2
    mkdir -p "$cache"
    # Beside its final place, so that the move is atomic and a build that breaks off leaves no half binary under its name.
    build=$(mktemp -d "$cache/build.XXXXXX")
    trap 'rm -rf "$build"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    (build) >&2
    mv "$build/$3" "$cache/$3"
  fi
  echo "$cache/$3"
}
