//! The bodies of the fuzz targets over random edits of good texts, and over the worst of texts.

#[allow(unreachable_pub, missing_docs, reason = "a library of its own")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use obsproof::catalogue::load::load;
use obsproof::catalogue::rules;
use obsproof::parse::code::Language;
use proptest::prelude::*;
use proptest::sample::Index;
use std::fs;
use std::path::Path;

/// Edits of each target in one run.
fn cases() -> u32 {
    std::env::var("OBSPROOF_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(1_500)
}

fn lines(path: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    text.expect("texts").lines().map(str::to_owned).collect()
}

fn expressions() -> Vec<String> {
    let mut texts = lines("tests/parity/promql/bases.txt");
    texts.extend(lines("tests/parity/promql/realistic.txt"));
    texts
}

/// Values in rule files that hold a template.
fn templates() -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for folder in ["tests/parity/good", "tests/parity/odd", "tests/parity/bad"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            texts.extend(text.lines().filter(|line| line.contains("{{")).map(str::to_owned));
        }
    }
    texts.sort();
    texts.push("{{ define \"a\" }}{{ range $i, $e := .Alerts }}{{ if and $i (gt $e 1.5) }}{{- break -}}{{ else with .x }}{{ end }}{{ end }}{{ end }}".to_owned());
    texts.push(
        "{{ query \"up\" | first | value | humanize1024 | printf \"%.2f\" }}{{/* a */}}".to_owned(),
    );
    texts
}

const PATTERNS: &[&str] = &[
    "(api|web)-[0-9]+",
    "^(?P<host>[^:]+)(?::\\d{1,5})?$",
    "(?i:a|b)*?c{2,3}\\.[[:alpha:]\\p{Greek}^-]+\\x{10FFFF}\\Qa.b\\E\\b",
    "(?s-m)[^\\]a-z&&]|()|\\pL\\PN",
    "a{1000}(b{1,1000})?\\C",
];

fn files() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/good");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
}

/// Texts of fixtures with this ending.
fn sources(ending: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("fixtures")];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                texts.push(fs::read_to_string(path).expect("a text"));
            }
        }
    }
    texts.sort();
    texts
}

const TERRAFORM: &[&str] = &[
    r#"resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "cpu-${var.env}" # why
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  alarm_actions       = [aws_sns_topic.ops.arn, "arn:aws:sns:eu:1:x"]
  dimensions = { InstanceId = aws_instance.a.id, "b" = 1 }
  lifecycle { ignore_changes = [tags["a"]] }
}
"#,
    r#"resource "grafana_rule_group" "a" {
  name = "a"
  dynamic "rule" {
    for_each = { for k, v in var.rules : k => v if v.on }
    content {
      name      = "HighErrors"
      condition = "C"
      data {
        ref_id = "A"
        model  = jsonencode({ expr = "rate(errors_total[5m]) > 1", refId = "A" })
      }
    }
  }
}
"#,
    r#"locals {
  rules = <<-EOT
    groups:
      - name: a
        rules:
          - alert: Down
            expr: up == 0
  EOT
  yaml = yamlencode({ receivers = [{ name = "x" }] })
  /* block */ cond = var.a == null ? "%{ if true }x%{ endif }" : file("${path.module}/x.yml")
}
"#,
    r#"resource "datadog_monitor" "latency" {
  type    = "query alert"
  query   = "avg(last_5m):avg:trace.http.request{env:prod} > 1"
  message = "slow @pagerduty"
  monitor_thresholds { critical = 1 }
  tags = ["team:a", "severity:critical"]
}
"#,
];

