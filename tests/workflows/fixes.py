#!/usr/bin/env python3
"""Safe fixes judged by the programs that read the files, and what they said as data.

    fixes.py --promtool P --amtool P --otelcol P [--obsproof P]

Writes every failing example of every rule with a safe fix into a folder of its own, runs
`obsproof check --fix` on it, and asks the program that reads each changed file about it before and
after. A fix may never turn a file that is accepted into one that is refused; a fix of a rule about
validity has to turn a refused one into an accepted one, unless it has further faults. Verdicts go to
tests/parity/fixes.json. The programs come from their projects (Go: `go install` of
github.com/prometheus/prometheus/cmd/promtool, github.com/prometheus/alertmanager/cmd/amtool and
go.opentelemetry.io/collector/cmd/otelcorecol). Needs PyYAML.
"""
import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VERDICTS = ROOT / "tests" / "parity" / "fixes.json"
READERS = {
    "prometheus-config": ("promtool", ["check", "config", "--syntax-only", "--lint=none"]),
    "prometheus-rules": ("promtool", ["check", "rules", "--lint=none"]),
    "alertmanager-config": ("amtool", ["check-config"]),
    "otel-collector": ("otelcol", ["validate", "--config"]),
}


def sh(*words, cwd=None):
    return subprocess.run(words, capture_output=True, text=True, cwd=cwd)


def accepted(programs, kind, path):
    name, words = READERS[kind]
    run = sh(programs[name], *words, str(path))
    said = (run.stdout + run.stderr).strip().replace(str(path.parent), "")
    return run.returncode == 0, said.splitlines()[-1][:300] if said else ""


def version(program, name):
    said = sh(program, "--version").stdout or sh(program, "--version").stderr
    found = re.search(r"\d+\.\d+\.\d+\S*", said)
    return found.group(0) if found else "unknown"


def judge(programs, obsproof, rule, example, folder):
    for path, text in example["fail"].items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    check = [obsproof, "check", ".", "--all", "--select", rule["code"], "--clock", "2026-01-01"]
    listed = json.loads(sh(*check, "--format", "json", cwd=folder).stdout)
    kinds = {row["path"]: row["documents"][0]["kind"] for row in listed["files"]
             if len(row["documents"]) == 1}
    before = {path: (folder / path).read_bytes() for path in kinds}
    said = {path: accepted(programs, kind, folder / path)
            for path, kind in kinds.items() if kind in READERS}
    run = sh(*check, "--fix", cwd=folder)
    if run.returncode > 1:
        sys.exit(f"fixes.py: {rule['code']}: {run.stderr}")
    for path, (was, why_was) in sorted(said.items()):
        after = (folder / path).read_bytes()
        if after == before[path]:
            continue
        now, why = accepted(programs, kinds[path], folder / path)
        yield {
            "rule": rule["code"],
            "file": path,
            "kind": kinds[path],
            "program": READERS[kinds[path]][0],
            "before": {"sha256": hashlib.sha256(before[path]).hexdigest(), "accepted": was},
            "after": {"sha256": hashlib.sha256(after).hexdigest(), "accepted": now},
            **({} if now else {"message": why}),
        }


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--obsproof", default=str(ROOT / "target" / "debug" / "obsproof"))
    for name in ("promtool", "amtool", "otelcol"):
        arguments.add_argument(f"--{name}", required=True)
    given = vars(arguments.parse_args())
    rows, worse, unmended = [], [], []
    for file in sorted((ROOT / "rules").glob("*/*.yaml")):
        rule = yaml.safe_load(file.read_text(encoding="utf-8"))
        if rule.get("fixes") != "safe":
            continue
        for number, example in enumerate(rule["examples"], 1):
            if "fail" not in example:
                continue
            with tempfile.TemporaryDirectory() as folder:
                for row in judge(given, given["obsproof"], rule, example, pathlib.Path(folder)):
                    rows.append({"example": number, **row})
                    if row["before"]["accepted"] and not row["after"]["accepted"]:
                        worse.append(row)
                    if rule["class"] == "validity" and not row["after"]["accepted"]:
                        unmended.append(row)
    programs = {name: version(given[name], name) for name in ("promtool", "amtool", "otelcol")}
    VERDICTS.write_text(json.dumps({"programs": programs, "verdicts": rows}, indent=1,
                                   ensure_ascii=False) + "\n")
    print(f"{len(rows)} files judged before and after their fix: {len(worse)} refused only after it, "
          f"{len(unmended)} of a rule about validity still refused")
    for row in worse + unmended:
        print(json.dumps(row, ensure_ascii=False))
    sys.exit(1 if worse else 0)


main()
