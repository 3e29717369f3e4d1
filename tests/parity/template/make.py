#!/usr/bin/env python3
"""Remakes verdicts.json: what promtool and amtool say about templates.

    python3 make.py --promtool PATH --amtool PATH --releases 3.16.0 0.34.2

Cases are the texts of bases.json and one-edit mutants of them, the same on
every run. Three judges: `promtool check rules` reads a text as an annotation,
`amtool check-config` as a template file, and `amtool template render` runs it.
"""

import argparse
import json
import pathlib
import random
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MUTANTS = {"prometheus": 700, "alertmanager": 500}
BATCH = 200
TOKEN = re.compile(
    r"""\{\{-?|-?\}\}|\s+|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[.$]?[A-Za-z_]\w*|[0-9.][\w.]*|:=|."""
)
POOL = r"""{{ }} {{- -}} {{/* */}} ( ) | , := = . $ .x $x $labels $value .Labels .Alerts .Status.x .Foo "a" `b` 'c' 'cd'
"\q" "\xzz" "\ud800" "a '\n' if else end with range define template block break continue nil true 0 1 -1 0x 0x1p4 08 09.5
1__0 1_0 1e999 99999999999999999999 1i 1+2i 1+2 0b2 .5 humanize humanise toUpper join query first printf é ½ % # ;""".split()


def mutate(rng, text):
    parts = TOKEN.findall(text)
    solid = [i for i, part in enumerate(parts) if not part.isspace()]
    at = rng.choice(solid)
    kind = rng.randrange(8)
    token = parts[at]
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts.insert(at, rng.choice(POOL) + " ")
    elif kind == 2:
        parts[at] = rng.choice(POOL)
    elif kind == 3:
        parts.insert(at, token + " ")
    elif kind == 4:
        other = rng.choice(solid)
        parts[at], parts[other] = parts[other], parts[at]
    elif kind == 5:
        cut = rng.randrange(len(token))
        parts[at] = token[:cut] + token[cut + 1 :]
    elif kind == 6:
        cut = rng.randrange(len(token) + 1)
        parts[at] = token[:cut] + rng.choice("_:.0a(\"'{}|=$#\\- ") + token[cut:]
    else:
        parts = parts[: at + 1]
    return "".join(parts)


def cases(language, bases):
    seen = dict.fromkeys(bases)
    rng = random.Random(f"template-{language}")
    want = len(seen) + MUTANTS[language]
    while len(seen) < want:
        seen.setdefault(mutate(rng, rng.choice(bases)))
    return list(seen)


def run(args):
    pipe = subprocess.PIPE
    return subprocess.run(args, stdout=pipe, stderr=subprocess.STDOUT, text=True, check=False)


def promtool(program, texts):
    accepted = []
    for start in range(0, len(texts), BATCH):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, text in enumerate(texts[start : start + BATCH]):
                path = pathlib.Path(folder, f"{number}.yml")
                rule = {"alert": "A", "expr": "up == 0", "annotations": {"text": text}}
                path.write_text(json.dumps({"groups": [{"name": "g", "rules": [rule]}]}))
                paths.append(path)
            output = run([program, "check", "rules", "--lint=none", *map(str, paths)]).stdout
            for path in paths:
                block = output.split(f"Checking {path}\n", 1)[1].split("Checking /", 1)[0]
                accepted.append("FAILED" not in block)
                assert accepted[-1] == ("SUCCESS" in block), block
    return accepted


def check_config(program, texts):
    accepted = []
    for start in range(0, len(texts), BATCH):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, text in enumerate(texts[start : start + BATCH]):
                template = pathlib.Path(folder, f"{number}.tmpl")
                template.write_text(text)
                path = pathlib.Path(folder, f"{number}.yml")
                config = {"route": {"receiver": "r"}, "receivers": [{"name": "r"}]}
                path.write_text(json.dumps(config | {"templates": [str(template)]}))
                paths.append(path)
            output = run([program, "check-config", *map(str, paths)]).stdout
            for path in paths:
                block = output.split(f"Checking '{path}'", 1)[1].split("Checking '", 1)[0]
                assert "SUCCESS" in block, block
                accepted.append("FAILED" not in block)
    return accepted


def render(program, texts):
    """`ok`, `parse` where the text is refused, `run` where running it fails."""
    verdicts = []
    for text in texts:
        # The program wants a glob, which may fit nothing.
        result = run([program, "template", "render", "--template.glob=/nowhere/*", "--template.text=" + text])
        if result.returncode == 0:
            verdicts.append("ok")
        else:
            assert "template: " in result.stdout, result.stdout
            verdicts.append("run" if "executing " in result.stdout else "parse")
    return verdicts


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--promtool", required=True)
    args.add_argument("--amtool", required=True)
    args.add_argument("--releases", nargs=2, required=True, help="of promtool and amtool")
    args = args.parse_args()
    bases = json.loads((HERE / "bases.json").read_text())
    ours = cases("prometheus", bases["prometheus"])
    theirs = cases("alertmanager", bases["alertmanager"])
    lists = {
        f"promtool {args.releases[0]} check rules": zip(ours, promtool(args.promtool, ours)),
        f"amtool {args.releases[1]} check-config": zip(theirs, check_config(args.amtool, theirs)),
        f"amtool {args.releases[1]} template render": zip(theirs, render(args.amtool, theirs)),
    }
    out = []
    for program, rows in lists.items():
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        out.append(f"{json.dumps(program)}: [\n{lines}\n]")
    (HERE / "verdicts.json").write_text("{\n" + ",\n".join(out) + "\n}\n")


main()
