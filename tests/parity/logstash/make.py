#!/usr/bin/env python3
"""Remakes verdicts.json: what the published grammar of Logstash says of our own pipelines and of
random edits of them.

    make.py lscl_grammar.treetop RELEASE

Needs Ruby with the gem treetop, and the grammar from `logstash-core/lib/logstash/compiler/lscl/`
of the release.
"""

import hashlib
import json
import pathlib
import random
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SIGNS = [
    "{", "}", "[", "]", '"', "'", ",", ":", "=", "=>", "#", "\n", "!", "(", ")", " in ", "==", "=~",
    "/", "\\", "and ", "a", "1", "-", ".", " ", "if ", "else ", "$", "%{x}", "!~", "not in ", "\r",
]
# Seed and number of mutants of each set.
SETS = [(20, 1200), (2026, 900)]


def edit(text, dice):
    """A place and what stands there instead."""
    kind = dice.randrange(6)
    at = dice.randrange(len(text))
    if kind == 0:
        return at, at + 1, ""
    if kind == 1:
        return at, at, dice.choice(SIGNS)
    if kind == 2:
        return at, at + 1, dice.choice(SIGNS)
    words = [found.span() for found in re.finditer(r"\w+|=>|[^\s\w]|\s+", text)]
    start, end = dice.choice(words)
    if kind == 3:
        return start, end, ""
    if kind == 4:
        return end, end, text[start:end]
    lines = [found.span() for found in re.finditer(r"[^\n]*\n", text)]
    start, end = dice.choice(lines)
    return (start, end, "") if dice.random() < 0.5 else (start, start, text[start:end])


def main():
    grammar, release = sys.argv[1], sys.argv[2]
    texts = {path.name: path.read_text() for path in sorted(HERE.glob("pipelines/*.conf"))}
    cases = [(name, None, text) for name, text in texts.items()]
    seen = set(texts.values())
    for seed, count in SETS:
        dice, wanted = random.Random(seed), len(cases) + count
        while len(cases) < wanted:
            name = dice.choice(sorted(texts))
            start, end, put = edit(texts[name], dice)
            text = texts[name][:start] + put + texts[name][end:]
            if text not in seen:
                seen.add(text)
                cases.append((name, {"start": start, "end": end, "text": put}, text))
    given = "".join(json.dumps(text) + "\n" for *_, text in cases)
    judge = ["ruby", str(HERE / "judge.rb"), grammar]
    said = subprocess.run(judge, input=given, capture_output=True, text=True, check=True).stdout.split()
    gem = subprocess.run(
        ["ruby", "-e", 'require "treetop/version"; puts Treetop::VERSION::STRING'], capture_output=True, text=True, check=True
    ).stdout.strip()
    rows = []
    for (name, change, text), verdict in zip(cases, said, strict=True):
        digest = hashlib.sha256(text.encode()).hexdigest()
        row = {"file": name, "edit": change, "sha256": digest, "accepted": verdict == "1"}
        rows.append(json.dumps(row, ensure_ascii=True))
    program = f"treetop {gem} with lscl_grammar.treetop of Logstash {release}"
    head = f'{{"program": {json.dumps(program)},\n"cases": [\n'
    (HERE / "verdicts.json").write_text(head + ",\n".join(rows) + "\n]}\n")


if __name__ == "__main__":
    main()
