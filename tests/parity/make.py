#!/usr/bin/env python3
"""Remakes verdicts.json: what promtool and amtool say about the files in
good/, odd/ and bad/, and about one-edit mutants of the files in good/.

    python3 make.py --promtool PATH --amtool PATH

With --per-kind N and --out FILE it makes a larger set beside the stored one.

The mutants are the same on every run: where a kind of edit fits in more
places than are wanted, the places are chosen by a hash.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SEED = b"parity-1"
PER_KIND = 2  # mutants per file and kind of edit
BATCH = 60  # files per call of a program
TOOLS = {
    "prom": ("promtool", "promtool check config", ["check", "config", "--syntax-only"]),
    "rules": ("promtool", "promtool check rules", ["check", "rules", "--lint=none"]),
    "am": ("amtool", "amtool check-config", ["check-config"]),
}

# --- where edits fit -------------------------------------------------------

KEY = re.compile(
    rb"""(?P<lead>^[ \t]*(?:-[ ]+)*|[{,][ ]*)(?P<quote>["']?)(?P<key>[A-Za-z_][A-Za-z0-9_.-]*)(?P=quote)"""
    rb"""(?P<colon>:)(?=[ \r\n]|$)""",
    re.M,
)
BLOCK_LINE = re.compile(
    rb"""^(?P<indent>[ ]*)(?P<dash>(?:-[ ]+)*)(?P<key>["']?[A-Za-z_][A-Za-z0-9_.-]*["']?):(?P<gap>[ ]+)"""
    rb"""(?P<value>[^\s#|>&*{\[][^\r\n]*?)(?P<tail>[ ]*(?:[ ]#[^\r\n]*)?)(?P<eol>\r?\n|\Z)""",
    re.M,
)
FLOW_VALUE = re.compile(
    rb"""[{,][ ]*["']?[A-Za-z_][A-Za-z0-9_.-]*["']?:[ ]+(?P<value>"[^"\r\n]*"|'[^'\r\n]*'|[^\s"'{}\[\],&*][^"'{}\[\],\r\n]*)(?=[,}])"""
)
DURATION = re.compile(rb"""(?<=[ "'])(?P<number>[0-9]+)(?P<unit>ms|s|m|h|d|w|y)(?=["'\s,}\]]|$)""", re.M)
NUMBER = re.compile(rb"""(?<=: )(?P<number>-?[0-9]+(?:\.[0-9]+)?)(?=\s|,|}|$)""", re.M)
BOOL = re.compile(rb"""(?<=: )(?P<word>true|false)(?=\s|,|}|$)""", re.M)


def lines(data):
    out, start = [], 0
    for line in data.splitlines(keepends=True):
        out.append((start, start + len(line), line))
        start += len(line)
    return out


def in_comment(data, at):
    start = data.rfind(b"\n", 0, at) + 1
    return data[start:at].lstrip(b"\xef\xbb\xbf").lstrip().startswith(b"#")


def keys(data):
    return [m for m in KEY.finditer(data) if not in_comment(data, m.start("key"))]


def values(data):
    spans = [m.span("value") for m in BLOCK_LINE.finditer(data)]
    spans += [m.span("value") for m in FLOW_VALUE.finditer(data)]
    return sorted(set(spans))


def key_letter_lost(data):
    for m in keys(data):
        for at in range(m.start("key"), m.end("key")):
            yield at, at + 1, b""


def key_letter_doubled(data):
    for m in keys(data):
        for at in range(m.start("key"), m.end("key")):
            yield at, at, data[at : at + 1]


def key_letters_swapped(data):
    for m in keys(data):
        for at in range(m.start("key"), m.end("key") - 1):
            pair = data[at : at + 2]
            if pair[:1] != pair[1:]:
                yield at, at + 2, pair[::-1]


def key_case(data):
    for m in keys(data):
        at = m.start("key")
        yield at, at + 1, data[at : at + 1].swapcase()


def colon_lost(data):
    for m in keys(data):
        yield m.start("colon"), m.end("colon"), b""


def colon_blank_lost(data):
    for m in keys(data):
        if data[m.end() : m.end() + 1] == b" ":
            yield m.end(), m.end() + 1, b""


def line_deleted(data):
    for start, end, line in lines(data):
        if line.strip():
            yield start, end, b""


def line_doubled(data):
    for start, end, line in lines(data):
        if line.strip() and not line.lstrip().startswith(b"#"):
            yield end, end, (line if line.endswith(b"\n") else b"\n" + line)


def indent_by(count):
    def make(data):
        for start, _, line in lines(data):
            body = line.lstrip(b" ")
            if not body.strip() or body.startswith(b"#") or line.startswith(b"\xef\xbb\xbf"):
                continue
            if count > 0:
                yield start, start, b" " * count
            elif len(line) - len(body) >= -count:
                yield start, start - count, b""

    return make


def indent_tab(data):
    for start, _, line in lines(data):
        body = line.lstrip(b" ")
        depth = len(line) - len(body)
        if depth and body.strip():
            yield start, start + depth, b"\t"


def tab_beside_blank(data):
    """A tab before, in place of, or behind each blank, and on each line that has nothing else."""
    for at in range(len(data)):
        if data[at : at + 1] == b" ":
            yield at, at, b"\t"
            yield at, at + 1, b"\t"
        elif data[at : at + 1] == b"\n":
            yield at, at, b"\t"


def comment_glued(data):
    for _, end, line in lines(data):
        if line.strip() and line.endswith(b"\n"):
            yield end - 1, end - 1, b"#x"


def stray_character(data):
    for m in keys(data):
        for stray in (b"}", b"]", b":", b"%", b"'", b'"', b",", b"|", b"`", b"!", b"&", b"*"):
            yield m.end("key"), m.end("key"), stray
            yield m.start("key"), m.start("key"), stray


def variable_unquoted(data):
    for start, end in values(data):
        yield start, end, b"{{ $value_of }}"


def duration_unit(data):
    for m in DURATION.finditer(data):
        for unit in (b"", b"sec", b"M", b"x", b"min", b"us", b"d", b"ms"):
            if unit != m.group("unit"):
                yield m.start("unit"), m.end("unit"), unit


def duration_blank(data):
    for m in DURATION.finditer(data):
        yield m.start("unit"), m.start("unit"), b" "


def duration_fraction(data):
    for m in DURATION.finditer(data):
        yield m.start("unit"), m.start("unit"), b".5"


def duration_sign(data):
    for m in DURATION.finditer(data):
        yield m.start("number"), m.start("number"), b"-"


def number_word(data):
    for m in NUMBER.finditer(data):
        yield m.start(), m.end(), b"many"


def number_shape(data):
    for m in NUMBER.finditer(data):
        for text in (b"-1", b"1.5", b"1e3", b"0x1F", b"1_000", b"010", b"\"5\"", b"99999999999999999999"):
            yield m.start(), m.end(), text


def bool_word(data):
    for m in BOOL.finditer(data):
        for text in (b"yes", b"off", b"True", b"tRue", b"y", b"1", b"\"true\"", b"maybe"):
            yield m.start(), m.end(), text


def quote_lost(data):
    for at, byte in enumerate(data):
        if byte in b"\"'" and not in_comment(data, at):
            yield at, at + 1, b""


def brace_lost(data):
    for at, byte in enumerate(data):
        if byte in b"{}[]" and not in_comment(data, at):
            yield at, at + 1, b""


def dash_lost(data):
    for m in re.finditer(rb"^[ ]*(- )", data, re.M):
        yield m.start(1), m.end(1), b"  "


def value_emptied(data):
    for start, end in values(data):
        yield start, end, b""


def value_by(text):
    def make(data):
        for start, end in values(data):
            yield start, end, text

    return make


def siblings_swapped(data):
    all_lines = lines(data)
    for (s1, e1, l1), (s2, e2, l2) in zip(all_lines, all_lines[1:]):
        a, b = BLOCK_LINE.match(data, s1), BLOCK_LINE.match(data, s2)
        if a and b and a.end() == e1 and b.end() == e2 and not b.group("dash"):
            if len(a.group("indent") + a.group("dash")) != len(b.group("indent")):
                continue
            first = slice(a.start("key"), a.end("value"))
            second = slice(b.start("key"), b.end("value"))
            yield first.start, second.stop, data[second] + data[first.stop : second.start] + data[first]


def key_duplicated(data):
    for m in BLOCK_LINE.finditer(data):
        if m.group("eol"):
            indent = b" " * len(m.group("indent") + m.group("dash"))
            yield m.end(), m.end(), indent + m.group("key") + b": " + m.group("value") + m.group("eol")


def key_duplicated_null(data):
    for m in BLOCK_LINE.finditer(data):
        if m.group("eol"):
            indent = b" " * len(m.group("indent") + m.group("dash"))
            yield m.end(), m.end(), indent + m.group("key") + b":" + m.group("eol")


KINDS = {
    "key letter lost": key_letter_lost,
    "key letter doubled": key_letter_doubled,
    "key letters swapped": key_letters_swapped,
    "key first letter's case changed": key_case,
    "colon lost": colon_lost,
    "blank after colon lost": colon_blank_lost,
    "line deleted": line_deleted,
    "line doubled": line_doubled,
    "indented by one more": indent_by(1),
    "indented by two more": indent_by(2),
    "indented by one less": indent_by(-1),
    "indented by two less": indent_by(-2),
    "indented by a tab": indent_tab,
    "tab beside a blank": tab_beside_blank,
    "comment behind a line": comment_glued,
    "stray character at a key": stray_character,
    "value replaced by a variable": variable_unquoted,
    "duration unit changed": duration_unit,
    "blank in duration": duration_blank,
    "fraction in duration": duration_fraction,
    "sign before duration": duration_sign,
    "number replaced by word": number_word,
    "number of another shape": number_shape,
    "bool of another shape": bool_word,
    "quote lost": quote_lost,
    "brace lost": brace_lost,
    "dash lost": dash_lost,
    "value emptied": value_emptied,
    "value replaced by list": value_by(b"[a, b]"),
    "value replaced by map": value_by(b"{a: b}"),
    "value replaced by null": value_by(b"null"),
    "value replaced by empty string": value_by(b'""'),
    "value replaced by number": value_by(b"12"),
    "siblings swapped": siblings_swapped,
    "key duplicated": key_duplicated,
    "key duplicated with null": key_duplicated_null,
}


def mutants(name, data, per_kind):
    seen = {data}
    for kind, places in KINDS.items():
        ranked = sorted(
            set(places(data)),
            key=lambda e: hashlib.sha256(SEED + b"%s %s %d %d " % (name.encode(), kind.encode(), e[0], e[1]) + e[2]).digest(),
        )
        taken = 0
        for start, end, text in ranked:
            if taken == per_kind:
                break
            made = data[:start] + text + data[end:]
            try:
                made.decode()
            except UnicodeDecodeError:
                continue
            if made in seen:
                continue
            seen.add(made)
            taken += 1
            yield {"kind": kind, "edit": {"start": start, "end": end, "text": text.decode()}}, made


# --- what the programs say -------------------------------------------------


def version(path):
    out = subprocess.run([path, "--version"], capture_output=True, text=True)
    found = re.search(r"version (\S+)", out.stdout + out.stderr)
    return found.group(1) if found and not found.group(1).startswith("(") else "unknown"


def call(program, arguments, names, folder):
    """Output per file, or None where the program died before its answer."""
    done = subprocess.run(
        [program, *arguments, *names], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    text = done.stdout.decode("utf-8", "replace")
    parts = re.split(r"^Checking '?(c[0-9]{5}\.yml)'?", text, flags=re.M)
    if "\ngoroutine " in text:
        return None, done.returncode, text
    return dict(zip(parts[1::2], parts[2::2])), done.returncode, text


def judge(kind, program, contents):
    _, _, arguments = TOOLS[kind]
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for index, data in enumerate(contents):
            names.append(f"c{index:05}.yml")
            pathlib.Path(folder, names[-1]).write_bytes(data)

        def run(batch):
            answers, code, text = call(program, arguments, batch, folder)
            if answers is None and len(batch) > 1:
                half = len(batch) // 2
                return {**run(batch[:half]), **run(batch[half:])}
            if answers is None:
                panic = re.search(r"panic: .*", text)
                return {batch[0]: (False, [panic.group(0) if panic else f"exit {code}"])}
            result = {n: verdict(n, answers[n]) for n in batch}
            if (code == 0) != all(v[0] for v in result.values()):
                sys.exit(f"exit code {code} does not fit the output:\n{text}")
            return result

        batches = [names[i : i + BATCH] for i in range(0, len(names), BATCH)]
        result = {}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for part in pool.map(run, batches):
                result.update(part)
        return [result[n] for n in names]


def verdict(name, text):
    if "FAILED:" not in text:
        if "SUCCESS" not in text:
            sys.exit(f"no answer for {name}: {text!r}")
        return True, []
    body = text.split("FAILED:", 1)[1]
    errors = []
    for line in body.split("\n"):
        line = line.rstrip().replace(name, "FILE")
        if not line.strip() or line.startswith(("time=", "amtool: error: failed to validate")):
            continue
        # An indented line goes on with the error before it.
        if errors and line.startswith(" ") and not line.startswith("  SUCCESS"):
            if errors[-1].endswith("errors:"):
                errors[-1] += " " + line.strip()
            continue
        if re.match(r"\s*(SUCCESS|Found:| - )", line):
            continue
        line = re.sub(r"^(parsing YAML file )?FILE: ", "", line.strip())
        errors.append(re.sub(r"(?<![\w.:/])/(?:tmp|root|home|work|go|usr|var/folders)/\S*", "PATH", line))
    return False, errors


def reason_of(kind, error):
    if kind == "rules" and "could not parse expression" in error:
        return "promql"
    if kind == "rules" and re.search(r'(annotation|label) "[^"]*": .*template', error):
        return "template"
    if kind == "am" and ("template syntax" in error or error.startswith("template:")):
        return "template"
    return "schema"


def case(kind, file, mutation, data, answer):
    accepted, errors = answer
    entry = {
        "file": file,
        "program": TOOLS[kind][1],
        "mutation": mutation,
        "sha256": hashlib.sha256(data).hexdigest(),
        "accepted": accepted,
        "message": None,
    }
    if not accepted:
        ranked = sorted(errors, key=lambda e: (reason_of(kind, e) != "schema", e))
        entry["message"] = ranked[0]
        entry["reason"] = reason_of(kind, ranked[0])
    return entry


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--promtool", default="promtool")
    parser.add_argument("--amtool", default="amtool")
    parser.add_argument("--per-kind", type=int, default=PER_KIND, help="mutants per file and kind of edit")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "verdicts.json")
    options = parser.parse_args()
    paths = {"promtool": options.promtool, "amtool": options.amtool}
    paths = {n: str(pathlib.Path(p).resolve()) if "/" in p else p for n, p in paths.items()}

    work = {kind: [] for kind in TOOLS}
    for folder in ("good", "odd", "bad"):
        for path in sorted((HERE / folder).glob("*.yml")):
            kind, data = path.name.split("-")[0], path.read_bytes()
            file = f"{folder}/{path.name}"
            work[kind].append((file, None, data))
            if folder == "good":
                work[kind] += [(file, m, made) for m, made in mutants(file, data, options.per_kind)]

    cases, wrong = [], []
    for kind, items in work.items():
        answers = judge(kind, paths[TOOLS[kind][0]], [data for _, _, data in items])
        for (file, mutation, data), answer in zip(items, answers):
            cases.append(case(kind, file, mutation, data, answer))
            if mutation is None and answer[0] == file.startswith("bad/"):
                wrong.append(f"{file}: accepted {answer[0]} {answer[1]}")

    document = {"programs": {n: version(p) for n, p in paths.items()}, "cases": cases}
    with open(options.out, "w", encoding="utf-8", newline="\n") as out:
        out.write('{"programs": ' + json.dumps(document["programs"]) + ',\n"cases": [\n')
        out.write(",\n".join(json.dumps(c, ensure_ascii=False) for c in cases))
        out.write("\n]}\n")

    for kind in TOOLS:
        mine = [c for c in cases if c["program"] == TOOLS[kind][1]]
        refused = {}
        for c in mine:
            if not c["accepted"]:
                refused[c["reason"]] = refused.get(c["reason"], 0) + 1
        print(f"{TOOLS[kind][1]}: {len(mine)} cases, {sum(c['accepted'] for c in mine)} accepted, refused {refused}")
    for line in wrong:
        print("in the wrong folder:", line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
