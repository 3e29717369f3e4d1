//! What a change answers for: findings on the lines it touches, and those it brings about
//! elsewhere. The state before is judged alike, and what was there already is none of its doing.

use super::identity::{Key, key, key_at};
use super::redact::Redactions;
use super::{Judged, Status, order};
use crate::catalogue::model::Severity;
use crate::discover::delta::{Delta, Hunk};
use crate::finding::Related;
use crate::repo::Repo;
use crate::source::{Source, SourceId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How a change brings a finding about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// It stands on a line that the change touches.
    Touched,
    /// It stands elsewhere, and was not there before; says where it comes to light, or how.
    Caused(String),
}

/// The state before a change.
#[derive(Clone, Copy, Debug)]
pub struct Before<'b> {
    /// Its facts.
    pub repo: &'b Repo,
    /// Its findings.
    pub judged: &'b [Judged],
}

/// The rules of findings that would be shown and stand on no touched line: only the state before
/// tells whether the change brings them about.
pub fn undecided(repo: &Repo, judged: &[Judged], delta: &Delta) -> BTreeSet<&'static str> {
    let open = judged.iter().filter(|judged| counts(judged) && !touched(repo, judged, delta));
    open.map(|judged| judged.finding.rule.code).collect()
}

/// Shows only what the change answers for, at the place of the change; `only` limits it to these
/// paths, if there are any.
pub fn narrow(
    repo: &Repo,
    judged: &mut [Judged],
    before: Option<Before<'_>>,
    delta: &Delta,
    only: &[String],
) {
    let redactions = Redactions::of(repo);
    let new = match before {
        Some(before) => unknown_before(repo, &redactions, judged, before, delta),
        None => vec![false; judged.len()],
    };
    for (entry, new) in judged.iter_mut().zip(new) {
        let shown = counts(entry);
        let touched = touched(repo, entry, delta);
        entry.shown = shown && (touched || new);
        if !entry.shown {
            continue;
        }
        let own = within(repo, entry, only);
        if touched {
            entry.change = Some(Part::Touched);
        } else {
            bring_about(repo, entry, delta);
        }
        entry.shown = own || within(repo, entry, only);
    }
    judged.sort_by(|one, two| order(repo, &one.finding, &two.finding));
}

/// Whether a finding can be a change's at all: absences never.
fn counts(judged: &Judged) -> bool {
    judged.shown && !judged.finding.rule.absence
}

