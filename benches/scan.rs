//! Whole-process times for the budgets of the design, with the ratio to `rg -c` where it is installed.
//!
//! `cargo bench` measures start-up, an empty folder, one file of 4,000 rules, and 10,000 generated
//! files; `OBSPROOF_BENCH_REPOS=path:path cargo bench` measures these repositories as well.

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
    let empty = scratch.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    let version = median(|| run(Path::new("/"), &["--version"]));
    println!("{:<28} {:>9.1} ms", "--version", ms(version));
    row("empty folder", &empty);
    let large = scratch.path().join("large");
    fs::create_dir(&large).expect("a folder");
    fs::write(large.join("rules.yml"), rules(4_000)).expect("a file");
    row("one file, 4,000 rules", &large);
    let tree = scratch.path().join("tree");
    generate(&tree, 10_000);
    row("10,000 generated files", &tree);
    for path in std::env::var("OBSPROOF_BENCH_REPOS").unwrap_or_default().split(':') {
        if !path.is_empty() {
            let path = PathBuf::from(path);
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            row(&name.unwrap_or_default(), &path);
        }
    }
}

fn row(name: &str, folder: &Path) {
    let ours = median(|| run(folder, &["check", "--fail-on", "never", "--format", "json"]));
    let theirs =
        Command::new("rg").arg("--version").output().is_ok().then(|| median(|| ripgrep(folder)));
    let ratio = theirs.map_or(String::from("rg not installed"), |theirs| {
        format!("{:>6.1} × rg ({:.1} ms)", ours.as_secs_f64() / theirs.as_secs_f64(), ms(theirs))
    });
    println!("{name:<28} {:>9.1} ms   {ratio}", ms(ours));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Median of several runs after one that warms the page cache.
fn median(mut once: impl FnMut() -> Duration) -> Duration {
    once();
    let mut times: Vec<Duration> = (0..RUNS).map(|_| once()).collect();
    times.sort_unstable();
    times[RUNS / 2]
}

fn run(folder: &Path, words: &[&str]) -> Duration {
    timed(Command::new(env!("CARGO_BIN_EXE_obsproof")).args(words).current_dir(folder))
}

fn ripgrep(folder: &Path) -> Duration {
    timed(
        Command::new("rg")
            .args(["-c", "--hidden", "a string that never occurs", "."])
            .current_dir(folder),
    )
}

fn timed(command: &mut Command) -> Duration {
    let started = Instant::now();
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts");
    started.elapsed()
}

fn rules(count: usize) -> String {
    let mut text = String::from("groups:\n");
    for number in 0..count {
        if number % 20 == 0 {
            text.push_str(&format!("  - name: group-{number}\n    rules:\n"));
        }
        text.push_str(&format!(
            "      - alert: Alert{number}\n        expr: sum by (job) (rate(errors_total{{job=\"svc-{number}\"}}[5m])) > {number}\n        \
             for: 5m\n        labels: {{severity: warning, team: team-{}}}\n        annotations:\n          summary: Errors of service {number}\n          \
             description: \"{{{{ $labels.job }}}} makes {{{{ $value }}}} errors a second; customers see failed orders.\"\n          \
             runbook_url: https://runbooks.shop.io/errors-{number}\n",
            number % 7
        ));
    }
    text
}

/// A mixed tree: rule files, manifests, other YAML, source code and prose.
fn generate(root: &Path, count: usize) {
    for number in 0..count {
        let folder = root.join(format!("part-{}", number % 97));
        fs::create_dir_all(&folder).expect("a folder");
        let (name, text) = match number % 10 {
            0 => (format!("rules-{number}.yml"), rules(5)),
            1 | 2 => (
                format!("deploy-{number}.yaml"),
                format!(
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: app-{number}}}\nspec:\n  template:\n    spec:\n      containers:\n        - {{name: app, image: \"acme/app:{number}\"}}\n"
                ),
            ),
            3 => (
                format!("values-{number}.yaml"),
                format!("replicas: {number}\nimage: {{tag: v{number}}}\n"),
            ),
            4 => (
                format!("data-{number}.json"),
                format!("{{\"id\": {number}, \"items\": [1, 2, 3]}}\n"),
            ),
            5..=7 => (
                format!("code_{number}.py"),
                format!("def f{number}(x):\n    return x + {number}\n").repeat(30),
            ),
            _ => (
                format!("notes-{number}.md"),
                format!("# Notes {number}\n\nSome words about nothing.\n").repeat(10),
            ),
        };
        fs::write(folder.join(name), text).expect("a file");
    }
}
