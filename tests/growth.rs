//! Four times the input costs about four times the time: no rule compares everything with
//! everything.
//!
//! What counts is processor time of the program's own run, not the clock: other programs on the
//! machine do not matter. A quadratic rule costs sixteen times; the limit lies between.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop"
)]
#![cfg(target_os = "linux")]

mod common;

use common::{repository, run};
use std::fmt::Write;

type Files = Vec<(String, String)>;
type Make = fn(usize) -> Files;

/// One route for each team, by a pattern; one alert for each team, of another name.
fn routes(count: usize) -> Files {
    let mut config = "route:\n  receiver: default\n  routes:\n".to_owned();
    let mut receivers = "receivers:\n  - name: default\n".to_owned();
    let mut rules = "groups:\n  - name: g\n    rules:\n".to_owned();
    for i in 0..count {
        let matchers = format!("[ 'team=~\"t{i}x?\"', 'severity=\"critical\"' ]");
        let _ = writeln!(config, "    - matchers: {matchers}\n      receiver: r{i}");
        let _ =
            writeln!(receivers, "  - name: r{i}\n    webhook_configs: [{{url: 'http://h/{i}'}}]");
        let _ = writeln!(
            rules,
            "      - alert: A{i}\n        expr: m{i} > {i}\n        for: 5m\n        \
             labels: {{severity: critical, team: u{i}}}"
        );
    }
    vec![
        ("alertmanager.yml".to_owned(), config + &receivers),
        ("prometheus.yml".to_owned(), "rule_files: [rules.yml]\nscrape_configs: []\n".to_owned()),
        ("rules.yml".to_owned(), rules),
    ]
}

/// Objectives that share metrics, and alerts that read one shared record, each with a matcher.
fn objectives(count: usize) -> Files {
    let total = "sum by (service) (rate(http_requests_total[5m]))";
    let errors = "sum by (service) (rate(http_requests_total{code=~\"5..\"}[5m]))";
    let mut rules = format!(
        "groups:\n  - name: g\n    rules:\n      - record: service:slo_errors:ratio\n        \
         expr: {errors} / {total}\n"
    );
    let mut slos = "version: prometheus/v1\nservice: shop\nslos:\n".to_owned();
    for i in 0..count {
        let window = "{{.window}}";
        let _ = writeln!(
            slos,
            "  - name: availability{i}\n    objective: 99.9\n    sli:\n      events:\n        \
             error_query: sum(rate(http_requests_total{{service=\"s{i}\",code=~\"5..\"}}[{window}]))\n        \
             total_query: sum(rate(http_requests_total{{service=\"s{i}\"}}[{window}]))\n    \
             alerting:\n      name: A{i}"
        );
        let _ = writeln!(
            rules,
            "      - alert: Burn{i}\n        \
             expr: service:slo_errors:ratio{{service=\"s{i}\"}} > 0.014\n        for: 5m"
        );
    }
    vec![("rules.yml".to_owned(), rules), ("slo.yml".to_owned(), slos)]
}

/// Exporters behind services, and jobs and monitors that read others.
fn exporters(count: usize) -> Files {
    let mut workloads = String::new();
    let mut monitors = String::new();
    let mut config = "scrape_configs:\n".to_owned();
    for i in 0..count {
        let _ = writeln!(
            workloads,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: db{i}, namespace: n}}\n\
             spec:\n  template:\n    metadata: {{labels: {{app: db{i}}}}}\n    spec:\n      \
             containers:\n        - name: exporter\n          \
             image: quay.io/prometheuscommunity/postgres-exporter:v0.15.0\n\
             ---\napiVersion: v1\nkind: Service\nmetadata: {{name: db{i}, namespace: n}}\n\
             spec: {{selector: {{app: db{i}}}, ports: [{{name: http, port: 9187}}]}}"
        );
        let _ = writeln!(
            monitors,
            "---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n\
             metadata: {{name: m{i}, namespace: n}}\n\
             spec: {{selector: {{matchLabels: {{app: other{i}}}}}, endpoints: [{{port: http}}]}}"
        );
        let _ = writeln!(
            config,
            "  - job_name: other{i}\n    static_configs: [{{targets: ['thing{i}:1234']}}]"
        );
    }
    vec![
        ("monitors.yaml".to_owned(), monitors),
        ("prometheus.yml".to_owned(), config),
        ("workloads.yaml".to_owned(), workloads),
    ]
}

