//! Every file that was identified or passed over, one line each; and of how much source code the
//! parser was needed.

use super::{Report, visible};
use crate::identify::Kind;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes the list.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for row in &report.files {
        let what = match row.reason {
            Some(reason) => reason.name().to_owned(),
            None => {
                let mut kinds: Vec<(&str, usize)> = Vec::new();
                for (kind, _) in &row.documents {
                    match kinds.iter_mut().find(|(name, _)| *name == kind.name()) {
                        Some((_, count)) => *count += 1,
                        None => kinds.push((kind.name(), 1)),
                    }
                }
                let times = |&(name, count): &(&str, usize)| match count {
                    1 => name.to_owned(),
                    count => format!("{name} ×{count}"),
                };
                kinds.iter().map(times).collect::<Vec<_>>().join(", ")
            }
        };
        writeln!(out, "{:<8} {}   {what}", row.status.name(), visible(&row.path))?;
    }
    if !report.files.is_empty() {
        writeln!(out)?;
    }
    share(report, out)
}

/// How many files one language has.
#[derive(Default)]
struct Share {
    /// Those that were read.
    files: usize,
    /// Those of programs: neither tests nor squeezed by a tool.
    programs: usize,
    /// Those that hold a word without which nothing is said of them.
    parsed: usize,
}

/// Writes how many files of each language were parsed.
fn share(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let facts = &report.repo.facts;
    let mut shares: BTreeMap<Kind, Share> = BTreeMap::new();
    for document in facts.documents.iter().filter(|document| document.kind.is_code()) {
        shares.entry(document.kind).or_default().files += 1;
    }
    for module in &facts.modules {
        let share = shares.entry(report.repo.document(module.document).kind).or_default();
        share.programs += 1;
        share.parsed += usize::from(module.parsed);
    }
    if shares.is_empty() {
        return Ok(());
    }
    let mut all = Share::default();
    for one in shares.values() {
        all.files += one.files;
        all.programs += one.programs;
        all.parsed += one.parsed;
    }
    writeln!(out, "{:<20} {:>7} {:>9} {:>7}", "source code", "files", "programs", "parsed")?;
    let percent = |one: &Share| (100 * one.parsed).checked_div(one.files).unwrap_or(0);
    let mut line = |name: &str, one: &Share| {
        let Share { files, programs, parsed } = one;
        let percent = percent(one);
        writeln!(out, "{name:<20} {files:>7} {programs:>9} {parsed:>7}  {percent:>3} %")
    };
    for (kind, one) in &shares {
        line(kind.name(), one)?;
    }
    line("all", &all)?;
    writeln!(out)
}
