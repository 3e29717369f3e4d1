//! All tests of the library and the program, in one program of their own: the library and seven
//! grammars are linked into it once, not once for each file. What measures its own processor time
//! stands apart (`growth.rs`).

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop"
)]

mod common;

mod architecture;
mod baseline;
mod cache;
mod chain;
mod change;
mod cli;
mod config;
mod constants;
mod deployed;
mod engine_settings;
mod evidence;
mod fix;
mod fixes;
mod formats;
mod fuzz;
mod git;
mod grafana;
mod html;
mod identify;
mod init;
mod kustomize;
mod languages;
mod layers;
mod libraries;
mod logstash;
mod mutation;
mod oscal;
mod own;
mod parity;
mod positions;
mod promql;
mod rendered;
mod robustness;
mod routing;
mod rules;
mod schema;
mod sensitive;
mod services;
mod settings;
mod shippers;
mod slo;
mod standard;
mod template;
mod truth;
mod units;
mod verdicts;
mod waits;
mod worlds;
