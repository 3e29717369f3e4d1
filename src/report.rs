//! The one [`Report`] and its small renderers. Decides nothing.

pub mod chain;
pub mod checklist;
pub mod concise;
mod csv;
pub mod files;
pub mod gate;
pub mod github;
pub mod gitlab;
pub mod group;
pub mod headline;
pub mod html;
pub mod human;
pub mod intoto;
pub mod json;
pub mod junit;
mod lines;
pub mod markdown;
pub mod oscal;
pub mod plan;
pub mod record;
pub mod sarif;
mod schema;
pub mod starter;
pub mod steps;
pub mod story;
pub mod style;

pub use schema::report_schema;

use crate::catalogue::model::Severity;
use crate::check::Outcome;
use crate::discover::Skip;
use crate::finding::Fix;
use crate::identify::Kind;
use crate::judge::baseline::Covered;
use crate::judge::change::Part;
use crate::judge::redact::{Redactions, scrub};
use crate::judge::{Judged, Status};
use crate::render::{Behind, Rendered};
use crate::repo::Repo;
use crate::source::{Position, SourceId, Span};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How completely a file was analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum FileStatus {
    /// Every document in it.
    Checked,
    /// Some of it.
    Partly,
    /// Nothing of it.
    Skipped,
}

impl FileStatus {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            FileStatus::Checked => "checked",
            FileStatus::Partly => "partly",
            FileStatus::Skipped => "skipped",
        }
    }
}

/// One file of the report: identified, or passed over for a reason.
#[derive(Clone, Debug)]
pub struct FileRow {
    /// Path relative to the root.
    pub path: String,
    /// How completely it was analysed.
    pub status: FileStatus,
    /// Why not wholly.
    pub reason: Option<Skip>,
    /// Kind and first line of each document.
    pub documents: Vec<(Kind, u32)>,
}

/// The version of the files that a change is looked at in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// What the next commit would hold.
    Index,
    /// A commit, on its way to others.
    Commit,
    /// What is on disk.
    WorkTree,
}

/// The version that a change is seen against.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its commit; none before the first.
    pub commit: Option<String>,
    /// What was read.
    pub of: Looked,
    /// Number of files that changed.
    pub files: usize,
}

/// Everything a renderer may say.
#[derive(Debug)]
pub struct Report {
    /// The repo model, for places and texts.
    pub repo: Repo,
    /// What each rule did.
    pub outcomes: Vec<Outcome>,
    /// All findings with their status, sorted.
    pub judged: Vec<Judged>,
    /// Files, sorted by path.
    pub files: Vec<FileRow>,
    /// Number of files of the tree, read or not.
    pub seen: usize,
    /// Folders that could not be read.
    pub unreadable: Vec<(String, String)>,
    /// Verdicts on the standard's requirements.
    pub assessment: crate::verdict::Assessment,
    /// What the files were compared with, where only a change is looked at.
    pub compared: Option<Compared>,
    /// What a baseline covers, where there is one.
    pub baseline: Option<Covered>,
    /// One line on the state of compliance.
    pub headline: Option<String>,
    /// What templates came to.
    pub rendered: Rendered,
    /// What that was made of.
    pub behind: Behind,
    redactions: Redactions,
}

impl Report {
    /// Puts a report together.
    pub fn new(
        repo: Repo,
        outcomes: Vec<Outcome>,
        judged: Vec<Judged>,
        files: Vec<FileRow>,
        seen: usize,
        unreadable: Vec<(String, String)>,
    ) -> Report {
        let redactions = Redactions::of(&repo);
        let assessment = crate::verdict::Assessment::default();
        let (compared, baseline, headline) = (None, None, None);
        let rendered = Rendered::default();
        Report {
            repo,
            outcomes,
            judged,
            files,
            seen,
            unreadable,
            assessment,
            compared,
            baseline,
            headline,
            rendered,
            behind: Behind::default(),
            redactions,
        }
    }

    /// Findings that the settings show, in order.
    pub fn shown(&self) -> impl Iterator<Item = &Judged> {
        self.judged.iter().filter(|judged| judged.shown)
    }

    /// Shown findings that stand.
    pub fn open(&self) -> impl Iterator<Item = &Judged> {
        self.shown().filter(|judged| judged.status == Status::Open)
    }

