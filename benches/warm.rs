//! Times with a warm cache, as the commit hook has them: nothing changed, and one file changed.
//!
//! `cargo bench --bench warm` measures 5,000 generated files;
//! `OBSPROOF_BENCH_REPOS=path:path cargo bench --bench warm` measures copies of these as well.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 11;

fn main() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let tree = scratch.path().join("generated");
    generate(&tree, 5_000);
    let mut trees = vec![tree];
    for path in std::env::var("OBSPROOF_BENCH_REPOS").unwrap_or_default().split(':') {
        if !path.is_empty() {
            let path = PathBuf::from(path);
            let to = scratch.path().join(path.file_name().expect("a name"));
            copy(&path, &to);
            trees.push(to);
        }
    }
    // What was written just now is read again by the next run.
    std::thread::sleep(Duration::from_secs(5));
    println!(
        "{:<24} {:>7} {:>10} {:>10} {:>10} {:>10} {:>10}",
        "ms", "files", "--no-cache", "cold", "warm", "1 changed", "rg"
    );
    for tree in &trees {
        row(tree, scratch.path());
    }
}

fn row(tree: &Path, scratch: &Path) {
    let cache = scratch.join("cache");
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_obsproof"));
        command.args(["check", "--fail-on", "never", "--format", "json"]).args(words);
        timed(command.current_dir(tree).env("OBSPROOF_CACHE_DIR", &cache))
    };
    let without = median(3, || run(&["--no-cache"]));
    let cold = median(3, || {
        let _ = fs::remove_dir_all(&cache);
        run(&[])
    });
    let warm = median(RUNS, || run(&[]));
    let mut found = Vec::new();
    files(tree, &mut found);
    let changed = found.iter().find(|path| path.extension().is_some_and(|it| it == "yml"));
    let changed = changed.or(found.first()).expect("a file").clone();
    let mut turn = 0;
    let one = median(RUNS, || {
        turn += 1;
        let text = fs::read_to_string(&changed).unwrap_or_default();
        fs::write(&changed, format!("{text}# {turn}\n")).expect("a file");
        run(&[])
    });
    let rg = Command::new("rg").arg("--version").output().is_ok().then(|| {
        median(RUNS, || {
            let words = ["-c", "--hidden", "a string that never occurs", "."];
            timed(Command::new("rg").args(words).current_dir(tree))
        })
    });
    let name = tree.file_name().unwrap_or_default().to_string_lossy().into_owned();
    println!(
        "{name:<24} {:>7} {:>10.0} {:>10.0} {:>10.0} {:>10.0} {:>10}",
        found.len(),
        ms(without),
        ms(cold),
        ms(warm),
        ms(one),
        rg.map_or("none".to_owned(), |rg| format!("{:.0}", ms(rg)))
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Median of several runs after one that warms the page cache.
fn median(runs: usize, mut once: impl FnMut() -> Duration) -> Duration {
    once();
    let mut times: Vec<Duration> = (0..runs).map(|_| once()).collect();
    times.sort_unstable();
    times[runs / 2]
}

fn timed(command: &mut Command) -> Duration {
    let started = Instant::now();
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts");
    started.elapsed()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let kind = entry.file_type().expect("a kind");
        if kind.is_dir() && entry.file_name() != ".git" {
            files(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
}

fn copy(from: &Path, to: &Path) {
    let mut found = Vec::new();
    files(from, &mut found);
    for path in found {
        let to = to.join(path.strip_prefix(from).expect("below"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(&path, to).expect("a file");
    }
}

/// A mixed tree of programs with telemetry, their manifests, rules and pages.
fn generate(root: &Path, count: usize) {
    for number in 0..count {
        let folder = root.join(format!("part-{}", number % 97));
        fs::create_dir_all(&folder).expect("a folder");
        let (name, text) = match number % 10 {
            0 => (format!("rules-{number}.yml"), rules(number)),
            1 | 2 => (format!("deploy-{number}.yaml"), deployment(number)),
            3..=5 => (format!("work_{number}.py"), python(number).repeat(4)),
            6 | 7 => (format!("work_{number}.go"), go(number)),
            8 => (format!("data-{number}.json"), format!("{{\"id\": {number}}}\n")),
            _ => (
                format!("notes-{number}.md"),
                format!("# Notes {number}\n\nSome words about nothing.\n").repeat(10),
            ),
        };
        fs::write(folder.join(name), text).expect("a file");
    }
}

fn rules(number: usize) -> String {
    let mut text = format!("groups:\n  - name: group-{number}\n    rules:\n");
    for part in 0..8 {
        text.push_str(&format!(
            "      - alert: Alert{number}x{part}\n        expr: sum by (job) (rate(errors_total{{job=\"svc-{number}\"}}[5m])) > {part}\n        \
             for: 5m\n        labels: {{severity: warning, team: team-{part}}}\n        annotations:\n          summary: Errors of service {number}\n          \
             runbook_url: https://runbooks.shop.io/errors-{number}\n"
        ));
    }
    text
}

fn deployment(number: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{number}\nspec:\n  template:\n    metadata:\n      labels: {{app: app-{number}}}\n    spec:\n      containers:\n        - name: app\n          image: acme/app:{number}\n          env:\n            - {{name: OTEL_SERVICE_NAME, value: app-{number}}}\n"
    )
}

fn python(number: usize) -> String {
    format!(
        "import logging\nfrom opentelemetry import trace\n\nlog = logging.getLogger(__name__)\ntracer = trace.get_tracer(__name__)\n\n\n\
         def work_{number}(order):\n    with tracer.start_as_current_span('work'):\n        try:\n            return order.total\n        \
         except ValueError as error:\n            log.warning('order %s has no total: %s', order.id, error)\n            raise\n\n"
    )
}

fn go(number: usize) -> String {
    format!(
        "package part\n\nimport (\n\t\"context\"\n\t\"log/slog\"\n\n\t\"go.opentelemetry.io/otel\"\n)\n\nvar tracer{number} = otel.Tracer(\"part\")\n\n\
         func Work{number}(ctx context.Context) error {{\n\tctx, span := tracer{number}.Start(ctx, \"work\")\n\tdefer span.End()\n\t\
         if err := do(ctx); err != nil {{\n\t\tslog.ErrorContext(ctx, \"no work\", \"error\", err)\n\t\treturn err\n\t}}\n\treturn nil\n}}\n"
    )
}
