//! `.obsproof/waivers.yaml`: recorded decisions to accept a finding or a gap, each with two people
//! and an end.

use super::declare::{Word, same_person};
use super::entries::{self, Entries, Entry, Field, Form};
use super::{ConfigError, Settings, resolve_rule};
use crate::catalogue::model::Rule;
use crate::facts::subject::{Held, SubjectKind};
use crate::facts::{DocumentId, Subject};
use crate::lang::day;
use crate::parse::tree::NodeRef;
use crate::source::{Source, SourceId, Span};
use crate::standard::{self, Requirement};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Days before its end from which a decision is spoken of.
pub(super) const NOTICE: i64 = 14;

/// What is accepted.
#[derive(Clone, Copy, Debug)]
pub enum Waived {
    /// Findings of this rule.
    Rule(&'static Rule),
    /// That this requirement is not met.
    Requirement(&'static Requirement),
}

/// How far a waiver reaches: all that is given has to hold.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Paths from the root, as in `.gitignore`.
    pub paths: Vec<String>,
    /// Services.
    pub services: Vec<String>,
    /// Environments.
    pub environments: Vec<String>,
    /// Subjects of findings: `alert DiskFull`.
    pub subjects: Vec<String>,
    /// Fingerprints of findings.
    pub fingerprints: Vec<String>,
    matcher: Option<Gitignore>,
}

impl Reach {
    /// Whether it reaches all of the repository.
    pub fn is_all(&self) -> bool {
        self.parts().iter().all(|(_, words)| words.is_empty())
    }

    /// What is given, by key.
    pub fn parts(&self) -> [(&'static str, &[String]); 5] {
        [
            ("path", &self.paths),
            ("service", &self.services),
            ("environment", &self.environments),
            ("subject", &self.subjects),
            ("fingerprint", &self.fingerprints),
        ]
    }

    /// Whether it reaches this path.
    pub fn has_path(&self, path: &str) -> bool {
        self.matcher.as_ref().is_none_or(|matcher| {
            path != "." && matcher.matched_path_or_any_parents(path, false).is_ignore()
        })
    }
}

/// Why a waiver does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// These keys are missing or empty.
    Incomplete(Vec<&'static str>),
    /// The owner approved it.
    SelfApproved,
    /// The approver is not in the policy's list.
    NotListed,
    /// It begins later.
    NotYet,
    /// Its last day is over.
    Expired,
}

/// One waiver.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// Its name.
    pub id: Option<Word>,
    /// What is accepted; none where it does not say.
    pub waived: Option<Waived>,
    /// Its first key.
    pub head: Word,
    /// Line of its first key.
    pub line: u32,
    /// How far it reaches.
    pub reach: Reach,
    /// Why it is accepted.
    pub reason: Option<Word>,
    /// Who answers for it.
    pub owner: Option<Word>,
    /// Who approved it.
    pub approver: Option<Word>,
    /// Its first day.
    pub created: Option<Word>,
    /// Its last day.
    pub expires: Option<Word>,
    /// Where it is discussed.
    pub ticket: Option<Word>,
    /// Why it does not count; `None` where it does.
    pub invalid: Option<Invalid>,
    /// Days to its end, where that is near and it counts.
    pub days_left: Option<i64>,
}

pub(super) const FIELDS: &[Field] = &[
    ("id", Form::Text),
    ("rule", Form::Text),
    ("requirement", Form::Text),
    ("scope", Form::Any),
    ("reason", Form::Text),
    ("owner", Form::Text),
    ("approver", Form::Text),
    ("created", Form::Day),
    ("expires", Form::Day),
    ("ticket", Form::Text),
];

/// Families that speak of decisions: accepting these would hide that nobody decides.
const DECISIONS: &[&str] = &["ALLOW", "ATTE", "DECL", "WAIV"];

impl Waiver {
    /// Whether it counts.
    pub fn counts(&self) -> bool {
        self.invalid.is_none()
    }

    /// Its name, or what it is about.
    pub fn name(&self) -> &str {
        self.id.as_ref().map_or("without an id", |id| &id.text)
    }

    /// The rule whose findings it accepts, if it counts.
    pub fn rule(&self) -> Option<&'static Rule> {
        match self.waived {
            Some(Waived::Rule(rule)) if self.counts() => Some(rule),
            _ => None,
        }
    }

