//! Bad input of any kind is a finding or a listed skip: never a panic, a hang or silence.

use crate::common::{json, repository, run, write};
use std::path::Path;
use std::time::{Duration, Instant};

const RULES: &str = "groups:\n  - name: a\n    rules:\n      - alert: Down\n        expr: up == 0\n        labels: {severity: critical}\n";

/// Checks a folder and returns the rows of `files` as (path, status, reason).
fn files(folder: &Path) -> Vec<(String, String, String)> {
    let started = Instant::now();
    let checked = run(folder, &["check", "--format", "json", "--fail-on", "never"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert!(started.elapsed() < Duration::from_secs(60), "bounded time");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    json(&checked)["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|row| (text(&row["path"]), text(&row["status"]), text(&row["reason"])))
        .collect()
}

fn has(rows: &[(String, String, String)], path: &str, reason: &str) -> bool {
    rows.iter().any(|row| row.0 == path && row.2 == reason)
}

#[test]
fn bytes_that_are_no_text_are_listed() {
    let folder = repository(&[]);
    write(folder.path(), "latin1.yml", b"groups:\n  - name: caf\xe9\n    rules: []\n");
    write(folder.path(), "nul.yml", b"groups:\n\x00  - name: a\n");
    write(folder.path(), "picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00");
    let rows = files(folder.path());
    assert!(has(&rows, "latin1.yml", "not-utf8"), "{rows:?}");
    assert!(has(&rows, "nul.yml", "binary"), "{rows:?}");
    assert!(has(&rows, "picture.png", "binary"), "{rows:?}");
}

#[test]
fn utf16_and_byte_order_marks_are_read_with_right_columns() {
    let folder = repository(&[]);
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(RULES.encode_utf16().flat_map(u16::to_le_bytes));
    write(folder.path(), "utf16.yml", &utf16);
    write(folder.path(), "bom.yml", format!("\u{feff}{RULES}").as_bytes());
    let report = json(&run(folder.path(), &["check", "--format", "json", "--select", "ALRT005"]));
    let found: Vec<_> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|f| (f["path"].as_str(), f["start"].clone()))
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    for (path, start) in found {
        let byte = if path == Some("bom.yml") { 49 } else { 46 };
        assert_eq!(start["line"], 4);
        assert_eq!(start["column"], 16);
        assert_eq!(start["byte"].as_u64(), Some(byte), "{path:?}");
    }
}

#[test]
fn nesting_without_end_is_too_deep() {
    let folder = repository(&[]);
    write(folder.path(), "flow.yml", format!("groups: {}", "[".repeat(100_000)).as_bytes());
    write(folder.path(), "block.yml", format!("groups:\n{}x", "- ".repeat(100_000)).as_bytes());
    let json = format!("{{\"groups\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    write(folder.path(), "deep.json", json.as_bytes());
    let rows = files(folder.path());
    for path in ["flow.yml", "block.yml", "deep.json"] {
        assert!(has(&rows, path, "too-deep"), "{path}: {rows:?}");
    }
}

#[test]
fn alias_bombs_and_cycles_cost_nothing() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        let row = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{row}]\n"));
    }
    bomb.push_str("scrape_configs: *a39\nglobal: {scrape_interval: 15s}\nrule_files: *a39\n");
    let cycle = "scrape_configs: &a\n  - job_name: a\n    static_configs: *a\nglobal: &g {external_labels: *g}\n";
    let merge = "x: &x {<<: *x}\nroute: {<<: *x, receiver: a}\nreceivers: [{name: a}]\n";
    let folder = repository(&[("bomb.yml", &bomb), ("cycle.yml", cycle), ("merge.yml", merge)]);
    let started = Instant::now();
    files(folder.path());
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn large_files_are_bounded() {
    let folder = repository(&[]);
    let row = "{\"groups\": [1, 2, 3]},";
    let json = format!("[{}1]", row.repeat(50 * 1024 * 1024 / row.len()));
    write(folder.path(), "line.json", json.as_bytes());
    let rows = files(folder.path());
    assert!(has(&rows, "line.json", "too-large"), "{rows:?}");
}

#[cfg(unix)]
#[test]
fn special_files_links_and_names_are_survived() {
    use std::os::unix::ffi::OsStrExt;
    let folder = repository(&[("alerts.yml", RULES)]);
    let root = folder.path();
    std::os::unix::fs::symlink(root, root.join("loop")).expect("a link");
    std::os::unix::fs::symlink("/etc/passwd", root.join("outside.yml")).expect("a link");
    let odd = root.join(std::ffi::OsStr::from_bytes(b"caf\xe9.yml"));
    std::fs::write(odd, RULES).expect("an odd name");
    let socket = std::os::unix::net::UnixListener::bind(root.join("socket")).expect("a socket");
    let rows = files(root);
    drop(socket);
    assert!(has(&rows, "socket", "special-file"), "{rows:?}");
    assert!(rows.iter().any(|row| row.0 == "caf%E9.yml" && row.1 == "checked"), "{rows:?}");
    assert!(
        !rows.iter().any(|row| row.0.starts_with("loop") || row.0 == "outside.yml"),
        "{rows:?}"
    );
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let name = "\u{1b}]0;owned\u{7}Down";
    let rules = RULES
        .replace("Down", &format!("\"{}\"", name.replace('\u{1b}', "\\e").replace('\u{7}', "\\a")));
    let folder = repository(&[("alerts.yml", &rules)]);
    for format in ["human", "concise", "github"] {
        let checked = run(folder.path(), &["check", "--format", format, "--select", "ALRT005"]);
        assert!(checked.out.contains("Down"), "{format}: {}", checked.out);
        assert!(!checked.out.contains(['\u{1b}', '\u{7}']), "{format}");
    }
}

#[test]
fn credentials_are_never_printed() {
    let secret = "hunter2-very-secret";
    let config = format!(
        "scrape_configs:\n  - job_name: a\n    basic_auth: {{username: u, password: {secret}}}\n    static_configs: [{{targets: [\"http://a/b\"]}}]\n"
    );
    let folder = repository(&[("prometheus.yml", &config)]);
    for format in ["human", "concise", "json", "sarif", "github"] {
        let checked = run(folder.path(), &["check", "--all", "--format", format]);
        assert!(!checked.out.contains(secret), "{format}: {}", checked.out);
    }
    for format in ["markdown", "json"] {
        let reported = run(folder.path(), &["report", "--format", format]);
        assert!(!reported.out.contains(secret), "{format}");
    }
}

#[test]
fn one_broken_document_does_not_lose_its_neighbours() {
    let text = format!("{RULES}---\ngroups: [\n---\n{}", RULES.replace("Down", "Up"));
    let folder = repository(&[("alerts.yml", &text)]);
    let report = json(&run(folder.path(), &["check", "--format", "json", "--select", "ALRT005"]));
    let subjects: Vec<_> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|f| f["subject"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(subjects, ["alert Down", "alert Up"]);
}

/// What steers the walk may be anything too: it is not waited for.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_gitignore_is_said_and_not_opened() {
    let alerts = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n";
    let files = [("alerts.yml", alerts), ("a/alerts.yml", alerts), ("b/alerts.yml", alerts)];
    let folder = crate::common::repository(&files);
    let pipe = |path: &str| {
        let made = std::process::Command::new("mkfifo").arg(folder.path().join(path)).status();
        assert!(made.expect("mkfifo runs").success());
    };
    let read = |at: &std::path::Path| {
        let told = crate::common::run(at, &["check", "--format", "json"]);
        let files = crate::common::json(&told)["files"].clone();
        let files = files.as_array().expect("a list").clone();
        files
            .iter()
            .map(|row| row["path"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    pipe("a/.gitignore");
    assert_eq!(read(folder.path()), ["alerts.yml", "b/alerts.yml"]);
    let shown = crate::common::run(folder.path(), &["check"]).out;
    assert!(shown.contains("a/.gitignore"), "{shown}");
    // One above the folder that is read would steer the walk too.
    pipe(".ignore");
    assert!(read(folder.path()).is_empty());
    let below = folder.path().join("b");
    assert!(read(&below).is_empty());
    assert!(crate::common::run(&below, &["check"]).out.contains(".ignore"));
}

/// What is made of itself (`self.left = self.left - 1`), in every place that asks what a value is.
#[test]
fn values_that_are_made_of_themselves_end() {
    let go = "package a\n\nimport (\n\t\"net/http\"\n\t\"strconv\"\n\n\t\"github.com/prometheus/client_golang/prometheus\"\n)\n\ntype A struct {\n\tleft int64\n\turl  string\n}\n\nvar total = prometheus.NewCounter(prometheus.CounterOpts{Name: \"a_total\"})\n\nfunc (a *A) Read() error {\n\tif a.left <= 0 {\n\t\treturn nil\n\t}\n\ta.left = a.left - int64(1)\n\ta.url = a.url + \"/x\"\n\ttotal.Add(float64(a.left))\n\thttp.Get(a.url)\n\treturn nil\n}\n";
    let python = "import requests\nfrom prometheus_client import Counter, Histogram\n\nbuckets = [buckets]\noptions = dict(a=options, b=options)\ntotal = Counter('a', 'a', **options)\nspent = Histogram('b', 'b', buckets=buckets)\n\nclass A:\n    def read(self):\n        self.left = self.left - 1\n        self.url = self.url + '/x'\n        self.name = str(self.name)\n        total.inc(self.left)\n        if self.left >= 500:\n            requests.get(self.url)\n";
    let script = "const client = require('prom-client');\nlet options = { a: options, b: options };\nlet n = -n;\nconst total = new client.Counter(options);\nclass A {\n  read() {\n    this.left = this.left - 1;\n    this.url = this.url + '/x';\n    total.inc(this.left);\n    span.setAttribute('a', n);\n    fetch(this.url);\n  }\n}\n";
    let java = "import io.micrometer.core.instrument.Counter;\nclass A {\n  long left;\n  String url;\n  void read() {\n    left = left - 1;\n    url = url + \"/x\";\n    total.increment(left);\n    span.setAttribute(\"a\", String.valueOf(url));\n    rest.getForObject(url, String.class);\n  }\n}\n";
    let csharp = "using Prometheus;\nclass A {\n  double left;\n  string url;\n  void Read() {\n    left = left - 1;\n    url = url + \"/x\";\n    total.Inc(left);\n    activity.SetTag(\"a\", url.ToString());\n    client.GetAsync(url);\n  }\n}\n";
    let folder = repository(&[
        ("a.go", go),
        ("a.py", python),
        ("a.js", script),
        ("b.ts", script),
        ("A.java", java),
        ("A.cs", csharp),
    ]);
    let rows = files(folder.path());
    assert_eq!(rows.len(), 6, "{rows:?}");
}
