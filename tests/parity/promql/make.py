#!/usr/bin/env python3
"""Remakes verdicts.json: what promtool says about expressions.

    python3 make.py --promtool PATH --release 3.16.0 [--table FILE]

Cases are the lines of bases.txt, one- and two-edit mutants of them, and, if a
file with one JSON text per line is given, the inputs of the table that the
parser of Prometheus is tested with. The mutants are the same on every run.
"""

import argparse
import json
import pathlib
import random
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MUTANTS = 3000
BATCH = 200
TOKEN = re.compile(
    r"""\s+|#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[A-Za-z_:][\w:]*|[0-9.][\w.]*|=~|!~|==|!=|<=|>=|</|>/|."""
)
POOL = """( ) [ ] { } , = =~ !~ == != < <= > >= </ >/ + - * / % ^ @ : by without on ignoring group_left
group_right bool offset and or unless atan2 sum avg topk quantile count_values limitk rate increase
histogram_quantile absent label_replace time vector scalar info mad_over_time holt_winters start() end()
step() fill(0) fill_left(1) smoothed anchored 0 1 -1 0.5 1e3 0x 08 1_0 5m 1h30m 30m1h 1.5h 0s 5x [5m]
[5m:1m] [5m:] [0] offset 5m @ 0 "a" 'b' `c` "\\q" "\\xzz" "\\ud800" {a="b"} {} {a=~"("} {a=~"*"} {"q"} foo
foo{a="b"} foo[5m] sum(foo) (1) (foo) #x é Inf NaN""".split()


def tokens(text):
    return TOKEN.findall(text)


def mutate(rng, text):
    parts = tokens(text)
    solid = [i for i, part in enumerate(parts) if not part.isspace()]
    at = rng.choice(solid)
    kind = rng.randrange(8)
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts.insert(at, rng.choice(POOL) + " ")
    elif kind == 2:
        parts[at] = rng.choice(POOL)
    elif kind == 3:
        parts.insert(at, parts[at] + " ")
    elif kind == 4:
        other = rng.choice(solid)
        parts[at], parts[other] = parts[other], parts[at]
    elif kind == 5:
        token = parts[at]
        cut = rng.randrange(len(token))
        parts[at] = token[:cut] + token[cut + 1 :]
    elif kind == 6:
        token = parts[at]
        cut = rng.randrange(len(token) + 1)
        parts[at] = token[:cut] + rng.choice("_:.0a(\"'{}[]=~!#@\\ ") + token[cut:]
    else:
        parts = parts[: at + 1]
    return "".join(parts)


def cases(bases, table):
    seen = dict.fromkeys(bases)
    seen.update(dict.fromkeys(table))
    rng = random.Random("promql-1")
    want = len(seen) + MUTANTS
    while len(seen) < want:
        text = mutate(rng, rng.choice(bases))
        if rng.random() < 0.25:
            text = mutate(rng, text) if text.strip() else text
        if text.strip():
            seen.setdefault(text)
    return list(seen)


def judge(promtool, texts):
    accepted = []
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, text in enumerate(batch):
                path = pathlib.Path(folder, f"{number}.yml")
                rule = {"groups": [{"name": "g", "rules": [{"record": "r", "expr": text}]}]}
                path.write_text(json.dumps(rule))
                paths.append(path)
            args = [promtool, "check", "rules", "--lint=none", *map(str, paths)]
            pipe = subprocess.PIPE
            run = subprocess.run(args, stdout=pipe, stderr=subprocess.STDOUT, text=True, check=False)
            output = run.stdout
            for path in paths:
                block = output.split(f"Checking {path}\n", 1)[1].split("Checking /", 1)[0]
                accepted.append("FAILED" not in block)
                assert accepted[-1] == ("SUCCESS" in block), block
    return accepted


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--promtool", required=True)
    args.add_argument("--release", required=True, help="of promtool")
    args.add_argument("--table")
    args = args.parse_args()
    bases = [line for line in (HERE / "bases.txt").read_text().splitlines() if line]
    table = []
    if args.table:
        table = [json.loads(line) for line in pathlib.Path(args.table).read_text().splitlines()]
        # A rule without an expression is refused before the expression is read.
        table = [text for text in table if text.strip() and "\ufffd" not in text]
    texts = cases(bases, table)
    verdicts = judge(args.promtool, texts)
    out = {
        "program": f"promtool {args.release}",
        "cases": [[text, ok] for text, ok in zip(texts, verdicts)],
    }
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in out["cases"])
    text = f'{{"program": {json.dumps(out["program"])}, "cases": [\n{lines}\n]}}\n'
    (HERE / "verdicts.json").write_text(text)
    print(len(texts), "cases,", sum(verdicts), "accepted")


main()
