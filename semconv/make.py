#!/usr/bin/env python3
"""Writes the tables of the semantic conventions and of the variables that SDKs read.

    python3 semconv/make.py SEMANTIC_CONVENTIONS OPENTELEMETRY_DOTNET_CONTRIB OPENTELEMETRY_SPECIFICATION

The arguments are git directories of those projects. The constants of other languages come through the
languages' own clients: `pip`, `npm`, `go`, `cargo`, and Maven Central. Needs PyYAML. To refresh: add a release below,
run, and read the difference. Releases are kept beside each other, so that a constant counts as known if any of them
has it; Go names the release in its import path and is told apart.
"""

import glob
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import urllib.request
import zipfile

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
REGISTRY = "v1.44.0"
SPECIFICATION = "v1.60.0"
DOTNET = ["HEAD"]
PYTHON = ["0.30b1", "0.45b0", "0.48b0", "0.54b1", "0.66b2"]
PYTHON_SDK = "1.38.0"
JAVASCRIPT = ["1.0.0", "1.21.0", "1.24.1", "1.28.0", "1.36.0", "1.45.0"]
GO = "v1.47.0"
RUST = ["0.9.0", "0.12.0", "0.14.0", "0.16.0", "0.27.0", "0.31.0"]
JAVA = {
    "io/opentelemetry/opentelemetry-semconv": ["1.0.0-alpha", "1.18.0-alpha", "1.30.1-alpha"],
    "io/opentelemetry/semconv/opentelemetry-semconv": ["1.21.0-alpha", "1.23.1-alpha", "1.25.0-alpha", "1.30.0", "1.37.0", "1.45.0"],
    "io/opentelemetry/semconv/opentelemetry-semconv-incubating": ["1.25.0-alpha", "1.30.0-alpha", "1.37.0-alpha", "1.45.0-alpha"],
}


def git(repository, *arguments):
    return subprocess.run(["git", "--git-dir", repository, *arguments], check=True, capture_output=True).stdout


def files(repository, revision, folder):
    archive = tarfile.open(fileobj=io.BytesIO(git(repository, "archive", revision, folder)))
    for member in archive:
        if member.isfile():
            yield member.name, archive.extractfile(member).read().decode()


def words(pairs, indent):
    rows = [name if not key else f"{name}={key}" for name, key in sorted(pairs)]
    return "\n".join(textwrap.wrap(" ".join(rows), 118, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))


def write(language, source, classes, more=()):
    out = [f"# Constants of the semantic conventions; written by make.py. `NAME=key` is an attribute, a name alone anything else.", f"language: {language}", f"source: {json.dumps(source)}", "classes:"]
    for name in sorted(classes):
        out += [f"  - name: {json.dumps(name)}"]
        out += ["    more: true"] if name in more else []
        out += ["    has: >-", words(classes[name].items(), "      ")]
    with open(os.path.join(HERE, f"{language}.yaml"), "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")
    print(language, sum(len(names) for names in classes.values()))


