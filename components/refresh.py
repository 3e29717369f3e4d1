#!/usr/bin/env python3
"""Rewrites collector.yaml from what the projects publish.

    refresh.py RELEASES SITE JAEGER

RELEASES is a clone with all tags of open-telemetry/opentelemetry-collector-releases: its manifests
say which component is part of which distribution, from which release to which. SITE is a clone with
history of open-telemetry/opentelemetry.io: `data/collector` says which signals a component takes, as
the components' own metadata.yaml do. JAEGER is a checkout of jaegertracing/jaeger: the types of its
own components stand in the code, and are written down below; the script stops where it has one more.

Releases that the clone does not have yet are written down as changes (LATER). What the manifests do not say is written down here: the type of a component whose folder has another
name, what it is called now, and what happened to components that are gone. Only facts are carried
over. The manifests before 0.64 leave out what came with the core module: those rows begin at 0.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

SECTIONS = ("receivers", "processors", "exporters", "connectors", "extensions")
# Distribution by the folder of its manifest.
DISTRIBUTIONS = {
    "otelcol": "core",
    "otelcol-contrib": "contrib",
    "otelcol-k8s": "k8s",
    "otelcol-otlp": "otlp",
    "otelcol-ebpf-profiler": "profiler",
}

# Types that are not their folder's name without the name of the section.
TYPES = {
    "activedirectorydsreceiver": "active_directory_ds",
    "activedirectoryinvreceiver": "active_directory_inv",
    "awscontainerinsightreceiver": "awscontainerinsightreceiver",
    "dockerstatsreceiver": "docker_stats",
    "dotnetdiagnosticsreceiver": "dotnet_diagnostics",
    "googlecloudmonitoringreceiver": "googlecloudmonitoring",
    "k8sclusterreceiver": "k8s_cluster",
    "k8seventsreceiver": "k8s_events",
    "podmanreceiver": "podman_stats",
    "prometheusexecreceiver": "prometheus_exec",
    "receivercreator": "receiver_creator",
    "simpleprometheusreceiver": "prometheus_simple",
    "splunkhecreceiver": "splunk_hec",
    "ebpf-profiler": "profiling",
    "memorylimiterprocessor": "memory_limiter",
    "probabilisticsamplerprocessor": "probabilistic_sampler",
    "remoteobserverprocessor": "remoteobserver",
    "tailsamplingprocessor": "tail_sampling",
    "alibabacloudlogserviceexporter": "alibabacloud_logservice",
    "jaegerthrifthttpexporter": "jaeger_thrift",
    "splunkhecexporter": "splunk_hec",
    "tencentcloudlogserviceexporter": "tencentcloud_logservice",
    "asapauthextension": "asapclient",
    "awslogsencodingextension": "aws_logs_encoding",
    "azureencodingextension": "azure_encoding",
    "avrologencodingextension": "avro_log_encoding",
    "ballastextension": "memory_ballast",
    "dbstorage": "db_storage",
    "dockerobserver": "docker_observer",
    "ecsobserver": "ecs_observer",
    "ecstaskobserver": "ecs_task_observer",
    "filestorage": "file_storage",
    "googlecloudlogentryencodingextension": "googlecloudlogentry_encoding",
    "awscloudwatchmetricstreamsencodingextension": "awscloudwatchmetricstreams_encoding",
    "headerssetterextension": "headers_setter",
    "headerssetter": "headers_setter",
    "healthcheckextension": "health_check",
    "hostobserver": "host_observer",
    "httpforwarderextension": "http_forwarder",
    "httpforwarder": "http_forwarder",
    "jaegerencodingextension": "jaeger_encoding",
    "jsonlogencodingextension": "json_log_encoding",
    "k8sleaderelector": "k8s_leader_elector",
    "k8sobserver": "k8s_observer",
    "kafkatopicsobserver": "kafkatopics_observer",
    "oauth2clientauthextension": "oauth2client",
    "oidcauthextension": "oidc",
    "otlpencodingextension": "otlp_encoding",
    "redisstorageextension": "redis_storage",
    "skywalkingencodingextension": "skywalking_encoding",
    "textencodingextension": "text_encoding",
    "zipkinencodingextension": "zipkin_encoding",
    "pebbletailstorageextension": "pebble_tail_storage",
}

# New names, and the release that brought them where it is known.
NEW_NAMES = {
    ("exporters", "otlp"): ("otlp_grpc", "0.144"),
    ("exporters", "otlphttp"): ("otlp_http", "0.144"),
    ("processors", "k8sattributes"): ("k8s_attributes", "0.146"),
    ("processors", "resourcedetection"): ("resource_detection", "0.153"),
    ("processors", "cumulativetodelta"): ("cumulative_to_delta", "0.157"),
    ("processors", "deltatocumulative"): ("delta_to_cumulative", "0.158"),
    ("processors", "deltatorate"): ("delta_to_rate", "0.158"),
    ("processors", "metricstarttime"): ("metric_start_time", "0.148"),
    ("processors", "metricstransform"): ("metrics_transform", "0.152"),
    ("exporters", "prometheusremotewrite"): ("prometheus_remote_write", "0.154"),
    ("receivers", "fluentforward"): ("fluent_forward", None),
    ("receivers", "tcplog"): ("tcp_log", None),
    ("receivers", "udplog"): ("udp_log", None),
    ("connectors", "signaltometrics"): ("signal_to_metrics", None),
    ("receivers", "filelog"): ("file_log", "0.149"),
    ("receivers", "hostmetrics"): ("host_metrics", "0.153"),
    ("receivers", "kubeletstats"): ("kubelet_stats", "0.153"),
    ("receivers", "httpcheck"): ("http_check", None),
    ("receivers", "namedpipe"): ("named_pipe", None),
    ("connectors", "spanmetrics"): ("span_metrics", None),
    ("extensions", "cgroupruntime"): ("cgroup_runtime", None),
}

# Signals of components that are gone, or that the site does not list.
SIGNALS = {
    ("receivers", "obi"): ["metrics", "traces"],
    ("processors", "spanpruning"): ["traces"],
    ("exporters", "carbon"): ["metrics"],
    ("exporters", "jaeger"): ["traces"],
    ("exporters", "jaeger_thrift"): ["traces"],
    ("exporters", "logging"): ["traces", "metrics", "logs"],
    ("exporters", "loki"): ["logs"],
    ("exporters", "opencensus"): ["traces", "metrics"],
    ("exporters", "sapm"): ["traces"],
    ("receivers", "opencensus"): ["traces", "metrics"],
    ("receivers", "sapm"): ["traces"],
    ("processors", "servicegraph"): ["traces"],
    ("processors", "spanmetrics"): ["traces"],
}

# What to use in place of what is gone.
INSTEAD = {
    ("exporters", "carbon"): "an exporter of a protocol that is kept, such as `prometheusremotewrite`",
    ("exporters", "jaeger"): "`otlp`: Jaeger takes OTLP on 4317",
    ("exporters", "jaeger_thrift"): "`otlphttp`: Jaeger takes OTLP on 4318",
    ("exporters", "logging"): "`debug`",
    ("exporters", "loki"): "`otlphttp`: Loki takes OTLP at `/otlp`",
    ("exporters", "opencensus"): "`otlp`",
    ("exporters", "sapm"): "`otlp` or `signalfx`",
    ("exporters", "elastic"): "`otlp`",
    ("exporters", "honeycomb"): "`otlp`",
    ("exporters", "dynatrace"): "`otlphttp`",
    ("exporters", "newrelic"): "`otlp`",
    ("exporters", "skywalking"): "`otlp`",
    ("exporters", "stackdriver"): "`googlecloud`",
    ("receivers", "opencensus"): "`otlp`",
    ("receivers", "sapm"): "`otlp` or `signalfx`",
    ("receivers", "prometheus_exec"): "`prometheus`",
    ("processors", "routing"): "the connector `routing`",
    ("processors", "servicegraph"): "the connector `servicegraph`",
    ("processors", "spanmetrics"): "the connector `spanmetrics`",
    ("processors", "datadog"): "the connector `datadog`",
    ("processors", "experimental_metricsgeneration"): "`metricsgeneration`, its name now",
    ("exporters", "mezmo"): "`otlphttp`: Mezmo takes OTLP",
    ("extensions", "memory_ballast"): "the environment variable `GOMEMLIMIT`",
    ("extensions", "fluentbit"): "a Fluent Bit of its own, and the receiver `fluentforward`",
}

# What Jaeger adds: section, type, signals.
JAEGER = {
    "storageexporter": ("exporters", "jaeger_storage_exporter", ["traces"]),
    "adaptivesampling": ("processors", "adaptive_sampling", ["traces"]),
    "jaegerquery": ("extensions", "jaeger_query", []),
    "jaegerstorage": ("extensions", "jaeger_storage", []),
    "jaegermcp": ("extensions", "jaeger_mcp", []),
    "remotesampling": ("extensions", "remote_sampling", []),
    "remotestorage": ("extensions", "remote_storage", []),
    "expvar": ("extensions", "expvar", []),
}

# Parts of the core repository that no manifest lists from their first release on.
CORE = [
    ("extensions", "memory_limiter", "core", "0.98"),
    ("processors", "queuebatch", "core", "0.158"),
    ("processors", "queue_batch", "core", "0.162"),
]
# What happened in releases whose manifests a clone may not have yet, by the changelogs of the releases and of contrib
# and by the components' metadata.yaml: release, section, type, distribution, whether it came or went.
LATER = [
    ("0.160", "processors", "spanpruning", "contrib", True),
    ("0.161", "exporters", "mezmo", "contrib", False),
    ("0.162", "receivers", "wavefront", "contrib", False),
    ("0.165", "receivers", "filelog", "core", True),
    ("0.165", "processors", "transform", "core", True),
]
LATEST = "v0.165.0"
# Types that a component had before, without an alias: a release that no longer knows it.
BEFORE = {("processors", "experimental_metricsgeneration"): ("metricsgeneration", "0.124")}
SINCE_EVER = {
    ("receivers", "otlp"), ("processors", "batch"), ("processors", "memory_limiter"),
    ("exporters", "otlp"), ("exporters", "otlphttp"), ("exporters", "logging"),
    ("extensions", "memory_ballast"), ("extensions", "zpages"),
}


def git(repository, *arguments):
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def version(tag):
    return tuple(int(part) for part in tag[1:].split("."))


def short(tag):
    major, minor, _ = version(tag)
    return f"{major}.{minor}"


def before(release):
    major, minor = release.split(".")
    return f"{major}.{int(minor) - 1}"


def type_of(section, folder):
    if folder in TYPES:
        return TYPES[folder]
    name = section[:-1]
    return folder.removesuffix(name) if folder != name else folder


def manifests(releases):
    """(section, folder) -> distribution -> releases."""
    found, newest = {}, None
    tags = [tag for tag in git(releases, "tag").split() if re.fullmatch(r"v0\.\d+\.\d+", tag)]
    tags = sorted((tag for tag in tags if version(tag) >= (0, 34, 0)), key=version)
    for tag in tags:
        for path in git(releases, "ls-tree", "-r", "--name-only", tag, "distributions").split():
            match = re.fullmatch(r"distributions/([a-z0-9-]+)/manifest.yaml", path)
            if not match or match.group(1) not in DISTRIBUTIONS:
                continue
            distribution = DISTRIBUTIONS[match.group(1)]
            manifest = yaml.safe_load(git(releases, "show", f"{tag}:{path}"))
            for section in SECTIONS:
                for row in manifest.get(section) or []:
                    module = row.get("import") or row["gomod"].split()[0]
                    folder = re.sub(r"/v\d+$", "", module).split("/")[-1]
                    if "ebpf-profiler" in module:
                        folder = "ebpf-profiler"
                    if "go.opentelemetry.io/obi" in module:
                        folder = "obi"
                    if folder in ("collector", "storage"):
                        continue
                    rows = found.setdefault((section, folder), {})
                    rows.setdefault(distribution, []).append(tag)
        newest = tag
    return found, newest


def signals(site):
    found = {}
    for revision in git(site, "log", "--format=%h", "--", "data/collector").split():
        for section in SECTIONS:
            try:
                rows = yaml.safe_load(git(site, "show", f"{revision}:data/collector/{section}.yml"))
            except subprocess.CalledProcessError:
                continue
            for row in rows or []:
                found.setdefault((section, row["name"]), sorted(row.get("stability") or {}))
    return found


def jaeger(checkout):
    code = (Path(checkout) / "cmd/jaeger/internal/components.go").read_text()
    rows = []
    for path in re.findall(r'"github.com/jaegertracing/jaeger/([\w./-]+)"', code):
        folder = path.split("/")[-1]
        section = next((s for s in SECTIONS if f"/{s[:-1]}/" in f"/{path}/"), None)
        if folder in JAEGER:
            rows.append(JAEGER[folder])
        elif section and "/ext/" in path:
            rows.append((section, type_of(section, folder), None))
        elif folder not in ("telemetry",):
            sys.exit(f"a component of Jaeger that the script does not know: {path}")
    return rows


def main():
    releases, site, checkout = sys.argv[1:4]
    found, newest = manifests(releases)
    known = signals(site)
    rows = {}
    for (section, folder), by_distribution in found.items():
        key = (section, type_of(section, folder))
        row = rows.setdefault(key, {})
        taken = known.get((section, folder)) or SIGNALS.get(key) or []
        row["signals"] = [signal for signal in taken if signal != "extension"] or row.get("signals", [])
        for distribution, tags in by_distribution.items():
            first, last = short(tags[0]), short(tags[-1])
            if key in SINCE_EVER or version(tags[0]) <= (0, 42, 0):
                first = "0"
            if distribution in row:
                first = min(first, row[distribution][0], key=lambda v: [int(p) for p in v.split(".")])
                last = max(last, row[distribution][1] or short(newest), key=lambda v: [int(p) for p in v.split(".")])
            row[distribution] = (first, None if last == short(newest) else last)
    for section, kind, distribution, first in CORE:
        rows.setdefault((section, kind), {"signals": []})[distribution] = (first, None)
    for release, section, kind, distribution, came in LATER:
        if version(f"v{release}.0") > version(newest):
            row = rows.setdefault((section, kind), {"signals": SIGNALS.get((section, kind)) or []})
            row[distribution] = (release, None) if came else (row[distribution][0], before(release))
    for (section, kind), (now, release) in BEFORE.items():
        rows[section, kind] = {"signals": rows[section, now]["signals"], "contrib": ("0", before(release))}
    for section, kind, taken in jaeger(checkout):
        row = rows.setdefault((section, kind), {"signals": taken or []})
        row["jaeger"] = ("2.0", None)
    out = [
        "# Component types of the OpenTelemetry Collector's distributions. Made by refresh.py.",
        "#",
        "# type: { signals: those it takes (of a connector: from>to; empty: not known),",
        "#         core|contrib|k8s|otlp|profiler|jaeger: first release, or first-last,",
        "#         now: its new name, renamed: the release that brought the name, instead: what to use }",
        "# A first release of 0 is one before the manifests begin.",
        f'newest: "{short(max(newest, LATEST, key=version))}"',
        "sources:",
        f"  - opentelemetry-collector-releases {newest}, manifests of all releases; changelogs of later ones",
        "  - opentelemetry.io data/collector, as the components' metadata.yaml",
        "  - jaegertracing/jaeger cmd/jaeger/internal/components.go",
    ]
    for section in SECTIONS:
        out.append(f"{section}:")
        for (at, kind), row in sorted(rows.items()):
            if at != section:
                continue
            parts = []
            taken = [signal.replace("_to_", ">") for signal in row["signals"]]
            if taken:
                parts.append(f"signals: [{', '.join(taken)}]")
            for distribution in (*DISTRIBUTIONS.values(), "jaeger"):
                if distribution in row:
                    first, last = row[distribution]
                    parts.append(f'{distribution}: "{first}' + (f'-{last}"' if last else '"'))
            new, since = NEW_NAMES.get((section, kind), (None, None))
            if new:
                parts.append(f"now: {new}")
            if since:
                parts.append(f'renamed: "{since}"')
            if (section, kind) in INSTEAD:
                parts.append(f"instead: {json.dumps(INSTEAD[(section, kind)])}")
            out.append(f"  {kind}: {{ {', '.join(parts)} }}")
    Path(__file__).with_name("collector.yaml").write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
