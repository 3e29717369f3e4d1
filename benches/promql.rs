//! Expressions a second, read and type-checked: the budget of the design is 500,000.
//!
//! Reads the accepted lines of `tests/parity/promql/bases.txt`; `OBSPROOF_BENCH_EXPRESSIONS=file`
//! names a file of one JSON text per line instead.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop"
)]

use obsproof::lang::promql;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

const RUNS: usize = 11;

fn main() {
    let expressions = match std::env::var("OBSPROOF_BENCH_EXPRESSIONS") {
        Ok(path) => fs::read_to_string(path)
            .expect("a file")
            .lines()
            .map(|line| serde_json::from_str(line).expect("a JSON text"))
            .collect(),
        Err(_) => own(),
    };
    let rounds = 200_000 / expressions.len() + 1;
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..rounds {
                for text in &expressions {
                    black_box(promql::parse(black_box(text)));
                }
            }
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let count = (rounds * expressions.len()) as f64;
    let bytes: usize = expressions.iter().map(String::len).sum();
    println!(
        "{:.0} expressions/s ({} of {} bytes on average)",
        count / seconds[RUNS / 2],
        expressions.len(),
        bytes / expressions.len()
    );
}

fn own() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/promql/bases.txt");
    fs::read_to_string(path)
        .expect("a file")
        .lines()
        .filter(|line| promql::parse(line).accepted_without_flags())
        .map(str::to_owned)
        .collect()
}