def renames(repository):
    """Attributes with another name, those that became several, and whether values changed."""
    attributes = {}
    for path, text in files(repository, REGISTRY, "model"):
        if not path.endswith(".yaml"):
            continue
        model = yaml.safe_load(text) or {}
        # Both forms of the registry: `id` in groups, `key` in lists of their own.
        for group in [model, *(model.get("groups") or [])]:
            if group is model or group.get("type") == "attribute_group":
                for attribute in group.get("attributes") or []:
                    if name := attribute.get("id") or attribute.get("key"):
                        attributes.setdefault(name, attribute)

    def values(name):
        kind = attributes.get(name, {}).get("type")
        return {member["value"] for member in kind["members"]} if isinstance(kind, dict) else None

    out = []
    for name, attribute in sorted(attributes.items()):
        gone = attribute.get("deprecated")
        # A name without a namespace may be anybody's.
        if not gone or "." not in name or name == "pool.name":
            continue
        note = gone.get("note") or ""
        if gone["reason"] == "renamed":
            new = [gone["renamed_to"]]
        elif re.match(r"(Replaced by|Split (in)?to|Use) (one of )?`", note) and "github.com" not in note:
            new = [word for word in re.findall(r"`([^`]+)`", note.split(", but")[0]) if word in attributes and "deprecated" not in attributes[word]]
        else:
            continue
        if not new:
            continue
        row = f"  - {{ old: {name}, new: [{', '.join(new)}]"
        if gone["reason"] == "renamed" and not (values(name) or set()) <= (values(new[0]) or values(name) or set()):
            row += ", values: changed"
        elif gone["reason"] != "renamed":
            row += ", one: false"
        out.append(row + " }")
    # The schema remembers names from before the registry.
    known = {row.split()[3].rstrip(",") for row in out}
    schema = yaml.safe_load(git(repository, "show", f"{REGISTRY}:schemas/{REGISTRY[1:]}"))
    moves = {}
    for version in sorted(schema["versions"], key=lambda version: [int(part) for part in version.split(".")]):
        for section in ("all", "resources", "spans"):
            for change in ((schema["versions"][version] or {}).get(section) or {}).get("changes") or []:
                renamed = change.get("rename_attributes") or {}
                moves.update(renamed.get("attribute_map") or {})
    for old in moves:
        new, seen = old, set()
        while new in moves and new not in seen:
            seen.add(new)
            new = moves[new]
        old_is_gone = old not in attributes and "." in old and old != "pool.name"
        if old_is_gone and new in attributes and "deprecated" not in attributes[new] and old not in known:
            out.append(f"  - {{ old: {old}, new: [{new}] }}")
    out.sort()
    head = [
        "# Attributes that have another name now; written by make.py. `one: false`: which new name is right depends on",
        "# what the old one holds; `values: changed`: values were renamed too.",
        f"source: semantic conventions {REGISTRY}, registry of attributes and schema",
        "renames:",
    ]
    with open(os.path.join(HERE, "renames.yaml"), "w", encoding="utf-8") as file:
        file.write("\n".join(head + out) + "\n")
    print("renames", len(out))


def python(folder):
    classes = {}
    for release in PYTHON:
        package = os.path.join(folder, f"python-{release}")
        subprocess.run([sys.executable, "-m", "pip", "-q", "install", "--no-deps", "--target", package, f"opentelemetry-semantic-conventions=={release}"], check=True)
        root = os.path.join(package, "opentelemetry")
        for path in glob.glob(os.path.join(root, "semconv", "**", "*.py"), recursive=True):
            module = os.path.relpath(path, package)[:-3].replace(os.sep, ".").removesuffix(".__init__")
            outer = module
            for line in open(path, encoding="utf-8"):
                if match := re.match(r"class (\w+)", line):
                    outer = f"{module}.{match[1]}"
                    if module.count(".") > 2:
                        classes.setdefault(module, {}).setdefault(match[1], "")
                elif match := re.match(r'(\s*)([A-Z][A-Z0-9_]*)(?::[^=]*)? = (?:"([^"]*)"|)', line):
                    name = outer if match[1] else module
                    key = match[3] or ""
                    key = key if "values" not in outer.lower() and "metrics" not in module and "schema" not in name.lower() else ""
                    classes.setdefault(name, {})[match[2]] = key if re.fullmatch(r"[a-z0-9_.]+", key) else ""
                elif match := re.match(r"def (\w+)", line):
                    classes.setdefault(module, {}).setdefault(match[1], "")
    classes = {name: names for name, names in classes.items() if re.search(r"\.(trace|resource|attributes)\b", name)}
    # The SDK has constants of its own for resources, among much else.
    package = os.path.join(folder, "python-sdk")
    subprocess.run([sys.executable, "-m", "pip", "-q", "install", "--no-deps", "--target", package, f"opentelemetry-sdk=={PYTHON_SDK}"], check=True)
    text = open(os.path.join(package, "opentelemetry", "sdk", "resources", "__init__.py"), encoding="utf-8").read()
    own = "opentelemetry.sdk.resources"
    known = {name: key for names in classes.values() for name, key in names.items() if key}
    pairs = re.findall(r"^([A-Z][A-Z_]+) = (?:\w+\.)?([A-Z][A-Z_]+)$", text, re.M)
    classes[own] = {name: known[other] for name, other in pairs if other in known}
    source = f"opentelemetry-semantic-conventions {', '.join(PYTHON)} and opentelemetry-sdk {PYTHON_SDK} of PyPI"
    write("python", source, classes, [own])


