#!/usr/bin/env bash
# Rendered input, walked from nothing: the real Helm fills in a fresh chart with a chart in it, files,
# values, a hook, CRDs and notes; what it prints is analysed from standard input and from a folder.
#
#   tests/workflows/rendered.sh [OBSPROOF]
#
# Needs bash and Python. Helm is taken from PATH, else built by `go install` into a folder of its own
# (some minutes); where it cannot be had, that is said.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm

if [ $# -gt 0 ]; then
  program=$(realpath "$1")
else
  cargo build --quiet --manifest-path "$root/Cargo.toml"
  program=${CARGO_TARGET_DIR:-$root/target}/debug/obsproof
fi
mkdir "$work/bin" && ln -s "$program" "$work/bin/obsproof"
export PATH="$work/bin:$PATH"
if ! command -v helm > /dev/null; then
  if ! command -v go > /dev/null || ! GOBIN=$work/bin go install helm.sh/helm/v3/cmd/helm@latest; then
    echo "rendered.sh: cannot be walked: there is no helm, and it cannot be built" >&2
    exit 77
  fi
fi
echo "helm $(helm version --short)"

count=0
fail() { echo "FAILED: $*" >&2; exit 1; }
# is CODE WHAT COMMAND…: runs the command and wants this exit code; output is in $work/out and err.
is() {
  local code=$1 what=$2 got=0
  shift 2
  "$@" > "$work/out" 2> "$work/err" || got=$?
  [ "$got" = "$code" ] || { tail -20 "$work/out" "$work/err" >&2; fail "$what: exit $got, not $code"; }
  count=$((count + 1))
}
# rows LINE…: the last run found exactly this, as `path:line`.
rows() {
  cut -d: -f1,2 "$work/out" | sort > "$work/got"
  printf '%s\n' "$@" | sort > "$work/wanted"
  diff "$work/wanted" "$work/got" >&2 || fail "other places than wanted"
}
record() { python3 -c "import hashlib,json,sys; d=json.load(open('$work/record.json', encoding='utf-8')); assert $1, d['rendered']" || fail "the record: not $1"; }

rule() { # NAME EXPRESSION
  printf '        - alert: %s\n          expr: %s\n          for: 5m\n' "$1" "$2"
}
head_of() { # NAME
  printf 'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: %s\nspec:\n  groups:\n    - name: g\n      rules:\n' "$1"
}
mkdir -p "$work/repo/deploy/shop" && cd "$work/repo/deploy/shop"
mkdir -p templates crds alerts charts/database/templates
printf 'apiVersion: v2\nname: shop-chart\nversion: 1.0.0\ndependencies:\n  - name: db\n    alias: store\n    version: 1.0.0\n' > Chart.yaml
printf 'apiVersion: v2\nname: db\nversion: 1.0.0\n' > charts/database/Chart.yaml
printf 'slow: rate(x[5m]) >\nmore:\n  - alert: FromValues\n    expr: rate(\n' > values.yaml
{
  echo '{{- if .Values.slow }}'
  head_of '{{ .Release.Name }}-shop'
  rule A 'up =='
  rule B 'up =='
  rule C '{{ .Values.slow }}'
  echo '{{ toYaml .Values.more | indent 8 }}'
  echo '---'
  head_of two
  rule D 'sum('
  echo '{{- end }}'
} > templates/rules.yaml
{ head_of hook | sed '/^metadata/a\  annotations: { "helm.sh/hook": post-install }'; rule E 'vector('; } | sed 's/$/\r/' > templates/hook.yaml
printf 'groups:\n  - name: g\n    rules:\n      - alert: F\n        expr: up !=\n        for: 5m\n' > alerts/alerts.yml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: files }\ndata:\n  alerts.yml: |\n{{ .Files.Get "alerts/alerts.yml" | indent 4 }}\n' > templates/files.yaml
{ echo '# ours'; echo '---'; head_of crd; rule G 'max('; } > crds/rules.yaml
{ head_of '{{ .Release.Name }}-db'; rule H 'min('; } > charts/database/templates/rules.yaml
echo 'groups: see {{ .Release.Name }}' > templates/NOTES.txt
cd "$work/repo"

check() { obsproof check --select RULE006 --format concise "$@"; }
chart=deploy/shop
# Without --include-crds the file with CRDs is read as any other.
all=(
  $chart/templates/rules.yaml:{1,11,14,17,30} $chart/templates/hook.yaml:11 $chart/alerts/alerts.yml:5
  $chart/charts/database/templates/rules.yaml:10 $chart/crds/rules.yaml:12
)
helm template rel deploy/shop > "$work/out.yaml"
is 1 "from standard input" check --rendered - < "$work/out.yaml"
rows "${all[@]}"
helm template rel deploy/shop --include-crds > "$work/out.yaml"
is 1 "with CRDs" check --rendered - < "$work/out.yaml"
rows "${all[@]}"

# A folder, with two releases; each fault is one finding.
for release in one two; do
  is 0 "helm writes $release" helm template "$release" deploy/shop --output-dir "$work/rendered/$release"
done
is 1 "from a folder" check --rendered "$work/rendered"
rows "${all[@]}"

# What was rendered, and how, is in the record.
is 0 "the report" obsproof report --format "json=$work/record.json" --rendered - \
  --render-command "helm template rel deploy/shop --include-crds" < "$work/out.yaml"
record "d['rendered']['command'] == 'helm template rel deploy/shop --include-crds'"
record "d['rendered']['outputs'] == [{'path': 'rendered:-', 'sha256': hashlib.sha256(open('$work/out.yaml', 'rb').read()).hexdigest()}]"

echo "rendered input: $count runs as wanted"
