#!/usr/bin/env python3
"""Remakes fluent-bit.yaml from the sources of Fluent Bit.

    git clone https://github.com/fluent/fluent-bit
    shippers/make_fluent_bit.py fluent-bit > shippers/fluent-bit.yaml

Reads the option tables (`struct flb_config_map`) of every plugin in the last release of each
minor version. A property that some release lacks is written `name since-until`: the minor
versions that have it.
"""

import io
import re
import subprocess
import sys
import tarfile

MINORS = ["1.8", "1.9", "2.0", "2.1", "2.2", "3.0", "3.1", "3.2", "4.0", "4.1", "4.2", "5.0", "5.1"]
PLUGIN = re.compile(r"struct flb_(input|output|filter|processor|custom)_plugin\s+\w+\s*=\s*\{(.*?)\n\};", re.S)
MAP = re.compile(r"struct flb_config_map\s+(\w+)\[\]\s*=\s*\{(.*?)\n\s*\};", re.S)
ENTRY = re.compile(r'\{\s*(FLB_CONFIG_MAP_\w+)\s*,\s*"([^"]+)"\s*,\s*((?:"(?:[^"\\]|\\.)*"|[^,"])+),\s*([^,]+),')
CHECKED = re.compile(r'prop_key_check\("([^"]+)"')
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def latest(repo, minor):
    tags = subprocess.run(["git", "-C", repo, "tag", "-l", f"v{minor}.*"], capture_output=True, text=True, check=True)
    found = [tag for tag in tags.stdout.split() if re.fullmatch(r"v[\d.]+", tag)]
    return max(found, key=lambda tag: [int(part) for part in tag[1:].split(".")])


def files(repo, tag):
    data = subprocess.run(["git", "-C", repo, "archive", tag, "plugins", "src", "conf"], capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(data.stdout)) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith((".c", ".conf", ".h")):
                yield member.name, archive.extractfile(member).read().decode("utf-8", "replace")


# What a macro adds wherever it stands: the prefix is the same in all plugins.
AWS = ["external_id", "profile", "region", "role_arn", "sts_endpoint"]


def entries(body):
    if "FLB_AWS_CREDENTIAL_BASE_CONFIG_MAP(" in body:
        yield from ((f"aws_{name}", False) for name in AWS)
    for kind, name, _, flags in ENTRY.findall(body):
        name = name.lower()
        if kind.endswith("STR_PREFIX"):
            yield name + "*", True
        else:
            # Some plugins write the flag as the number that it stands for.
            yield name, "MULT" in flags or flags.strip() in ("FLB_TRUE", "1")


def read(repo, tag):
    """Sections of a release: {(role, plugin): {property: repeats} or None where nothing is checked}."""
    plugins, commons, service, parsers, multiline = {}, {}, {}, set(), set()
    sources = {}
    for path, text in files(repo, tag):
        text = COMMENT.sub("", text)
        folder = path.split("/")[1] if path.startswith("plugins/") else path
        if path.endswith((".c", ".h")):
            sources.setdefault(folder, []).append(text)
        if path.startswith("src/") and path.endswith(".c"):
            role = {"src/flb_input.c": "input", "src/flb_output.c": "output", "src/flb_filter.c": "filter",
                    "src/flb_processor.c": "processor", "src/flb_custom.c": "custom"}.get(path)
            if role:
                commons.setdefault(role, set()).update(CHECKED.findall(text))
            if path.endswith(("flb_upstream.c", "flb_downstream.c")):
                for _, body in MAP.findall(text):
                    for role in ("input", "output", "custom", "filter"):
                        commons.setdefault(role, set()).update(name for name, _ in entries(body))
            if path.endswith(("flb_oauth2.c", "flb_oauth2_jwt.c", "flb_http_server_config_map.c")):
                for _, body in MAP.findall(text):
                    for role in ("input", "output"):
                        commons.setdefault(role, set()).update(name for name, _ in entries(body))
            if "flb_ml_parser_" in path:
                multiline.update(re.findall(r'^\s+"(cri|docker|go|java|python|ruby)",', text, re.M))
        if path.startswith("conf/parsers") and path.endswith(".conf"):
            parsers.update((path, name) for name in re.findall(r"(?mi)^\s+name\s+(\S+)", text))
    for folder, texts in sources.items():
        text = "\n".join(texts)
        maps = {name: dict(entries(body)) for name, body in MAP.findall(text)}
        for role, body in PLUGIN.findall(text):
            name = re.search(r'\.name\s*=\s*"([^"]+)"', body)
            used = re.search(r"\.config_map\s*=\s*(\w+)", body)
            if not name:
                continue
            found = maps.get(used.group(1)) if used and used.group(1) != "NULL" else None
            plugins[(role, name.group(1).lower())] = found
    return plugins, commons, parsers, multiline


