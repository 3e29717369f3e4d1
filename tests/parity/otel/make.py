#!/usr/bin/env python3
"""Remakes verdicts.json: what `otelcol validate` says about the files in good/ and about one-edit
mutants of them.

    python3 make.py --otelcol PATH --release 0.159.0

The program is the core repository's own build (`cmd/otelcorecol`), made with the Go client:
`go build` in that folder of a checkout of the release. The edits are those of ../make.py.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import make  # noqa: E402

PER_KIND = 4


def judge(program, data):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "config.yaml")
        path.write_bytes(data)
        environment = {"PATH": os.environ["PATH"], "POD_IP": "10.0.0.1", "TOKEN": "t"}
        done = subprocess.run([program, "validate", f"--config={path}"], capture_output=True, env=environment)
        text = (done.stderr + done.stdout).decode("utf-8", "replace").replace(str(path), "FILE")
    if done.returncode == 0:
        return True, None
    panic = re.search(r"panic: .*", text)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    lines = [line for line in lines if not re.match(r"^(\d{4}-|collector server run finished|Error: .*:$)", line)]
    message = panic.group(0) if panic else (lines or ["refused"])[-1]
    return False, re.sub(r"(?<![\w.:/])/(?:tmp|root|home|work|go|usr)/\S*", "PATH", message)[:300]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--otelcol", required=True)
    parser.add_argument("--release", required=True)
    parser.add_argument("--per-kind", type=int, default=PER_KIND)
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "verdicts.json")
    options = parser.parse_args()
    work = []
    for path in sorted((HERE / "good").glob("*.yaml")):
        file, data = f"otel/good/{path.name}", path.read_bytes()
        work.append((file, None, data))
        work += [(file, m, made) for m, made in make.mutants(file, data, options.per_kind)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda item: judge(options.otelcol, item[2]), work))
    cases, wrong = [], []
    for (file, mutation, data), (accepted, message) in zip(work, answers):
        cases.append({"file": file, "program": "otelcol validate", "mutation": mutation,
                      "sha256": hashlib.sha256(data).hexdigest(), "accepted": accepted, "message": message})
        if mutation is None and not accepted:
            wrong.append(f"{file}: {message}")
    with open(options.out, "w", encoding="utf-8", newline="\n") as out:
        out.write('{"programs": ' + json.dumps({"otelcorecol": options.release}) + ',\n"cases": [\n')
        out.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases))
        out.write("\n]}\n")
    print(f"{len(cases)} cases, {sum(case['accepted'] for case in cases)} accepted")
    for line in wrong:
        print("refused as it is:", line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
