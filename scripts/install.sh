# What the scripts/install-*.sh share; each reads it after it has said where `here` is. Whatever they install lies outside the
# repository, one folder per version, and is made once.

# pinned NAME: the version that .ci/ names.
pinned() {
  cat "$here/../.ci/$1.version"
}

# cache_of FOLDER: where it lies.
cache_of() {
  echo "${NSKV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/namespace-kv}/$1"
}

# go_program NAME VERSION: what the caller's function `build` has built as ./NAME, and its path. The Go module of a pinned
# version is the one source that is the same on every machine.
go_program() {
  cache=$(cache_of "$1-$2")
  if [ ! -x "$cache/$1" ]; then
    if ! command -v go >/dev/null 2>&1; then
      echo "Go is needed to build $1 $2: https://go.dev/dl" >&2
      exit 1
    fi
    echo "Building $1 $2 into $cache; this takes some minutes, once." >&2
    mkdir -p "$cache"
    # Beside its final place, so that the move is atomic and a build that breaks off leaves no half binary under its name.
    folder=$(mktemp -d "$cache/build.XXXXXX")
    # Go leaves the modules that it unpacks read-only.
    trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    (
      cd "$folder"
      build "$2"
    ) >&2
    mv "$folder/$1" "$cache/$1"
  fi
  echo "$cache/$1"
}

# python_environment FOLDER VERSION ARGUMENT…: a virtual environment with what pip is given, and its folder. VERSION is the
# least Python that will do.
python_environment() {
  cache=$(cache_of "$1")
  if [ ! -f "$cache/complete" ]; then
    if ! python3 -c 'import venv, ensurepip' >/dev/null 2>&1; then
      echo "Python $2 or newer with venv is needed for $1: https://www.python.org" >&2
      exit 1
    fi
    shift 2
    echo "Installing into $cache, once." >&2
    # An environment knows its own path, so it cannot be moved into place when it is whole; a mark says that it is.
    python3 -m venv --clear "$cache" >&2
    "$cache/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >&2
    touch "$cache/complete"
  fi
  echo "$cache"
}
