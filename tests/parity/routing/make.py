#!/usr/bin/env python3
"""Remakes verdicts.json: where amtool sends alerts.

    python3 make.py --amtool PATH --release 0.34.2

Every route of a made-up configuration has a receiver of its own, so that the
receivers amtool prints say which routes take an alert. The configurations and
label sets are the same on every run.
"""

import argparse
import json
import pathlib
import random
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CONFIGS = 60
ALERTS = 8
LABELS = {
    "severity": ["critical", "warning", "info", "none", ""],
    "team": ["db", "web", "web-2", "pay", ""],
    "namespace": ["default", "kube-system", "prod-db", ""],
    "alertname": ["Watchdog", "DiskFull", "HostDown", "a b", "ü"],
    "region": ["eu", "us", ""],
}
PATTERNS = [
    "critical|warning", "(critical|warning)", "^critical$", "web.*", ".*", ".+", "", "w[a-e]b(-2)?",
    "(?i)DISK.*", "prod-.+|default", "db|", "[^w].*", r"kube-\w+", "info|none|", ".*e.*", "(?:eu|us)",
]
MADE = "made.yml"


def matcher(rng):
    label = rng.choice(list(LABELS))
    op = rng.choice(["=", "=", "=", "!=", "=~", "=~", "!~"])
    value = rng.choice(PATTERNS if op.endswith("~") else LABELS[label])
    return label, op, value


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def matchers(rng, pad):
    """The lines of a route's matchers, in one of the forms that Alertmanager reads."""
    wanted = [matcher(rng) for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3]))]
    lines = []
    form = rng.randrange(4)
    if form == 0:
        for key, sign in (("match", "="), ("match_re", "=~")):
            pairs = {label: value for label, op, value in wanted if op == sign}
            if pairs:
                lines.append(f"{pad}{key}:")
                lines += [f"{pad}  {label}: {quoted(value)}" for label, value in pairs.items()]
        return lines
    texts = []
    for label, op, value in wanted:
        plain = re.fullmatch(r"[\w.*|+-]+", value) and rng.random() < 0.4
        shown = value if plain else json.dumps(value, ensure_ascii=False)
        name = json.dumps(label) if form == 2 else label
        texts.append(f"{name}{rng.choice(['', ' '])}{op}{rng.choice(['', ' '])}{shown}")
    if form == 3 and texts:
        texts = ["{" + ", ".join(texts) + "}"]
    if texts:
        lines.append(f"{pad}matchers:")
        lines += [f"{pad}  - {quoted(text)}" for text in texts]
    return lines


def routes(rng, depth, names):
    pad = "  " * (2 * depth + 1)
    lines = []
    for _ in range(rng.choice([1, 2, 3, 5] if depth == 0 else [0, 0, 1, 2, 3])):
        name = f"r{len(names)}"
        names.append(name)
        lines.append(f"{pad}- receiver: {name}")
        lines += matchers(rng, pad + "  ")
        if rng.random() < 0.3:
            lines.append(f"{pad}  continue: {rng.choice(['true', 'true', 'false'])}")
        if depth < 3:
            below = routes(rng, depth + 1, names)
            if below:
                lines += [f"{pad}  routes:"] + below
    return lines


def config(rng):
    names = ["root"]
    below = routes(rng, 0, names)
    lines = ["route:", "  receiver: root"] + (["  routes:"] + below if below else [])
    lines += ["receivers:"] + [f"  - name: {name}" for name in names]
    return "\n".join(lines) + "\n"


def alert(rng):
    labels = {}
    for label, values in LABELS.items():
        value = rng.choice(values)
        if value and rng.random() < 0.8:
            labels[label] = value
    return labels


def judge(amtool, path, labels):
    words = [f"{label}={json.dumps(value, ensure_ascii=False)}" for label, value in labels.items()]
    run = subprocess.run(
        [amtool, "config", "routes", "test", f"--config.file={path}", *words],
        capture_output=True, text=True, check=False,
    )
    if run.returncode != 0:
        return None
    # Warnings about the configuration stand before the receivers.
    return run.stdout.strip().splitlines()[-1].split(",")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--amtool", required=True)
    options.add_argument("--release", required=True)
    given = options.parse_args()
    rng = random.Random("routing-1")
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / MADE
        while len(cases) < CONFIGS:
            text = config(rng)
            path.write_text(text, encoding="utf-8")
            verdicts = []
            for _ in range(ALERTS):
                labels = alert(rng)
                receivers = judge(given.amtool, path, labels)
                if receivers is not None:
                    verdicts.append({"labels": labels, "receivers": receivers})
            # What amtool refuses is the business of other cases.
            if verdicts:
                cases.append({"config": text, "alerts": verdicts})
    out = {"program": "amtool config routes test", "release": given.release, "cases": cases}
    target = HERE / "verdicts.json"
    target.write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