    /// Number of shown findings by status; open ones by severity.
    pub fn count(&self, status: Status, severity: Option<Severity>) -> usize {
        self.shown()
            .filter(|judged| {
                judged.status == status && severity.is_none_or(|wanted| judged.severity == wanted)
            })
            .count()
    }

    /// Number of findings that a safe fix would mend, and that an unsafe one would.
    pub fn fixable(&self) -> (usize, usize) {
        let fixes = || self.open().filter_map(|judged| judged.finding.fix.as_ref());
        let safe = fixes().filter(|fix| fix.safe).count();
        (safe, fixes().count() - safe)
    }

    /// Where formats that need a place show a finding about the whole repository: the tool's
    /// configuration, else the README, else the first file.
    pub fn stand_in(&self) -> Option<Span> {
        let sources = &self.repo.sources;
        let find =
            |wanted: &dyn Fn(&str) -> bool| sources.iter().position(|source| wanted(&source.path));
        let index = find(&|path| path == "obsproof.toml")
            .or_else(|| find(&|path| path.to_ascii_lowercase().starts_with("readme")))
            .or_else(|| find(&|_| true))?;
        Some(Span::new(SourceId(u32::try_from(index).ok()?), 0, 0))
    }

    /// Whether a fix writes down a credential.
    pub fn tells(&self, fix: &Fix) -> bool {
        fix.edits.iter().any(|edit| scrub(&edit.text) != edit.text)
    }

    /// The whole text of a file, credentials covered.
    pub fn covered(&self, path: &str) -> Option<String> {
        let id = self.repo.source_at(path)?;
        let all = Span { source: id, start: 0, end: self.repo.source(id).len() };
        Some(self.redactions.text(&self.repo, all).into_owned())
    }

    /// Number of documents read.
    pub fn documents(&self) -> usize {
        self.repo.facts.documents.len()
    }

    /// Number of documents by kind.
    pub fn kinds(&self) -> BTreeMap<Kind, usize> {
        let mut kinds = BTreeMap::new();
        for document in &self.repo.facts.documents {
            *kinds.entry(document.kind).or_default() += 1;
        }
        kinds
    }

    /// Number of files by reason for which they were not wholly analysed.
    pub fn skips(&self) -> BTreeMap<Skip, usize> {
        let mut skips = BTreeMap::new();
        for row in &self.files {
            if let Some(reason) = row.reason {
                *skips.entry(reason).or_default() += 1;
            }
        }
        skips
    }

    /// Message of a finding, credentials replaced.
    pub fn message(&self, judged: &Judged) -> String {
        let message = judged.finding.message();
        let message = match scrub(&message) {
            Cow::Borrowed(_) => message,
            Cow::Owned(clean) => clean,
        };
        match &judged.change {
            Some(Part::Caused(how)) => visible(&format!("{message} ({how})")),
            _ if is_visible(&message) => message,
            _ => visible(&message),
        }
    }

    /// A step of a finding, credentials replaced.
    pub fn step(&self, text: &str) -> String {
        visible(&scrub(text))
    }

    /// Text of a span with credentials covered and control characters made visible.
    pub fn excerpt(&self, span: Span) -> String {
        visible(&self.redactions.text(&self.repo, span))
    }

    /// Start and end of a span as people count.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let source = self.repo.source(span.source);
        (source.position(span.start), source.position(span.end))
    }

    /// A line with credentials covered and control characters made visible, column by column.
    pub fn line(&self, span: Span, line: u32) -> String {
        let text = self.redactions.line(&self.repo, span.source, line);
        text.chars().map(|c| if c == '\t' { ' ' } else { safe(c) }).collect()
    }
}

/// Text that a terminal shows and never obeys: control characters become `�`.
pub fn visible(text: &str) -> String {
    if is_visible(text) {
        return text.to_owned();
    }
    text.chars().map(|c| if c == '\n' { ' ' } else { safe(c) }).collect()
}

/// Nothing ends the loop early, so that the compiler takes many bytes at a time.
fn is_visible(text: &str) -> bool {
    text.bytes().fold(true, |visible, byte| visible & (b' '..=b'~').contains(&byte))
}

fn safe(c: char) -> char {
    let steers = c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    if steers { '\u{fffd}' } else { c }
}