const PIECES: &[&str] = &[
    "",
    " ",
    "\n",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "{{",
    "}}",
    "\"",
    "'",
    "`",
    "\\",
    "\\x",
    "\\ud800",
    "\\u12",
    "\\U00110000",
    "\\777",
    ",",
    ":",
    "=",
    "=~",
    "!",
    "|",
    "*",
    "+",
    "?",
    "{1,",
    "(?",
    "(?P<",
    "[[:",
    "^",
    "-",
    "@",
    " by ",
    " offset ",
    " bool ",
    "$",
    "$x",
    "$1",
    ".",
    ".5",
    "5m",
    "1e999",
    "99999999999999999999",
    "0x",
    "NaN",
    "é",
    "\u{0}",
    "\u{feff}",
    "\u{10ffff}",
    "#",
    "/*",
    "*/",
    "{{-",
    "end",
    "if",
    "range",
    "define",
    "sum",
    "up",
    "a:b",
    "=>",
    "else ",
    "input {",
    "- ",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    "\t",
    "${",
    "%{",
    "<<-EOT\n",
    "EOT",
    "//",
    " = ",
    "jsonencode(",
    "\"\"\"",
    "def f(x):\n    ",
    "    return x\n",
    "@app.post(\"/alerts\")\n",
    "Counter(\"a_total\", \"b\")",
    "f\"{",
    "import ",
    "lambda x: ",
];

fn edited(texts: &[String], file: Index, edits: &[(Index, usize, Index)]) -> String {
    let mut text = file.get(texts).clone();
    for (at, cut, piece) in edits {
        let floor = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = floor(at.index(text.len() + 1));
        let end = floor((start + cut).min(text.len())).max(start);
        text.replace_range(start..end, PIECES[piece.index(PIECES.len())]);
    }
    text
}

