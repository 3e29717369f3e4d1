#!/usr/bin/env python3
"""Remakes verdicts.json: what `otelcol validate` says about the files in good/ and about one-edit
mutants of them.

    python3 make.py --otelcorecol PATH --otelcol PATH --release 0.165.0

Two builds judge: the core repository's own (`cmd/otelcorecol`, made with `go build` in that folder of a
checkout of the release) the files that it takes, and the core distribution (`otelcol`, made with
`ocb --config manifest.yaml` in `distributions/otelcol` of opentelemetry-collector-releases) the others. The edits are those of ../make.py, and those
that only a collector's configuration has. With --seed TEXT and --out FILE another set is made beside
the stored one.
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
# The first set, and a second one of other places and more kinds of edit.
FIRST, SECOND = b"parity-1", b"collector-2"
OLDER = {"agent.yaml", "anchors.yaml", "forward.yaml", "gateway.yaml"}
SECTION = re.compile(rb"^(receivers|processors|exporters|connectors|extensions):", re.M)


def item_spans(data):
    """Items of lists of names, in brackets or one a line."""
    for found in re.finditer(rb"\[([a-z_][\w/, -]*)\]", data):
        for item in re.finditer(rb"[\w/-]+", found.group(1)):
            yield found.start(1) + item.start(), found.start(1) + item.end()
    for found in re.finditer(rb"^[ ]+- ([a-z_][\w/-]*)$", data, re.M):
        yield found.span(1)


def item_unknown(data):
    for start, end in item_spans(data):
        yield end, end, b"/other"


def item_lost(data):
    for found in re.finditer(rb"\[([a-z_][\w/-]*), ", data):
        yield found.start(1), found.end(), b""
    for found in re.finditer(rb", ([a-z_][\w/-]*)\]", data):
        yield found.start(), found.end() - 1, b""


def item_doubled(data):
    for start, end in item_spans(data):
        if data[start - 1 : start] in b"[ ":
            yield end, end, b", " + data[start:end] if b"- " not in data[start - 2 : start] else b""


def block_lost(data):
    """A key with all that stands below it."""
    rows = make.lines(data)
    for index, (start, _, line) in enumerate(rows):
        depth = len(line) - len(line.lstrip(b" "))
        if not make.KEY.match(line):
            continue
        end = index + 1
        while end < len(rows) and (not rows[end][2].strip() or len(rows[end][2]) - len(rows[end][2].lstrip(b" ")) > depth):
            end += 1
        if end > index + 1:
            yield start, rows[end - 1][1], b""


def word_letter_lost(data):
    for start, end in make.values(data):
        for at in range(start, end):
            if data[at : at + 1].isalpha():
                yield at, at + 1, b""


def word_letters_swapped(data):
    for start, end in make.values(data):
        for at in range(start, end - 1):
            pair = data[at : at + 2]
            if pair.isalpha() and pair[:1] != pair[1:]:
                yield at, at + 2, pair[::-1]


def word_quoted(data):
    for start, end in make.values(data):
        if re.fullmatch(rb"[\w.-]+", data[start:end]):
            yield start, end, b'"' + data[start:end] + b'"'


MORE = {
    "item unknown": item_unknown,
    "item lost": item_lost,
    "item doubled": item_doubled,
    "block lost": block_lost,
    "letter of a value lost": word_letter_lost,
    "letters of a value swapped": word_letters_swapped,
    "value quoted": word_quoted,
    "value replaced by true": make.value_by(b"true"),
    "value replaced by word": make.value_by(b"other"),
    "value replaced by negative number": make.value_by(b"-3"),
}


def mutants(name, file, data, per_kind, seeds):
    """Those of the first set for the older files, those of the second for all."""
    seen = set()
    for seed in seeds:
        if seed == FIRST and name not in OLDER:
            continue
        make.SEED = seed
        kinds = dict(make.KINDS)
        if seed != FIRST:
            make.KINDS.update(MORE)
        try:
            count = per_kind if seed == FIRST else per_kind - 1
            made = list(make.mutants(file, data, count))
        finally:
            make.KINDS.clear()
            make.KINDS.update(kinds)
        for mutation, text in made:
            if text not in seen:
                seen.add(text)
                yield mutation, text


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
    parser.add_argument("--otelcorecol", required=True)
    parser.add_argument("--otelcol", required=True)
    parser.add_argument("--release", required=True)
    parser.add_argument("--per-kind", type=int, default=PER_KIND)
    parser.add_argument("--seed", help="one set, of this seed")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "verdicts.json")
    options = parser.parse_args()
    seeds = [options.seed.encode()] if options.seed else [FIRST, SECOND]

    def program(file):
        return options.otelcorecol if file.rpartition("/")[2] in OLDER else options.otelcol

    work = []
    for path in sorted((HERE / "good").glob("*.yaml")):
        file, data = f"otel/good/{path.name}", path.read_bytes()
        work.append((file, None, data))
        work += [(file, m, made) for m, made in mutants(path.name, file, data, options.per_kind, seeds)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda item: judge(program(item[0]), item[2]), work))
    cases, wrong = [], []
    for (file, mutation, data), (accepted, message) in zip(work, answers):
        cases.append({"file": file, "program": "otelcol validate", "mutation": mutation,
                      "sha256": hashlib.sha256(data).hexdigest(), "accepted": accepted, "message": message})
        if mutation is None and not accepted:
            wrong.append(f"{file}: {message}")
    with open(options.out, "w", encoding="utf-8", newline="\n") as out:
        out.write('{"programs": ' + json.dumps({"otelcorecol": options.release, "otelcol": options.release}) + ',\n"cases": [\n')
        out.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases))
        out.write("\n]}\n")
    print(f"{len(cases)} cases, {sum(case['accepted'] for case in cases)} accepted")
    for line in wrong:
        print("refused as it is:", line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
