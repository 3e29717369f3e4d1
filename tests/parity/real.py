#!/usr/bin/env python3
"""Compares obsproof with promtool and amtool on the files of real repositories.

    python3 real.py --promtool PATH --amtool PATH --obsproof PATH FOLDER…

Each folder is one repository. Three kinds of file are judged, known by the keys
that stand at the start of a line: rule files (`groups`), `PrometheusRule`
objects (their `spec`, moved to the margin), Alertmanager configurations
(`route` and `receivers`). Nothing is kept of the inputs: the output is a table
of counts and a line for each disagreement.

Left out, and counted: files that a template engine must render first, and files
in a dialect that the real program does not speak (Thanos, Loki, Mimir and
VictoriaMetrics rules, which obsproof names as such).
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import tempfile

BATCH = 100
SKIPPED = {".git", "node_modules"}
RENDERED = re.compile(
    r"\{\{[^}]*\.(?:Values|Release|Chart|Capabilities)\b|\{\{-? *(?:include|toYaml|template|define) |\{% |^\s*\{\{-? *(?:if|range|end|with|else|/\*)[^}]*\}\}\s*$",
    re.M,
)
DIALECT = re.compile(r"partial_response_strategy|^source_tenants:|^\s+(?:source_tenants|limit_type|eval_offset|eval_delay|notifier_headers|debug|type: (?:graphite|vlogs)):?", re.M)


def kind_of(text):
    has = lambda key: re.search(rf"^{key}\s*:", text, re.M)
    if has("groups") and re.search(r"\b(?:record|alert|expr)\s*:", text) and not has("apiVersion"):
        return "rules"
    if re.search(r"^kind:\s*[\"']?PrometheusRule\b", text, re.M) and has("spec"):
        return "object"
    if has("route") and has("receivers") and not has("apiVersion"):
        return "alertmanager"
    return None


def spec_of(text):
    """The spec of the only object in a text, moved to the margin."""
    if len(re.findall(r"^kind:", text, re.M)) != 1:
        return None
    lines = text.split("\n")
    start = next(i for i, line in enumerate(lines) if re.match(r"spec\s*:\s*(?:#.*)?$", line)) if re.search(
        r"^spec\s*:\s*(?:#.*)?$", text, re.M
    ) else None
    if start is None:
        return None
    body = []
    for line in lines[start + 1 :]:
        if line.strip() and not line.startswith((" ", "#", "-")):
            break
        body.append(line)
    first = next((line for line in body if line.strip() and not line.lstrip().startswith("#")), "")
    indent = len(first) - len(first.lstrip())
    cut = [line[indent:] if line[:indent].strip() == "" else line for line in body]
    return "\n".join(cut) + "\n"


def candidates(folder):
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(names):
            path = pathlib.Path(root, name)
            if not name.endswith((".yml", ".yaml", ".rules", ".rule", ".alerts", ".json")) or path.is_symlink():
                continue
            if path.stat().st_size > 16 << 20:
                continue
            try:
                text = path.read_text()
            except UnicodeDecodeError:
                continue
            kind = kind_of(text)
            if kind:
                yield path, kind, text


def blocks(output, paths):
    for path in paths:
        yield output.split(f"Checking {path}\n", 1)[1].split("Checking /", 1)[0]


def promtool(program, inputs):
    """Verdict and first message of each text."""
    found = []
    for start in range(0, len(inputs), BATCH):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, text in enumerate(inputs[start : start + BATCH]):
                path = pathlib.Path(folder, f"{number}.yml")
                path.write_text(text)
                paths.append(path)
            args = [program, "check", "rules", "--lint=none", *map(str, paths)]
            run = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            for path, block in zip(paths, blocks(run.stdout, paths)):
                message = " ".join(block.split("FAILED:", 1)[-1].replace(str(path), "FILE").split())
                found.append(("FAILED" not in block, message[:300]))
    return found


def amtool(program, path):
    args = [program, "check-config", str(path)]
    run = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return run.returncode == 0, " ".join(run.stdout.split("FAILED:", 1)[-1].split())[:300]


def ours(program, folder):
    """Validity findings by path (a warning is no refusal), and rows of files by path."""
    args = [program, "check", str(folder), "--format", "json", "--class", "validity", "--fail-on", "never", "--all"]
    report = json.loads(subprocess.run(args, stdout=subprocess.PIPE, check=True).stdout)
    findings = {}
    for finding in report["findings"]:
        findings.setdefault(finding["path"], []).append(finding)
    return findings, {row["path"]: row for row in report["files"]}


def templated(path, text):
    return "templates" in path.parts and bool(RENDERED.search(text)) or bool(re.search(r"\{\{[^}]*\.Values\b|\{% ", text))


class Count:
    def __init__(self):
        self.agree = {True: 0, False: 0}
        self.total = {True: 0, False: 0}
        self.dialect = self.templated = self.unread = 0


def compare(args, folder, counts):
    findings, rows = ours(args.obsproof, folder)
    jobs = {"rules": [], "object": [], "alertmanager": []}
    for path, kind, text in candidates(folder):
        relative = path.relative_to(folder).as_posix()
        row = rows.get(relative, {})
        count = counts[kind]
        kinds = {document["kind"] for document in row.get("documents", [])}
        if row.get("reason") == "dialect" or DIALECT.search(text):
            count.dialect += 1
        elif row.get("reason") == "templated" or templated(path, text):
            count.templated += 1
        elif kind == "object" and spec_of(text) is None:
            count.unread += 1
        else:
            jobs[kind].append((path, relative, spec_of(text) if kind == "object" else text, kinds))
    verdicts = {
        "rules": promtool(args.promtool, [job[2] for job in jobs["rules"]]),
        "object": promtool(args.promtool, [job[2] for job in jobs["object"]]),
        "alertmanager": [amtool(args.amtool, job[0]) for job in jobs["alertmanager"]],
    }
    for kind, list_of in jobs.items():
        family = "AMGR" if kind == "alertmanager" else "RULE"
        for (path, relative, _, kinds), (accepted, message) in zip(list_of, verdicts[kind]):
            said = [f for f in findings.get(relative, []) if f["code"].startswith(family) and f["severity"] == "error"]
            same = accepted == (not said)
            counts[kind].total[accepted] += 1
            counts[kind].agree[accepted] += same
            if not same:
                told = f'{said[0]["code"]} {said[0]["start"]["line"]}: {said[0]["message"]}' if said else "nothing"
                verdict = "accepted" if accepted else f"refused ({message})"
                print(f"{folder.name}/{relative}: {verdict}; obsproof: {told}; read as {sorted(kinds)}")


def main():
    args = argparse.ArgumentParser()
    for program in ("promtool", "amtool", "obsproof"):
        args.add_argument(f"--{program}", required=True)
    args.add_argument("folders", nargs="+", type=pathlib.Path)
    args = args.parse_args()
    counts = {kind: Count() for kind in ("rules", "object", "alertmanager")}
    for folder in args.folders:
        compare(args, folder.resolve(), counts)
    for kind, count in counts.items():
        for accepted, word in ((True, "accepted"), (False, "refused")):
            agree, total = count.agree[accepted], count.total[accepted]
            share = f"{100 * agree / total:.2f} %" if total else "none"
            print(f"{kind}: {word} {total}, agree {agree} ({share})")
        print(f"{kind}: left out {count.dialect} in a dialect, {count.templated} templated, {count.unread} of several objects")


main()