fn run(texts: &[String], share: u32, body: fn(&str)) {
    let config = ProptestConfig {
        cases: (cases() / share).max(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let edit = (any::<Index>(), 0_usize..9, any::<Index>());
    let strategy = (any::<Index>(), prop::collection::vec(edit, 0..6));
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(&strategy, |(file, edits)| {
            body(&edited(texts, file, &edits));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn edited_expressions_are_survived() {
    run(&expressions(), 1, targets::promql);
}

const SEARCHES: &[&str] = &[
    "level: (ERROR or FATAL) and not service.name : \"cart\" and duration >= 1000",
    "FROM app-* | WHERE user.id IN (\"a\", \"b\") AND path LIKE \"*x\" | STATS p = PERCENTILE(duration, 95) BY service.name, host | SORT p DESC",
    "sum by (service) (count_over_time({app=\"x\", env=~\"p.*\"} |= `error` != \"ok\" | json | unwrap duration [5m]))",
];

#[test]
fn edited_searches_are_survived() {
    let texts: Vec<String> = SEARCHES.iter().map(|text| (*text).to_owned()).collect();
    run(&texts, 1, targets::logsearch);
}

#[test]
fn edited_templates_are_survived() {
    run(&templates(), 1, targets::template);
}

#[test]
fn edited_patterns_are_survived() {
    let texts: Vec<String> = PATTERNS.iter().map(|text| (*text).to_owned()).collect();
    run(&texts, 1, targets::re2);
}

const PIPELINES: &[&str] = &[
    "input {\n  beats { port => 5044 codec => json { charset => \"UTF-8\" } }\n  file { path => [\"/a\", '/b'] start_position => beginning }\n}\n# a comment\nfilter {\n  if [a][b] == \"x\" and !([c] in [1, 2.5]) or \"t\" not in [tags] {\n    drop {}\n  } else if [d] =~ /e\\/f/ {\n    mutate { add_field => { \"k\" => \"v-%{x}\" \"l\" => [\"m\"] } }\n  } else {\n    grok { match => { \"message\" => \"%{IP:ip}\" } }\n  }\n}\noutput { elasticsearch { hosts => [\"https://es:9200\"] } }\n",
    "input { stdin { } } output { if foo([a], -1) nand ([b] != 'c') { stdout { codec => rubydebug } } }",
];

#[test]
fn edited_pipelines_are_survived() {
    let texts: Vec<String> = PIPELINES.iter().map(|text| (*text).to_owned()).collect();
    run(&texts, 1, targets::logstash);
}

const REQUESTS: &[&str] = &[
    "# a\nPUT _ilm/policy/logs\n{\n  \"policy\": {\"phases\": {}}\n}\n\nGET /_cat/indices?v\n",
    "### a\nPUT http://es:9200/_index_template/logs HTTP/1.1\nContent-Type: application/json\n\n{\"index_patterns\": [\"logs-*\"]}\n",
    "set -e\ncurl -sXPUT \"http://${ES}:9200/_template/a?b\" -d \"{\\\"order\\\": 1, \\\n \\\"ä\\\": 2}\" && curl -X POST 'https://es/_aliases' --data-binary '{\"actions\": []}'\n",
];

#[test]
fn edited_requests_are_survived() {
    let texts: Vec<String> = REQUESTS.iter().map(|text| (*text).to_owned()).collect();
    run(&texts, 1, targets::console);
}

const SHIPPERS: &[&str] = &[
    "<source>\n  @type tail\n  path /a # c\n  tag \"a.#{ENV['X']}\"\n  <parse>\n    @type json\n  </parse>\n</source>\n<match a.** {b,c}>\n  @type es\n  hosts [\"a\", \"b\"]\n  opts {\"k\": 1}\n  text \"one\\\ntwo\"\n</match>\n@include x/*.conf\n",
    "@SET a=b\n[SERVICE]\n    Flush 1\n[INPUT]\n    Name tail\n    Path /a\n    [x y]\n        k v\n# c\n@INCLUDE o.conf\n[OUTPUT]\n    Name es\n    Match *\n",
    "loki.source.file \"a\" {\n  targets = [{x = \"1\"}]\n  forward_to = [loki.write.b.receiver]\n}\nloki.write \"b\" {\n  endpoint { url = \"http://l\" }\n}\n",
];

#[test]
fn edited_shippers_are_survived() {
    let texts: Vec<String> = SHIPPERS.iter().map(|text| (*text).to_owned()).collect();
    run(&texts, 1, targets::fluent);
    run(&texts, 10, targets::file);
}

#[test]
fn edited_files_are_survived() {
    run(&files(), 10, targets::file);
}

#[test]
fn edited_terraform_is_survived() {
    let mut texts: Vec<String> = TERRAFORM.iter().map(|text| (*text).to_owned()).collect();
    texts.extend(sources("tf"));
    run(&texts, 10, targets::hcl);
}

/// Files in a language: fixtures, and examples of rules.
fn programs(language: Language) -> Vec<String> {
    let (_, path) = targets::CODE.iter().find(|(known, _)| *known == language).expect("a language");
    let ending = path.rsplit_once('.').expect("an ending").1;
    let mut texts = sources(ending);
    let written = format!(".{ending}");
    for rule in rules() {
        let file = load(rule.name, rule.text).expect("a rule file");
        let files = file.examples.into_iter().flat_map(|example| example.files);
        texts.extend(files.filter(|(path, _)| path.ends_with(&written)).map(|(_, text)| text));
    }
    texts
}

#[test]
fn edited_programs_are_survived() {
    let all: Vec<Vec<String>> =
        targets::CODE.iter().map(|(language, _)| programs(*language)).collect();
    assert!(all.iter().all(|texts| !texts.is_empty()), "every language has texts");
    run(&all[0], 25, |text| targets::program(Language::Csharp, text));
    run(&all[1], 25, |text| targets::program(Language::Go, text));
    run(&all[2], 25, |text| targets::program(Language::Java, text));
    run(&all[3], 25, |text| targets::program(Language::Javascript, text));
    run(&all[4], 25, |text| targets::program(Language::Python, text));
    run(&all[5], 25, |text| targets::program(Language::Rust, text));
    run(&all[6], 25, |text| targets::program(Language::Typescript, text));
    run(&all[7], 50, |text| targets::program(Language::Tsx, text));
    // A program in one language as one in another, and what is none at all.
    let mut mixed: Vec<String> = all.into_iter().flatten().collect();
    mixed.extend(PIECES.iter().map(|piece| (*piece).to_owned()));
    run(&mixed, 150, targets::code);
}

/// 100,000 levels, huge numbers, broken escapes and a megabyte in one piece.
#[test]
fn the_worst_of_texts_are_survived() {
    let deep = |open: &str, middle: &str, close: &str| {
        format!("{}{middle}{}", open.repeat(100_000), close.repeat(100_000))
    };
    for text in [
        deep("(", "x", ")"),
        deep("-", "1", ""),
        deep("sum(", "x", ")"),
        deep("(", "", ""),
        deep("x[", "5m", "]"),
        deep("x{a=\"", "", ""),
        deep("{", "", "}"),
        vec!["rate(http_requests_total{job=\"api\"}[5m])"; 25_000].join(" + "),
        format!("x > 1e{}", "9".repeat(100_000)),
        format!("x[{}m]", "9".repeat(100_000)),
        "x{a=\"\\ud800\"} + x{a='\\udfff'} + \"\\xff\\777\\U00110000\"".to_owned(),
        format!("x{{a=~\"{}\"}}", "(a|".repeat(50_000)),
        // Names that only braces may hold.
        "sum({__name__=~\"x.*\", \"release\", \"b_count\", job=\"etcd\"})".to_owned(),
        "{\"a\", __name__=~\"b\"} + {\"a\", \"a\"} + {__name__!=\"a\", \"b\"}".to_owned(),
    ] {
        targets::promql(&text);
    }
    for text in [
        deep("{{ if . }}", "", "{{ end }}"),
        deep("{{ if . }}", "", ""),
        format!("{{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000)),
        deep("{{", "", "}}"),
        deep("{{ range . }}{{ else }}", "", "{{ end }}"),
        format!("{{{{ {} }}}}", "9".repeat(1_000_000)),
        format!("{{{{ . | {} }}}}", vec!["printf \"%s\""; 50_000].join(" | ")),
        format!("{{{{ $x{} }}}}", ".a".repeat(100_000)),
        "{{ \"\\ud800\" }}{{ '\\xff' }}{{ \"\\U00110000\" }}".to_owned(),
    ] {
        targets::template(&text);
    }
    for text in [
        deep("(", "a", ")"),
        deep("(?:", "a", ")*"),
        deep("[", "a", "]"),
        deep("a{1000}", "", ""),
        format!("a{{{}}}", "9".repeat(100_000)),
        format!("[{}]", "\\x{10FFFF}".repeat(50_000)),
        "\\ud800\\x{110000}\\p{Greek}\\Q".to_owned(),
    ] {
        targets::re2(&text);
    }
    for text in [
        deep("resource \"a\" \"b\" {\n", "", "}\n"),
        format!("locals {{ a = {} }}", deep("[", "", "]")),
        format!("locals {{ a = {} }}", deep("(", "1", ")")),
        format!("locals {{ a = \"{}\" }}", deep("${\"", "", "\"}")),
        format!("locals {{ a = {} }}", deep("jsonencode({ a = ", "1", "})")),
        format!("locals {{ a = x{} }}", ".a[0]".repeat(100_000)),
        "a = <<EOT\n".repeat(50_000),
    ] {
        targets::hcl(&text);
    }
    for text in [
        format!("from prometheus_client import Counter\nx = {}\n", deep("(", "1", ")")),
        format!("from prometheus_client import Counter\nx = {}\n", deep("f\"{", "", "}\"")),
        format!("from prometheus_client import Counter\nx = y{}\n", ".a(1)".repeat(50_000)),
        format!("from prometheus_client import Counter\n{}", "if x:\n ".repeat(20_000)),
        format!(
            "from prometheus_client import Counter\nC = Counter({})\n",
            "\"a\" ".repeat(50_000)
        ),
    ] {
        targets::program(Language::Python, &text);
    }
    for text in [
        deep("<match a>\n", "", "</match>\n"),
        deep("<match a>\n", "", ""),
        deep("a [\n", "", ""),
        deep("a \"#{\n", "", ""),
        deep("a [", "1", "]\n"),
        deep("a {\n", "", "}\n"),
        deep("[INPUT]\n Name a\n", "", ""),
        deep(" [x y]\n", "", ""),
        deep("a \"b {\n", "", "}\n"),
        format!("<source>\n  @type tail\n  path {}\n</source>\n", "{a,".repeat(100_000)),
        format!("[INPUT]\n    Name {}\n", "*".repeat(1_000_000)),
    ] {
        targets::fluent(&text);
        targets::file(&text);
    }
    let rule = |expression: &str| {
        format!("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: |\n      {expression}\n")
    };
    targets::file(&rule(&deep("(", "x", ")")));
    targets::file(&rule(&vec!["rate(http_requests_total[5m])"; 33_000].join(" + ")));
}
