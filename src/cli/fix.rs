//! `--fix`, `--unsafe-fixes`, `--diff`: reads, mends and reads again until nothing changes.

use super::args::Check;
use super::change::{self, Change};
use super::load::Place;
use super::write::{CHANGED, mend};
use super::{Failure, baseline, settings, stream};
use crate::discover::{self, Content, Tree};
use crate::fix::{Made, Mender, Texts, diff};
use crate::judge::baseline::Baseline;
use crate::report::{Report, visible};
use crate::scan::{self, Request};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

/// What every pass reads.
pub(super) struct Scan<'a> {
    pub(super) arguments: &'a Check,
    pub(super) place: &'a Place,
    pub(super) request: Request<'a>,
    /// The findings that were there when the tool was adopted.
    pub(super) known: Option<Baseline>,
}

impl Scan<'_> {
    /// The files as they are, `walked` or not, or what a change of them answers for.
    fn fresh(&self, change: Option<Change>, walked: Option<Tree>) -> Result<Report, Failure> {
        let Some(mut change) = change else {
            let tree = walked.unwrap_or_else(|| self.files());
            let report = scan::scan_tree(self.request.clone(), tree).map_err(settings::faults)?;
            return Ok(self.known(report, self.place.only.is_empty()));
        };
        // Where nothing changed nothing is shown, whatever there is.
        let nothing = change.versions.delta.is_empty();
        let after = std::mem::take(&mut change.versions.after);
        let after = if nothing { Tree::default() } else { after };
        let mut report = scan::scan_tree(self.request.clone(), after).map_err(settings::faults)?;
        if !nothing {
            report = self.known(report, true);
        }
        scan::narrow(self.request.clone(), &mut report, change.versions)
            .map_err(settings::faults)?;
        report.compared = Some(change.compared);
        Ok(report)
    }

    /// Tells apart what was there when the tool was adopted.
    fn known(&self, mut report: Report, whole: bool) -> Report {
        if let Some(known) = &self.known {
            baseline::apply(known, &mut report, &self.place.root, whole);
        }
        report
    }

    fn again(&self) -> Result<Report, Failure> {
        self.fresh(change::read(self.arguments, self.place)?, None)
    }

    /// All files, some of them with other texts.
    fn with(&self, texts: &Texts) -> Result<Report, Failure> {
        let mut tree = match change::read(self.arguments, self.place)? {
            Some(change) => change.versions.after,
            None => self.files(),
        };
        for entry in &mut tree.entries {
            if let Some(text) = texts.get(&entry.path) {
                entry.content = Content::Text(text.clone());
            }
        }
        let report = scan::scan_tree(self.request.clone(), tree).map_err(settings::faults)?;
        Ok(self.known(report, self.part() || self.place.only.is_empty()))
    }

    /// The files on disk.
    fn files(&self) -> Tree {
        let only = if self.part() { &[] } else { self.place.only.as_slice() };
        discover::walk(&self.place.root, only)
    }

    /// Whether only what a change answers for is shown.
    fn part(&self) -> bool {
        self.arguments.staged || self.arguments.since.is_some()
    }
}

/// Which fixes, and whether they are only shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    pub(super) unsafe_too: bool,
    pub(super) diff: bool,
}

/// What is left, and what was done.
pub(super) struct Fixed {
    pub(super) report: Report,
    pub(super) said: Said,
}

/// Scans, and mends as asked; without a mode nothing is mended.
pub(super) fn run(
    scan: &Scan<'_>,
    change: Option<Change>,
    walked: Option<Tree>,
    mode: Option<Mode>,
) -> Result<Fixed, Failure> {
    let mut report = scan.fresh(change, walked)?;
    let Some(mode) = mode else { return Ok(Fixed { report, said: Said::default() }) };
    let mut mender = Mender::new(mode.unsafe_too);
    while mender.step(&report.repo, &report.judged) {
        report = scan.with(mender.texts())?;
        // What a change answers for is known of the files as they were, so that is one pass.
        if scan.part() {
            mender.settle(&report.repo, &report.judged);
            break;
        }
    }
    if mode.diff { shown(scan, &mender, report) } else { written(scan, &mender, report) }
}