fn within(repo: &Repo, judged: &Judged, only: &[String]) -> bool {
    let path = judged.finding.span.map_or(".", |span| repo.path(span));
    only.is_empty()
        || only.iter().any(|folder| {
            path.strip_prefix(folder.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

fn touched(repo: &Repo, judged: &Judged, delta: &Delta) -> bool {
    judged.finding.span.is_some_and(|span| is_touched(repo, span, delta))
}

fn is_touched(repo: &Repo, span: Span, delta: &Delta) -> bool {
    let Some(file) = delta.file(repo.path(span)) else { return false };
    let source = repo.source(span.source);
    let last = source.line_of(span.end.saturating_sub(1).max(span.start));
    file.touches(source.line_of(span.start)..last + 1)
}

/// A finding of the state before.
struct Old {
    /// Where its line stands now.
    line: u32,
    status: Status,
    severity: Severity,
    taken: bool,
}

impl Old {
    /// Whether this finding, still there, is no worse than it was.
    fn covers(&self, judged: &Judged) -> bool {
        let status = self.status == judged.status || self.status == Status::Open;
        !self.taken && status && judged.severity <= self.severity
    }
}

/// Which findings were not there before. Of several of one kind, those at the same place are the
/// same ones, wherever others were put in before them.
fn unknown_before(
    repo: &Repo,
    redactions: &Redactions,
    judged: &[Judged],
    before: Before<'_>,
    delta: &Delta,
) -> Vec<bool> {
    let mut known: BTreeMap<Key, Vec<Old>> = BTreeMap::new();
    let old_redactions = Redactions::of(before.repo);
    for old in before.judged {
        let path = old.finding.span.map_or(".", |span| before.repo.path(span));
        let now = delta.renamed(path).unwrap_or(path);
        let line = old.finding.span.map_or(0, |span| before.repo.line(span));
        let line = delta.file(now).map_or(line, |file| file.moved(line));
        known
            .entry(key_at(before.repo, &old_redactions, &old.finding, now))
            .or_default()
            .push(Old { line, status: old.status, severity: old.severity, taken: false });
    }
    let keys: Vec<Key> = judged.iter().map(|entry| key(repo, redactions, &entry.finding)).collect();
    let mut new = vec![true; judged.len()];
    for same_place in [true, false] {
        for (index, entry) in judged.iter().enumerate().filter(|(_, entry)| counts(entry)) {
            let line = entry.finding.span.map_or(0, |span| repo.line(span));
            let old = known.get_mut(&keys[index]).into_iter().flatten();
            let mut fits = old.filter(|old| old.covers(entry) && (!same_place || old.line == line));
            if new[index]
                && let Some(old) = fits.next()
            {
                old.taken = true;
                new[index] = false;
            }
        }
    }
    new
}

/// Moves a finding to the part of the change that most likely brings it about; where the finding
/// itself stands becomes its second place.
fn bring_about(repo: &Repo, judged: &mut Judged, delta: &Delta) {
    let own = judged.finding.span;
    let shown = own.map(|span| format!("{}:{}", repo.path(span), repo.line(span)));
    if let Some(related) =
        judged.finding.related.iter().find(|related| is_touched(repo, related.span, delta))
    {
        judged.finding.span = Some(related.span);
    } else {
        match likeliest(repo, judged, delta) {
            Some(Cause::Lines(span)) => judged.finding.span = Some(span),
            Some(Cause::Gone(path)) => {
                judged.change = Some(Part::Caused(format!("caused by the removal of {path}")));
                return;
            }
            None => {
                judged.change = Some(Part::Caused("caused by this change".to_owned()));
                return;
            }
        }
    }
    if let Some(span) = own {
        let text = "comes to light here".to_owned();
        judged.finding.related.insert(0, Related { span, text });
    }
    let text = shown.map_or("caused by this change".to_owned(), |place| {
        format!("caused by this change; comes to light at {place}")
    });
    judged.change = Some(Part::Caused(text));
}

enum Cause<'d> {
    Lines(Span),
    Gone(&'d str),
}

/// The part of the change that shares most words with the finding.
fn likeliest<'d>(repo: &Repo, judged: &Judged, delta: &'d Delta) -> Option<Cause<'d>> {
    let context = context(repo, judged);
    let sought = words(&context);
    let mut best: Option<(usize, Cause<'d>)> = None;
    let mut offer = |score: usize, cause: Cause<'d>| {
        if best.as_ref().is_none_or(|(known, _)| score > *known) {
            best = Some((score, cause));
        }
    };
    for file in &delta.files {
        let Some((number, source)) = find(repo, &file.path) else { continue };
        for hunk in &file.hunks {
            let (span, text) = place(number, source, hunk, &sought);
            let shared = common(&sought, &text) + common(&sought, &hunk.removed);
            // Whatever brings a finding about is in a file that is read.
            offer(1 + 2 * shared, Cause::Lines(span));
        }
    }
    for gone in &delta.gone {
        offer(2 * common(&sought, &gone.text), Cause::Gone(&gone.path));
    }
    best.map(|(_, cause)| cause)
}

/// Lines around a finding that say what it is about.
const CONTEXT: u32 = 8;

fn context(repo: &Repo, judged: &Judged) -> String {
    let finding = &judged.finding;
    let mut text = format!("{} {}", finding.message(), finding.subject);
    let spans = finding.span.iter().chain(finding.related.iter().map(|related| &related.span));
    for span in spans {
        let source = repo.source(span.source);
        let first = source.line_of(span.start);
        for line in first..(first + CONTEXT).min(source.line_count() + 1) {
            text.push(' ');
            text.push_str(source.line_text(line));
        }
    }
    text
}

/// The line of a hunk to point at, and all its text; where lines were taken out, the line that
/// follows them.
fn place(
    number: SourceId,
    source: &Source,
    hunk: &Hunk,
    sought: &BTreeSet<&str>,
) -> (Span, String) {
    let last = source.line_count().max(1);
    let first = (hunk.after.start + 1).min(last);
    let end = (hunk.after.end + 1).clamp(first + 1, last + 1);
    let mut text = String::new();
    let mut best = (0, first);
    for line in first..end {
        let line_text = source.line_text(line);
        let score = 2 * common(sought, line_text) + usize::from(!line_text.trim().is_empty());
        if score > best.0 {
            best = (score, line);
        }
        if !hunk.after.is_empty() {
            text.push_str(line_text);
            text.push('\n');
        }
    }
    let range = source.line_range(best.1);
    let line = source.text().get(range.clone()).unwrap_or_default();
    let indent = line.len() - line.trim_start().len();
    let span = Span::new(number, range.start + indent, range.start + line.trim_end().len());
    (span, text)
}

fn find<'r>(repo: &'r Repo, path: &str) -> Option<(SourceId, &'r Source)> {
    let at = repo.sources.binary_search_by(|source| source.path.as_str().cmp(path)).ok()?;
    let source = repo.sources.get(at).filter(|source| !source.is_empty())?;
    Some((SourceId(u32::try_from(at).ok()?), source))
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|it| it.len() > 2).collect()
}

fn common(sought: &BTreeSet<&str>, text: &str) -> usize {
    words(text).intersection(sought).count()
}
