//! Which fixes are made, and what the files say then. Writes nothing: texts in, texts out.
//!
//! Fixes are made in passes. Of fixes whose edits meet, the first is made; the others are judged
//! again on the new text. After each pass the repository is read again, and a fix after which its
//! file says less than before is taken back and never made.

pub mod diff;

use crate::catalogue::model::Class;
use crate::finding::{Edit, Fix};
use crate::identify::Kind;
use crate::judge::{Judged, Status};
use crate::repo::Repo;
use crate::source::SourceId;
use std::collections::{BTreeMap, BTreeSet};

/// Texts by path.
pub type Texts = BTreeMap<String, String>;

/// Most passes of one run; a fix whose fault does not go away ends here.
const PASSES: usize = 24;

/// A fix that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The rule that asked for it.
    pub code: &'static str,
    /// The file with the finding.
    pub path: String,
    /// What it did.
    pub title: String,
    /// Identity of its finding.
    fingerprint: String,
    /// All files it changes.
    files: BTreeSet<String>,
}

/// What must not get worse in a file: its documents, whether each parses, and how often a program
/// would refuse it.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    documents: Vec<(Kind, bool)>,
    refusals: usize,
}

/// The state of a run of passes.
#[derive(Debug)]
pub struct Mender {
    unsafe_too: bool,
    passes: usize,
    before: Texts,
    now: Texts,
    made: Vec<Made>,
    /// What the last pass did, and what its files were like before it.
    last: Vec<Made>,
    base: BTreeMap<String, (String, Shape)>,
    /// Fixes that were part of a pass that had to be taken back: made alone from now on.
    suspects: BTreeSet<String>,
    refused: BTreeMap<String, Made>,
}

impl Mender {
    /// Makes safe fixes, and unsafe ones where asked to.
    pub fn new(unsafe_too: bool) -> Mender {
        Mender {
            unsafe_too,
            passes: 0,
            before: Texts::new(),
            now: Texts::new(),
            made: Vec::new(),
            last: Vec::new(),
            base: BTreeMap::new(),
            suspects: BTreeSet::new(),
            refused: BTreeMap::new(),
        }
    }

    /// The texts of changed files as they are now.
    pub fn texts(&self) -> &Texts {
        &self.now
    }

    /// Changed files: path, text as it was and as it is now.
    pub fn changes(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.now.iter().filter_map(|(path, now)| {
            let before = self.before.get(path)?;
            (before != now).then_some((path.as_str(), before.as_str(), now.as_str()))
        })
    }

    /// Fixes that were made.
    pub fn made(&self) -> &[Made] {
        &self.made
    }

    /// Fixes that were not made: their file would have said less than before.
    pub fn refused(&self) -> impl Iterator<Item = &Made> {
        self.refused.values()
    }

    /// Looks at the repository as it is after the last pass and makes the next one; `false` when
    /// nothing is left to do, so that the repository need not be read again.
    pub fn step(&mut self, repo: &Repo, judged: &[Judged]) -> bool {
        if self.take_back(repo, judged) {
            return true;
        }
        if self.passes == PASSES {
            return false;
        }
        self.passes += 1;
        self.pass(repo, judged)
    }

    /// Looks at the repository as it is after the last pass, for a run that makes no other.
    pub fn settle(&mut self, repo: &Repo, judged: &[Judged]) {
        self.take_back(repo, judged);
    }

    /// Takes back what the last pass did to files that are worse now; whether it did.
    fn take_back(&mut self, repo: &Repo, judged: &[Judged]) -> bool {
        let last = std::mem::take(&mut self.last);
        let base = std::mem::take(&mut self.base);
        let shapes = shapes(repo, judged, base.keys());
        let worse = |(path, (_, before)): (&String, &(String, Shape))| {
            let now = shapes.get(path.as_str());
            let worse = now.is_none_or(|now| {
                now.documents != before.documents || now.refusals > before.refusals
            });
            worse.then(|| path.clone())
        };
        let mut back: BTreeSet<String> = base.iter().filter_map(worse).collect();
        // A fix of several files is taken back in all of them.
        loop {
            let more: Vec<String> = last
                .iter()
                .filter(|made| !made.files.is_disjoint(&back))
                .flat_map(|made| made.files.difference(&back).cloned())
                .collect();
            if more.is_empty() {
                break;
            }
            back.extend(more);
        }
        for (path, (text, _)) in base {
            if back.contains(&path) {
                self.now.insert(path, text);
            }
        }
        let (undone, kept): (Vec<Made>, Vec<Made>) =
            last.into_iter().partition(|made| !made.files.is_disjoint(&back));
        self.made.extend(kept);
        let alone = undone.len() == 1;
        for made in undone {
            if alone || self.suspects.contains(&made.fingerprint) {
                self.refused.insert(made.fingerprint.clone(), made);
            } else {
                self.suspects.insert(made.fingerprint);
            }
        }
        !back.is_empty()
    }

