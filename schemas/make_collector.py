#!/usr/bin/env python3
"""Rewrites otel-collector.yaml from the configuration structs of a built collector.

    make_collector.py FIELDS.json [FIELDS.json ...] > otel-collector.yaml

FIELDS.json is what `collector_fields.go` prints (see its head): for each component of the build the
Go type of its configuration, and for each type its `mapstructure` fields. What the structs do not
say is written down here: values of types that read themselves, and what their `Validate` refuses.
"""

import json
import re
import sys

TRANSPORTS = "tcp, tcp4, tcp6, udp, udp4, udp6, ip, ip4, ip6, unix, unixgram, unixpacket, npipe"
COMPRESSIONS = 'gzip, zlib, deflate, snappy, x-snappy-framed, zstd, lz4, none, ""'
TLS = '1.0, 1.1, 1.2, 1.3, ""'
# Types that read a text by themselves.
TEXTS = {
    "component.ID": "component-id",
    "attraction.Action": "enum(insert, update, upsert, delete, hash, extract, convert)",
    "ottl.ErrorMode": 'enum(ignore, silent, propagate)',
    "filterset.MatchType": "enum(strict, regexp)",
    "confignet.TransportType": f"enum({TRANSPORTS})",
    "configcompression.Type": f"enum({COMPRESSIONS})",
    "request.SizerType": "enum(bytes, items, requests)",
    "configtelemetry.Level": "enum(none, basic, normal, detailed)",
    "zapcore.Level": "enum(debug, info, warn, error, dpanic, panic, fatal)",
    "otlphttpexporter.EncodingType": "enum(proto, json)",
}
# Fields whose words are compared without case.
FOLDED = ("configtelemetry.Level", "zapcore.Level")
# Types whose own reader takes more than their fields.
OPEN = {"migration.ResourceConfigV030", "prometheusreceiver.PromConfig"}
# Packages whose types are read by another reader.
FOREIGN = ("github.com/prometheus/", "net/url", "targetallocator.Prom")
# Fields that a type reads by itself.
EXTRA = {
    "hostmetricsreceiver.Config": {"scrapers": "map(string: any) required"},
}
LOOSE = {
    ("filterprocessor.Config", name): "any"
    for name in ("log_conditions", "metric_conditions", "profile_conditions", "trace_conditions")
}
CERTIFICATES = [
    "at-most-one(ca_file, ca_pem)",
    "at-most-one(cert_file, cert_pem)",
    "at-most-one(key_file, key_pem)",
]
PAIRS = [
    "requires-any(cert_file: key_file, key_pem)",
    "requires-any(cert_pem: key_file, key_pem)",
    "requires-any(key_file: cert_file, cert_pem)",
    "requires-any(key_pem: cert_file, cert_pem)",
]
# What `Validate` refuses, by type.
CHECKS = {
    "configtls.ClientConfig": CERTIFICATES + PAIRS,
    "configtls.ServerConfig": CERTIFICATES
    + PAIRS
    + ["at-least-one(cert_file, cert_pem, key_file, key_pem)"],
    "configgrpc.ServerConfig": [
        "nonneg(read_buffer_size)", "nonneg(write_buffer_size)", "nonneg(max_recv_msg_size_mib)",
    ],
    "queuebatch.Config": ["positive(num_consumers)", "positive(queue_size)"],
    "queuebatch.BatchConfig": [
        "positive(flush_timeout)", "nonneg(min_size)", "nonneg(max_size)",
    ],
    "configretry.BackOffConfig": [
        "nonneg(initial_interval)", "nonneg(max_interval)", "nonneg(max_elapsed_time)",
        "nonneg(multiplier)", "range(randomization_factor, 0, 1)",
    ],
    "batchprocessor.Config": ["nonneg(timeout)", "unique-items(metadata_keys)"],
    "otlpexporter.Config": ["nonneg(timeout)", "matches(endpoint, ^(unix://.+|(https?://|dns://[^/]*/|dns:/*|passthrough:///|[a-z_]+:///)?.*:[0-9]+/?)$)"],
    "otlphttpexporter.Config": [
        "at-least-one(endpoint, traces_endpoint, metrics_endpoint, logs_endpoint, profiles_endpoint)",
        "nonneg(timeout)",
    ],
    "otlpreceiver.Protocols": ["any-key(grpc, http)"],
}
REQUIRED = {
    ("otlpexporter.Config", "endpoint"),
    ("otlpreceiver.Config", "protocols"),
    ("attributesprocessor.Config", "actions"),
    ("resourceprocessor.Config", "attributes"),
    ("fileexporter.Config", "path"),
    ("prometheusexporter.Config", "endpoint"),
}
ENUMS = {
    ("configtls.ClientConfig", "min_version"): f"enum({TLS})",
    ("configtls.ClientConfig", "max_version"): f"enum({TLS})",
    ("configtls.ServerConfig", "min_version"): f"enum({TLS})",
    ("configtls.ServerConfig", "max_version"): f"enum({TLS})",
    ("debugexporter.Config", "verbosity"): "enum(basic, normal, detailed)",
}
DEFAULTS = {
    ("queuebatch.Config", "num_consumers"): "10",
    ("queuebatch.Config", "queue_size"): "1000",
    ("queuebatch.BatchConfig", "flush_timeout"): "200ms",
}


