#!/usr/bin/env python3
"""SARIF logs judged by Microsoft's SARIF Multitool, and what it said as data.

    sarif.py [--obsproof PROGRAM] [--multitool PROGRAM] [NAME=FOLDER…]

Judges both profiles on this project's fixtures, on a small repository with awkward names, and on
the folders given. Zero errors are wanted, read from the log the Multitool writes: its exit code
says nothing. Verdicts go to tests/parity/sarif.json (those of folders that are not given stay).
Without --multitool the npm package @microsoft/sarif-multitool-linux is put into a temporary folder.
"""
import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VERDICTS = ROOT / "tests" / "parity" / "sarif.json"
PACKAGE = "@microsoft/sarif-multitool-linux"
RULES = "Sarif;Gh"
# What GitHub takes of one upload.
LIMITS = {"results": 25_000, "rules": 25_000, "tags": 20, "packed": 10_000_000}

AWKWARD = {
    "a b/prometheus ü.yml": "scrape_configs:\n  - job_name: a\n    static_configs: [{targets: ['http://x:9/']}]\n",
    "a b/[x]#?%20.yml": "groups:\n  - name: ä\n    rules:\n      - alert: 'Ü \"<&>'\n        expr: up ==\n",
    "windows/alerts.yml": "groups:\r\n- name: a\r\n  rules:\r\n  - alert: A\r\n    expr: up == 0\r\n",
}


def install(folder):
    npm = ["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, PACKAGE]
    if subprocess.run(npm, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"sarif.py: cannot judge: {PACKAGE} cannot be installed; give --multitool")
    return os.path.join(folder, "node_modules", PACKAGE, "Sarif.Multitool")


def version(program):
    text = subprocess.run([program, "--version"], capture_output=True, text=True, env=quiet())
    words = (text.stdout + text.stderr).split()
    return next((word for word in words if word[0].isdigit()), "unknown")


def quiet():
    # The program needs no ICU for what it does here.
    return dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1")


def judge(program, log, folder):
    answer = os.path.join(folder, "answer.sarif")
    run = subprocess.run(
        [program, "validate", log, "-o", answer, "--log", "ForceOverwrite", "--rule-kind", RULES,
         "--level", "Error;Warning;Note", "--kind", "Fail"],
        capture_output=True, text=True, env=quiet(),
    )
    if not os.path.isfile(answer):
        sys.exit(f"sarif.py: the Multitool gave no answer: {run.stdout}{run.stderr}")
    with open(answer, encoding="utf-8-sig") as text:
        whole = json.load(text)
    levels = {"error": {}, "warning": {}, "note": {}}
    for one in whole["runs"]:
        for result in one.get("results", []):
            rule = result.get("ruleId") or result["rule"]["id"]
            of_level = levels[result.get("level", "warning")]
            of_level[rule] = of_level.get(rule, 0) + 1
    return levels


def limits(log):
    """What is beyond GitHub's limits, of a log of its profile."""
    data = pathlib.Path(log).read_bytes()
    one = json.loads(data)["runs"][0]
    rules = one["tool"]["driver"]["rules"]
    packed = len(__import__("gzip").compress(data))
    sizes = {
        "results": len(one["results"]),
        "rules": len(rules),
        "tags": max(len(rule["properties"]["tags"]) for rule in rules),
        "packed": packed,
    }
    return [f"{what}: {size}" for what, size in sizes.items() if size > LIMITS[what]]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--obsproof", default=str(ROOT / "target" / "debug" / "obsproof"))
    arguments.add_argument("--multitool")
    arguments.add_argument("folders", nargs="*")
    given = arguments.parse_args()
    folder = tempfile.mkdtemp(prefix="sarif-")
    program = given.multitool or install(folder)
    awkward = pathlib.Path(folder, "awkward")
    for path, text in AWKWARD.items():
        target = awkward / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    places = {
        "fixtures/standard": ROOT / "fixtures" / "standard",
        "fixtures/shop": ROOT / "fixtures" / "shop",
        "names that need quoting": awkward,
        "an empty folder": pathlib.Path(tempfile.mkdtemp(dir=folder)),
    }
    places.update(word.split("=", 1) for word in given.folders)
    old = json.loads(VERDICTS.read_text()) if VERDICTS.is_file() else {"verdicts": []}
    rows = {(row["input"], row["profile"]): row for row in old["verdicts"]}
    wrong = 0
    for name, place in places.items():
        for profile in ("full", "github"):
            log = os.path.join(folder, "log.sarif")
            run = subprocess.run(
                [given.obsproof, "check", str(place), "--all", "--format", f"sarif={log}",
                 "--sarif-profile", profile, "--clock", "2026-01-01"],
                capture_output=True, text=True,
            )
            if run.returncode > 1:
                sys.exit(f"sarif.py: {name}: {run.stderr}")
            levels = judge(program, log, folder)
            beyond = limits(log) if profile == "github" else []
            with open(log, "rb") as bytes_of:
                data = bytes_of.read()
            rows[(name, profile)] = {
                "input": name,
                "profile": profile,
                "sha256": hashlib.sha256(data).hexdigest(),
                "results": len(json.loads(data)["runs"][0]["results"]),
                **{f"{level}s": dict(sorted(rules.items())) for level, rules in levels.items()},
            }
            bad = sum(levels["error"].values()) + len(beyond)
            wrong += bad
            print(f"{name}, {profile}: {rows[(name, profile)]['results']} results, "
                  f"errors {levels['error'] or 'none'}, warnings {levels['warning'] or 'none'}"
                  f"{', beyond the limits: ' + ', '.join(beyond) if beyond else ''}")
    verdicts = {
        "program": PACKAGE,
        "version": version(program),
        "rules": RULES,
        "verdicts": [rows[key] for key in sorted(rows)],
    }
    VERDICTS.write_text(json.dumps(verdicts, indent=2, ensure_ascii=False) + "\n")
    sys.exit(1 if wrong else 0)


main()
