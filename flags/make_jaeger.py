#!/usr/bin/env python3
"""Write flags/jaeger-v1.yaml from the flag lists of the project's documentation.

usage: make_jaeger.py FOLDER > jaeger-v1.yaml

FOLDER is `data/cli` of github.com/jaegertracing/documentation: one folder for each
release, in it one file for each component and storage type. A flag carries the release
in which it first appears and, where it is gone from the newest list of its component,
the last one that has it. Needs PyYAML.
"""
import pathlib
import re
import sys

import yaml

# The oldest release that is read: what is older is not run any more.
OLDEST = (1, 20)
COMPONENTS = ["agent", "collector", "ingester", "query", "all-in-one"]
# Flags of every release that the lists leave out: help of the command, and the flags of gRPC
# storage under its two names.
SPAN_STORAGE = ["SPAN_STORAGE_TYPE", "METRICS_STORAGE_TYPE", "SAMPLING_STORAGE_TYPE", "SAMPLING_CONFIG_TYPE",
                "SPAN_STORAGE_TYPES", "DEPENDENCY_STORAGE_TYPE"]


def releases(folder):
    for path in folder.iterdir():
        found = re.fullmatch(r"(\d+)\.(\d+)", path.name)
        if found and tuple(map(int, found.groups())) >= OLDEST:
            yield tuple(map(int, found.groups())), path


def flags(path, component):
    names = set()
    for file in sorted(path.glob("jaeger-%s*.yaml" % component)):
        # `jaeger-query_env.yaml` and its like are subcommands.
        if "_" in file.stem:
            continue
        listed = yaml.safe_load(file.read_text()) or {}
        for option in (listed.get("options") or []) + (listed.get("inherited_options") or []):
            names.add(option["name"])
    return names


def main():
    found = sorted(releases(pathlib.Path(sys.argv[1])))
    newest = found[-1][0]
    seen = {}
    for release, path in found:
        for component in COMPONENTS:
            for name in flags(path, component):
                first, _ = seen.get((name, component), (release, release))
                seen[name, component] = (first, release)
    last = {c: max(l for (n, k), (f, l) in seen.items() if k == c) for c in COMPONENTS}
    text = lambda release: "%d.%d" % release
    print("# Flags of Jaeger 1: written by make_jaeger.py, do not edit.")
    print("source: data/cli of github.com/jaegertracing/documentation, releases %s to %s" % (text(found[0][0]), text(newest)))
    print("variables: [%s]" % ", ".join(SPAN_STORAGE))
    print("components:")
    for component in COMPONENTS:
        print("  %s: { last: \"%s\" }" % (component, text(last[component])))
    print("flags:")
    names = sorted({name for name, _ in seen})
    for name in names:
        parts = []
        for component in COMPONENTS:
            if (name, component) not in seen:
                continue
            first, end = seen[name, component]
            until = "" if end == last[component] else "-" + text(end)
            since = "" if first == found[0][0] else text(first)
            parts.append("%s: \"%s%s\"" % (component, since, until))
        print("  %s: { %s }" % (name, ", ".join(parts)))


main()