def short(path):
    """`go.opentelemetry.io/collector/config/configtls.ClientConfig` as `configtls.ClientConfig`."""
    return path.rsplit("/", 1)[-1]


class Names:
    def __init__(self, types):
        self.names = {}
        used = {}
        for path in sorted(types):
            package, _, kind = short(path).partition(".")
            if "." in kind:
                package, _, kind = kind.rpartition(".")
                package = short(path).split(".")[0]
            name = "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+", f"{package}.{kind}") if part) or "Nothing"
            while name in used:
                name += "X"
            used[name] = path
            self.names[path] = name


def main():
    roots, types, kinds = {}, {}, {}
    for path in sys.argv[1:]:
        data = json.load(open(path))
        types.update(data["types"])
        for root, kind in data["roots"].items():
            kinds.setdefault(root, kind)
    names = Names(types)
    optional = set()

    def kind_of(text, owner, field):
        """A type of the table for a type of Go."""
        if (owner, field) in ENUMS or (owner, field) in LOOSE:
            return ENUMS.get((owner, field)) or "any"
        text = text.strip()
        match = re.fullmatch(r"optional\((.*)\)", text)
        if match:
            inner = match.group(1)
            if inner in names.names:
                if short(inner) in OPEN:
                    return "any"
                optional.add(inner)
                return names.names[inner] + "Optional"
            return kind_of(inner, owner, field)
        if "configopaque.MapList>" in text:
            return "Headers"
        if text.startswith("custom<"):
            return "any"
        if "otelconf/" in owner_path[0] and field == "headers":
            # A list in the newer of two forms, a mapping in the older.
            return "any"
        match = re.fullmatch(r"(?:text|string)<(.*)>", text)
        if match:
            return TEXTS.get(short(match.group(1)), "string")
        match = re.fullmatch(r"list\((.*)\)", text)
        if match:
            return f"list({kind_of(match.group(1), owner, field)})"
        match = re.fullmatch(r"map\(([^:]*): (.*)\)", text)
        if match:
            return f"map(string: {kind_of(match.group(2), owner, field)})"
        if text in names.names:
            return "any" if short(text) in OPEN else names.names[text]
        return {"duration": "go-duration", "secret": "string"}.get(text, text)

    out = []
    done = set()
    owner_path = [""]

    def write(path):
        owner_path[0] = path
        if path in done:
            return
        done.add(path)
        body = types[path]
        owner = short(path)
        lines = [f"  {names.names[path]}:", f"    source: {owner}"]
        rows = []
        folded = []
        for field, text in sorted(body["fields"].items()):
            if field.startswith("<"):
                continue
            kind = kind_of(text, owner, field)
            if (owner, field) in DEFAULTS:
                folded.append(f"default({field}: {DEFAULTS[(owner, field)]})")
            if any(word in text for word in FOLDED):
                folded.append(f"case-insensitive({field})")
                if "zapcore" in text:
                    folded.append(f"empty-ok({field})")
            quoted = f'"{field}"' if re.search(r"[^\w.]", field) else field
            needed = " required" if (owner, field) in REQUIRED else ""
            value = kind + needed
            rows.append(f"      {quoted}: " + (json.dumps(value) if re.search(r'[:"#]', value) else value))
        for field, kind in EXTRA.get(owner, {}).items():
            rows.append(f"      {field}: " + json.dumps(kind))
        if rows:
            lines.append("    fields:")
            lines += rows
        # Whatever else stands in a part of the telemetry's own settings makes the collector panic.
        if body.get("remain") and not owner.startswith("v0.3.0."):
            lines.append("    open: any")
        checks = folded + [check for check in CHECKS.get(owner, [])
                  if all(name in body["fields"] for name in re.findall(r"[a-z_]+", check.split("(", 1)[1].split(",")[0])[:1])]
        if checks:
            lines.append("    checks:")
            lines += [f"      - {json.dumps(check)}" for check in checks]
        out.extend(lines)

    def is_open(path):
        # Two releases of the SDK's configuration are read one after the other.
        foreign = any(part in path for part in FOREIGN)
        return foreign or short(path) in OPEN

    for path in sorted(types):
        if not is_open(path):
            write(path)
        else:
            OPEN.add(short(path))
    # A second time, now that the open ones are known.
    out.clear(), done.clear(), optional.clear()
    for path in sorted(types):
        if short(path) not in OPEN:
            write(path)
    for path in sorted(optional):
        out.append(f"  {names.names[path]}Optional:")
        out.append(f"    source: configoptional.Optional[{short(path)}]")
        out.append(f"    inline: [{names.names[path]}]")
        out.append("    fields: { enabled: bool }")
    for root, path in sorted(kinds.items()):
        if path in names.names and short(path) not in OPEN:
            roots[root.replace(" ", "/")] = names.names[path]
    print(HEAD)
    print("roots:")
    print("  collector: Collector")
    for root, name in sorted(roots.items()):
        print(f"  {root}: {name}")
    print("\ntypes:")
    print(FRAME)
    print("\n".join(out))


