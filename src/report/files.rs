//! Every file that was identified or passed over, one line each.

use super::{Report, visible};
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
    Ok(())
}
