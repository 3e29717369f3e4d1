#!/usr/bin/env python3
"""Compares a table of settings with what upstream names.

    refresh.py kibana.yaml FILE…

FILE is anything upstream that lists settings: the `*-settings.yml` files of elastic/kibana's
docs/reference/configuration-reference (lines `- setting: x`), its kibana-docker script, or the entrypoint of
the OpenSearch Dashboards image (one dotted name a line). Prints the names that the table does not know; they are
then added by hand, each with the release that has it.
"""

import re
import sys


def table(path):
    keys, prefix, inside = [], "", False
    for line in open(path, encoding="utf-8"):
        if re.match(r"keys:", line):
            inside = True
        elif re.match(r"\w", line):
            inside = line.startswith("removed:")
        elif inside:
            name = re.match(r'  "?([\w.*]*)"?:(.*)', line)
            if name:
                prefix, line = name.group(1), name.group(2)
                if "{" in line:
                    keys.append(prefix)
                    continue
            words = [word for word in line.replace(">-", "").split()]
            keys += [f"{prefix}.{word}" if prefix else word for word in words]
    return keys


def covers(entry, key):
    return entry == key or (entry.endswith(".*") and (key + ".").startswith(entry[:-1]))


def upstream(path):
    text = open(path, encoding="utf-8").read()
    names = re.findall(r"- setting: ([\w.\[\]<>-]+)", text)
    return names or re.findall(r"^\s+([a-zA-Z_]\w*(?:\.\w+)+)\s*$", text, re.M)


def main():
    known = table(sys.argv[1])
    for path in sys.argv[2:]:
        for name in sorted(set(upstream(path))):
            if not any(covers(entry, name) for entry in known):
                print(name)


main()