/// Rule files, and as many entries that lead to one of them, to nowhere, or perhaps to all.
fn rule_files(count: usize) -> Files {
    let mut files = Vec::new();
    let mut config = "rule_files:\n".to_owned();
    let mut compose = "services:\n".to_owned();
    for i in 0..count {
        let rule = format!("- record: a:b{i}\n        expr: sum(x{i})");
        let text = format!("groups:\n  - name: g{i}\n    rules:\n      {rule}\n");
        files.push((format!("rules/r{i}.yml"), text));
        let _ = writeln!(config, "  - /etc/prometheus/d{i}/x{i}.yml\n  - rules/r{i}.yml");
        let _ = writeln!(config, "  - /etc/prometheus/e{i}/*.yml");
        if i % 10 == 0 {
            let _ = writeln!(compose, "  p{i}:\n    image: prom/prometheus:v3.0.0");
        }
    }
    files.push(("docker-compose.yml".to_owned(), compose));
    files.push(("prometheus.yml".to_owned(), config));
    files
}

/// Rule objects of the operator, and the server that selects them.
fn objects(count: usize) -> Files {
    let mut objects = String::new();
    for i in 0..count {
        let _ = writeln!(
            objects,
            "---\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n\
             metadata: {{name: r{i}, namespace: n, labels: {{role: alert}}}}\nspec:\n  groups:\n    \
             - name: g{i}\n      rules:\n        - alert: A{i}\n          expr: x{i} > 1\n          \
             labels: {{severity: warning}}"
        );
    }
    let server = "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\n\
                  metadata: {name: k, namespace: n}\n\
                  spec: {ruleSelector: {matchLabels: {role: alert}}}\n";
    vec![("rules.yaml".to_owned(), objects), ("server.yaml".to_owned(), server.to_owned())]
}

/// Records, alerts that read them, and inline allows.
fn records(count: usize) -> Files {
    let mut rules = "groups:\n".to_owned();
    for i in 0..count {
        let _ = writeln!(
            rules,
            "  - name: g{i}\n    rules:\n      - record: job:m{i}:rate5m\n        \
             expr: sum by (job) (rate(m{i}_total[5m]))\n      # obsproof: allow ALRT005 known\n      \
             - alert: A{i}\n        expr: job:m{i}:rate5m > {i}\n        \
             annotations: {{summary: 'x {{{{ $labels.job }}}}'}}"
        );
    }
    vec![("rules.yml".to_owned(), rules)]
}

/// Functions of one source file, each with names of its own and a call of another service.
fn functions(count: usize) -> Files {
    let mut code =
        "const axios = require('axios');\nconst app = require('express')();\n".to_owned();
    for i in 0..count {
        let _ = writeln!(
            code,
            "app.get('/w{i}', async (req, res) => {{\n  let row{i} = null;\n  row{i} = await axios.get('http://x/{i}');\n  \
             res.send(row{i}.data);\n}});"
        );
    }
    vec![("server.js".to_owned(), code)]
}

/// Handlers of one source file, each with a metric, a call, a record and an answer to an error; `@`
/// stands for the number of each.
fn handlers(count: usize, path: &str, head: &str, each: &str, end: &str) -> Files {
    let each: String = (0..count).map(|i| each.replace('@', &i.to_string())).collect();
    vec![(path.to_owned(), format!("{head}{each}{end}"))]
}

fn python(count: usize) -> Files {
    let head = "import logging, requests\nfrom flask import Flask, request, jsonify\n\
                from prometheus_client import Counter\nlog = logging.getLogger(__name__)\n\
                app = Flask(__name__)\n";
    let each = "C@ = Counter('asked_@_total', 'Asked', ['path'])\n@app.route('/r@')\ndef r@():\n    \
                try:\n        x@ = requests.get('http://s/@')\n        \
                C@.labels(path=request.path).inc()\n        log.info('got %s', x@)\n        \
                return jsonify(x@.json())\n    except Exception as e:\n        \
                log.error('failed ' + str(e))\n        return jsonify(error=str(e)), 500\n";
    let mut files = handlers(count, "app.py", head, &each.replace("@app", "§app"), "");
    files.iter_mut().for_each(|(_, text)| *text = text.replace('§', "@"));
    files
}

fn go(count: usize) -> Files {
    let head = "package main\nimport (\n\"net/http\"\n\"log\"\n\"log/slog\"\n\
                \"github.com/prometheus/client_golang/prometheus\"\n)\n\
                func main() { http.ListenAndServe(\":80\", nil) }\n";
    let each = "var c@ = prometheus.NewCounterVec(prometheus.CounterOpts{Name: \"a@_total\"}, []string{\"p\"})\n\
                func h@(w http.ResponseWriter, r *http.Request) {\n\tanswer, err := http.Get(\"http://s/@\")\n\t\
                if err != nil {\n\t\tslog.Error(\"failed\", \"error\", err)\n\t\thttp.Error(w, err.Error(), 500)\n\t\t\
                return\n\t}\n\tlog.Printf(\"got %v\", answer)\n\tc@.WithLabelValues(r.URL.Path).Inc()\n}\n";
    handlers(count, "main.go", head, each, "")
}