    /// The requirement whose gap it accepts, if it counts.
    pub fn requirement(&self) -> Option<&'static Requirement> {
        match self.waived {
            Some(Waived::Requirement(requirement)) if self.counts() => Some(requirement),
            _ => None,
        }
    }

    /// The word for its state.
    pub fn state(&self) -> &'static str {
        match &self.invalid {
            None => "active",
            Some(Invalid::Incomplete(_)) => "incomplete",
            Some(Invalid::SelfApproved | Invalid::NotListed) => "unapproved",
            Some(Invalid::NotYet) => "not-yet",
            Some(Invalid::Expired) => "expired",
        }
    }

    /// Moves its places into this source; without one it has none.
    pub fn place(&mut self, source: Option<SourceId>) {
        let words = [
            self.id.as_mut(),
            Some(&mut self.head),
            self.reason.as_mut(),
            self.owner.as_mut(),
            self.approver.as_mut(),
            self.created.as_mut(),
            self.expires.as_mut(),
            self.ticket.as_mut(),
        ];
        for word in words.into_iter().flatten() {
            word.place(source);
        }
    }

    fn judge(&self, today: &str, approvers: &[String]) -> Option<Invalid> {
        let required = [
            ("id", self.id.is_some()),
            ("rule or requirement", self.waived.is_some()),
            ("reason", self.reason.is_some()),
            ("owner", self.owner.is_some()),
            ("approver", self.approver.is_some()),
            ("created", self.created.is_some()),
            ("expires", self.expires.is_some()),
        ];
        let missing: Vec<&str> =
            required.iter().filter(|(_, given)| !given).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            return Some(Invalid::Incomplete(missing));
        }
        let (Some(owner), Some(approver)) = (&self.owner, &self.approver) else { return None };
        if same_person(&owner.text, &approver.text) {
            return Some(Invalid::SelfApproved);
        }
        if !approvers.iter().any(|known| same_person(known, &approver.text)) {
            return Some(Invalid::NotListed);
        }
        let is = |word: &Option<Word>, test: fn(&str, &str) -> bool| {
            word.as_ref().is_some_and(|word| test(&word.text, today))
        };
        if is(&self.expires, |last, today| last < today) {
            return Some(Invalid::Expired);
        }
        is(&self.created, |first, today| first > today).then_some(Invalid::NotYet)
    }
}

impl Subject for Waiver {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Waiver
    }

    fn document(&self) -> Option<DocumentId> {
        None
    }

    fn title(&self) -> String {
        format!("waiver {}", self.name())
    }

    fn anchor(&self) -> Option<Span> {
        self.id.as_ref().unwrap_or(&self.head).span
    }

    fn field(&self, path: &str) -> Held<'_> {
        let word = match path {
            "owner" => &self.owner,
            "approver" => &self.approver,
            "expires" => &self.expires,
            "reason" => &self.reason,
            _ => return Held::Nothing,
        };
        word.as_ref().map_or(Held::Nothing, |word| Held::Text(&word.text))
    }
}

/// Reads `.obsproof/waivers.yaml`.
///
/// # Errors
/// All faults, with their spans, and the source they point into.
pub fn read_waivers(
    path: &str,
    text: String,
    today: &str,
    settings: &Settings,
) -> Result<Vec<Waiver>, (Box<Source>, Vec<ConfigError>)> {
    let mut ids: Vec<String> = Vec::new();
    entries::read(path, text, "waivers", FIELDS, |entry, reader| {
        let mut waiver = waiver(entry, reader);
        if let Some(id) = &waiver.id {
            if ids.contains(&id.text) {
                let message = format!("a second waiver is called `{}`", id.text);
                let span = id.span.unwrap_or(entry.head());
                reader.error(span, message, "give each its own `id`: plans and reports name it");
            }
            ids.push(id.text.clone());
        }
        waiver.invalid = waiver.judge(today, &settings.approvers);
        let left = waiver.expires.as_ref().and_then(|last| day::between(today, &last.text));
        waiver.days_left = left.filter(|left| waiver.counts() && *left <= NOTICE);
        Some(waiver)
    })
}

