#!/usr/bin/env bash
# Walks the evidence workflow from nothing: a fresh repository, a report in every format, another
# program's judgement of it, what is accepted and attested, a gate, and the report verified later.
#
#   tests/workflows/evidence.sh [PROGRAM]        PROGRAM: obsproof, by default that of target/debug
#
# Needs git. `trestle` (PyPI compliance-trestle) judges the OSCAL documents: it is taken from PATH or
# $TRESTLE, else installed into a folder of its own with pip; where it cannot be had, that is said.
source "$(dirname "$0")/walk.sh"
clock=2026-01-01T00:00:00Z

step "a repository with alerts and nobody who decided anything"
cp -r "$root/tests/parity/oscal/sample" "$work/shop"
cd "$work/shop"
rm -r .obsproof
git init -q -b main . && git add -A && git commit -qm "Watch the shop"

step "a report in every format"
out=$work/out.d
mkdir "$out"
is 0 "$title" obsproof report --clock $clock --format markdown="$out/report.md" --format json="$out/evidence.json" \
  --format csv="$out/checklist.csv" --format plan="$out/plan.csv" --format oscal="$out/results.json" \
  --format oscal-component="$out/component.json" --format in-toto="$out/statement.json" --format gate="$out/gate.yaml"
ls -l "$out"
if grep -rl "NOT EVIDENCE" "$out"; then fail "stamped, and the tree is clean"; fi
holds "$out/evidence.json" "\"commit\": \"$(git rev-parse HEAD)\""
holds "$out/evidence.json" "\"blob\": \"$(git rev-parse HEAD:alertmanager.yml)\""
holds "$out/statement.json" "$(sha256sum "$out/evidence.json" | cut -d' ' -f1)"

step "the same bytes a second time"
is 0 "$title" obsproof report --clock $clock --format json="$work/again.json" --threads 1
cmp "$out/evidence.json" "$work/again.json"

step "it holds, also later and elsewhere"
is 0 "$title" obsproof verify "$out/evidence.json"
git clone -q . "$work/clone"
is 0 "$title" obsproof verify "$out/evidence.json" "$work/clone"

step "a changed file: stamped, and no longer what was reported"
echo "# more" >>alertmanager.yml
is 1 "$title" obsproof verify "$out/evidence.json"
holds "$work/out" "alertmanager.yml is not what it was"
for format in markdown csv plan oscal oscal-component in-toto gate; do
  is 0 "$title" obsproof report --clock $clock --format $format
  holds "$work/out" "NOT EVIDENCE"
done
git checkout -q alertmanager.yml

step "accepted risks and a person's word"
cp -r "$root/tests/parity/oscal/sample/.obsproof" .
git add -A && git commit -qm "Decide"
is 0 "$title" obsproof report --clock $clock --compare "$out/evidence.json" --format json="$work/decided.json" --format markdown
holds "$work/decided.json" "\"risk_accepted\": true"
holds "$work/decided.json" "\"verdict\": \"attested\""
holds "$work/out" "## Since $clock"
is 0 "$title" obsproof verify "$work/decided.json"
is 0 "$title" obsproof report --clock 2026-05-01 --compare "$work/decided.json" --format markdown
holds "$work/out" "| reopened | OBS-R12"

step "a gate"
is 0 "$title" obsproof report --clock $clock --gate "$out/gate.yaml" --format markdown="$work/x.md"
git rm -q alertmanager.yml
is 1 "$title" obsproof report --clock $clock --gate "$out/gate.yaml" --format markdown="$work/x.md"
holds "$work/err" "gate: worse: OBS-R16"

step "the judgement of trestle"
trestle=${TRESTLE:-$(command -v trestle || true)}
if [ -z "$trestle" ] && python3 -m venv "$work/judge" && "$work/judge/bin/pip" -q install compliance-trestle; then
  trestle=$work/judge/bin/trestle
fi
if [ -z "$trestle" ]; then
  echo "NOT JUDGED: trestle cannot be had here"
  walked && exit 0
fi
"$trestle" version
mkdir "$work/oscal" && cd "$work/oscal" && "$trestle" init >/dev/null 2>&1
is 0 "$title" "$trestle" import -f "$out/results.json" -o results
is 0 "$title" "$trestle" validate -t assessment-results -n results
is 0 "$title" "$trestle" import -f "$out/component.json" -o component
is 0 "$title" "$trestle" validate -t component-definition -n component
sed 's/"state": "not-satisfied"/"state": "partly"/' "$out/results.json" >"$work/bad.json"
is 1 "$title" "$trestle" import -f "$work/bad.json" -o bad
echo "valid: assessment results and component definition; a state that there is not is refused"
walked
