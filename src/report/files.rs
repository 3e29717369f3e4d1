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
                let mut kinds: Vec<&str> =
                    row.documents.iter().map(|(kind, _)| kind.name()).collect();
                kinds.dedup();
                kinds.join(", ")
            }
        };
        writeln!(out, "{:<8} {}   {what}", row.status.name(), visible(&row.path))?;
    }
    if !report.files.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}