fn java(count: usize) -> Files {
    let head = "package x;\nimport org.slf4j.*;\nimport org.springframework.web.bind.annotation.*;\n\
                import io.micrometer.core.instrument.*;\n@RestController\npublic class A {\n  \
                private static final Logger log = LoggerFactory.getLogger(A.class);\n  \
                private final MeterRegistry reg;\n  private final RestTemplate rest;\n";
    let each = "  §GetMapping(\"/r@\")\n  public ResponseEntity<String> r@(§RequestParam String q) {\n    try {\n      \
                String b = rest.getForObject(\"http://s/@\", String.class);\n      \
                reg.counter(\"asked.@\", \"user\", q).increment();\n      log.info(\"got \" + b);\n      \
                return ResponseEntity.ok(b);\n    } catch (Exception e) {\n      log.error(\"failed \" + e.getMessage());\n      \
                return ResponseEntity.status(500).body(e.getMessage());\n    }\n  }\n";
    let mut files = handlers(count, "src/main/java/x/A.java", head, each, "}\n");
    files.iter_mut().for_each(|(_, text)| *text = text.replace('§', "@"));
    files
}

fn csharp(count: usize) -> Files {
    let head = "using Microsoft.AspNetCore.Mvc;\nusing Microsoft.Extensions.Logging;\nusing System.Diagnostics.Metrics;\n\
                [ApiController]\npublic class A : ControllerBase {\n  private readonly ILogger<A> _logger;\n  \
                private readonly HttpClient _http;\n  static readonly Meter meter = new Meter(\"x\");\n";
    let each = "  static readonly Counter<long> c@ = meter.CreateCounter<long>(\"asked@\");\n  [HttpGet(\"/r@\")]\n  \
                public async Task<IActionResult> R@(string q) {\n    try {\n      \
                var b = await _http.GetStringAsync(\"http://s/@\");\n      \
                c@.Add(1, new KeyValuePair<string, object>(\"user\", q));\n      _logger.LogInformation($\"got {b}\");\n      \
                return Ok(b);\n    } catch (Exception ex) {\n      _logger.LogError(\"failed \" + ex.Message);\n      \
                return StatusCode(500, ex.ToString());\n    }\n  }\n";
    handlers(count, "A.cs", head, each, "}\n")
}

fn rust(count: usize) -> Files {
    let head = "use axum::http::StatusCode;\nuse tracing::{info, error, instrument};\n\
                use prometheus::register_int_counter_vec;\n";
    let each = "#[instrument]\nasync fn r@(q: String) -> Result<String, (StatusCode, String)> {\n    \
                let b = reqwest::get(\"http://s/@\").await.map_err(|e| { error!(\"failed {}\", e); \
                (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()) })?;\n    \
                let c = register_int_counter_vec!(\"asked_@_total\", \"x\", &[\"user\"]).unwrap();\n    \
                c.with_label_values(&[&q]).inc();\n    info!(\"got {:?}\", b);\n    Ok(b.text().await.unwrap())\n}\n";
    handlers(count, "src/main.rs", head, each, "")
}

/// Processor time of all runs so far, in hundredths of a second.
fn spent() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("a process");
    let after = stat.rsplit_once(')').expect("a name").1;
    let fields: Vec<&str> = after.split_whitespace().collect();
    // `cutime` and `cstime`, the 16th and 17th field of the line.
    fields[13].parse::<u64>().unwrap() + fields[14].parse::<u64>().unwrap()
}

fn cost(files: &Files) -> u64 {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    let folder = repository(&files);
    let words = ["check", "--all", "--threads", "1", "--format", "json", "--fail-on", "never"];
    let before = spent();
    assert_eq!(run(folder.path(), &words).code, 0);
    spent() - before
}

/// Routes by a pattern of this form, each taken by one alert.
fn routes_by(pattern: fn(usize) -> String, count: usize) -> Files {
    let mut config = "route:\n  receiver: r0\n  routes:\n".to_owned();
    let mut receivers = "receivers:\n".to_owned();
    let mut rules = "groups:\n  - name: g\n    rules:\n".to_owned();
    for i in 0..count {
        let matchers = format!("['team=~\"{}\"', 'severity=~\"crit.*|warn.*\"']", pattern(i));
        let _ = writeln!(config, "    - matchers: {matchers}\n      receiver: r{i}");
        let _ =
            writeln!(receivers, "  - name: r{i}\n    webhook_configs: [{{url: 'http://h/{i}'}}]");
        let _ = writeln!(
            rules,
            "      - alert: A{i}\n        expr: m{i} > {i}\n        \
             labels: {{team: team-{i}, severity: critical}}"
        );
    }
    vec![("alertmanager.yml".to_owned(), config + &receivers), ("rules.yml".to_owned(), rules)]
}

