//! A run of the built program in a scrubbed environment.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

pub mod git;

use assert_cmd::Command;
use std::fs;
use std::path::Path;

/// What a run said.
pub struct Run {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs `obsproof` with these words, in `folder`.
pub fn run(folder: &Path, words: &[&str]) -> Run {
    piped(folder, words, "")
}

/// Runs `obsproof` with these words, in `folder`, and gives it a text to read.
pub fn piped(folder: &Path, words: &[&str], text: &str) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_obsproof"))
        .current_dir(folder)
        .env_clear()
        .args(words)
        .write_stdin(text)
        .output()
        .expect("the program starts");
    Run {
        code: output.status.code().expect("the program was not killed"),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// A temporary repository with these files.
pub fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

/// Writes one file below `folder`.
pub fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("below the folder")).expect("folders can be made");
    fs::write(path, bytes).expect("files can be written");
}

/// The standard output as JSON.
pub fn json(run: &Run) -> serde_json::Value {
    serde_json::from_str(&run.out)
        .unwrap_or_else(|error| panic!("{error}: {}\n{}", run.out, run.err))
}