fn waiver(entry: &Entry<'_>, reader: &mut Entries<'_>) -> Waiver {
    let waived = waived(entry, reader);
    let mut reach = Reach::default();
    if let Some((_, node)) = entry.get("scope") {
        reach = read_reach(node, reader);
        let narrow = reach
            .parts()
            .iter()
            .any(|(key, words)| !matches!(*key, "environment") && !words.is_empty());
        if matches!(waived, Some(Waived::Requirement(_))) && narrow {
            reader.error(
                node.span(),
                "a waiver of a requirement is for the whole repository or for environments",
                "waive the rule whose findings stand in its way, and give that a scope",
            );
        }
    }
    let (created, expires) = (entry.word("created"), entry.word("expires"));
    if let (Some(first), Some(last)) = (&created, &expires)
        && first.text > last.text
    {
        let span = last.span.unwrap_or(entry.head());
        reader.error(span, "it ends before it begins", "`expires` is its last day");
    }
    let span = entry.head();
    Waiver {
        id: entry.word("id"),
        waived,
        head: Word { text: String::new(), span: Some(span) },
        line: reader.line(span),
        reach,
        reason: entry.word("reason"),
        owner: entry.word("owner"),
        approver: entry.word("approver"),
        created,
        expires,
        ticket: entry.word("ticket"),
        invalid: None,
        days_left: None,
    }
}

fn waived(entry: &Entry<'_>, reader: &mut Entries<'_>) -> Option<Waived> {
    match (entry.get("rule"), entry.get("requirement")) {
        (Some(_), Some((key, _))) => {
            let help = "give each a waiver of its own";
            reader.error(key.span(), "a waiver is for a rule or for a requirement", help);
            None
        }
        (Some((_, value)), None) => {
            let word = value.scalar()?.trim();
            match resolve_rule(word) {
                Ok(rule) if DECISIONS.contains(&rule.family()) => {
                    let message = format!("{} speaks of decisions", rule.code);
                    reader.error(value.span(), message, "mend the decision: it cannot be waived");
                    None
                }
                Ok(rule) => Some(Waived::Rule(rule)),
                Err(message) => {
                    reader.error(value.span(), message, "`obsproof rules` lists all");
                    None
                }
            }
        }
        (None, Some((_, value))) => {
            requirement(value, value.scalar()?.trim(), reader).map(Waived::Requirement)
        }
        (None, None) => None,
    }
}

/// The requirement of this id; says so if there is none.
pub(super) fn requirement(
    node: NodeRef<'_>,
    word: &str,
    reader: &mut Entries<'_>,
) -> Option<&'static Requirement> {
    let found = standard::requirement(word);
    if found.is_none() {
        let help = "requirements are OBS-R01 to OBS-R17 and OBS-C1.1 to OBS-C8.5";
        reader.error(node.span(), format!("unknown requirement `{word}`"), help);
    }
    found
}

fn read_reach(node: NodeRef<'_>, reader: &mut Entries<'_>) -> Reach {
    let mut reach = Reach::default();
    let help = "a path, a list of paths, or keys: path, service, environment, subject, fingerprint";
    if !node.is_mapping() {
        match entries::words(node) {
            Some(words) => reach.paths = texts(words),
            None => reader.error(node.span(), "`scope` says how far a waiver reaches", help),
        }
    }
    for (key, value) in node.pairs() {
        let Some(words) = entries::words(value) else {
            reader.error(value.span(), "a text or a list of texts stands here", help);
            continue;
        };
        match key.scalar() {
            Some("path" | "paths") => reach.paths = texts(words),
            Some("service" | "services") => reach.services = texts(words),
            Some("environment" | "environments") => reach.environments = texts(words),
            Some("subject" | "subjects") => reach.subjects = texts(words),
            Some("fingerprint" | "fingerprints") => reach.fingerprints = texts(words),
            _ => {
                let known = Reach::default();
                reader.unknown(key, known.parts().iter().map(|(name, _)| *name));
            }
        }
    }
    if !reach.paths.is_empty() {
        let mut builder = GitignoreBuilder::new("");
        for path in &reach.paths {
            let from_root = path.trim_start_matches("./").trim_start_matches('/');
            if from_root.is_empty() || builder.add_line(None, &format!("/{from_root}")).is_err() {
                reader.error(node.span(), format!("`{path}` is no path of the repository"), help);
            }
        }
        reach.matcher = builder.build().ok();
    }
    reach
}

fn texts(words: Vec<Word>) -> Vec<String> {
    words.into_iter().map(|word| word.text).collect()
}