    /// Makes all fixes of findings that stand whose edits do not meet; whether there were any.
    fn pass(&mut self, repo: &Repo, judged: &[Judged]) -> bool {
        let mut edits: BTreeMap<SourceId, BTreeMap<u32, &Edit>> = BTreeMap::new();
        let mut closed: BTreeSet<SourceId> = BTreeSet::new();
        for entry in judged.iter().filter(|entry| entry.shown && entry.status == Status::Open) {
            let Some(fix) = entry.finding.fix.as_ref().filter(|fix| fix.safe || self.unsafe_too)
            else {
                continue;
            };
            let fingerprint = &entry.fingerprint;
            let sources: BTreeSet<SourceId> =
                fix.edits.iter().map(|edit| edit.span.source).collect();
            let alone = self.suspects.contains(fingerprint);
            let shut = sources
                .iter()
                .any(|source| closed.contains(source) || (alone && edits.contains_key(source)));
            if self.refused.contains_key(fingerprint)
                || shut
                || !changes(repo, fix)
                || fix.edits.iter().any(|edit| meets(&edits, edit))
            {
                continue;
            }
            for edit in &fix.edits {
                edits.entry(edit.span.source).or_default().insert(edit.span.start, edit);
            }
            if alone {
                closed.extend(&sources);
            }
            let path = |source: &SourceId| repo.source(*source).path.clone();
            self.last.push(Made {
                code: entry.finding.rule.code,
                path: entry.finding.span.map_or(".", |span| repo.path(span)).to_owned(),
                title: fix.title.clone(),
                fingerprint: fingerprint.clone(),
                files: sources.iter().map(path).collect(),
            });
        }
        let paths: Vec<String> =
            edits.keys().map(|source| repo.source(*source).path.clone()).collect();
        let mut shapes = shapes(repo, judged, paths.iter());
        for (source, edits) in edits {
            let source = repo.source(source);
            let text = source.text();
            let new = apply(text, edits.values().copied());
            self.before.entry(source.path.clone()).or_insert_with(|| text.to_owned());
            if let Some(shape) = shapes.remove(source.path.as_str()) {
                self.base.insert(source.path.clone(), (text.to_owned(), shape));
            }
            self.now.insert(source.path.clone(), new);
        }
        !self.last.is_empty()
    }
}

/// Whether a fix can be made by itself, and makes any difference.
fn changes(repo: &Repo, fix: &Fix) -> bool {
    let mut seen: BTreeMap<SourceId, BTreeMap<u32, &Edit>> = BTreeMap::new();
    let mut differs = false;
    for edit in &fix.edits {
        if meets(&seen, edit) {
            return false;
        }
        let text = repo.source(edit.span.source).text();
        let Some(old) = text.get(edit.span.range()) else { return false };
        differs |= old != edit.text;
        seen.entry(edit.span.source).or_default().insert(edit.span.start, edit);
    }
    differs
}

/// Whether an edit touches text that another one replaces, or stands at the same place.
fn meets(edits: &BTreeMap<SourceId, BTreeMap<u32, &Edit>>, edit: &Edit) -> bool {
    let Some(edits) = edits.get(&edit.span.source) else { return false };
    let before = edits.range(..edit.span.start).next_back();
    let after = edits.range(edit.span.start..).next();
    before.is_some_and(|(_, other)| other.span.end > edit.span.start)
        || after.is_some_and(|(start, _)| *start < edit.span.end || *start == edit.span.start)
}

/// A text after edits that do not meet, in ascending order; inserted lines end as the file's do.
pub fn apply<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let windows = text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'));
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start as usize).unwrap_or_default());
        if windows && edit.text.contains('\n') {
            out.push_str(&edit.text.replace("\r\n", "\n").replace('\n', "\r\n"));
        } else {
            out.push_str(&edit.text);
        }
        at = edit.span.end as usize;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// What these files are like.
fn shapes<'p>(
    repo: &Repo,
    judged: &[Judged],
    paths: impl Iterator<Item = &'p String>,
) -> BTreeMap<&'p str, Shape> {
    let mut shapes: BTreeMap<&str, Shape> = BTreeMap::new();
    for path in paths {
        let Some(source) = repo.source_at(path) else { continue };
        let documents =
            repo.documents_in(source).iter().map(|one| (one.kind, one.broken)).collect();
        shapes.insert(path, Shape { documents, refusals: 0 });
    }
    if shapes.is_empty() {
        return shapes;
    }
    for finding in judged.iter().map(|entry| &entry.finding) {
        let refused = finding.rule.class == Class::Validity;
        if let Some(span) = finding.span.filter(|_| refused)
            && let Some(shape) = shapes.get_mut(repo.path(span))
        {
            shape.refusals += 1;
        }
    }
    shapes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(SourceId(0), start, end), text: text.to_owned() }
    }

    fn meeting(one: &Edit, other: &Edit) -> bool {
        let edits = BTreeMap::from([(SourceId(0), BTreeMap::from([(one.span.start, one)]))]);
        meets(&edits, other)
    }

    #[test]
    fn edits_meet_where_one_text_would_be_changed_twice() {
        let middle = edit(3, 6, "x");
        for (start, end, expected) in [
            (0, 3, false),
            (0, 4, true),
            (6, 9, false),
            (5, 9, true),
            (3, 3, true),
            (4, 4, true),
            (6, 6, false),
            (0, 9, true),
        ] {
            assert_eq!(meeting(&middle, &edit(start, end, "")), expected, "{start}..{end}");
        }
        assert!(meeting(&edit(3, 3, "a"), &edit(3, 3, "b")));
    }

    #[test]
    fn inserted_lines_end_as_the_others_do() {
        let edits = [edit(3, 3, "b\n")];
        assert_eq!(apply("a\r\nc\r\n", edits.iter()), "a\r\nb\r\nc\r\n");
        let edits = [edit(2, 2, "b\n")];
        assert_eq!(apply("a\nc", edits.iter()), "a\nb\nc");
        let edits = [edit(0, 1, "ä"), edit(2, 3, "")];
        assert_eq!(apply("a-c", edits.iter()), "ä-");
    }
}
