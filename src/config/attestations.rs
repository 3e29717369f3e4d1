//! `.obsproof/attestations.yaml`: what a person answers for, where no repository can show it.

use super::ConfigError;
use super::declare::Word;
use super::entries::{self, Entries, Entry, Field, Form};
use super::waivers::{NOTICE, requirement};
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, Subject};
use crate::lang::day;
use crate::parse::tree::NodeRef;
use crate::source::{Source, SourceId, Span};
use crate::standard::{Clause, Requirement};

/// What became of the file behind a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It is outside of the repository: nobody looked.
    Outside,
    /// It is what was signed.
    Same,
    /// It is something else now.
    Changed,
    /// It is not there.
    Missing,
}

impl LinkState {
    /// The word used in output.
    pub fn name(self) -> &'static str {
        match self {
            LinkState::Outside => "outside",
            LinkState::Same => "same",
            LinkState::Changed => "changed",
            LinkState::Missing => "missing",
        }
    }
}

/// A document behind the statement.
#[derive(Clone, Debug)]
pub struct Link {
    /// A path from the root, or a URL.
    pub target: Word,
    /// SHA-256 of what was signed.
    pub sha256: Option<String>,
    /// What became of it.
    pub state: LinkState,
}

impl Link {
    /// Whether it is a file of the repository.
    pub fn is_file(&self) -> bool {
        !self.target.text.contains("://") && !self.target.text.starts_with("mailto:")
    }
}

/// Why an attestation does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsigned {
    /// These keys are missing or empty.
    Incomplete(Vec<&'static str>),
    /// What it rests on is not what was signed: number of the link.
    LinkChanged(usize),
    /// It is dated later.
    NotYet,
    /// Its last day is over.
    Overdue,
}

/// One attestation.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The requirement it speaks of; none where it does not say.
    pub requirement: Option<&'static Requirement>,
    /// The clause of it, where it speaks of one.
    pub clause: Option<&'static Clause>,
    /// Its first key.
    pub head: Word,
    /// Line of its first key.
    pub line: u32,
    /// What is stated.
    pub statement: Option<Word>,
    /// Who states it.
    pub who: Option<Word>,
    /// In which role.
    pub role: Option<Word>,
    /// When.
    pub date: Option<Word>,
    /// Its last day.
    pub valid_until: Option<Word>,
    /// Documents behind it.
    pub links: Vec<Link>,
    /// Why it does not count; `None` where it does.
    pub unsigned: Option<Unsigned>,
    /// Days to its end, where that is near and it counts.
    pub days_left: Option<i64>,
}

pub(super) const FIELDS: &[Field] = &[
    ("requirement", Form::Text),
    ("clause", Form::Text),
    ("statement", Form::Text),
    ("who", Form::Text),
    ("role", Form::Text),
    ("date", Form::Day),
    ("valid-until", Form::Day),
    ("links", Form::Any),
];

impl Attestation {
    /// Whether it counts.
    pub fn counts(&self) -> bool {
        self.unsigned.is_none()
    }

    /// What it speaks of: `OBS-R17`, or `OBS-R17/runbooks`.
    pub fn about(&self) -> String {
        match (self.requirement, self.clause) {
            (Some(requirement), Some(clause)) => format!("{}/{}", requirement.id, clause.id),
            (Some(requirement), None) => requirement.id.to_owned(),
            (None, _) => "nothing".to_owned(),
        }
    }

    /// Who stands for it, in words.
    pub fn signature(&self) -> String {
        let text = |word: &Option<Word>| word.as_ref().map_or(String::new(), |it| it.text.clone());
        let until = text(&self.valid_until);
        format!("attested by {} ({}) until {until}", text(&self.who), text(&self.role))
    }

    /// The word for its state.
    pub fn state(&self) -> &'static str {
        match &self.unsigned {
            None => "counts",
            Some(Unsigned::Incomplete(_)) => "incomplete",
            Some(Unsigned::LinkChanged(_)) => "link-changed",
            Some(Unsigned::NotYet) => "not-yet",
            Some(Unsigned::Overdue) => "overdue",
        }
    }

    /// Moves its places into this source; without one it has none.
    pub fn place(&mut self, source: Option<SourceId>) {
        let words = [
            Some(&mut self.head),
            self.statement.as_mut(),
            self.who.as_mut(),
            self.role.as_mut(),
            self.date.as_mut(),
            self.valid_until.as_mut(),
        ];
        let links = self.links.iter_mut().map(|link| &mut link.target);
        for word in words.into_iter().flatten().chain(links) {
            word.place(source);
        }
    }

    fn judge(&self, today: &str) -> Option<Unsigned> {
        let bare = |link: &Link| link.is_file() && link.sha256.is_none();
        let required = [
            ("requirement or clause", self.requirement.is_some()),
            ("statement", self.statement.is_some()),
            ("who", self.who.is_some()),
            ("role", self.role.is_some()),
            ("date", self.date.is_some()),
            ("valid-until", self.valid_until.is_some()),
            ("the sha256 of a link", !self.links.iter().any(bare)),
        ];
        let missing: Vec<&str> =
            required.iter().filter(|(_, given)| !given).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            return Some(Unsigned::Incomplete(missing));
        }
        let changed = |link: &Link| matches!(link.state, LinkState::Changed | LinkState::Missing);
        if let Some(number) = self.links.iter().position(changed) {
            return Some(Unsigned::LinkChanged(number));
        }
        let text =
            |word: &Option<Word>| word.as_ref().map_or("", |word| word.text.as_str()).to_owned();
        if text(&self.valid_until).as_str() < today {
            return Some(Unsigned::Overdue);
        }
        (text(&self.date).as_str() > today).then_some(Unsigned::NotYet)
    }
}

