//! `obsproof test-rules`: the examples of the repository's own rules.

use super::args::TestRules;
use super::files::Files;
use super::ruleset::{FOLDER, own_rules, shown_faults};
use super::{Failure, load, print, ruleset};
use crate::{catalogue, trial};
use std::fmt::Write;

/// Runs the examples; exits with 1 where one does not hold.
pub(super) fn run(arguments: &TestRules) -> Result<u8, Failure> {
    let root = load::place(std::slice::from_ref(&arguments.root))?.root;
    ruleset::of_folder(&root)?;
    let own = own_rules(Files::on_disk(&root))?;
    if own.is_empty() {
        return Err(Failure::new(format!("{} holds no rule files in {FOLDER}", root.display()))
            .help(
                "write one as docs/rules.md says, or name the repository: obsproof test-rules PATH",
            ));
    }
    let mut out = String::new();
    let mut failed = 0;
    for rule in &own {
        let code = rule.file.rule.code;
        let Some(known) = catalogue::by_code(code) else { continue };
        let faults = trial::faults(known, &rule.file);
        if faults.is_empty() {
            let count = rule.file.examples.len();
            let _ = writeln!(out, "holds  {code}  {}  {count} examples", known.name);
            continue;
        }
        failed += 1;
        let _ = writeln!(out, "fails  {code}  {}", known.name);
        let shown = shown_faults(&rule.path, &rule.text, faults);
        for line in shown.message.lines().skip(1) {
            let _ = writeln!(out, "  {line}");
        }
    }
    let noun = if own.len() == 1 { "rule" } else { "rules" };
    let _ = writeln!(out, "{} {noun}: {} held, {failed} failed", own.len(), own.len() - failed);
    print(out.as_bytes())?;
    Ok(u8::from(failed > 0))
}
