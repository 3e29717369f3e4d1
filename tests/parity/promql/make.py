#!/usr/bin/env python3
"""Remakes verdicts.json: what promtool says about expressions.

    python3 make.py --promtool PATH --release 3.16.0 [--table parse_test.go]

Four lists: the lines of bases.txt and realistic.txt; mutants of bases.txt, one
edit each or two; mutants of realistic.txt, one edit each; and the inputs of the
table that the parser of Prometheus is tested with, if its file is given (else
those of the present verdicts.json are kept). The mutants are the same on every
run. For inputs of the table it is also kept whether the table says that they
must fail: there, unlike in promtool, experimental functions are on.
"""

import argparse
import json
import pathlib
import random
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MUTANTS = 3000
REALISTIC = 3200
BATCH = 200
TOKEN = re.compile(
    r"""\s+|#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[A-Za-z_:][\w:]*|[0-9.][\w.]*|=~|!~|==|!=|<=|>=|</|>/|."""
)
POOL = """( ) [ ] { } , = =~ !~ == != < <= > >= </ >/ + - * / % ^ @ : by without on ignoring group_left
group_right bool offset and or unless atan2 sum avg topk quantile count_values limitk rate increase
histogram_quantile absent label_replace time vector scalar info mad_over_time holt_winters start() end()
step() fill(0) fill_left(1) smoothed anchored 0 1 -1 0.5 1e3 0x 08 1_0 5m 1h30m 30m1h 1.5h 0s 5x [5m]
[5m:1m] [5m:] [0] offset 5m @ 0 "a" 'b' `c` "\\q" "\\xzz" "\\ud800" {a="b"} {} {a=~"("} {a=~"*"} {"q"} foo
foo{a="b"} foo[5m] sum(foo) (1) (foo) #x é Inf NaN""".split()
# What people get wrong: one word for another of its kind.
SLIPS = [
    ("by", ["without", "on", "b", "By", "group_by", "per"]),
    ("on", ["by", "ignoring", "join", ""]),
    ("ignoring", ["without", "on", "ignore"]),
    ("group_left", ["group_right", "left", "group-left", "group_left()"]),
    ("and", ["AND", "&&", "&", "or", "unless", ",", "and not"]),
    ("or", ["OR", "||", "|", "and"]),
    ("unless", ["except", "and", "not"]),
    ("offset", ["OFFSET", "ofset", "offset -", "@"]),
    ("rate", ["irate", "rates", "Rate", "deriv", "increase", "delta", "avg_over_time", "sum", "abs"]),
    ("increase", ["increases", "rate", "sum_over_time", "changes", "sum"]),
    ("sum", ["count", "Sum", "SUM", "summ", "sum_over_time", "topk", "quantile", "rate", "total"]),
    ("avg", ["mean", "avg_over_time", "stddev"]),
    ("max", ["maximum", "max_over_time", "topk"]),
    ("histogram_quantile", ["histogram_quantil", "quantile", "histogram_quantiles", "histogram_avg"]),
    ("label_replace", ["label_join", "labelreplace"]),
    ("absent", ["absent_over_time", "is_absent"]),
    ("time", ["now", "timestamp", "time()"]),
    ("bool", ["Bool", "boolean", "bool bool"]),
    ("==", ["=", "===", "!=", "=~", "== bool", ":="]),
    ("!=", ["<>", "=!", "!", "!=="]),
    (">", ["> =", "=>", ">>", ">=", "> bool", "&gt;"]),
    ("<", ["< =", "=<", "<<", "<=", "&lt;"]),
    ("=~", ["~=", "=", "==", "~", "=~~", "!~", "like"]),
    ("!~", ["~!", "!=", "!=~", "not"]),
    ("=", ["==", ":", "=>", "=~", "!=", " ", "!"]),
    ("/", ["//", "\\", "÷", "%", "/ on () "]),
    ("*", ["**", "x", "×", "^"]),
    ("-", ["–", "--", "- -", "+"]),
    ("(", ["((", "[", "{", "( )", ""]),
    (")", ["))", "]", "}", "),", ""]),
    ("{", ["{{", "(", "[", "{,", ""]),
    ("}", ["}}", ")", "]", ",}", ",,}", ""]),
    ("[", ["[[", "(", "{", " [", ""]),
    ("]", ["]]", ")", ":]", ":1m]", ":0s]", "] offset 5m", "] @ 1e9", "] bool", ""]),
    (",", [",,", ";", " ", ", ,", " and "]),
]
SLIP = dict(SLIPS)
DURATION = re.compile(r"(?:[0-9]+(?:ms|[smhdwy]))+$")
NUMBER = re.compile(r"[0-9.]+(?:e[0-9]+)?$")
LENGTHS = """5 5min 5M 5m5 5mm 1h5m 5m1h 1d1w 0m 00m 5.5m -5m +5m 5_m 5m: 5ms 1y 300 5s3 m '5m' 1e2 1e2m 0x1f
5m+1m (5m) 5m*2 2*step() 9223372036s 99999999999y 1h1h Inf NaN -0 .5 0.""".split()
NUMBERS = """1,000 1_000 1__0 1e 1e+ 1e5.5 .5. 0x1G 0xff 0b1 0o7 1k 5% $5 '5' +5 -5 --5 5.0.0 5.e1 ∞ inf +Inf NaN nan 1d
1e999 00 1.5h 0.1m 018 1E3 "5" 5() 5[5m] 5{a="b"}""".split()
TEXTS = ['"', "'", '"" ""', '"a', "a", '"\\d+"', '"\\\\d+"', "'\\d'", '"("', '"[a-"', '"*"', '"(?=a)"', '"a{2,1}"',
         '"(?P<n>a)"', '"(?<n>a)"', '"\\\\p{Greek}"', '"\\\\p{Nope}"', '"a**"', '"\\u12"', '"\\x4"', '"\\400"', "``",
         '"a{1001}"', '"(?i)a"', '"(?z)a"', '"\\\\Qa"', '"\\\\8"', '"[[:alpha:]]"', '"[[:nope:]]"', '"\\\'"', '""', "' '", "5", "null"]
