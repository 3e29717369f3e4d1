#!/usr/bin/env python3
"""Remakes verdicts.json: what `promtool test rules` says about every test here.

    python3 make.py --promtool PATH --release 3.16.0

Each folder shows the claim of one rule on series: `faulty/test.yml` that the
fault does what the rule says, `corrected/test.yml` that the twin without it does
not. It fails if a test does.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--promtool", required=True)
    args.add_argument("--release", required=True, help="of promtool")
    args = args.parse_args()
    rows = []
    for test in sorted(HERE.glob("*/*/test.yml")):
        run = subprocess.run([args.promtool, "test", "rules", test.name], cwd=test.parent, capture_output=True, text=True, check=False)
        files = sorted(test.parent.glob("*.yml"))
        hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        folder = test.parent.relative_to(HERE).as_posix()
        rows.append({"folder": folder, "sha256": hashes, "passed": run.returncode == 0})
        if run.returncode:
            print(folder, run.stdout, run.stderr)
    text = json.dumps({"program": f"promtool {args.release}", "tests": rows}, indent=1) + "\n"
    (HERE / "verdicts.json").write_text(text)
    raise SystemExit(0 if all(row["passed"] for row in rows) else 1)


main()