HEAD = """# Field tables of the OpenTelemetry Collector: the frame, and the configuration of the components of
# the core distribution. Made by make_collector.py from the structs of a built collector; the words
# of `checks` are explained at the head of prometheus.yaml.
#
# The loader types values as they stand in the YAML: a number is no text, a quoted number no number.
# A duration is a text with its unit, or a number of nanoseconds; a list of texts may be one text
# with commas, a list of component ids may not. Null leaves the default or sets nothing.
schema: otel-collector
program: OpenTelemetry Collector
versions: { oldest: "0.159", newest: "0.159" }
sources:
  - open-telemetry/opentelemetry-collector v0.159.0, configuration structs and their Validate
  - open-telemetry/opentelemetry-collector-contrib v0.159.0, the same, of the core distribution
reader: mapstructure"""

FRAME = """  Collector:
    source: otelcol.Config
    fields:
      receivers: "map(component-id: any)"
      processors: "map(component-id: any)"
      exporters: "map(component-id: any)"
      connectors: "map(component-id: any)"
      extensions: "map(component-id: any)"
      service: Service
  Service:
    source: service.Config
    fields:
      telemetry: OtelconftelemetryConfig
      extensions: list(component-id)
      pipelines: "map(component-id: Pipeline)"
  Headers:
    source: configopaque.MapList
    open: string
  Pipeline:
    source: pipelines.PipelineConfig
    fields:
      receivers: list(component-id)
      processors: list(component-id)
      exporters: list(component-id)"""

if __name__ == "__main__":
    main()
