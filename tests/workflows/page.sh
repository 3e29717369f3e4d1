#!/usr/bin/env bash
# Opens the HTML report in a real Chromium: views, filters, keyboard, accessibility, print, both
# colour schemes, a narrow screen, and a report of 5,000 findings that must be usable in 2 seconds.
#
# Needs a built obsproof (OBSPROOF, else target/release or target/debug), Chromium (CHROMIUM, else
# `chromium` on the path: `apt-get install chromium`), Node and npm. Without one of them it says so
# and exits with 77.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

missing() { echo "not run: $1" >&2; exit 77; }
program=${OBSPROOF:-}
for candidate in "$root/target/release/obsproof" "$root/target/debug/obsproof"; do
  [ -n "$program" ] || { [ -x "$candidate" ] && program=$candidate; }
done
[ -x "${program:-}" ] || missing "obsproof is not built (cargo build)"
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
[ -n "$browser" ] || missing "no Chromium (apt-get install chromium)"
command -v npm >/dev/null || missing "no npm"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/driver" "$work/pages"
cp "$here/page.mjs" "$here/page.package.json" "$work/driver/"
mv "$work/driver/page.package.json" "$work/driver/package.json"
(cd "$work/driver" && npm install --silent --no-audit --no-fund) >/dev/null \
  || missing "npm cannot fetch puppeteer-core and axe-core"

report() { "$program" report "$1" --clock 2026-11-01 --format "html=$2" >/dev/null; }
report "$root/fixtures/shop" "$work/pages/shop.html"
report "$root/fixtures/standard" "$work/pages/standard.html"
mkdir "$work/many"
for file in $(seq 1 50); do
  { printf 'groups:\n  - name: group%s\n    rules:\n' "$file"
    for rule in $(seq 1 25); do
      printf '      - alert: Alert%sOf%s\n        expr: rate(http_requests_total{job="j%s"}[5m]) > %s\n' \
        "$rule" "$file" "$rule" "$rule"
    done
  } > "$work/many/rules$file.yml"
done
report "$work/many" "$work/pages/many.html"
CHROMIUM=$browser node "$work/driver/page.mjs" "$work/pages" "${SHOTS:-}"
