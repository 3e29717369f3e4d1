//! Megabytes of Logstash pipelines a second on one processor: the budget is 100.
//!
//! Reads `tests/parity/logstash/pipelines`; `OBSPROOF_BENCH_PIPELINES=folder` names another.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop"
)]

use obsproof::lang::logstash;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

const RUNS: usize = 11;
const SIZE: usize = 10_000_000;

fn main() {
    let folder = std::env::var("OBSPROOF_BENCH_PIPELINES").unwrap_or_else(|_| {
        format!("{}/tests/parity/logstash/pipelines", env!("CARGO_MANIFEST_DIR"))
    });
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let texts: Vec<String> =
        paths.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    let whole: usize = texts.iter().map(String::len).sum();
    let rounds = SIZE / whole.max(1) + 1;
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            for text in (0..rounds).flat_map(|_| &texts) {
                black_box(logstash::parse(black_box(text)));
            }
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let bytes = (whole * rounds) as f64;
    println!("{:.0} MB/s over {} pipelines", bytes / 1e6 / seconds[RUNS / 2], texts.len());
}