/// Prints the diff; what is left is all there was.
fn shown(scan: &Scan<'_>, mender: &Mender, after: Report) -> Result<Fixed, Failure> {
    let mut said = Said::of(mender, true);
    let report = scan.again()?;
    let mut text = String::new();
    let mut covered = false;
    for (path, before, now) in mender.changes() {
        // A diff shows lines of files: credentials in them are covered as everywhere.
        let lines = (report.covered(path), after.covered(path));
        let (old, new) = match &lines {
            (Some(old), Some(new)) => (old.as_str(), new.as_str()),
            _ => (before, now),
        };
        let diff = diff::unified(path, old, new);
        covered |= diff != diff::unified(path, before, now);
        text.push_str(&diff);
    }
    if covered {
        said.text.push_str("Credentials in it are covered: those places cannot be applied.\n");
    }
    stream(|out| out.write_all(text.as_bytes()))?;
    Ok(Fixed { report, said })
}

/// Writes the files that were changed; those that cannot be written are left as they are.
fn written(scan: &Scan<'_>, mender: &Mender, report: Report) -> Result<Fixed, Failure> {
    let mut said = Said::of(mender, false);
    let changes: Vec<_> = mender.changes().collect();
    if changes.is_empty() && !scan.part() {
        return Ok(Fixed { report, said });
    }
    let tree = scan.files();
    for (path, before, now) in changes {
        let entry = tree.entries.binary_search_by(|entry| entry.path.as_str().cmp(path));
        let written = match entry.map(|at| &tree.entries[at].content) {
            Ok(Content::Disk(disk)) => mend(disk, before, now),
            _ => Err("it is gone".to_owned()),
        };
        if let Err(mut reason) = written {
            if scan.arguments.staged && reason == CHANGED {
                "it holds more than what is staged".clone_into(&mut reason);
            }
            said.refused.push((path.to_owned(), reason));
        }
    }
    let refused = |path: &str| said.refused.iter().any(|(known, _)| known == path);
    let made: Vec<&Made> = mender.made().iter().filter(|made| !refused(&made.path)).collect();
    if scan.arguments.staged && !made.is_empty() {
        said.text = format!("{}Stage what was changed: git add\n", told(&made, false));
    }
    if said.refused.is_empty() && !scan.part() {
        return Ok(Fixed { report, said });
    }
    // What is left is what the files hold, not what they were meant to hold.
    if !scan.arguments.staged {
        said.text = told(&made, false);
    }
    Ok(Fixed { report: scan.again()?, said })
}

/// What is told of fixes.
#[derive(Default)]
pub(super) struct Said {
    text: String,
    /// Files that could not be changed, and why.
    refused: Vec<(String, String)>,
}

impl Said {
    fn of(mender: &Mender, only_shown: bool) -> Said {
        let made: Vec<&Made> = mender.made().iter().collect();
        let mut text = told(&made, only_shown);
        for made in mender.refused() {
            let _ = writeln!(
                text,
                "Not fixed: {} in {}: the file would no longer be read as it is",
                made.code,
                visible(&made.path)
            );
        }
        Said { text, refused: Vec::new() }
    }

    /// Whether something that was asked could not be done.
    pub(super) fn refused(&self) -> bool {
        !self.refused.is_empty()
    }

    /// Tells it: on standard output after a report for people, else beside the output.
    pub(super) fn tell(&self, aloud: bool) -> Result<(), Failure> {
        if aloud {
            stream(|out| out.write_all(self.text.as_bytes()))?;
        } else {
            io::stderr().write_all(self.text.as_bytes())?;
        }
        for (path, reason) in &self.refused {
            let path = visible(path);
            writeln!(io::stderr(), "error: {path} was not changed: {}", visible(reason))?;
        }
        Ok(())
    }
}

/// `Fixed 9 findings in 2 files`, and a line for each file.
fn told(made: &[&Made], only_shown: bool) -> String {
    let mut files: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for made in made {
        *files.entry(&made.path).or_default().entry(made.code).or_default() += 1;
    }
    let count = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    if made.is_empty() {
        return String::new();
    }
    let lead = if only_shown { "Would fix" } else { "Fixed" };
    let mut text =
        format!("{lead} {} in {}:\n", count(made.len(), "finding"), count(files.len(), "file"));
    for (path, codes) in files {
        let codes: Vec<String> = codes
            .into_iter()
            .map(|(code, times)| match times {
                1 => code.to_owned(),
                _ => format!("{code} × {times}"),
            })
            .collect();
        let _ = writeln!(text, "  {}  {}", visible(path), codes.join(", "));
    }
    text
}
