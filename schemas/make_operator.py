#!/usr/bin/env python3
"""Write schemas/prometheus-operator.yaml from the operator's own CRD files.

usage: make_operator.py VERSION=CRD.yaml [VERSION=CRD.yaml ...] > prometheus-operator.yaml

VERSION is the operator release the file belongs to, such as 0.94.1. Give every
release that the table shall know: `since`, `removed` and `deprecated` come from
comparing them, the types from the newest release in which a field exists. Use
the CRD files that hold all API versions (example/prometheus-operator-crd-full,
or controller-gen over pkg/apis/monitoring). Needs PyYAML.
"""
import collections
import re
import sys

import yaml



class LOADER(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """The safe loader, and `=` (a matcher in an enum) is a string."""


LOADER.add_constructor("tag:yaml.org,2002:value", lambda loader, node: node.value)

PROM_DURATION = "(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?"
SHORT_DURATION = "(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?"
KNOWN_PATTERNS = {
    "^(0|%s)$" % PROM_DURATION: "duration",
    "^(0|(%s))$" % PROM_DURATION: "duration",
    "^%s$" % PROM_DURATION: "duration",
    "^(%s)$" % PROM_DURATION: "duration",
    "^(0|%s)$" % SHORT_DURATION: "duration",
    "(^0|([0-9]*[.])?[0-9]+((K|M|G|T|E|P)i?)?B)$": "size",
}
# Durations for which the pattern is narrower or wider than the common one.
KEEP_PATTERN = {"^(0|%s)$" % SHORT_DURATION, "^%s$" % PROM_DURATION}
DEPRECATED = r"(^|\n|\.\s)\W*deprecated[:\s*]"
QUANTITY = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"


def minor(version):
    return ".".join(version.split(".")[:2])


def key_of(version):
    return [int(x) for x in version.split(".")]


def pascal(name):
    parts = re.split(r"[^A-Za-z0-9]+", name)
    return "".join(p[:1].upper() + p[1:] for p in parts if p)


def plain(name):
    return name.replace("_", "").lower()


def singular(name):
    if name.endswith("ies"):
        return name[:-3] + "y"
    if name.endswith(("sses", "xes", "ases", "uses")):
        return name[:-2]
    if name.endswith("s") and not name.endswith(("ss", "us")):
        return name[:-1]
    return name


class Table:
    def __init__(self, versions):
        self.versions = versions
        self.ids = {}                                  # structure -> id
        self.bodies = []                               # id -> (fields, checks, refuses)
        self.seen = collections.defaultdict(list)      # id -> [(field, parent field)]

    def scalar(self, schema, field, checks):
        """The type of a leaf; what the type does not say goes to `checks`."""
        if schema.get("x-kubernetes-int-or-string"):
            pattern = schema.get("pattern", "")
            if pattern.startswith(QUANTITY):
                checks.append("quantity(%s)" % field)
            elif pattern:
                checks.append("pattern(%s, %s)" % (field, pattern))
            return "int-or-string"
        kind = schema.get("type")
        if kind == "string":
            if "minLength" in schema:
                checks.append("min-length(%s, %d)" % (field, schema["minLength"]))
            if "maxLength" in schema:
                checks.append("max-length(%s, %d)" % (field, schema["maxLength"]))
            pattern = schema.get("pattern")
            if "enum" in schema:
                return "enum(%s)" % ", ".join(str(v) if v != "" else '""' for v in schema["enum"])
            if pattern:
                known = KNOWN_PATTERNS.get(pattern)
                if not known or pattern in KEEP_PATTERN:
                    checks.append("pattern(%s, %s)" % (field, pattern))
                if known:
                    return known
                if "://" in pattern and pattern.startswith("^"):
                    return "url"
            # The only field of these objects that holds a secret itself.
            return "secret" if field == "bearerToken" else "string"
        if kind in ("integer", "number"):
            for key, name in (("minimum", "min"), ("maximum", "max")):
                if key in schema:
                    checks.append("%s(%s, %s)" % (name, field, schema[key]))
            if "enum" in schema:
                return "enum(%s)" % ", ".join(str(v) for v in schema["enum"])
            return "int" if kind == "integer" else "float"
        if kind == "boolean":
            return "bool"
        return "any"

    def type_of(self, history, path, field, checks):
        """`history` holds the schema of one place per release, None where absent."""
        last = next(s for s in reversed(history) if s is not None)
        kind = last.get("type")
        if kind == "array":
            for key, name in (("minItems", "min-items"), ("maxItems", "max-items")):
                if key in last:
                    checks.append("%s(%s, %d)" % (name, field, last[key]))
            if last.get("x-kubernetes-list-type") == "map":
                checks.append("unique(%s: %s)" % (field, ", ".join(last["x-kubernetes-list-map-keys"])))
            elif last.get("x-kubernetes-list-type") == "set" or last.get("uniqueItems"):
                checks.append("unique(%s)" % field)
            items = [s.get("items") if s else None for s in history]
            return "list(%s)" % self.type_of(items, path + ["[]"], field + "[]", checks)
        if kind == "object" or "properties" in last:
            if last.get("properties"):
                number = self.object(history, path)
                names = [p for p in path if p not in ("[]", "{}")]
                self.seen[number].append((names[-1], names[-2] if len(names) > 1 else "", path[-1] in ("[]", "{}")))
                return "<%d>" % number
            values = last.get("additionalProperties")
            if isinstance(values, dict):
                for key, name in (("minProperties", "min-items"), ("maxProperties", "max-items")):
                    if key in last:
                        checks.append("%s(%s, %d)" % (name, field, last[key]))
                inner = [s.get("additionalProperties") if s and isinstance(s.get("additionalProperties"), dict) else None for s in history]
                return "map(%s)" % self.type_of(inner, path + ["{}"], field + "{}", checks)
            return "any"
        return self.scalar(last, field, checks)

    def object(self, history, path, fixed=None):
        last = next(s for s in reversed(history) if s is not None)
        first_parent = next(i for i, s in enumerate(history) if s is not None)
        last_parent = max(i for i, s in enumerate(history) if s is not None)
        names = sorted({n for s in history if s for n in s.get("properties", {})})
        required = set(last.get("required", []))
        fields, checks, refuses = [], [], []
        for name in names:
            place = [s.get("properties", {}).get(name) if s else None for s in history]
            here = [i for i, s in enumerate(place) if s is not None]
            flags = []
            if name in required:
                flags.append("required")
            if here[0] > first_parent:
                flags.append("since=" + minor(self.versions[here[0]]))
            gone = here[-1] < last_parent
            if gone:
                flags.append("removed=" + minor(self.versions[here[-1] + 1]))
                same = [n for n in last.get("properties", {}) if plain(n) == plain(name)]
                if same:
                    flags.append("renamed=" + same[0])
            marked = [i for i in here if re.search(DEPRECATED, place[i].get("description", ""), re.I)]
            if marked and marked[-1] == here[-1]:      # not where the notice was withdrawn
                start = max([i for i in here if i not in marked], default=-1)
                flags.append("deprecated=" + minor(self.versions[next(i for i in marked if i > start)]))
            kind = (fixed or {}).get(name) or self.type_of(place, path + [name], name, [] if gone else checks)
            fields.append((name, " ".join([kind] + flags)))
        for rule in last.get("x-kubernetes-validations", []):
            refuses.append("refused unless (CEL): " + " ".join(rule["rule"].split()))
        for key in ("oneOf", "anyOf", "allOf", "not"):
            if key in last:
                refuses.append("refused unless %s: %s" % (key, yaml.safe_dump(last[key], default_flow_style=True, width=10**6).strip()))
        for key, name in (("minProperties", "at least"), ("maxProperties", "at most")):
            if key in last:
                refuses.append("refused unless the object has %s %d keys" % (name, last[key]))
        body = (tuple(fields), tuple(checks), tuple(refuses))
        if body not in self.ids:
            self.ids[body] = len(self.bodies)
            self.bodies.append(body)
        return self.ids[body]

    def name_all(self, roots):
        names = {number: name for name, number in roots.items()}
        taken = {name.lower() for name in roots}
        order = [n for n in range(len(self.bodies)) if n not in names]
        # The structure met most often takes the plain name.
        for number in sorted(order, key=lambda n: (-len(self.seen[n]), -len(self.bodies[n][0]), n)):
            counted = collections.Counter()
            for field, parent, listed in self.seen[number]:
                counted[(pascal(singular(field) if listed else field), pascal(singular(parent)))] += 1
            total = collections.Counter()
            for (field, _), n in counted.items():
                total[field] += n
            tries = [sorted(total, key=lambda f: (-total[f], len(f), f))[0]]
            best = sorted(counted, key=lambda c: (-counted[c], c))
            tries += [p + f for f, p in best]
            tries += [tries[0] + str(i) for i in range(2, 99)]
            name = next(t for t in tries if t.lower() not in taken)
            taken.add(name.lower())
            names[number] = name
        return names


def quote(text):
    """A plain scalar where YAML lets it be one, else single quotes."""
    try:
        if yaml.load(text, LOADER) == text and not re.search(r": |:$| #|^[\[{&*!|>%@`\"',?-]", text):
            return text
    except yaml.YAMLError:
        pass
    return "'" + text.replace("'", "''") + "'"


def main(arguments):
    if not arguments or any("=" not in a for a in arguments):
        sys.exit(__doc__)
    objects = collections.defaultdict(dict)            # (kind, api version) -> release -> schema
    group = None
    for argument in arguments:
        release, path = argument.split("=", 1)
        with open(path, encoding="utf-8") as handle:
            for document in yaml.load_all(handle, LOADER):
                if not document or document.get("kind") != "CustomResourceDefinition":
                    continue
                group = document["spec"]["group"]
                for version in document["spec"]["versions"]:
                    place = (document["spec"]["names"]["kind"], version["name"])
                    objects[place][release] = version["schema"]["openAPIV3Schema"]
    releases = sorted({a.split("=", 1)[0] for a in arguments}, key=key_of)
    table = Table(releases)
    count = collections.Counter(kind for kind, _ in objects)
    roots, types = {}, {}
    for kind, version in sorted(objects):
        known = objects[(kind, version)]
        history = [known.get(r) for r in releases]
        fixed = {"apiVersion": "enum(%s/%s)" % (group, version), "kind": "enum(%s)" % kind}
        name = kind if count[kind] == 1 else kind + pascal(version)
        types[name] = table.object(history, [name], fixed)
        roots[kind if count[kind] == 1 else "%s/%s" % (kind, version)] = name
    names = table.name_all(types)

    def resolve(text):
        return re.sub(r"<(\d+)>", lambda m: names[int(m[1])], text)

    out = [
        "# Objects of the Prometheus operator. Written by make_operator.py; change that, not this.",
        "# `required`: the key must be present; an empty value is refused only where min-length or min-items says so.",
        "# `since` and `removed` name the first release whose schema has, or no longer has, a field; a field older than",
        "# `oldest` has no `since`. The API server drops fields it does not know (or refuses them under strict field",
        "# validation, the default of kubectl); it never ignores a wrong type. `deprecated=%s` means: that release or earlier." % minor(releases[0]),
        "# In checks, `f[]` is each item of list f, `f{}` each value of map f; pattern(f, RE) reads to the last bracket.",
        "schema: prometheus-operator",
        "program: Prometheus operator",
        'versions: { oldest: "%s", newest: "%s" }' % (minor(releases[0]), releases[-1]),
        "sources:",
        "  - prometheus-operator/prometheus-operator, schemas of monitoring.coreos.com: %s" % " ".join("v" + r for r in releases),
        "reader: kubernetes",
        "roots:",
    ]
    out += ["  %s: %s" % (k, v) for k, v in roots.items()]
    # What values of the operator's chart hold under `prometheusSpec`.
    out.append("  PrometheusSpec: PrometheusSpec")
    out.append("  ServiceMonitorSpec: ServiceMonitorSpec")
    out.append("  PodMonitorSpec: PodMonitorSpec")
    out.append("types:")
    rooted = list(types.values())
    rest = sorted((n for n in range(len(table.bodies)) if n not in rooted), key=lambda n: names[n])
    for number in rooted + rest:
        fields, checks, refuses = table.bodies[number]
        out.append("  %s:" % names[number])
        out.append("    fields:")
        out += ["      %s: %s" % (quote(f), quote(resolve(t))) for f, t in fields]
        for title, lines in (("checks", checks), ("refuses", refuses)):
            if lines:
                out.append("    %s:" % title)
                out += ["      - " + quote(line) for line in lines]
    print("\n".join(out))


if __name__ == "__main__":
    main(sys.argv[1:])
