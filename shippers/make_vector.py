#!/usr/bin/env python3
"""Remakes vector.yaml from the sources of Vector.

    git clone https://github.com/vectordotdev/vector
    shippers/make_vector.py vector > shippers/vector.yaml

Reads the names that components register, in the last release of every fifth minor version.
A component that some release lacks is written `name since-until`.
"""

import io
import re
import subprocess
import sys
import tarfile

ROLES = {"source": "source", "transform": "transform", "enrichment_table": "", "sink": "sink"}
NEW = re.compile(r"configurable_component\(\s*(source|transform|sink)\(\s*\"([a-z0-9_]+)\"", re.S)
OLD = re.compile(r"(Source|Transform|Sink)Description::new::<[^>]*(?:<[^>]*>)?[^>]*>\(\s*\"([a-z0-9_]+)\"", re.S)
TYPETAG = re.compile(r"typetag::serde\(name = \"([a-z0-9_]+)\"\)\]\s*impl\s+(Source|Transform|Sink)Config", re.S)
ASYNC = re.compile(r"typetag::serde\(name = \"([a-z0-9_]+)\"\)\]\s*(?:#\[[^\]]*\]\s*)*impl\s+(Source|Transform|Sink)Config", re.S)


def releases(repo):
    tags = subprocess.run(["git", "-C", repo, "tag", "-l", "v0.*"], capture_output=True, text=True, check=True).stdout.split()
    found = {}
    for tag in tags:
        match = re.fullmatch(r"v0\.(\d+)\.(\d+)", tag)
        if match and int(match[1]) >= 10:
            minor, patch = int(match[1]), int(match[2])
            if minor not in found or found[minor][0] < patch:
                found[minor] = (patch, tag)
    last = max(found)
    return [(f"0.{minor}", found[minor][1]) for minor in sorted(found) if minor % 5 == 0 or minor == last]


def read(repo, tag):
    data = subprocess.run(["git", "-C", repo, "archive", tag, "src"], capture_output=True, check=True)
    names = set()
    with tarfile.open(fileobj=io.BytesIO(data.stdout)) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".rs"):
                text = archive.extractfile(member).read().decode("utf-8", "replace")
                names.update((role, name) for role, name in NEW.findall(text))
                names.update((role.lower(), name) for role, name in OLD.findall(text))
                names.update((role.lower(), name) for name, role in ASYNC.findall(text))
    return names


def main():
    repo = sys.argv[1]
    known = releases(repo)
    versions = [version for version, _ in known]
    have = {}
    for version, tag in known:
        for entry in read(repo, tag):
            have.setdefault(entry, []).append(version)
    print("# Made by make_vector.py.")
    print("program: vector")
    print(f'version: "{versions[0]}-{versions[-1]}"')
    print(f'source: "names that components register in src/ of {", ".join(tag for _, tag in known)}"')
    print("names:")
    for role in ("source", "transform", "sink"):
        words = []
        for (kind, name), found in sorted(have.items()):
            if kind != role or name.startswith("test_"):
                continue
            mark = "" if found == versions else f" {found[0]}-" + ("" if found[-1] == versions[-1] else found[-1])
            words.append(f'"{name}{mark}"')
        print(f"  {role}: [" + ", ".join(words) + "]")


if __name__ == "__main__":
    main()