WORDS = ["{}-x", "{}.x", "x-{}", "{}{{}}", "{}()", "{}[5m]", "{}[]", "5{}", "{} {}", "{}:x", ":{}", '"{}"', "'{}'", "${}",
         "{}{{a='b'}}", "{}{{a='b'", "{}{{'b'}}", "{}{{a=}}", "{}{{=''}}", "{}é", "-{}", "!{}", "({})", "{} offset 1h",
         "{} offset", "{} @ 0", "{} @ end()", "{} bool", "sum({})", "rate({})", "rate({}[5m])", "{}[5m:]", "{}[5m] offset -1h",
         "{{__name__='{}'}}", "{{{}}}", "{},", "{}#", "# {}", "{} #", "count {}", "not {}", "{}~"]


def tokens(text):
    return TOKEN.findall(text)


def mutate(rng, text):
    parts = tokens(text)
    solid = [i for i, part in enumerate(parts) if not part.isspace()]
    at = rng.choice(solid)
    kind = rng.randrange(8)
    if kind == 0:
        del parts[at]
    elif kind == 1:
        parts.insert(at, rng.choice(POOL) + " ")
    elif kind == 2:
        parts[at] = rng.choice(POOL)
    elif kind == 3:
        parts.insert(at, parts[at] + " ")
    elif kind == 4:
        other = rng.choice(solid)
        parts[at], parts[other] = parts[other], parts[at]
    elif kind == 5:
        token = parts[at]
        cut = rng.randrange(len(token))
        parts[at] = token[:cut] + token[cut + 1 :]
    elif kind == 6:
        token = parts[at]
        cut = rng.randrange(len(token) + 1)
        parts[at] = token[:cut] + rng.choice("_:.0a(\"'{}[]=~!#@\\ ") + token[cut:]
    else:
        parts = parts[: at + 1]
    return "".join(parts)


def slip(rng, text):
    """One edit that a person could make."""
    parts = tokens(text)
    solid = [i for i, part in enumerate(parts) if not part.isspace()]
    at = rng.choice(solid)
    token = parts[at]
    if token in SLIP:
        parts[at] = rng.choice(SLIP[token])
    elif DURATION.match(token):
        parts[at] = rng.choice(LENGTHS)
    elif NUMBER.match(token):
        parts[at] = rng.choice(NUMBERS)
    elif token[0] in "\"'`":
        parts[at] = rng.choice(TEXTS) if rng.random() < 0.8 else token[1:]
    elif token[0].isalpha() or token[0] == "_":
        parts[at] = rng.choice(WORDS).format(token, token) if rng.random() < 0.7 else rng.choice(POOL)
    else:
        return mutate(rng, text)
    return "".join(parts)


