#!/usr/bin/env bash
# Output of Kustomize and Jsonnet, walked from nothing: the real programs put the sample of
# tests/parity/kustomize together; findings stand in the files it was made of.
#
#   tests/workflows/kustomize.sh [--record] [OBSPROOF]
#
# --record writes what the programs gave, which cargo's tests read. Needs bash and Python. Both programs are
# taken from PATH, else built by `go install` into a folder of their own (some minutes); where they
# cannot be had, that is said.
record=
if [ "${1:-}" = --record ]; then record=yes && shift; fi
source "$(dirname "$0")/walk.sh"
data=$root/tests/parity/kustomize

KUSTOMIZE=sigs.k8s.io/kustomize/kustomize/v5@v5.7.1
JSONNET=github.com/google/go-jsonnet/cmd/jsonnet@v0.22.0
need() { # PROGRAM MODULE
  command -v "$1" > /dev/null && return
  command -v go > /dev/null && GOBIN=$work/bin go install "$2" && return
  unwalked "there is no $1, and it cannot be built"
}
need kustomize "$KUSTOMIZE"
need jsonnet "$JSONNET"
kustomize=$(kustomize version)
jsonnet=$(jsonnet --version | grep -oE 'v[0-9.]+')
echo "kustomize $kustomize, jsonnet $jsonnet"

cp -r "$data/shop" "$work/shop" && cd "$work/shop"
step "the programs give what is recorded"
is 0 "kustomize" kustomize build overlays/prod
cp "$work/out" "$work/kustomize.yaml"
is 0 "jsonnet" jsonnet -y jsonnet/main.jsonnet
cp "$work/out" "$work/jsonnet.yaml"
if [ -n "$record" ]; then
  cp "$work/kustomize.yaml" "$work/jsonnet.yaml" "$data/"
  inputs=$(find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1)
  printf '{"kustomize": "%s", "jsonnet": "%s", "shop": "%s"}\n' "$kustomize" "$jsonnet" "$inputs" > "$data/made.json"
fi
for name in kustomize jsonnet; do
  cmp "$data/$name.yaml" "$work/$name.yaml" || fail "$name gives something else than is recorded"
done

check() { obsproof check --select RULE006,INFR011 --format concise "$@"; }
rows() {
  cut -d: -f1,2 "$work/out" | LC_ALL=C sort > "$work/got"
  printf '%s\n' "$@" | LC_ALL=C sort > "$work/wanted"
  diff "$work/wanted" "$work/got" >&2 || fail "$title: other places than wanted"
}
step "Kustomize, from standard input and from a folder"
made=(base/alerts/alerts.yml:5 base/rules.yaml:14 base/rules.yaml:17 base/stack.yaml:11 overlays/prod/kustomization.yaml:{22,25} overlays/prod/more.yaml:11 manifests/rules.yaml:11)
is 1 "from standard input" check --rendered - < "$work/kustomize.yaml"
rows "${made[@]}" rendered:-
mkdir "$work/rendered"
is 0 "kustomize writes files" kustomize build overlays/prod --output "$work/rendered"
is 1 "from a folder" check --rendered "$work/rendered"
rows "${made[@]}" "rendered:apps_v1_deployment_prod-shop.yaml"

step "the base alone gives what its files give"
is 1 "the files" check base
cut -d: -f1,2 "$work/out" | LC_ALL=C sort > "$work/plain"
kustomize build base > "$work/base.yaml"
is 1 "put together" check --rendered - < "$work/base.yaml"
cut -d: -f1,2 "$work/out" | grep '^base/' | LC_ALL=C sort > "$work/made"
diff "$work/plain" <(sed 's,^base/,,' "$work/made") || fail "$title"

step "Jsonnet: what is kept stands there, the rest where it was rendered"
is 1 "from standard input" check --rendered - < "$work/jsonnet.yaml"
rows base/alerts/alerts.yml:5 base/rules.yaml:14 base/rules.yaml:17 base/stack.yaml:11 overlays/prod/more.yaml:11 manifests/rules.yaml:11 rendered:-

step "the report: evidence in files, the command with its hash"
is 0 "a report" obsproof report --format "json=$work/record.json" --rendered - --render-command "kustomize build overlays/prod" < "$work/kustomize.yaml"
# What Kustomize itself sets stands in its output alone.
json "$work/record.json" "all(__import__('os').path.isfile(e['path']) or e['snippet'].endswith(':latest') for r in d['requirements'] for e in r['evidence'])"
json "$work/record.json" "d['rendered']['command'] == 'kustomize build overlays/prod' and len(d['rendered']['command_sha256']) == 64"
walked
