#!/usr/bin/env python3
"""Writes logstash.yaml and grok.yaml from the sources of Logstash and of its plugins.

    refresh.py LOGSTASH PLUGINS > logstash.yaml
    refresh.py --grok PLUGINS > grok.yaml

LOGSTASH is a checkout of elastic/logstash, PLUGINS a folder with a checkout of each repository
that `rakelib/plugins-metadata.json` calls a default plugin, and of the mixins they include.
Only `config` lines are read; nothing of it runs.
"""

import glob
import json
import os
import re
import sys

ROLES = {"inputs": "input", "filters": "filter", "outputs": "output", "codecs": "codec"}
# What a name of a constant stands for where its value is computed.
TYPES = {
    "string", "number", "boolean", "array", "hash", "codec", "password", "uri", "path", "bytes",
    "field_reference", "ipaddr", "sha_256_hex",
}
# Options refused since 9.0 were deprecated in the 8.x line; all others are refused by every
# release that is still in use.
SINCE_9 = re.compile(r"ssl|tls|cert|keystore|truststore|cipher|verify_mode|cacert|ca_file|client_key")


# Plugins that have a repository of their own and must be installed; the metadata names a few.
OTHERS = {
    "input": "eventlog gemfire github google_cloud_storage google_pubsub googleanalytics irc jmx kinesis log4j"
    " lumberjack meetup mongodb okta_system_log opensearch openwhisk puppet_facter relp rss salesforce"
    " sqlite stomp varnishlog websocket wmi xmpp zenoss zeromq",
    "filter": "age alter bytes cipher collate de_dot elapsed environment extractnumbers grep i18n"
    " json_encode lookup math multiline oui punct range sig threats_classifier tld zeromq",
    "output": "appsearch application_insights boundary circonus datadog datadog_metrics dynatrace exec"
    " ganglia gelf gemfire google_bigquery google_pubsub graphtastic hipchat http_hec influxdb irc"
    " jdbc jira jms juggernaut kinesis librato loggly logzio loki mongodb mqtt nagios_nsca newrelic"
    " opensearch opentsdb pagerduty riak riemann riemann_deprecated solr_http splunk statsd stomp"
    " syslog timber websocket xmpp zabbix zeromq microsoft-sentinel-log-analytics-logstash-output-plugin",
    "codec": "compress_spooler gzip_lines nmap oldlogstashjson protobuf sflow spool cloudwatch_logs csv",
}

# Plugins in which another option decides what is required.
MODAL = {"logstash-input-azure_event_hubs", "logstash-input-jms", "logstash-input-jdbc"}