def mutants(seed, count, seen, bases, edit):
    rng = random.Random(seed)
    want = len(seen) + count
    while len(seen) < want:
        text = edit(rng, rng.choice(bases))
        if text.strip():
            seen.setdefault(text)


def cases(bases, table, realistic):
    seen = dict.fromkeys(bases)
    seen.update(dict.fromkeys(table))

    def once_or_twice(rng, text):
        text = mutate(rng, text)
        twice = rng.random() < 0.25 and text.strip()
        return mutate(rng, text) if twice else text

    mutants("promql-1", MUTANTS, seen, bases, once_or_twice)
    seen.update(dict.fromkeys(realistic))
    mutants("promql-2", REALISTIC, seen, realistic, lambda rng, text: rng.choice((slip, slip, mutate))(rng, text))
    return list(seen)


def unquote(literal):
    """A string of Go; None if its bytes are no text."""
    if literal[0] == "`":
        return literal[1:-1]
    if re.search(r"(?<!\\)(?:\\\\)*\\x[89a-f]", literal):
        return None
    return literal[1:-1].encode().decode("unicode_escape") if "\\" in literal else literal[1:-1]


def read_table(path):
    """(input, must fail) of `testExpr`; inputs that a function makes are left out."""
    text = pathlib.Path(path).read_text()
    text = text.split("var testExpr", 1)[1].split("\nfunc ", 1)[0]
    entries = re.split(r"\n\t\tinput: +", text)[1:]
    rows = []
    for entry in entries:
        # Inputs are one literal or several with `+` between them.
        sum_of = re.match(r'((?:`[^`]*`|"(?:\\.|[^"\\])*")(?: \+ )?)+(?=,\n)', entry)
        literals = re.findall(r'`[^`]*`|"(?:\\.|[^"\\])*"', sum_of.group(0)) if sum_of else []
        parts = [unquote(literal) for literal in literals]
        value = None if None in parts else "".join(parts)
        # A rule without an expression is refused before the expression is read.
        if value and value.strip() and "\ufffd" not in value:
            rows.append([value, bool(re.search(r"\n\t\tfail: +true", entry))])
    return rows


def judge(promtool, texts):
    accepted = []
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, text in enumerate(batch):
                path = pathlib.Path(folder, f"{number}.yml")
                rule = {"groups": [{"name": "g", "rules": [{"record": "r", "expr": text}]}]}
                path.write_text(json.dumps(rule))
                paths.append(path)
            args = [promtool, "check", "rules", "--lint=none", *map(str, paths)]
            pipe = subprocess.PIPE
            run = subprocess.run(args, stdout=pipe, stderr=subprocess.STDOUT, text=True, check=False)
            output = run.stdout
            for path in paths:
                block = output.split(f"Checking {path}\n", 1)[1].split("Checking /", 1)[0]
                accepted.append("FAILED" not in block)
                assert accepted[-1] == ("SUCCESS" in block), block
    return accepted


def rows(cases):
    return ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)


def lines(name):
    return [line for line in (HERE / name).read_text().splitlines() if line]


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--promtool", required=True)
    args.add_argument("--release", required=True, help="of promtool")
    args.add_argument("--table", help="promql/parser/parse_test.go of the same release")
    args = args.parse_args()
    out = HERE / "verdicts.json"
    table = read_table(args.table) if args.table else json.loads(out.read_text())["table"]
    texts = cases(lines("bases.txt"), [text for text, _ in table], lines("realistic.txt"))
    verdicts = judge(args.promtool, texts)
    program = json.dumps(f"promtool {args.release}")
    out.write_text(
        f'{{"program": {program}, "cases": [\n{rows(zip(texts, verdicts))}\n], '
        f'"table": [\n{rows(table)}\n]}}\n'
    )
    print(len(texts), "cases,", sum(verdicts), "accepted;", len(table), "of the table")


main()
