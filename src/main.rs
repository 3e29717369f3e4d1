//! The command line of obsproof.

use std::process::ExitCode;

fn main() -> ExitCode {
    obsproof::cli::main()
}