def javascript(folder):
    classes = {}
    script = """
const out = {};
for (const path of ['', '/incubating']) {
  let all;
  try { all = require('@opentelemetry/semantic-conventions' + path); } catch (error) { continue; }
  const names = {};
  for (const [name, value] of Object.entries(all)) {
    const key = typeof value === 'string' && /^(ATTR_|SEMATTRS_|SEMRESATTRS_)/.test(name) ? value : '';
    names[name] = key;
    if (typeof value === 'object' && /^(SemanticAttributes|SemanticResourceAttributes)$/.test(name))
      out['.' + name] = Object.fromEntries(Object.entries(value));
  }
  out[path] = names;
}
console.log(JSON.stringify(out));
"""
    for release in JAVASCRIPT:
        home = os.path.join(folder, f"javascript-{release}")
        os.makedirs(home)
        subprocess.run(["npm", "init", "-y"], cwd=home, check=True, capture_output=True)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"@opentelemetry/semantic-conventions@{release}"], cwd=home, check=True, capture_output=True)
        found = json.loads(subprocess.run(["node", "-e", script], cwd=home, check=True, capture_output=True).stdout)
        for path, names in found.items():
            classes.setdefault(f"@opentelemetry/semantic-conventions{path}", {}).update(names)
    # Types are names too, though nothing at run time.
    write("javascript", f"@opentelemetry/semantic-conventions {', '.join(JAVASCRIPT)} of npm", classes)


def go(folder):
    found = subprocess.run(["go", "mod", "download", "-json", f"go.opentelemetry.io/otel@{GO}"], cwd=folder, capture_output=True, check=True, env={**os.environ, "GOFLAGS": "-mod=mod"})
    root = os.path.join(json.loads(found.stdout)["Dir"], "semconv")
    releases = [name for name in os.listdir(root) if name.startswith("v1.")]
    releases.sort(key=lambda name: [int(part) for part in name[1:].split(".")])
    names = {}
    for number, release in enumerate(releases):
        for path in glob.glob(os.path.join(root, release, "*.go")):
            if path.endswith("_test.go"):
                continue
            text = open(path, encoding="utf-8").read()
            keys = dict(re.findall(r'^\s*(?:var )?([A-Z]\w*Key)\s*= attribute\.Key\("([^"]+)"\)', text, re.M))
            here = {name: "" for name in re.findall(r"^(?:\t|const |var )([A-Z]\w*)\s.*?= ", text, re.M)}
            here |= {name: "" for name in re.findall(r"^func ([A-Z]\w*)\(", text, re.M)}
            here |= {name: keys.get(key, "") for name, key in re.findall(r"^\s*(?:var )?([A-Z]\w*)\s*= (\w+Key)\.", text, re.M)}
            here |= {name: keys.get(key, "") for name, key in re.findall(r"^func ([A-Z]\w*)\([^)]*\) attribute\.KeyValue \{\n\treturn (\w+Key)\.", text, re.M)}
            here |= keys
            for name, key in here.items():
                entry = names.setdefault(name, ["", set()])
                entry[0] = entry[0] or key
                entry[1].add(number)

    def spans(numbers):
        out, numbers = [], sorted(numbers)
        for number in numbers:
            if out and out[-1][1] == number - 1:
                out[-1][1] = number
            else:
                out.append([number, number])
        return ",".join(f"{first}-{last}" for first, last in out)

    rows = [(f"{name}@{spans(numbers)}", key) for name, (key, numbers) in names.items()]
    out = [
        "# Constants of the semantic conventions; written by make.py. `NAME@FROM-TO=key`: the numbers are those of the",
        "# releases that have the name.",
        "language: go",
        f"source: go.opentelemetry.io/otel {GO}, packages semconv/*",
        "package: go.opentelemetry.io/otel/semconv/",
        f"releases: [{', '.join(releases)}]",
        "has: >-",
        words(rows, "  "),
    ]
    with open(os.path.join(HERE, "go.yaml"), "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")
    print("go", len(rows))


