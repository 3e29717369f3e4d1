#!/usr/bin/env bash
# The commit hook, walked from nothing: the real pre-commit installs it from a clone of this
# repository into fresh ones; git commits, and is refused; then everything that can go wrong.
#
#   tests/workflows/hook.sh [--rust] [OBSPROOF]
#
# --rust walks the hook that builds itself with Rust too (some minutes). Needs bash, git and Python;
# pre-commit (PyPI) is taken from PATH, else installed into a folder of its own; where it cannot be
# had, that is said. A small disk that is full is made where that is allowed.
rust=
if [ "${1:-}" = --rust ]; then rust=yes && shift; fi
source "$(dirname "$0")/walk.sh"
export PRE_COMMIT_HOME=$work/cache

if ! command -v pre-commit > /dev/null; then
  if python3 -m venv "$work/venv" && "$work/venv/bin/pip" --quiet install pre-commit; then
    ln -s "$work/venv/bin/pre-commit" "$work/bin/pre-commit"
  else
    unwalked "there is no pre-commit, and it cannot be installed"
  fi
fi
pre-commit --version

head_is() { [ "$(git rev-parse HEAD)" = "$1" ] || fail "a commit was made, or was not: $2"; }

git clone --quiet "$root" "$work/obsproof"
rev=$(git -C "$work/obsproof" rev-parse HEAD)