def code(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.read().split("\n")
    return "\n".join(re.sub(r"^\s*#.*$|\s#(?![{]).*$", "", line) for line in lines)


def statements(text):
    """Each `config` statement as (offset, name, its options as text)."""
    for found in re.finditer(r"(?m)^\s*(?:\w+\.)?config(?:\(\s*|\s+)(?::|['\"])(\w+)['\"]?", text):
        end, depth = found.end(), 0
        while end < len(text):
            sign = text[end]
            if sign in "([{":
                depth += 1
            elif sign in ")]}":
                depth -= 1
            elif sign == "\n" and depth <= 0 and not re.search(r"[,|]\s*$", text[found.end() : end]):
                break
            if depth < 0:
                break
            end += 1
        yield found.start(), found.group(1), text[found.end() : end]


def words(text):
    found = re.match(r"%w[(\[{]([^)\]}]*)[)\]}]", text)
    if found:
        return found.group(1).split()
    found = re.match(r"\[([^\]]*)\]", text)
    if not found or "." in re.sub(r"['\"][^'\"]*['\"]", "", found.group(1)):
        return None
    items = [item.strip() for item in found.group(1).split(",") if item.strip()]
    if any(re.match(r"[A-Z][A-Za-z0-9_:]*$", item) for item in items):
        return None
    items = [item.strip("'\"") for item in items]
    return items if all(re.fullmatch(r"[\w.\-+/ ]*", item) for item in items) else None


def options(text, constants):
    found = {}
    named = dict(re.findall(r"(?m)^\s*([A-Z][A-Z0-9_]+)\s*=\s*((?:'[^']*'|\"[^\"]*\"))", text))
    for _, name, rest in statements(text):
        one = {"name": name}
        kind = re.search(r":validate\s*=>\s*|validate:\s*", rest)
        if kind:
            value = rest[kind.end() :].strip().strip("(")
            for word, said in named.items():
                value = re.sub(rf"\b{word}\b", lambda _, said=said: said, value)
            symbol = re.match(r":(\w+)", value)
            constant = re.match(r"([A-Z][A-Z_]+)", value)
            if symbol:
                one["type"] = symbol.group(1) if symbol.group(1) in TYPES else "any"
            elif words(value) is not None:
                one["enum"] = words(value)
            elif constant and constants.get(constant.group(1)) is not None and "|" not in value:
                one["enum"] = constants[constant.group(1)]
            else:
                one["type"] = "any"
        else:
            one["type"] = "any"
        if re.search(r":required\s*=>\s*true|required:\s*true", rest):
            default = re.search(r":default\s*=>|default:", rest)
            if not default:
                one["required"] = True
        if re.search(r":list\s*=>\s*:?true|list:\s*true", rest):
            one["list"] = True
        if re.search(r":deprecated\s*=>|deprecated:", rest):
            one["deprecated"] = True
        gone = re.search(r":obsolete\s*=>\s*(.*)|obsolete:\s*(.*)", rest, re.S)
        if gone:
            one["obsolete"] = "9.0.0" if SINCE_9.search(name) else "5.0.0"
            said = gone.group(1) or gone.group(2) or ""
            names = re.findall(r"['`]([a-z_]+)['`]", said)
            if len(names) == 1 and names[0] != name:
                one["renamed"] = names[0]
        found[name] = one
    return found


def constants(text):
    found = {}
    for one in re.finditer(r"(?m)^\s*([A-Z][A-Z_]+)\s*=\s*(.+)$", text):
        value = text[one.start(2) :]
        listed = words(value.strip())
        if listed is not None:
            found[one.group(1)] = listed
    return found


def module_files(plugins):
    """Files that define modules others include, by the last parts of the module's name."""
    found = {}
    for path in glob.glob(plugins + "/*/lib/**/*.rb", recursive=True):
        text = code(path)
        if not any(True for _ in statements(text)):
            continue
        for name in re.findall(r"\bmodule\s+([A-Z][\w:]*)", text):
            for part in name.split("::"):
                found.setdefault(part, []).append(path)
        key = os.path.basename(path)[:-3].replace("_", "")
        found.setdefault(key, []).append(path)
    return found


def included(text, repo, modules, seen):
    """Options that a file's mixins and its parent class bring."""
    found = {}
    names = re.findall(r"(?:include[( ]+|=> )(?:::)?LogStash::([\w:]+)", text)
    for name in names:
        last = [part for part in name.split("::") if part not in ("V1", "V2", "TargetCheck")][-1]
        keys = [last.lower(), last]
        if last == "V":
            keys = ["generic"]
        for key in keys:
            for path in modules.get(key, []):
                if is_plugin(path) or path in seen:
                    continue
                own = repo in path or "-mixin-" in path
                if own and (key != last or "mixin" in path):
                    seen.add(path)
                    body = code(path)
                    found.update(options(body, constants(body)))
                    found.update(included(body, repo, modules, seen))
    return found


def is_plugin(path):
    return re.search(r"^\s*config_name[\s(]", code(path), re.M) is not None


def version(repo):
    for name in glob.glob(repo + "/*.gemspec"):
        found = re.search(r"\.version\s*=\s*['\"]([\d.]+)", open(name).read())
        if found:
            return found.group(1)
    for name in (repo + "/VERSION", repo + "/CHANGELOG.md"):
        if os.path.exists(name):
            found = re.search(r"(\d+\.\d+\.\d+)", open(name).read())
            if found:
                return found.group(1)
    return "?"


def plain(value):
    bare = re.fullmatch(r"[a-z_][\w\-]*", value) and value not in ("null", "true", "false")
    return value if bare else json.dumps(value)


def line(one):
    parts = [f"name: {one['name']}"]
    if "enum" in one:
        parts.append("enum: [" + ", ".join(json.dumps(item) for item in one["enum"]) + "]")
    else:
        parts.append(f"type: {one['type']}")
    for key in ("list", "required", "deprecated"):
        if one.get(key):
            parts.append(f"{key}: true")
    for key in ("obsolete", "renamed"):
        if key in one:
            parts.append(f"{key}: {plain(one[key])}")
    return "      - { " + ", ".join(parts) + " }"


def grok(plugins):
    """Names of the patterns that come with grok, in both sets."""
    folder = plugins + "/logstash-patterns-core"
    print("# Written by refresh.py. Names of the patterns that come with grok.")
    print(f'version: "{version(folder)}"')
    print('source: "pattern files of logstash-patterns-core"')
    for name in ("legacy", "ecs-v1"):
        names = set()
        for path in glob.glob(f"{folder}/patterns/{name}/*"):
            with open(path, encoding="utf-8") as file:
                names.update(re.findall(r"(?m)^([A-Za-z0-9_]+)\s", file.read()))
        print(f"{name}: >-")
        line = " "
        for one in sorted(names):
            if len(line) + len(one) > 110:
                print(line)
                line = " "
            line += " " + one
        print(line)


def main():
    if sys.argv[1] == "--grok":
        return grok(sys.argv[2])
    logstash, plugins = sys.argv[1], sys.argv[2]
    release = re.search(r"^logstash: (\S+)", open(logstash + "/versions.yml").read(), re.M).group(1)
    metadata = json.load(open(logstash + "/rakelib/plugins-metadata.json"))
    bundled = [name for name, one in metadata.items() if one.get("default-plugins")]
    modules = module_files(plugins)
    core = logstash + "/logstash-core/lib/logstash"
    base = options(code(core + "/plugin.rb"), {})
    out = [
        "# Written by refresh.py. Options of the plugins that come with Logstash.",
        "program: logstash",
        f'version: "{release}"',
        f'source: "config statements of Logstash {release} and of its bundled plugins"',
        "common:",
    ]
    for folder, role in ROLES.items():
        text = code(f"{core}/{folder}/base.rb")
        out.append(f"  - role: {role}")
        out.append("    options:")
        both = {**base, **options(text, constants(text))}
        out.extend(line(both[name]) for name in sorted(both))
    found = {}
    for repo in bundled:
        folder = f"{plugins}/{repo}"
        paths = sorted(glob.glob(folder + "/lib/logstash/*/*.rb"))
        for path in paths:
            role = ROLES.get(path.split("/")[-2])
            text = code(path)
            named = re.search(r"^\s*config_name[\s(]+['\"]([\w-]+)", text, re.M)
            if not role or not named:
                continue
            own = {}
            parent = re.search(r"class\s+\w+(?:::\w+)*\s*<\s*(?:::)?LogStash::(\w+)::(\w+)", text)
            if parent and parent.group(2) == "Threadable":
                own.update(options(code(core + "/inputs/threadable.rb"), {}))
            elif parent and parent.group(2) != "Base":
                for other in glob.glob(f"{plugins}/*/lib/logstash/{parent.group(1).lower()}/{parent.group(2).lower()}.rb"):
                    body = code(other)
                    own.update(options(body, constants(body)))
            own.update(included(text, repo, modules, set()))
            helpers = glob.glob(path[:-3] + "/**/*.rb", recursive=True)
            for other in helpers:
                body = code(other)
                own.update(options(body, constants(body)))
                if "CONFIG_PARAMS" in body:
                    own.update(params(body))
            for other in glob.glob(folder + "/lib/logstash/plugin_mixins/**/*.rb", recursive=True):
                body = code(other)
                if "CONFIG_PARAMS" in body:
                    own.update(params(body))
                    own.update(included(body, repo, modules, set()))
            own.update(options(text, constants(text)))
            if repo in MODAL:
                for one in own.values():
                    one.pop("required", None)
            found[(role, named.group(1))] = (version(folder), own)
    add_core(logstash, release, found)
    add_aliases(logstash, found)
    out.append("others:")
    for role in sorted(ROLES.values()):
        names = sorted(
            name
            for name in OTHERS[role].split()
            + [one.split("-", 2)[2] for one in metadata if one.startswith(f"logstash-{role}-")]
            if (role, name) not in found and "example" not in name
        )
        out.append(f"  {role}: {' '.join(dict.fromkeys(names))}")
    out.append("plugins:")
    for (role, name), (number, own) in sorted(found.items()):
        out.append(f"  - name: {plain(name)}")
        out.append(f"    role: {role}")
        out.append(f'    version: "{number}"')
        out.append("    options:" + ("" if own else " []"))
        out.extend(line(own[key]) for key in sorted(own))
    print("\n".join(out))


def add_aliases(logstash, found):
    """Second names of plugins."""
    path = logstash + "/logstash-core/src/main/resources/org/logstash/plugins/AliasRegistry.yml"
    role = alias = None
    for row in open(path):
        head = re.match(r"^(\w+):\s*$", row)
        pair = re.match(r"^\s+(?:-\s*)?(alias|from):\s*([\w-]+)\s*$", row)
        if head:
            role = head.group(1)
        elif pair and pair.group(1) == "alias":
            alias = pair.group(2)
        elif pair and (role, pair.group(2)) in found:
            found[(role, alias)] = found[(role, pair.group(2))]


def params(text):
    """`CONFIG_PARAMS = { :name => { … } }`, which a mixin hands to `config`."""
    body = text[text.index("CONFIG_PARAMS") :]
    lines = [
        f"config :{name}, {rest}"
        for name, rest in re.findall(r"(?m)^\s*:(\w+)\s*=>\s*\{(.*)\},?\s*$", body)
    ]
    return options("\n".join(lines), constants(text))


def add_core(logstash, release, found):
    """Plugins inside Logstash itself, written in Java or Ruby."""
    java = logstash + "/logstash-core/src/main/java/org/logstash/plugins"
    kinds = {
        "string": "string", "requiredString": "string", "num": "number", "bool": "boolean",
        "boolean": "boolean", "float": "number", "array": "array", "hash": "hash",
        "requiredHash": "hash", "path": "path", "codec": "codec", "uri": "uri", "password": "password",
        "requiredNum": "number",
    }
    for path in sorted(glob.glob(java + "/*/*.java")):
        role = ROLES.get(path.split("/")[-2])
        text = open(path).read()
        named = re.search(r'@LogstashPlugin\(name\s*=\s*"([\w-]+)"', text)
        if not role or not named:
            continue
        own = {}
        for kind, name in re.findall(r'PluginConfigSpec\.(\w+?)Setting\(\s*"(\w+)"', text):
            own[name] = {"name": name, "type": kinds.get(kind, "any")}
            if kind.startswith("required"):
                own[name]["required"] = True
        found[(role, named.group(1))] = (release, own)
    for path in sorted(glob.glob(logstash + "/logstash-core/lib/logstash/plugins/builtin/pipeline/*.rb")):
        text = code(path)
        role = os.path.basename(path)[:-3]
        if role in ("input", "output"):
            found[(role, "pipeline")] = (release, options(text, constants(text)))


if __name__ == "__main__":
    main()
