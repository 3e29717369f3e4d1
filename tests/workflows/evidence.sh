#!/usr/bin/env bash
# Walks the evidence workflow from nothing: a fresh repository, a report in every format, another
# program's judgement of it, what is accepted and attested, a gate, and the report verified later.
#
#   tests/workflows/evidence.sh [PROGRAM]        PROGRAM: obsproof, by default that of target/debug
#
# Needs git. `trestle` (PyPI compliance-trestle) judges the OSCAL documents: it is taken from PATH or
# $TRESTLE, else installed into a folder of its own with pip; where it cannot be had, that is said.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
obsproof=$(realpath "${1:-$here/target/debug/obsproof}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com
clock=2026-01-01T00:00:00Z

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
# expect CODE COMMAND…: the command exits so.
expect() {
  local code=$1 got=0
  shift
  "$@" >"$work/out" 2>"$work/err" || got=$?
  [ "$got" = "$code" ] || { cat "$work/out" "$work/err" >&2; fail "exit $got, not $code: $*"; }
}
has() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2"; }

step "a repository with alerts and nobody who decided anything"
cp -r "$here/tests/parity/oscal/sample" "$work/shop"
cd "$work/shop"
rm -r .obsproof
git init -q -b main . && git add -A && git commit -qm "Watch the shop"

step "a report in every format"
out=$work/out.d
mkdir "$out"
expect 0 "$obsproof" report --clock $clock --format markdown="$out/report.md" --format json="$out/evidence.json" \
  --format csv="$out/checklist.csv" --format plan="$out/plan.csv" --format oscal="$out/results.json" \
  --format oscal-component="$out/component.json" --format in-toto="$out/statement.json" --format gate="$out/gate.yaml"
ls -l "$out"
if grep -rl "NOT EVIDENCE" "$out"; then fail "stamped, and the tree is clean"; fi
has "$out/evidence.json" "\"commit\": \"$(git rev-parse HEAD)\""
has "$out/evidence.json" "\"blob\": \"$(git rev-parse HEAD:alertmanager.yml)\""
has "$out/statement.json" "$(sha256sum "$out/evidence.json" | cut -d' ' -f1)"

step "the same bytes a second time"
expect 0 "$obsproof" report --clock $clock --format json="$work/again.json" --threads 1
cmp "$out/evidence.json" "$work/again.json"

step "it holds, also later and elsewhere"
expect 0 "$obsproof" verify "$out/evidence.json"
git clone -q . "$work/clone"
expect 0 "$obsproof" verify "$out/evidence.json" "$work/clone"

step "a changed file: stamped, and no longer what was reported"
echo "# more" >>alertmanager.yml
expect 1 "$obsproof" verify "$out/evidence.json"
has "$work/out" "alertmanager.yml is not what it was"
for format in markdown csv plan oscal oscal-component in-toto gate; do
  expect 0 "$obsproof" report --clock $clock --format $format
  has "$work/out" "NOT EVIDENCE"
done
git checkout -q alertmanager.yml

step "accepted risks and a person's word"
cp -r "$here/tests/parity/oscal/sample/.obsproof" .
git add -A && git commit -qm "Decide"
expect 0 "$obsproof" report --clock $clock --compare "$out/evidence.json" --format json="$work/decided.json" --format markdown
has "$work/decided.json" "\"risk_accepted\": true"
has "$work/decided.json" "\"verdict\": \"attested\""
has "$work/out" "## Since $clock"
expect 0 "$obsproof" verify "$work/decided.json"
expect 0 "$obsproof" report --clock 2026-05-01 --compare "$work/decided.json" --format markdown
has "$work/out" "| reopened | OBS-R12"

step "a gate"
expect 0 "$obsproof" report --clock $clock --gate "$out/gate.yaml" --format markdown="$work/x.md"
git rm -q alertmanager.yml
expect 1 "$obsproof" report --clock $clock --gate "$out/gate.yaml" --format markdown="$work/x.md"
has "$work/err" "gate: worse: OBS-R16"

step "the judgement of trestle"
trestle=${TRESTLE:-$(command -v trestle || true)}
if [ -z "$trestle" ] && python3 -m venv "$work/judge" && "$work/judge/bin/pip" -q install compliance-trestle; then
  trestle=$work/judge/bin/trestle
fi
if [ -z "$trestle" ]; then
  echo "NOT JUDGED: trestle cannot be had here"
  exit 0
fi
"$trestle" version
mkdir "$work/oscal" && cd "$work/oscal" && "$trestle" init >/dev/null 2>&1
expect 0 "$trestle" import -f "$out/results.json" -o results
expect 0 "$trestle" validate -t assessment-results -n results
expect 0 "$trestle" import -f "$out/component.json" -o component
expect 0 "$trestle" validate -t component-definition -n component
sed 's/"state": "not-satisfied"/"state": "partly"/' "$out/results.json" >"$work/bad.json"
expect 1 "$trestle" import -f "$work/bad.json" -o bad
echo "valid: assessment results and component definition; a state that there is not is refused"
