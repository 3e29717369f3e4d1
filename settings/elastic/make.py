#!/usr/bin/env python3
"""Writes elasticsearch.yaml and opensearch.yaml from the programs' own registers.

    python3 settings/elastic/make.py [JAVA]

Maven brings the released archives; `Settings.java` asks them which settings they register.
JAVA is a runtime that can load the newest release (21 or later). Needs `mvn` and `javac`.
To refresh: add a release below, run, and read the difference.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

# The first and the last release of each major, and the archives beside the core.
ELASTICSEARCH = {
    "6.8.23": ["x-pack-core", "transport-netty4-client", "reindex-client", "elasticsearch-ssl-config"],
    "7.0.0": [],
    "7.17.29": ["x-pack-core", "transport-netty4-client", "reindex-client", "elasticsearch-ssl-config"],
    "8.0.0": [],
    "8.19.21": ["x-pack-core", "x-pack-security", "elasticsearch-ssl-config"],
    "9.0.0": [],
    "9.5.3": ["x-pack-core", "x-pack-security", "elasticsearch-ssl-config"],
}
OPENSEARCH = {"1.0.0": [], "1.3.20": [], "2.0.0": [], "2.19.2": [], "3.0.0": [], "3.9.0": []}

PROGRAMS = {
    "elasticsearch": ("Elasticsearch", "org.elasticsearch", "org.elasticsearch.plugin", ELASTICSEARCH),
    "opensearch": ("OpenSearch", "org.opensearch", "org.opensearch.plugin", OPENSEARCH),
}


def pom(dependencies):
    rows = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version>"
        + ("<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>" if alone else "")
        + "</dependency>"
        for group, name, version, alone in dependencies
    )
    return (
        "<project><modelVersion>4.0.0</modelVersion><groupId>t</groupId><artifactId>t</artifactId>"
        f"<version>1</version><dependencies>{rows}</dependencies></project>"
    )


def registered(java, classes, root, plugins, version, extra):
    """Lines of Settings.java for one release."""
    with tempfile.TemporaryDirectory() as folder:
        core = root.split(".")[-1]
        wanted = [(root, core, version, False)] + [
            (root if name == "elasticsearch-ssl-config" else plugins, name, version, True) for name in extra
        ]
        with open(os.path.join(folder, "pom.xml"), "w") as file:
            file.write(pom(wanted))
        command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
        subprocess.run(command, cwd=folder, check=True)
        lib = os.path.join(folder, "lib")
        archives = [os.path.join(lib, name) for name in sorted(os.listdir(lib)) if any(name.startswith(one) for one in extra)]
        command = [java, "-cp", f"{classes}:{lib}/*", "Settings", root, *archives]
        found = subprocess.run(command, capture_output=True, text=True, check=True)
        return found.stdout.splitlines()


def ranges(majors):
    """`6-8`, `7`, `6,8-9`."""
    parts, run = [], []
    for major in sorted(majors) + [None]:
        if run and (major is None or major != run[-1] + 1):
            parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
            run = []
        if major is not None:
            run.append(major)
    return ",".join(parts)


# Namespaces of settings that the archives name whole; others there are parts of longer keys.
WHOLE = {"xpack", "http", "transport", "index", "indices", "cluster", "remote_cluster", "remote_cluster_server", "slm", "ingest", "action"}


def pattern(key):
    key = key + "*" if key.endswith(".") else key
    return key


def main():
    java = sys.argv[1] if len(sys.argv) > 1 else "java"
    with tempfile.TemporaryDirectory() as classes:
        subprocess.run(["javac", "-d", classes, os.path.join(HERE, "Settings.java")], check=True)
        for stem, (title, root, plugins, releases) in PROGRAMS.items():
            node, index, secure = {}, {}, set()
            for version, extra in releases.items():
                major = int(version.split(".")[0])
                for line in registered(java, classes, root, plugins, version, extra):
                    origin, scope, key, *marks = line.split(" ")
                    if origin == "+" and key.split(".")[0] not in WHOLE:
                        continue
                    tables = [index] * ("i" in scope) + [node] * ("n" in scope or "i" not in scope)
                    for table in tables:
                        table.setdefault(pattern(key), set()).add(major)
                    if marks:
                        secure.add(pattern(key))
            write(stem, title, root, releases, node, index, secure)


def write(stem, title, root, releases, node, index, secure):
    lines = [
        f"# Settings of {title} by the major releases that register them. Written by make.py.",
        f"program: {title}",
        f"source: the registers of {root} {', '.join(releases)}, asked by Settings.java",
        f"majors: [{', '.join(str(one) for one in sorted({int(v.split('.')[0]) for v in releases}))}]",
    ]
    for name, table in (("node", node), ("index", index)):
        lines.append(f"{name}:")
        lines += [f'  "{key}": "{ranges(table[key])}"' for key in sorted(table)]
    lines.append("# Only in the keystore.")
    lines.append("secure:")
    lines += [f'  - "{key}"' for key in sorted(secure)]
    with open(os.path.join(HERE, f"{stem}.yaml"), "w") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
