//! The command line: arguments in, exit code out.

mod args;
mod asked;
mod baseline;
mod change;
mod check;
mod config;
mod decisions;
mod explain;
mod files;
mod fix;
mod init;
mod load;
mod outputs;
mod rendered;
mod report;
mod rules;
mod ruleset;
mod settings;
mod test_rules;
mod verify;
mod write;

use args::{Arguments, Command};
use clap::{CommandFactory, FromArgMatches};
use std::io::{self, Write};
use std::process::ExitCode;

/// The tool could not do what was asked.
const FAILED: u8 = 2;

/// What went wrong, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    help: Option<String>,
}

impl Failure {
    fn new(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), help: None }
    }

    /// A message that already shows where and what to do.
    fn shown(message: String) -> Failure {
        Failure { message, help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Failure {
        self.help = Some(help.into());
        self
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::new(format!("cannot write the output: {error}"))
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    // A rule that panics is contained and reported; its trace helps nobody at a terminal.
    std::panic::set_hook(Box::new(|_| {}));
    let matches = match Arguments::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { FAILED } else { 0 });
        }
    };
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(FAILED);
        }
    };
    let result = match &arguments.command {
        Command::Check(arguments) => check::run(arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::Baseline(arguments) => baseline::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Rules(arguments) => rules::run(arguments),
        Command::Init(arguments) => init::run(arguments),
        Command::TestRules(arguments) => test_rules::run(arguments),
        Command::Config(arguments) => config::run(arguments),
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "obsproof", &mut out);
            print(&out).map(|()| 0).map_err(Failure::from)
        }
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            let lines: Vec<String> = failure.message.lines().map(crate::report::visible).collect();
            let mut text = format!("error: {}\n", lines.join("\n"));
            if let Some(help) = failure.help {
                text.push_str(&format!("  {help}\n"));
            }
            let _ = io::stderr().write_all(text.as_bytes());
            ExitCode::from(FAILED)
        }
    }
}

/// Writes to standard output; a reader that went away is no error.
fn print(bytes: &[u8]) -> io::Result<()> {
    stream(|out| out.write_all(bytes))
}

/// Writes to standard output piece by piece; a reader that stops reading is no failure.
fn stream(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
