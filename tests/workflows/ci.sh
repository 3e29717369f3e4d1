#!/usr/bin/env bash
# The CI gate, walked from nothing: the exact commands of action.yml, ci/github.yml and
# ci/gitlab.yml in a fresh sample repository, then everything that can go wrong.
#
#   tests/workflows/ci.sh [OBSPROOF]
#
# Needs bash, git and Python with PyYAML (installed into a folder of its own where it is missing).
# What is not walked: the steps that belong to GitHub and GitLab (checkout, caches, uploads).
source "$(dirname "$0")/walk.sh"
here=$root/tests/workflows

python=python3
if ! python3 -c 'import yaml' 2> /dev/null; then
  if python3 -m venv "$work/venv" && "$work/venv/bin/pip" --quiet install pyyaml; then
    python=$work/venv/bin/python
  else
    unwalked "Python has no PyYAML, and it cannot be installed"
  fi
fi
steps() { "$python" "$here/steps.py" "$@"; }

# A repository with two errors that have safe fixes, in files whose names are awkward.
sample() {
  rm -rf "$1" && mkdir -p "$1/monitoring/ä b"
  cat > "$1/monitoring/prometheus.yml" << 'YAML'
global:
  scrape_interval: 30s
rule_files: ["ä b/*.yml"]
alerting:
  alertmanagers:
    - api_version: v1   # from before
      static_configs:
        - targets: [alertmanager:9093]
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ["http://node:9100"]
YAML
  cat > "$1/monitoring/ä b/alerts: 100%.yml" << 'YAML'
groups:
  - name: node
    rules:
      # The comment stays.
      - alert: CpuBusy
        expr: 100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))) > 90
        for: 10m
        labels: { severity: warning }
        annotations:
          summary: CPU of {{ $labels.instance }} is busy
          description: It is at {{ $value | humanizePercentage }}.
          runbook_url: https://runbooks.example.com/cpu
YAML
  git -C "$1" init --quiet
  git -C "$1" add -A
  git -C "$1" commit --quiet -m one
}

step "GitHub action"
sample "$work/one" && cd "$work/one"
is 1 "the action on a repository with errors" steps github "$root/action.yml"
says out "::error file=monitoring/prometheus.yml,line=12,"
says out "file=monitoring/ä b/alerts%3A 100%25.yml,"
json obsproof.sarif "d['version'] == '2.1.0' and any(r['level'] == 'error' for r in d['runs'][0]['results'])"
json obsproof.sarif "all(' ' not in r['locations'][0]['physicalLocation']['artifactLocation']['uri'] for r in d['runs'][0]['results'])"
is 0 "a gate that never fails" steps github "$root/action.yml" fail-on=never "sarif=a b.sarif"
[ -s "a b.sarif" ] || fail "the SARIF log has the name it was given"
is 1 "further arguments" steps github "$root/action.yml" $'arguments=--select\nPROM010'
is 2 "a level that does not exist" steps github "$root/action.yml" fail-on=fatal
says err 'unknown level `fatal`'

step "GitHub workflow"
sample "$work/two" && cd "$work/two"
is 1 "the workflow on a repository with errors" steps workflow "$root/ci/github.yml" "$root/action.yml"
says out "# Observability compliance"
says err "not run here: github/codeql-action/upload-sarif"
json observability.json "d['schema'] == 'obsproof/report/1'"

step "the diff is the fix, and both leave a repository that passes"
cp -r "$work/two" "$work/three"
is 1 "a diff decides nothing" obsproof check --diff
cp "$work/out" "$work/fix.patch"
git diff --quiet || fail "a diff writes nothing"
git apply --check "$work/fix.patch" || fail "git takes the diff"
git apply "$work/fix.patch"
cd "$work/three"
is 0 "fixes" obsproof check --fix
says out "Fixed "
diff -r --exclude=.git "$work/two/monitoring" "$work/three/monitoring" || fail "the diff is not the fix"
is 0 "a second run" obsproof check --fix
if grep -q '^Fixed' "$work/out"; then fail "a second run fixes something"; fi
is 0 "the workflow on what was fixed" steps workflow "$root/ci/github.yml" "$root/action.yml"

step "GitLab"
sample "$work/four" && cd "$work/four"
is 1 "the job on a repository with errors" steps gitlab "$root/ci/gitlab.yml"
json gl-code-quality-report.json "d and all(set(i) == {'description', 'check_name', 'fingerprint', 'severity', 'location'} for i in d)"
json gl-code-quality-report.json "len({i['fingerprint'] for i in d}) == len(d)"
json gl-code-quality-report.json "all(__import__('os').path.isfile(i['location']['path']) and i['location']['lines']['begin'] >= 1 for i in d)"
"$python" -c "
import xml.etree.ElementTree as tree
suites = tree.parse('obsproof-junit.xml').getroot()
assert suites.tag == 'testsuites' and len(suites.findall('.//failure')) == int(suites.get('failures')) > 0
" || fail "the JUnit report"
[ -s observability.md ] || fail "the report is kept of a job that failed"
is 0 "a gate that never fails" steps gitlab "$root/ci/gitlab.yml" OBSPROOF_FAIL_ON=never

step "what can go wrong"
sample "$work/bad" && cd "$work/bad"
printf 'fail-on = "loud"\nignore = [' > obsproof.toml
is 2 "a broken configuration" steps github "$root/action.yml"
says err "obsproof.toml"
[ ! -e obsproof.sarif ] || fail "half an output was written"
rm obsproof.toml
is 2 "an output in no folder" obsproof check --format sarif=missing/out.sarif
says err "its folder does not exist"
is 2 "an output onto a folder" obsproof check --format gitlab=monitoring
is 2 "two formats for one output" obsproof check --format sarif --format junit
is 2 "a format that does not exist" obsproof check --format gitlap
says err "did you mean gitlab?"
is 2 "fixes without a place" obsproof check --unsafe-fixes
is 2 "a path that does not exist" obsproof check nowhere
mkdir "$work/empty" && cd "$work/empty"
is 0 "an empty folder without git" steps github "$root/action.yml"
json obsproof.sarif "d['runs'][0]['results'] == [] and len(d['runs'][0]['tool']['driver']['rules']) > 500"
sample "$work/windows" && cd "$work/windows"
find monitoring -type f -exec sed -i 's/$/\r/' {} +
is 0 "Windows line ends" obsproof check --fix
if grep -rLP '\r$' monitoring | grep -q .; then fail "line ends were changed"; fi
grep -rhcP '[^\r]$' monitoring | grep -vq '^0$' && fail "some line ends were changed"

# A disk without room: nothing half-written stays.
if full "$work/disk"; then
  is 2 "a full disk" obsproof check "$work/bad" --format sarif="$work/disk/out.sarif"
  says err "cannot write"
  [ -z "$(ls -A "$work/disk")" ] || fail "a part was left on the full disk"
  cp -r "$work/bad/monitoring" "$work/disk/"
  yes "# filling" 2> /dev/null | dd of="$work/disk/fill" bs=1k status=none 2> /dev/null || true
  before=$(cat "$work/disk/monitoring/prometheus.yml")
  is 2 "fixes on a full disk" obsproof check --fix "$work/disk"
  says err "was not changed"
  [ "$before" = "$(cat "$work/disk/monitoring/prometheus.yml")" ] || fail "a file was half-written"
else
  echo "   not walked: a full disk (mounting a tmpfs needs rights this user does not have)"
fi
walked
