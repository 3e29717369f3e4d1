#!/usr/bin/env python3
"""Which plugins and options the examples of Fluent Bit, Fluentd and Vector use.

    used.py FLUENT_BIT FLUENT_BIT_DOCS FLUENTD VECTOR > tests/parity/shippers/used.json

Each argument is a checkout of the project. Names only are kept: `[role, plugin, option]`, an empty option for the
plugin itself. `tests/shippers.rs` holds the tables of this folder against the list.
"""

import json
import pathlib
import re
import sys
import tomllib

import yaml

SECTIONS = {"input": "input", "filter": "filter", "output": "output"}


def files(root, *patterns):
    for pattern in patterns:
        yield from sorted(pathlib.Path(root).glob(pattern))


def classic(text):
    """Sections of a classic Fluent Bit file: role, and the pairs in it."""
    role, pairs = None, []
    for line in text.splitlines() + ["[end]"]:
        line = line.strip()
        head = re.match(r"\[(\w+)\]$", line)
        if head:
            if role:
                yield role, pairs
            role, pairs = SECTIONS.get(head.group(1).lower()), []
        elif role and line and not line.startswith(("#", "@", "{", "/")):
            words = line.split(None, 1)
            if len(words) == 2:
                pairs.append((words[0].lower(), words[1].strip()))


def of_classic(text, found):
    for role, pairs in classic(text):
        name = dict(pairs).get("name")
        if name and re.fullmatch(r"[\w-]+", name):
            found.add((role, name.lower(), ""))
            found.update((role, name.lower(), key) for key, _ in pairs if key != "name")


def of_pipeline(text, found):
    try:
        pipeline = (yaml.safe_load(text) or {}).get("pipeline") or {}
    except (yaml.YAMLError, AttributeError):
        return
    for key, role in (("inputs", "input"), ("filters", "filter"), ("outputs", "output")):
        for item in pipeline.get(key) or []:
            name = str(item.get("name", "")).lower()
            if re.fullmatch(r"[\w-]+", name):
                found.add((role, name, ""))
                found.update((role, name, str(it).lower()) for it in item if it.lower() != "name")


def fluent_bit(source, docs):
    found = set()
    for path in files(source, "conf/**/*.conf", "examples/**/*.conf"):
        of_classic(path.read_text(errors="replace"), found)
    for path in files(source, "conf/**/*.yaml"):
        of_pipeline(path.read_text(errors="replace"), found)
    for path in files(docs, "pipeline/**/*.md"):
        for fence in re.findall(r"```\w*[^\n]*\n(.*?)```", path.read_text(errors="replace"), re.S):
            of_classic(fence, found)
            of_pipeline(fence, found)
    return found


def fluentd(source):
    found = set()
    roles = {"source": "input", "match": "output", "store": "output", "filter": "filter", "parse": "parser",
             "format": "formatter", "buffer": "buffer", "storage": "storage"}
    for path in files(source, "example/**/*.conf", "fluent.conf", "templates/**/*.conf"):
        stack = []
        for line in path.read_text(errors="replace").splitlines():
            line = line.split("#")[0].strip()
            if head := re.match(r"<(\w+)", line):
                stack.append((roles.get(head.group(1)), []))
            elif line.startswith("</") and stack:
                role, pairs = stack.pop()
                name = dict(pairs).get("@type") or dict(pairs).get("type")
                if role and name:
                    found.add((role, name, ""))
                    found.update((role, name, key) for key, _ in pairs if not key.startswith("@") and key != "type")
            elif stack and len(words := line.split(None, 1)) == 2:
                stack[-1][1].append((words[0], words[1]))
    return found


def vector(source):
    found = set()
    for path in files(source, "config/**/*.yaml", "config/**/*.toml", "distribution/**/*.yaml", "distribution/**/*.toml"):
        text = path.read_text(errors="replace")
        try:
            top = tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
        except (tomllib.TOMLDecodeError, yaml.YAMLError):
            continue
        for key, role in (("sources", "source"), ("transforms", "transform"), ("sinks", "sink")):
            for body in ((top or {}).get(key) or {}).values() if isinstance(top, dict) else []:
                if isinstance(body, dict) and re.fullmatch(r"\w+", str(body.get("type", ""))):
                    found.add((role, body["type"], ""))
    return found


def main():
    source, docs, ruby, rust = sys.argv[1:]
    lists = {"fluent-bit": fluent_bit(source, docs), "fluentd": fluentd(ruby), "vector": vector(rust)}
    print("{")
    rows = [f' "{name}": [\n  ' + ",\n  ".join(json.dumps(row) for row in sorted(rows)) + "\n ]"
            for name, rows in lists.items()]
    print(",\n".join(rows))
    print("}")


main()
