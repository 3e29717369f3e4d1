#!/usr/bin/env python3
"""Rewrites otel-collector.yaml from the configuration structs of a built collector.

    make_collector.py SCRAPERS FIELDS.json [FIELDS.json ...] [--past RELEASE.json ...] > otel-collector.yaml

SCRAPERS is the folder `internal/scraper` of the host metrics receiver's source, whose scrapers read
their settings by themselves. FIELDS.json is what `collector_fields.go` prints (see its head): for each component of the build the
Go type of its configuration, and for each type its `mapstructure` fields. What the structs do not
say is written down here: values of types that read themselves, and what their `Validate` refuses.

RELEASE.json, such as 0.100.json, is what `collector_past.go` prints of a checkout of that release of the core
repository, and of the modules of other repositories as far as they are at hand. A key that one of them took and the newest does not is written down with the release that no longer
has it; where one took any key, or what it took stands in a package that was not read, with `past: any`.
"""

import json
import pathlib
import re
import sys

NEWEST = "0.165"
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
    "zapcore.Level": "enum(debug, info, warn, warning, error, dpanic, panic, fatal)",
    "otlphttpexporter.EncodingType": "enum(proto, json)",
}
# Fields whose words are compared without case.
FOLDED = ("configtelemetry.Level", "zapcore.Level")
# Fields whose numbers are taken without a look, but for those that are looked at later.
NUMBERS = {("debugexporter.Config", "verbosity"): ", 0, 2"}
# Types whose own reader takes more than their fields.
OPEN = {"prometheusreceiver.PromConfig"}
# What other keys of a type hold, where it takes any.
REST = {"migration.ResourceConfigV030": "string", "hostmetricsreceiver.Config": "any"}
# Components whose readers nobody has compared with their structs yet.
SKIPPED = {"exporters kafka", "exporters zipkin", "receivers jaeger", "receivers kafka", "receivers zipkin"}
# Components whose configuration is another one's, in modules that a build may lack.
SAME = {
    f"processors {name}": "go.opentelemetry.io/collector/exporter/exporterhelper/internal/queuebatch.Config"
    for name in ("queuebatch", "queue_batch")
}
# Packages whose types are read by another reader.
FOREIGN = ("github.com/prometheus/", "net/url", "targetallocator.Prom")
# Fields that a type reads by itself.
EXTRA = {
    "hostmetricsreceiver.Config": {"scrapers": "Scrapers required"},
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
    "debugexporter.Config": ["forbidden-if(use_internal_logger=true|True|TRUE: output_paths)"],
    "queuebatch.Config": ["positive(num_consumers)", "positive(queue_size)"],
    "queuebatch.BatchConfig": [
        "positive(flush_timeout)", "nonneg(min_size)", "nonneg(max_size)",
        "not-greater-if-set(min_size, max_size)",
    ],
    "queuebatch.PartitionConfig": [
        "case-insensitive(metadata_keys)", "unique-items(metadata_keys)", "positive(idle_timeout)",
        "positive(cache_size)",
    ],
    "configretry.BackOffConfig": [
        "nonneg(initial_interval)", "nonneg(max_interval)", "nonneg(max_elapsed_time)",
        "nonneg(multiplier)", "range(randomization_factor, 0, 1)",
        "not-greater-if-set(initial_interval, max_elapsed_time)",
        "not-greater-if-set(max_interval, max_elapsed_time)",
    ],
    "batchprocessor.Config": [
        "nonneg(timeout)", "case-insensitive(metadata_keys)", "unique-items(metadata_keys)",
        "not-greater-if-set(send_batch_size, send_batch_max_size)",
    ],
    "hostmetricsreceiver.Config": ["positive(collection_interval)", "nonneg(timeout)"],
    "fileexporter.Config": [
        "empty-ok(compression)", "nonneg(flush_interval)", "at-most-one(append, rotation)",
        "requires(directory_permissions, create_directory)",
    ],
    "prometheusremotewriteexporter.Config": [
        "empty-ok(compression)", "empty-ok(translation_strategy)", "min(max_batch_request_parallelism, 1)",
        "nonneg(max_batch_size_bytes)",
    ],
    "prometheusremotewriteexporter.RemoteWriteQueue": ["nonneg(num_consumers)", "positive(queue_size)"],
    "prometheusexporter.Config": ["empty-ok(translation_strategy)"],
    "probabilisticsamplerprocessor.Config": [
        "nonneg(sampling_percentage)", "range(sampling_precision, 1, 14)", "empty-ok(mode)",
        "empty-ok(attribute_source)",
    ],
    "filterprocessor.Config": ["nonempty-if-present(error_mode)"],
    "healthcheckextension.Config": ["starts-with(path, /)", "nonempty-if-present(endpoint)"],
    "zpagesextension.Config": ["nonempty-if-present(endpoint)"],
    "attraction.ActionKeyValue": ["case-insensitive(action)"],
    "otlpexporter.Config": ["nonneg(timeout)", "matches(endpoint, ^(unix://.+|(https?://|dns://[^/]*/|dns:/*|passthrough:///|[a-z_]+:///)?.*:[0-9]+/?)$)"],
    "otlphttpexporter.Config": [
        "nonempty-if-present(encoding)",
        "at-least-one(endpoint, traces_endpoint, metrics_endpoint, logs_endpoint, profiles_endpoint)",
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
# Load balancing that gRPC brings with it, or that a build may have brought in.
BALANCERS = (
    "pick_first, round_robin, grpclb, weighted_round_robin, least_request_experimental, "
    "ring_hash_experimental, rls_experimental, priority_experimental, weighted_target_experimental, "
    "outlier_detection_experimental"
)
TRANSLATIONS = (
    "UnderscoreEscapingWithSuffixes, UnderscoreEscapingWithoutSuffixes, NoUTF8EscapingWithSuffixes, NoTranslation"
)
ENUMS = {
    ("otlpexporter.Config", "balancer_name"): f'enum({BALANCERS}, "")',
    ("configtls.ClientConfig", "min_version"): f"enum({TLS})",
    ("configtls.ClientConfig", "max_version"): f"enum({TLS})",
    ("configtls.ServerConfig", "min_version"): f"enum({TLS})",
    ("configtls.ServerConfig", "max_version"): f"enum({TLS})",
    ("debugexporter.Config", "verbosity"): "enum(basic, normal, detailed)",
    ("fileexporter.Config", "format"): "enum(json, proto)",
    ("fileexporter.Config", "compression"): "enum(zstd)",
    ("prometheusremotewriteexporter.Config", "compression"): "enum(snappy)",
    ("prometheusremotewriteexporter.Config", "translation_strategy"): f"enum({TRANSLATIONS})",
    ("prometheusexporter.Config", "translation_strategy"): f"enum({TRANSLATIONS})",
    ("probabilisticsamplerprocessor.Config", "mode"): "enum(hash_seed, proportional, equalizing)",
    ("probabilisticsamplerprocessor.Config", "attribute_source"): "enum(traceID, record)",
    ("v0.3.0.OTLP", "headers"): "V0Headers",
    ("v0.3.0.OTLPMetric", "headers"): "V0Headers",
}
DEFAULTS = {
    ("configretry.BackOffConfig", "initial_interval"): "5s",
    ("configretry.BackOffConfig", "max_interval"): "30s",
    ("configretry.BackOffConfig", "max_elapsed_time"): "5m",
    ("queuebatch.Config", "num_consumers"): "10",
    ("queuebatch.Config", "queue_size"): "1000",
    ("queuebatch.BatchConfig", "flush_timeout"): "200ms",
    ("queuebatch.BatchConfig", "min_size"): "8192",
    ("queuebatch.BatchConfig", "max_size"): "0",
    ("debugexporter.Config", "use_internal_logger"): "true",
    ("batchprocessor.Config", "send_batch_size"): "8192",
    ("batchprocessor.Config", "send_batch_max_size"): "0",
}


def short(path):
    """`go.opentelemetry.io/collector/config/configtls.ClientConfig` as `configtls.ClientConfig`."""
    return path.rsplit("/", 1)[-1]


MATCHES = {
    "disk": ["include", "exclude"],
    "network": ["include", "exclude"],
    "process": ["include", "exclude"],
    "filesystem": [f"{way}_{what}" for way in ("include", "exclude") for what in ("devices", "fs_types", "mount_points")],
}
FIELD = re.compile(r'`mapstructure:"([\w.]+)[^"]*"`')


def scrapers(folder):
    """The settings of each scraper, as types."""
    kinds = {"bool": "bool", "time.Duration": "go-duration", "[]string": "list(string)"}
    listed, out = [], []
    for config in sorted(pathlib.Path(folder).glob("*scraper/config.go")):
        scraper = config.parent.name.removesuffix("scraper")
        made = (config.parent / "internal/metadata/generated_config.go").read_text()
        name = "Scraper" + scraper.capitalize()
        listed.append(f"      {scraper}: {name}")
        own = [f"      {key}: ScraperMatch" for key in MATCHES.get(scraper, [])]
        struct = re.search(r"type Config struct \{(.*?)\n\}", config.read_text(), re.S).group(1)
        for line in struct.splitlines():
            found = re.match(r"\s*\w+ +(\S+) +" + FIELD.pattern, line)
            if found and found.group(1) in kinds:
                own.append(f"      {found.group(2)}: {kinds[found.group(1)]}")
        for section in ("Metrics", "ResourceAttributes"):
            struct = re.search(rf"type {section}Config struct \{{(.*?)\n\}}", made, re.S)
            if not struct:
                continue
            key = "metrics" if section == "Metrics" else "resource_attributes"
            own.append(f"      {key}: {name}{section}")
            out += [f"  {name}{section}:", f"    source: {scraper}scraper.{section}Config", "    fields:"]
            out += [f'      "{field}": Scraper{section}' for field in sorted(set(FIELD.findall(struct.group(1))))]
        out += [f"  {name}:", f"    source: {scraper}scraper.Config", "    fields:", *sorted(own)]
    names = ", ".join(line.split(":")[0].strip() for line in listed)
    head = ["  Scrapers:", "    source: hostmetricsreceiver scraperFactories", "    fields:", *listed]
    return [*head, "    checks:", f'      - "any-key({names})"', *out]


# Where the configuration of a component stood in older releases.
MOVED = {
    "internal/memorylimiter.Config": ["processor/memorylimiterprocessor.Config"],
    "service/telemetry/otelconftelemetry.Config": ["service/telemetry.Config"],
}
# Types of the frame, and what they are called in the source.
FRAMED = {
    "otelcol.configSettings": {"receivers", "processors", "exporters", "connectors", "extensions", "service"},
    "service.Config": {"telemetry", "extensions", "pipelines"},
    "service/pipelines.PipelineConfig": {"receivers", "processors", "exporters"},
}
CORE = "go.opentelemetry.io/collector/"


class Past:
    """What releases before the newest took."""

    def __init__(self, types, files):
        self.types = types
        releases = sorted((tuple(int(n) for n in pathlib.Path(f).stem.split(".")), f) for f in files)
        self.releases = [f"{major}.{minor}" for (major, minor), _ in releases]
        self.read = [json.load(open(file))["types"] for _, file in releases]
        # Type, key: the place of the last release that had it.
        self.last = {}
        # Type: the places of the releases that had it.
        self.seen = {}
        self.opened = set()
        for types in self.read:
            for name, known in FRAMED.items():
                if more := set(types.get(CORE + name, {"fields": {}})["fields"]) - known:
                    sys.exit(f"{name} had {more} once")

    def compare(self, root):
        """A component of the core repository through all releases."""
        for index, old in enumerate(self.read):
            names = [root, *(CORE + name for name in MOVED.get(root.removeprefix(CORE), []))]
            for name in names:
                if name in old:
                    self.pair(root, name, index, set())

    def pair(self, new, old, index, seen):
        new = re.sub(r"^optional\((.*)\)$", r"\1", new.strip())
        for shape in ("list(", "map("):
            if new.startswith(shape):
                inner = new[len(shape) : -1].split(": ")[-1] if shape == "map(" else new[len(shape) : -1]
                if old.startswith(shape):
                    return self.pair(inner, old[len(shape) : -1].split(": ")[-1], index, seen)
                return self.open(inner) if old == "any" else None
        if new not in self.types or (new, old) in seen:
            return None
        seen.add((new, old))
        self.seen.setdefault(new, set()).add(index)
        if old == "any" or old.startswith("map("):
            return self.open(new)
        body = self.read[index].get(old)
        if body is None:
            return None
        if body.get("remain"):
            self.opened.add(new)
        fields = self.types[new]["fields"]
        # What a component of another repository reads by itself is written down above.
        words = (body.get("words") or []) if old.startswith(CORE) else []
        for key in [*body["fields"], *words]:
            if key not in fields:
                self.last[new, key] = max(index, self.last.get((new, key), 0))
            elif key in body["fields"]:
                self.pair(fields[key], body["fields"][key], index, seen)

    def open(self, new):
        """Nothing is known of what stood here, nor below."""
        for path in re.findall(r"[\w./-]+\.\w+", new):
            if path in self.types and path not in self.opened:
                self.opened.add(path)
                for kind in self.types[path]["fields"].values():
                    self.open(kind)

    def gone(self, path):
        """Key: the release that no longer has it."""
        out = {}
        for (name, key), index in sorted(self.last.items()):
            if name == path:
                later = [at for at in self.seen[path] if at > index]
                out[key] = self.releases[min(later)] if later else NEWEST
        return out


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
    at = sys.argv.index("--past") if "--past" in sys.argv else len(sys.argv)
    for path in sys.argv[2:at]:
        data = json.load(open(path))
        for root, kind in data["roots"].items():
            if root not in SKIPPED:
                kinds.setdefault(root, kind)
        types.update(data["types"])
    reached = {}

    def reach(text):
        for path in re.findall(r"[\w./-]+", text):
            if path in types and path not in reached:
                reached[path] = types[path]
                for inner in types[path]["fields"].values():
                    reach(inner)

    for path in kinds.values():
        reach(path)
    types = reached
    past = Past(types, sys.argv[at + 1 :])
    for path in set(kinds.values()):
        past.compare(path)
    for root, path in SAME.items():
        kinds.setdefault(root, path)
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
                folded.append(f"numbers({field}{NUMBERS.get((owner, field), '')})")
                if "zapcore" in text:
                    folded.append(f"empty-ok({field})")
            quoted = f'"{field}"' if re.search(r"[^\w.]", field) else field
            needed = " required" if (owner, field) in REQUIRED else ""
            value = kind + needed
            rows.append(f"      {quoted}: " + (json.dumps(value) if re.search(r'[:"#]', value) else value))
        for field, kind in EXTRA.get(owner, {}).items():
            rows.append(f"      {field}: " + json.dumps(kind))
        for field, release in past.gone(path).items():
            rows.append(f"      {field}: any removed={release}")
        if rows:
            lines.append("    fields:")
            lines += rows
        if path in past.opened:
            lines.append("    past: any")
        # Whatever else stands in a part of the telemetry's own settings makes the collector panic.
        if body.get("remain") and owner not in REST and not owner.startswith("v0.3.0."):
            lines.append("    open: any")
        if owner in REST:
            lines.append(f"    open: {REST[owner]}")
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
    print(HEAD.replace("OLDEST", past.releases[0] if past.releases else NEWEST).replace("NEWEST", NEWEST))
    # Of those in other repositories, the last releases alone are read.
    own = sorted(
        root.replace(" ", "/") for root, path in kinds.items()
        if root not in SAME and (path.startswith(CORE) or path == ".")
    )
    if past.releases:
        print(f"known-since-oldest: [{', '.join(['collector', *own])}]")
    print("roots:")
    print("  collector: Collector")
    for root, name in sorted(roots.items()):
        print(f"  {root}: {name}")
    print("\ntypes:")
    print(FRAME)
    print("\n".join(out))
    print("\n".join(scrapers(sys.argv[1])))


HEAD = """# Field tables of the OpenTelemetry Collector: the frame, and the configuration of the components of
# the core distribution. Made by make_collector.py from the structs of a built collector; the words
# of `checks` are explained at the head of prometheus.yaml.
#
# The loader types values as they stand in the YAML: a number is no text, a quoted number no number.
# A duration is a text with its unit, or a number of nanoseconds; a list of texts may be one text
# with commas, a list of component ids may not. Null leaves the default or sets nothing.
schema: otel-collector
program: OpenTelemetry Collector
versions: { oldest: "OLDEST", newest: "NEWEST" }
sources:
  - open-telemetry/opentelemetry-collector vNEWEST.0, configuration structs and their Validate
  - open-telemetry/opentelemetry-collector-contrib vNEWEST.0, the same, of the core distribution
  - open-telemetry/opentelemetry-collector, the structs of each release since OLDEST
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
    items: NamedValue
  NamedValue:
    source: configopaque.Pair
    fields: { name: string, value: string }
  V0Headers:
    source: v0.3.0.OTLPHeaders, a mapping before
    open: any
    items: V0NameStringValuePair
  ScraperMetrics:
    source: metadata.MetricConfig
    fields: { enabled: bool, aggregation_strategy: "enum(sum, avg, min, max)", attributes: list(string) }
  ScraperResourceAttributes:
    source: metadata.ResourceAttributeConfig
    fields: { enabled: bool, metrics_include: any, metrics_exclude: any }
  ScraperMatch:
    source: filterset.Config
    fields:
      match_type: string
      regexp: any
      devices: list(string)
      interfaces: list(string)
      names: list(string)
      fs_types: list(string)
      mount_points: list(string)
  Pipeline:
    source: pipelines.PipelineConfig
    fields:
      receivers: list(component-id)
      processors: list(component-id)
      exporters: list(component-id)"""

if __name__ == "__main__":
    main()