impl Subject for Attestation {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Attestation
    }

    fn document(&self) -> Option<DocumentId> {
        None
    }

    fn title(&self) -> String {
        format!("attestation of {}", self.about())
    }

    fn anchor(&self) -> Option<Span> {
        self.head.span
    }

    fn field(&self, path: &str) -> Held<'_> {
        let word = match path {
            "who" => &self.who,
            "role" => &self.role,
            "statement" => &self.statement,
            _ => return Held::Nothing,
        };
        word.as_ref().map_or(Held::Nothing, |word| Held::Text(&word.text))
    }
}

/// Reads `.obsproof/attestations.yaml`; `hash` gives the SHA-256 of a file of the repository.
///
/// # Errors
/// All faults, with their spans, and the source they point into.
pub fn read_attestations(
    path: &str,
    text: String,
    today: &str,
    hash: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Attestation>, (Box<Source>, Vec<ConfigError>)> {
    entries::read(path, text, "attestations", FIELDS, |entry, reader| {
        let (requirement, clause) = about(entry, reader);
        let span = entry.head();
        let mut attestation = Attestation {
            requirement,
            clause,
            head: Word { text: String::new(), span: Some(span) },
            line: reader.line(span),
            statement: entry.word("statement"),
            who: entry.word("who"),
            role: entry.word("role"),
            date: entry.word("date"),
            valid_until: entry.word("valid-until"),
            links: links(entry, reader, hash),
            unsigned: None,
            days_left: None,
        };
        if let (Some(first), Some(last)) = (&attestation.date, &attestation.valid_until)
            && first.text > last.text
        {
            let span = last.span.unwrap_or(span);
            reader.error(span, "it ends before it begins", "`valid-until` is its last day");
        }
        attestation.unsigned = attestation.judge(today);
        let last = attestation.valid_until.as_ref();
        let left = last.and_then(|last| day::between(today, &last.text));
        attestation.days_left = left.filter(|left| attestation.counts() && *left <= NOTICE);
        Some(attestation)
    })
}

/// `requirement: OBS-R17`, `clause: OBS-R17/runbooks`, or both keys with the clause alone.
fn about(
    entry: &Entry<'_>,
    reader: &mut Entries<'_>,
) -> (Option<&'static Requirement>, Option<&'static Clause>) {
    let own = entry
        .get("requirement")
        .and_then(|(_, value)| requirement(value, value.scalar()?.trim(), reader));
    let Some((_, node)) = entry.get("clause") else { return (own, None) };
    let word = node.scalar().unwrap_or_default().trim();
    let (of, id) = match word.split_once('/') {
        Some((first, id)) => (requirement(node, first, reader), id),
        None => (own, word),
    };
    let Some(of) = of else {
        if !word.contains('/') {
            let help = "write `clause: OBS-R17/id`, or `requirement` beside it";
            reader.error(node.span(), format!("no requirement stands with `{word}`"), help);
        }
        return (own, None);
    };
    if own.is_some_and(|own| own.id != of.id) {
        let help = "one attestation speaks of one requirement";
        reader.error(node.span(), "the clause is of another requirement", help);
    }
    let clause = of.clauses.iter().find(|clause| clause.id == id);
    if clause.is_none() {
        let ids: Vec<&str> = of.clauses.iter().map(|clause| clause.id).collect();
        let help = match of.same_as {
            Some(other) => format!("{} has the clauses of {other}", of.id),
            None => format!("the clauses of {} are {}", of.id, ids.join(", ")),
        };
        reader.error(node.span(), format!("{} has no clause `{id}`", of.id), help);
    }
    (Some(of), clause)
}

fn links(
    entry: &Entry<'_>,
    reader: &mut Entries<'_>,
    hash: &dyn Fn(&str) -> Option<String>,
) -> Vec<Link> {
    let Some((_, node)) = entry.get("links") else { return Vec::new() };
    let help = "a list of `path` or `url`, each with the `sha256` of what was signed";
    if !node.is_sequence() {
        reader.error(node.span(), "`links` is a list", help);
        return Vec::new();
    }
    node.items().filter_map(|item| link(item, reader, help, hash)).collect()
}

fn link(
    node: NodeRef<'_>,
    reader: &mut Entries<'_>,
    help: &str,
    hash: &dyn Fn(&str) -> Option<String>,
) -> Option<Link> {
    let (mut target, mut sha256) = (entries::word(node), None);
    for (key, value) in node.pairs() {
        match key.scalar() {
            Some("path" | "url" | "href") => target = entries::word(value),
            Some("sha256") => {
                let text = value.scalar().unwrap_or_default().trim();
                let text = text.strip_prefix("sha256:").unwrap_or(text).to_ascii_lowercase();
                if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    reader.error(value.span(), "this is no SHA-256", "64 letters of 0-9 and a-f");
                }
                sha256 = Some(text);
            }
            _ => reader.unknown(key, ["path", "url", "sha256"].into_iter()),
        }
    }
    let Some(target) = target.filter(|target| !target.text.is_empty()) else {
        reader.error(node.span(), "a link names what it leads to", help);
        return None;
    };
    let mut link = Link { target, sha256, state: LinkState::Outside };
    if link.is_file() {
        let path = link.target.text.trim_start_matches("./");
        let leaves = path.starts_with('/') || path.split(['/', '\\']).any(|part| part == "..");
        if leaves {
            reader.error(node.span(), "a path of a link stands below the root", help);
            return None;
        }
        link.state = match (hash(path), &link.sha256) {
            (None, _) => LinkState::Missing,
            (Some(now), Some(then)) if now != *then => LinkState::Changed,
            (Some(_), _) => LinkState::Same,
        };
    }
    Some(link)
}