# A fresh repository with the hook; its alerts have routes.
routes() {
  cat << 'YAML'
route:
  receiver: ops
  routes:
    - matchers: [team="db"]
    - matchers: [team="web"]
    - matchers: [team="pay"]
receivers:
  - name: ops
    slack_configs: [{api_url_file: /etc/slack, channel: '#a'}]
YAML
}
alert() { # EXPRESSION
  local team expression=$1
  printf 'groups:\n  - name: shop\n    rules:\n'
  for team in pay db web; do
    cat << YAML
      - alert: Down_$team
        expr: $expression
        for: 5m
        labels: {severity: warning, team: $team}
        annotations: {summary: s, description: d, runbook_url: https://wiki.shop.dev/runbooks/$team}
YAML
    expression='up == 0'
  done
}
sample() { # FOLDER HOOK
  rm -rf "$1" && mkdir -p "$1/päy rules" && cd "$1"
  git init --quiet --initial-branch main
  routes > alertmanager.yml
  alert 'up == 0' > "päy rules/shop alerts.yml"
  printf 'repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: %s\n    args: [--fail-on, warning]\n' \
    "$work/obsproof" "$rev" "$2" > .pre-commit-config.yaml
  pre-commit install > "$work/said"
  git add --all
}

walk() { # HOOK
  step "$1: the first commit"
  sample "$work/shop" "$1"
  is 0 "a good first commit" git commit --message first
  says Passed
  first=$(git rev-parse HEAD)

  step "$1: an error is refused, and passes when mended"
  alert 'up ==' > "päy rules/shop alerts.yml"
  git add --all
  is 1 "a broken expression" git commit --message broken
  says "RULE006"
  says "päy rules/shop alerts.yml:5:"
  head_is "$first" "the commit was refused"
  alert 'up == 1' > "päy rules/shop alerts.yml"
  git add --all
  is 0 "the mended expression" git commit --message mended
  good=$(git rev-parse HEAD)
}

walk obsproof-system

step "what is staged counts, not the work tree"
alert 'up ==' > "päy rules/shop alerts.yml"
git add --all
alert 'up == 0' > "päy rules/shop alerts.yml"
is 1 "staged broken, mended on disk only" git commit --message staged
head_is "$good" "the commit was refused"
git reset --quiet --hard
echo "# words" > README.md
git add README.md
alert 'up ==' > "päy rules/shop alerts.yml"
printf 'groups: [\n' > untracked.yml
is 0 "staged good, broken on disk only" git commit --message words
rm untracked.yml
git checkout --quiet -- .

step "commits of all and of named files"
alert 'up ==' > "päy rules/shop alerts.yml"
is 1 "git commit --all" git commit --all --message all
is 1 "git commit FILE" git commit --message file -- "päy rules/shop alerts.yml"
git checkout --quiet -- .

step "a route that goes is shown where it was; a commit that only deletes counts"
routes | grep -v pay > alertmanager.yml
git add --all
is 1 "an alert that loses its route" git commit --message route
says "alertmanager.yml:6:"
says "comes to light at päy rules/shop alerts.yml:7"
git reset --quiet --hard
git rm --quiet "päy rules/shop alerts.yml"
git commit --quiet --message gone > "$work/said" 2>&1 || true
grep -qE 'obsproof\.+(Passed|Failed)' "$work/said" || { cat "$work/said"; fail "the hook did not run"; }
git reset --quiet --hard "$good"

step "what was there before does not stand in the way"
alert 'up ==' > "päy rules/shop alerts.yml"
git commit --all --quiet --no-verify --message "past the hook"
echo "# more words" >> README.md
git add --all
is 0 "another change" git commit --message more

step "Windows line ends, a detached HEAD, a work tree beside, a push"
alert 'up == 0' | sed 's/$/\r/' > "päy rules/shop alerts.yml"
git add --all
is 0 "line ends of Windows" git commit --message crlf
alert 'up ==' | sed 's/$/\r/' > "päy rules/shop alerts.yml"
git add --all
is 1 "line ends of Windows, broken" git commit --message crlf
says "päy rules/shop alerts.yml:5:"
git reset --quiet --hard
git checkout --quiet --detach
alert 'up ==' > "päy rules/shop alerts.yml"
is 1 "on a detached HEAD" git commit --all --message detached
git reset --quiet --hard && git checkout --quiet main
git worktree add --quiet "$work/beside" -b beside 2> /dev/null
cd "$work/beside"
alert 'up ==' > "päy rules/shop alerts.yml"
is 1 "in a second work tree" git commit --all --message beside
git commit --quiet --all --no-verify --message beside
is 1 "commits, as on a push" pre-commit run --from-ref main --to-ref HEAD
says "Pushed: 1 file changed since"
cd "$work/shop"
is 0 "the commits of main" pre-commit run --from-ref HEAD~1 --to-ref HEAD
is 1 "all files" obsproof check "$work/beside"

step "submodules and clones that are cut off"
sample "$work/outer" obsproof-system
git -c protocol.file.allow=always submodule --quiet add "$work/shop" inner
git add --all
is 0 "with a submodule" git commit --message outer
alert 'up ==' > "päy rules/shop alerts.yml"
is 1 "broken beside a submodule" git commit --all --message outer
git reset --quiet --hard
git clone --quiet --depth 1 "file://$work/shop" "$work/shallow"
cd "$work/shallow"
is 0 "staged, in a shallow clone" obsproof check --staged
is 2 "since, in a shallow clone" obsproof check --since "$first"
says "git fetch --unshallow"
is 0 "a report of a shallow clone" obsproof report --format json
says '"shallow": true'

step "no git, no commits, nothing that can be written"
mkdir "$work/plain" && cd "$work/plain"
alert 'up == 0' > alerts.yml
is 2 "no git" obsproof check --staged
says "is in no git repository"
git init --quiet
is 0 "nothing staged, no commits" obsproof check --staged
is 2 "since, no commits" obsproof check --since HEAD
is 2 "a folder that is not there" obsproof check --format json=nowhere/out.json
is 2 "a folder in place of a file" obsproof baseline --output .
[ -z "$(find . -name '*.part')" ] || fail "a part was left behind"
if [ -w /dev/full ]; then
  got=0
  obsproof check --format json > /dev/full 2> "$work/said" || got=$?
  [ "$got" = 2 ] || fail "a full device: exit $got"
  says "cannot write the output"
else
  echo "not walked: there is no /dev/full"
fi
if full "$work/disk"; then
  head -c 65536 /dev/zero > "$work/disk/filler" 2> /dev/null || true
  is 2 "a full disk: a report" obsproof report --format json="$work/disk/evidence.json"
  is 2 "a full disk: findings" obsproof check --format sarif="$work/disk/out.sarif"
  is 2 "a full disk: a baseline" obsproof baseline --output "$work/disk/known.json"
  [ "$(ls -A "$work/disk")" = filler ] || { ls -lA "$work/disk"; fail "something half-written is left"; }
else
  echo "not walked: a full disk (no right to mount one)"
fi

if [ -n "$rust" ]; then
  walk obsproof
fi
walked
