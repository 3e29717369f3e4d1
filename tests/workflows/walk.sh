# Sourced by the walks: where they work, the program on the path, and how a step is judged.
#
#   source "$(dirname "$0")/walk.sh" [OBSPROOF]
#
# gives $root (this repository), $work (a folder that goes away), obsproof on the path, and git without
# anybody's settings.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'umount "$work"/disk* 2> /dev/null || true; rm -rf "$work"' EXIT
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.org GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
export OBSPROOF_CACHE_DIR=$work/obsproof-cache

if [ $# -gt 0 ]; then
  program=$(realpath "$1")
else
  cargo build --quiet --manifest-path "$root/Cargo.toml"
  program=${CARGO_TARGET_DIR:-$root/target}/debug/obsproof
fi
mkdir "$work/bin" && ln -s "$program" "$work/bin/obsproof"
export PATH="$work/bin:$PATH"

walk=$(basename "$0")
count=0
title=
# step TITLE: what follows belongs to it.
step() {
  title=$*
  echo "== $title"
}
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# unwalked WHY: the whole walk cannot be had here.
unwalked() {
  echo "$walk: cannot be walked: $*" >&2
  exit 77
}
# is CODE WHAT COMMAND…: runs the command and wants this exit code. What it says is in $work/out and
# $work/err, and together in $work/said.
is() {
  local code=$1 what=$2 got=0
  shift 2
  "$@" > "$work/out" 2> "$work/err" || got=$?
  cat "$work/out" "$work/err" > "$work/said"
  if [ "$got" != "$code" ]; then
    tail -30 "$work/said" >&2
    fail "$what: exit $got, not $code"
  fi
  count=$((count + 1))
}
# says [out|err] TEXT: the last run said this.
says() {
  local where=said
  if [ $# -gt 1 ]; then where=$1 && shift; fi
  holds "$work/$where" "$1"
}
# silent TEXT: the last run did not say this.
silent() {
  if grep -qF -- "$1" "$work/said"; then fail "it says: $1"; fi
}
# holds FILE TEXT
holds() {
  grep -qF -- "$2" "$1" && return
  head -60 "$1" >&2
  fail "$title: $(basename "$1") does not say: $2"
}
# json FILE EXPRESSION: the expression holds of the value `d` in the file.
json() {
  "${python:-python3}" - "$1" << PY || fail "$title: $(basename "$1"): not $2"
import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
assert $2
PY
}
# full FOLDER: a disk of 64 kB there; fails where it may not be made.
full() {
  mkdir -p "$1"
  mount -t tmpfs -o size=64k tmpfs "$1" 2> /dev/null
}
walked() {
  echo "$walk: $count steps, all as they should be"
}
