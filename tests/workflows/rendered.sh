#!/usr/bin/env bash
# Rendered input, walked from nothing: the real Helm fills in a fresh chart with a chart in it, files,
# values, a hook, CRDs and notes; what it prints is analysed from standard input and from a folder.
#
#   tests/workflows/rendered.sh [OBSPROOF]
#
# Needs bash and Python. Helm is taken from PATH, else built by `go install` into a folder of its own
# (some minutes); where it cannot be had, that is said.
source "$(dirname "$0")/walk.sh"
export HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm

if ! command -v helm > /dev/null; then
  if ! command -v go > /dev/null || ! GOBIN=$work/bin go install helm.sh/helm/v3/cmd/helm@latest; then
    unwalked "there is no helm, and it cannot be built"
  fi
fi
echo "helm $(helm version --short)"

# rows LINE…: the last run found exactly this, as `path:line`.
rows() {
  cut -d: -f1,2 "$work/out" | sort > "$work/got"
  printf '%s\n' "$@" | sort > "$work/wanted"
  diff "$work/wanted" "$work/got" >&2 || fail "other places than wanted"
}
record() { json "$work/record.json" "$1"; }

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
record "d['rendered']['outputs'] == [{'path': 'rendered:-', 'sha256': __import__('hashlib').sha256(open('$work/out.yaml', 'rb').read()).hexdigest()}]"


# A chart that is packed has no template to point at: the chart that takes it is named. Values of an
# environment are recorded.
mkdir -p "$work/queue/templates" && cd "$work/queue"
printf 'apiVersion: v2\nname: queue\nversion: 2.0.0\n' > Chart.yaml
{ head_of queue; rule Q 'count('; rule R '{{ .Values.slow }}'; } > templates/rules.yaml
printf 'slow: up\n' > values.yaml
cd "$work/repo"
printf '  - name: queue\n    version: 2.0.0\n' >> $chart/Chart.yaml
is 0 "helm packs a chart" helm package "$work/queue" --destination $chart/charts
printf 'queue:\n  slow: delta(\n' > values-prod.yaml
command="helm template rel $chart -f values-prod.yaml"
$command > "$work/out.yaml"
is 1 "with a packed chart" check --rendered - --render-command "$command" < "$work/out.yaml"
rows "${all[@]}" $chart/Chart.yaml:8 $chart/Chart.yaml:8
is 1 "in words" obsproof check --select RULE006 --rendered - < "$work/out.yaml"
says "$chart/charts/queue-2.0.0.tgz"
is 0 "the report" obsproof report --format "json=$work/record.json" --rendered - --render-command "$command" < "$work/out.yaml"
record "[v['path'] for v in d['rendered']['values']] == ['values-prod.yaml']"
walked