def service_keys(repo, tag):
    header = subprocess.run(["git", "-C", repo, "show", f"{tag}:include/fluent-bit/flb_config.h"],
                            capture_output=True, text=True, check=True).stdout
    return {name.lower() for name in re.findall(r'#define FLB_CONF_(?:STR_|STORAGE_|DNS_)?\w+(?:\s|\\)+"([^"]+)"', header)}


def span(versions, have):
    """`` where all minors have it, else ` since-until`."""
    if have == versions:
        return ""
    return f" {have[0]}-{have[-1]}" if have[-1] != versions[-1] else f" {have[0]}-"


def main():
    repo = sys.argv[1]
    releases = {minor: latest(repo, minor) for minor in MINORS}
    plugins, commons, service, parsers, multiline = {}, {}, {}, {}, {}
    for minor, tag in releases.items():
        found, common, files_, lines = read(repo, tag)
        for (role, name), options in found.items():
            plugin = plugins.setdefault((role, name), {"have": [], "options": {}, "open": False})
            plugin["have"].append(minor)
            # What the last release does not check is not known.
            plugin["open"] = not options
            if options:
                plugin.setdefault("checked", []).append(minor)
            for option, repeats in (options or {}).items():
                entry = plugin["options"].setdefault(option, [[], False])
                entry[0].append(minor)
                entry[1] |= repeats
        for role, names in common.items():
            for name in names:
                commons.setdefault(role, {}).setdefault(name, []).append(minor)
        for name in service_keys(repo, tag):
            service.setdefault(name, []).append(minor)
        for path, name in files_:
            parsers.setdefault(path.split("/")[-1], {}).setdefault(name, []).append(minor)
        for name in lines:
            multiline.setdefault(name, []).append(minor)
    print("# Made by make_fluent_bit.py; `name+` may stand more than once, `name*` is a prefix.")
    print("program: fluent-bit")
    print(f'version: "{MINORS[0]}-{MINORS[-1]}"')
    print(f'source: "option tables in plugins/*/*.c of {", ".join(releases.values())}"')
    print("service: [" + ", ".join(f'"{name}{span(MINORS, have)}"' for name, have in sorted(service.items())) + "]")
    print("common:")
    for role, names in sorted(commons.items()):
        print(f"  {role}: [" + ", ".join(f'"{name}{span(MINORS, have)}"' for name, have in sorted(names.items())) + "]")
    print("parser_files:")
    for path, names in sorted(parsers.items()):
        print(f"  {path}: [" + ", ".join(f'"{name}{span(MINORS, have)}"' for name, have in sorted(names.items())) + "]")
    print("multiline_parsers: [" + ", ".join(f'"{name}{span(MINORS, have)}"' for name, have in sorted(multiline.items())) + "]")
    print("plugins:")
    for (role, name), plugin in sorted(plugins.items()):
        print(f'  - role: {role}\n    name: "{name}{span(MINORS, plugin["have"])}"')
        if plugin["open"]:
            print("    open: true")
        options = []
        for option, (have, repeats) in sorted(plugin["options"].items()):
            mark = "+" if repeats and not option.endswith("*") else ""
            options.append(f'"{option}{mark}{span(plugin.get("checked", []), have)}"')
        print("    options: [" + ", ".join(options) + "]")


if __name__ == "__main__":
    main()