/// Patterns with several beginnings.
fn alternatives(count: usize) -> Files {
    routes_by(|i| format!("team-{i}|squad-{i}.*"), count)
}

/// Patterns that only their end tells apart.
fn endings(count: usize) -> Files {
    routes_by(|i| format!(".*-{i}"), count)
}

/// Patterns that only an end of two tells apart.
fn two_endings(count: usize) -> Files {
    routes_by(|i| format!("[a-z]+-({i}|0{i})"), count)
}

/// Exporters that are told to leave a collector out, and alerts that read it.
fn reduced(count: usize) -> Files {
    let mut nodes = String::new();
    let mut rules = "groups:\n  - name: g\n    rules:\n".to_owned();
    for i in 0..count {
        let _ = writeln!(
            nodes,
            "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: node-{i}}}\nspec:\n  \
             template:\n    spec:\n      containers:\n        - name: node-exporter\n          \
             image: quay.io/prometheus/node-exporter:v1.8.0\n          \
             args: ['--no-collector.diskstats', '--no-collector.c{i}']"
        );
        let _ = writeln!(
            rules,
            "      - {{alert: A{i}, expr: 'rate(node_disk_io_time_seconds_total{{job=\"j{i}\"}}[5m]) > {i}'}}"
        );
    }
    vec![("nodes.yaml".to_owned(), nodes), ("rules.yml".to_owned(), rules)]
}

/// Entries of `rule_files` that nothing maps, and as many ConfigMaps they may mean.
fn entries(count: usize) -> Files {
    let mut server = "scrape_configs: []\nrule_files:\n".to_owned();
    let mut maps = String::new();
    for i in 0..count {
        let _ = writeln!(server, "  - /etc/rules-{i}/*.yml");
        let _ = writeln!(
            maps,
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{i}}}\ndata:\n  \
             a{i}.yml: |\n    groups:\n      - name: g{i}\n        rules:\n          \
             - {{record: 'a:b{i}', expr: sum(up)}}"
        );
    }
    vec![("prometheus.yml".to_owned(), server), ("maps.yaml".to_owned(), maps)]
}

/// Jobs by address, and exporters that run.
fn jobs(count: usize) -> Files {
    let mut server = "scrape_configs:\n".to_owned();
    let mut runs = "services:\n".to_owned();
    for i in 0..count {
        let _ = writeln!(
            server,
            "  - job_name: node-{i}\n    static_configs: [{{targets: ['node-{i}:9100']}}]"
        );
        let _ = writeln!(runs, "  node-{i}:\n    image: prom/node-exporter:v1.8.0");
    }
    vec![("prometheus.yml".to_owned(), server), ("compose.yaml".to_owned(), runs)]
}

/// Tabs where they may stand: behind keys, between lines of a value, and in brackets.
fn tabs(count: usize) -> Files {
    let mut rules = "groups:\n  - name: g\n    rules:\n".to_owned();
    for i in 0..count {
        let blanks = "          \t\n".repeat(20);
        let row = "\t".repeat(40);
        let _ = writeln!(rules, "      - record:{row}a:b{i}\n{blanks}        expr: up");
    }
    let values = "\t\t\t\ta: b,\n".repeat(count * 20);
    let _ = writeln!(rules, "        labels: {{\n{values}\t}}");
    vec![("rules.yml".to_owned(), rules)]
}

/// One test, so that no other run is counted.
#[test]
fn cost_grows_with_the_input() {
    let inputs: &[(&str, Make, usize)] = &[
        ("routes", routes, 150),
        ("objectives", objectives, 150),
        ("exporters", exporters, 150),
        ("rule files", rule_files, 150),
        ("objects", objects, 300),
        ("records", records, 300),
        ("functions", functions, 1000),
        ("python", python, 300),
        ("go", go, 300),
        ("java", java, 300),
        ("csharp", csharp, 300),
        ("rust", rust, 300),
        ("alternatives", alternatives, 300),
        ("endings", endings, 300),
        ("two endings", two_endings, 300),
        ("reduced", reduced, 500),
        ("entries", entries, 300),
        ("jobs", jobs, 300),
        ("tabs", tabs, 300),
    ];
    let start = cost(&vec![("a.yml".to_owned(), String::new())]);
    let mut faults = Vec::new();
    for (name, make, count) in inputs {
        // Work below a tenth of a second is noise.
        let one = cost(&make(*count)).saturating_sub(start).max(10);
        let four = cost(&make(*count * 4)).saturating_sub(start);
        let ratio = four as f64 / one as f64;
        println!("{name}: {count} cost {one}, four times as many {four} ({ratio:.1})");
        if ratio > 9.0 {
            faults.push(format!("{name}: four times the input costs {ratio:.1} times the time"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