def rust(folder):
    classes = {}
    for release in RUST:
        home = os.path.join(folder, f"rust-{release}")
        os.makedirs(os.path.join(home, "src"))
        open(os.path.join(home, "src", "lib.rs"), "w").close()
        with open(os.path.join(home, "Cargo.toml"), "w") as file:
            file.write(f'[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nopentelemetry-semantic-conventions = "={release}"\n')
        found = json.loads(subprocess.run(["cargo", "metadata", "--format-version", "1"], cwd=home, check=True, capture_output=True).stdout)
        crate = next(package for package in found["packages"] if package["name"] == "opentelemetry-semantic-conventions")
        keys, uses = {}, []
        for path in glob.glob(os.path.join(os.path.dirname(crate["manifest_path"]), "src", "*.rs")):
            module = os.path.basename(path)[:-3]
            text = open(path, encoding="utf-8").read()
            for name, key in re.findall(r'pub const (\w+): (?:&(?:\'static )?str|Key) =\s*(?:Key::from_static_str\()?"([^"]+)"', text):
                classes.setdefault(f"opentelemetry_semantic_conventions.{module}", {})[name] = key if module != "metric" and name != "SCHEMA_URL" else ""
                keys[name] = key
            uses += [(module, name) for name in re.findall(r"pub use crate::attribute::(\w+);", text)]
        for module, name in uses:
            classes.setdefault(f"opentelemetry_semantic_conventions.{module}", {})[name] = keys.get(name, "")
    classes.pop("opentelemetry_semantic_conventions.lib", None)
    write("rust", f"opentelemetry-semantic-conventions {', '.join(RUST)} of crates.io", classes)


def java(_):
    classes = {}
    for artefact, releases in JAVA.items():
        for release in releases:
            name = artefact.rsplit("/", 1)[1]
            address = f"https://repo1.maven.org/maven2/{artefact}/{release}/{name}-{release}-sources.jar"
            archive = zipfile.ZipFile(io.BytesIO(urllib.request.urlopen(address, timeout=60).read()))
            for path in archive.namelist():
                if not path.endswith("Attributes.java"):
                    continue
                outer = path[:-5].replace("/", ".")
                text = archive.read(path).decode()
                names = classes.setdefault(outer, {})
                fields = re.findall(r'(?:public )?static final AttributeKey(?:Template)?<[^;=]*> (\w+) =\s*(?:\w+\.)?\w*Key\w*(?:\.\w+)?\(\s*"([^"]+)"', text)
                for field, key in fields:
                    names[field] = key
                for field in re.findall(r"(?:static final|enum|static class|static final class|@interface) [\w<>, ]*?(\w+)\s*(?:=|\{)", text):
                    names.setdefault(field, "")
    write("java", "; ".join(f"{name.rsplit('/', 1)[1]} {', '.join(releases)}" for name, releases in JAVA.items()) + " of Maven Central", classes)


def csharp(repository):
    classes, head = {}, git(repository, "rev-parse", "--short", "HEAD").decode().strip()
    for revision in DOTNET:
        for path, text in files(repository, revision, "src/OpenTelemetry.SemanticConventions"):
            outer = re.search(r"public static class (\w+)", text)
            if not path.endswith(".cs") or not outer:
                continue
            inner = outer[1]
            for line in text.splitlines():
                if match := re.search(r"public static class (\w+)", line):
                    if match[1] != outer[1]:
                        classes.setdefault(outer[1], {}).setdefault(match[1], "")
                    inner = match[1]
                elif match := re.search(r'public const string (\w+) = "([^"]+)"', line):
                    classes.setdefault(inner, {})[match[1]] = match[2] if inner == outer[1] and match[1].startswith("Attribute") else ""
    classes = {name: names for name, names in classes.items() if name.endswith(("Attributes", "SemanticConventions"))}
    write("csharp", f"OpenTelemetry.SemanticConventions of opentelemetry-dotnet-contrib {head}", classes)


