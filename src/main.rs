//! The command line of obsproof.

use std::process::ExitCode;

/// Most of a run is many small texts, made and kept on all processors.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    obsproof::cli::main()
}