# Variables with a closed list of values, as the specification and the SDKs' registers have them. `open: true`: vendors
# register more.
SIGNALS = ["", "_TRACES", "_METRICS", "_LOGS"]
EXPORTERS = ["otlp", "console", "none", "logging", "logging-otlp", "otlp/stdout", "experimental-otlp/stdout", "otlp_file", "otlp_stdout", "memory", "in_memory", "stdout"]
SETS = [
    ([f"OTEL_EXPORTER_OTLP{signal}_PROTOCOL" for signal in SIGNALS], ["grpc", "http/protobuf", "http/json"]),
    ([f"OTEL_EXPORTER_OTLP{signal}_COMPRESSION" for signal in SIGNALS], ["gzip", "none", "deflate", "zstd"]),
    (["OTEL_TRACES_EXPORTER"], EXPORTERS + ["zipkin", "zipkin_json", "zipkin_proto", "otlp_proto_grpc", "otlp_proto_http", "jaeger", "jaeger_thrift", "jaeger_proto", "gcp_trace", "google_cloud_trace", "azure_monitor_opentelemetry_exporter", "opencensus", "datadog"]),
    (["OTEL_METRICS_EXPORTER"], EXPORTERS + ["prometheus", "otlp_proto_grpc", "otlp_proto_http", "gcp_monitoring", "google_cloud_monitoring", "azure_monitor_opentelemetry_exporter", "opencensus"]),
    (["OTEL_LOGS_EXPORTER"], EXPORTERS + ["otlp_proto_grpc", "otlp_proto_http", "azure_monitor_opentelemetry_exporter"]),
    (["OTEL_PROPAGATORS"], ["tracecontext", "baggage", "b3", "b3multi", "jaeger", "xray", "xray-lambda", "ottrace", "none", "opencensus", "gcp", "oneway-gcp", "gcp_trace", "cloud_trace_propagator", "cloud_trace_oneway", "datadog", "instana", "solarwinds_propagator", "lightstep", "aws_xray", "dd"]),
    (["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"], ["cumulative", "delta", "lowmemory"]),
    (["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"], ["explicit_bucket_histogram", "base2_exponential_bucket_histogram"]),
    (["OTEL_METRICS_EXEMPLAR_FILTER"], ["always_on", "always_off", "trace_based"]),
    (["OTEL_TRACES_SAMPLER"], ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio", "jaeger_remote", "parentbased_jaeger_remote", "xray", "probability", "parentbased_probability", "consistent_parentbased_probability", "internal_root_off", "solarwinds_sampler", "splunk_always_on", "rules"]),
]
# Read by SDKs and agents, and not in the specification.
MORE = ["OTEL_SEMCONV_STABILITY_OPT_IN", "OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN", "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "OTEL_RESOURCE_DISABLED_KEYS", "OTEL_RESOURCE_PROVIDERS_AWS_ENABLED", "OTEL_TRACES_SAMPLER_ARG", "OTEL_EXPORTER_JAEGER_ENDPOINT", "OTEL_EXPORTER_JAEGER_AGENT_HOST", "OTEL_EXPORTER_JAEGER_AGENT_PORT", "OTEL_EXPORTER_JAEGER_PROTOCOL", "OTEL_EXPORTER_JAEGER_TIMEOUT", "OTEL_EXPORTER_JAEGER_USER", "OTEL_EXPORTER_JAEGER_PASSWORD", "OTEL_LOG_LEVEL", "OTEL_DIAGNOSTICS", "OTEL_AUTO_LOG_DIRECTORY"]
# Families of one language or one program, with many names of their own.
OPEN = ["OTEL_PYTHON_", "OTEL_NODE_", "OTEL_JAVA", "OTEL_INSTRUMENTATION_", "OTEL_DOTNET_", "OTEL_GO_", "OTEL_PHP_", "OTEL_RUBY_", "OTEL_CPP_", "OTEL_RUST_", "OTEL_EBPF_", "OTEL_COLLECTOR_", "OTEL_RESOURCE_PROVIDERS_", "OTEL_EXPERIMENTAL_", "OTEL_JMX_", "OTEL_SCOPE_", "OTEL_SDK_EXPORTER_"]


def environment(specification):
    found = git(specification, "grep", "-ohE", "OTEL_[A-Z0-9_]+[A-Z0-9]", SPECIFICATION, "--", "specification", "spec-compliance-matrix.md")
    names = set(found.decode().split()) | set(MORE)
    names -= {name for name in names if name + "_" in " ".join(names) and name.count("_") < 3} - {"OTEL_TRACES_SAMPLER"}
    names |= {name for group, _ in SETS for name in group}
    out = [
        "# Variables of the environment that SDKs read; written by make.py. `open`: families with names of their own;",
        "# `sets`: all values that a variable takes, in any case; lists are separated by commas.",
        f"source: OpenTelemetry specification {SPECIFICATION}; opentelemetry-sdk 1.45 of PyPI; @opentelemetry/sdk-node 0.223 of npm",
        f"open: [{', '.join(OPEN)}]",
        "names:",
        *[f"  - {name}" for name in sorted(names)],
        "sets:",
    ]
    for group, values in SETS:
        out += [f"  - names: [{', '.join(group)}]", f"    values: [{', '.join(json.dumps(value) for value in values)}]"]
    with open(os.path.join(HERE, "environment.yaml"), "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")
    print("environment", len(names))


def main():
    registry, dotnet, specification = sys.argv[1:4]
    renames(registry)
    environment(specification)
    csharp(dotnet)
    with tempfile.TemporaryDirectory() as folder:
        for read in (python, javascript, go, rust, java):
            read(folder)


main()
