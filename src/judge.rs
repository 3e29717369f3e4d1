//! Findings, allows and settings to statuses; findings and evidence to verdicts.
//!
//! Verdicts are computed from all findings at catalogue severity: nothing that tunes the
//! display reaches them.

pub mod allow;
pub mod baseline;
pub mod change;
mod identity;
mod mend;
pub mod redact;
pub mod waiver;

use crate::catalogue;
use crate::catalogue::model::{Class, Rule, Sensitivity, Severity};
use crate::check::{self, Outcome};
use crate::config::{Profile, Settings, profile};
use crate::facts::DocumentId;
use crate::facts::subject::SubjectKind;
use crate::finding::Finding;
use crate::lang::quick::QuickSet;
use crate::repo::Repo;
use crate::repo::standing::is_sample;
use crate::source::{Origin, SourceId, Span};
use rayon::prelude::*;
use redact::Redactions;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Stands.
    Open,
    /// Accepted by an inline allow.
    Allowed,
    /// Accepted by a waiver.
    Waived,
    /// Was there when the tool was adopted.
    Baselined,
    /// In somebody else's code.
    Vendored,
    /// In a file that a program writes.
    Generated,
}

impl Status {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Allowed => "allowed",
            Status::Waived => "waived",
            Status::Baselined => "baselined",
            Status::Vendored => "vendored",
            Status::Generated => "generated",
        }
    }
}

/// A finding with its status and the severity it is shown with.
#[derive(Debug)]
pub struct Judged {
    /// The finding: it is large, and lists of these are put in order.
    pub finding: Box<Finding>,
    /// Severity after the path's profile.
    pub severity: Severity,
    /// Why the severity is lower than the catalogue's, if it is.
    pub lowered: Option<&'static str>,
    /// Its status.
    pub status: Status,
    /// The reason given by an allow or a waiver.
    pub reason: Option<String>,
    /// The waiver that accepts it, by its number.
    pub waiver: Option<usize>,
    /// Stable identity, without line numbers.
    pub fingerprint: String,
    /// Whether the settings show it.
    pub shown: bool,
    /// The service it is part of.
    pub service: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The environment it belongs to.
    pub environment: Option<String>,
    /// The part that the change has in it, where a change is looked at.
    pub change: Option<change::Part>,
}

/// What the user asked to see.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Show every rule: absences, default-off and preview too.
    pub all: bool,
    /// Rules selected on the command line: only these are shown, if any.
    pub only: Vec<&'static Rule>,
    /// Rules that the command line does not show.
    pub ignore: Vec<&'static Rule>,
    /// Classes that the command line shows; empty for those of the configuration.
    pub classes: Vec<Class>,
    /// A profile for all paths.
    pub profile: Option<Profile>,
    /// Today, `YYYY-MM-DD`.
    pub today: String,
    /// Find what is not shown as well: something is held against all findings.
    pub whole: bool,
}

impl View {
    /// Whether opinions can make a difference: where they are shown, or a person accepted some.
    pub fn asks_for_opinions(&self, repo: &Repo) -> bool {
        let settings = &repo.settings;
        self.all
            || self.whole
            || !(self.only.is_empty() && settings.select.is_empty() && settings.nested.is_empty())
            || !(repo.facts.allows.is_empty() && settings.waivers.is_empty())
    }

    /// The rules of which a finding can be shown, and those that silence them; `None` for all: a
    /// person decided or claimed something, which is held against what all rules find.
    pub fn visible(&self, repo: &Repo) -> Option<BTreeSet<&'static str>> {
        let settings = &repo.settings;
        let decided = !(settings.waivers.is_empty()
            && settings.declarations.is_empty()
            && settings.attestations.is_empty()
            && settings.nested.is_empty()
            && repo.facts.allows.is_empty()
            && repo.facts.annotations.is_empty());
        (!decided && !self.whole).then_some(())?;
        let shown = |rule: &&Rule| self.shows(rule, false, settings);
        let plain = catalogue::rules().iter().filter(|rule| !check::rests_on_all(rule));
        check::asked_for(&plain.filter(shown).map(|rule| rule.code).collect())
    }

    /// Whether a finding is shown where these settings hold.
    fn shows(&self, rule: &Rule, opinion: bool, settings: &Settings) -> bool {
        let listed = |rules: &[&Rule]| rules.iter().any(|known| known.code == rule.code);
        let named = |words: &[String]| words.iter().any(|word| rule.is_called(word));
        let classes = if self.classes.is_empty() { &settings.classes } else { &self.classes };
        if listed(&self.ignore)
            || named(&settings.ignore)
            || !(classes.is_empty() || classes.contains(&rule.class))
        {
            return false;
        }
        if !self.only.is_empty() {
            return listed(&self.only);
        }
        self.all || named(&settings.select) || !(rule.default_off || rule.absence || opinion)
    }
}

/// Takes the findings and gives each its status; sorted by path, place and code.
pub fn judge(repo: &Repo, outcomes: &mut [Outcome], view: &View) -> Vec<Judged> {
    let taken = outcomes.par_iter_mut().map(|outcome| std::mem::take(&mut outcome.findings));
    let mut found: Vec<Found> =
        taken.flat_map_iter(|findings| findings.into_iter().map(Found::of)).collect();
    drop_effects(&mut found);
    let mut allows = allow::Allows::new(repo, &view.today);
    for Found { finding, allowed } in &mut found {
        *allowed = finding.span.and_then(|span| allows.cover(finding.rule, span));
    }
    found.extend(allows.findings(&judged_rules(outcomes)).into_iter().map(Found::new));
    found.par_sort_by(|one, two| order(repo, &one.finding, &two.finding));
    found.dedup_by(|one, two| is_same(&one.finding, &two.finding));
    let mut judged = settle(repo, found, view);
    waiver::apply(repo, &mut judged);
    judged
}

/// A finding, and the reason of the allow that accepts it.
struct Found {
    finding: Box<Finding>,
    allowed: Option<String>,
}

impl Found {
    fn new(finding: Finding) -> Found {
        Found::of(Box::new(finding))
    }

    fn of(finding: Box<Finding>) -> Found {
        Found { finding, allowed: None }
    }
}

/// Gives findings that are in order their status and fingerprint.
fn settle(repo: &Repo, found: Vec<Found>, view: &View) -> Vec<Judged> {
    let fingerprints = identity::fingerprints(repo, &Redactions::of(repo), &found);
    let found = found.into_par_iter().zip(fingerprints);
    // Findings of one document follow each other, and share what is known of it.
    let judged = found.map_init(
        || None,
        |last, (found, (key, nth))| {
            let place = Place::of(repo, &found.finding, view, last.take());
            let judged = status_of(repo, found, identity::numbered(&key, nth), view, &place);
            *last = Some(place);
            judged
        },
    );
    judged.collect()
}

fn judged_rules(outcomes: &[Outcome]) -> Vec<&'static Rule> {
    outcomes.iter().map(|outcome| outcome.rule).collect()
}

/// Whether two findings say one thing of one place: code that several services share is looked at
/// for each of them.
fn is_same(one: &Finding, two: &Finding) -> bool {
    one.span.is_some()
        && one.span == two.span
        && one.rule.code == two.rule.code
        && one.severity == two.severity
        && one.captures == two.captures
        && one.subject == two.subject
}

/// By path, place, code and message; files are numbered in the order of their paths.
fn order(repo: &Repo, one: &Finding, two: &Finding) -> Ordering {
    let place = match (one.span, two.span) {
        (Some(one), Some(two)) => one.cmp(&two),
        (one, two) => {
            let path = |span: Option<Span>| span.map_or(".", |span| repo.path(span));
            path(one).cmp(path(two)).then(one.is_some().cmp(&two.is_some()))
        }
    };
    place
        .then_with(|| one.rule.code.cmp(two.rule.code))
        .then_with(|| one.message().cmp(&two.message()))
}

/// Of rules that see one fault, the first in the `cause` list speaks: of those that look at
/// expressions once for each expression, of others once for each place.
fn drop_effects(found: &mut Vec<Found>) {
    let findings = || found.iter().map(|found| &*found.finding);
    let causes: QuickSet<&str> =
        findings().flat_map(|finding| finding.rule.cause).copied().collect();
    let mut places = QuickSet::default();
    let mut expressions = QuickSet::default();
    for finding in findings().filter(|finding| causes.contains(finding.rule.code)) {
        let code = finding.rule.code;
        if let Some(span) = finding.span {
            places.insert((code, span.source, span.start));
        }
        if let Some(document) = expression_of(finding) {
            expressions.insert((code, document, finding.subject.as_str()));
        }
    }
    let is_effect = |finding: &Finding| {
        let code = finding.rule.code;
        finding.rule.cause.iter().take_while(|cause| **cause != code).any(|&cause| {
            let seen = |span: Span| places.contains(&(cause, span.source, span.start));
            let said = |document| expressions.contains(&(cause, document, &*finding.subject));
            finding.span.is_some_and(seen) || expression_of(finding).is_some_and(said)
        })
    };
    let effects: Vec<bool> = found.par_iter().map(|found| is_effect(&found.finding)).collect();
    let mut effects = effects.into_iter();
    found.retain(|_| effects.next() != Some(true));
}

/// The document of a finding about an expression; its subject names the rest.
fn expression_of(finding: &Finding) -> Option<DocumentId> {
    finding.document.filter(|_| finding.rule.subject == SubjectKind::Expression)
}

/// What all findings of a document share; of a file, where they are in none; of the repository,
/// where they are in no file.
struct Place<'a> {
    at: (Option<SourceId>, Option<DocumentId>),
    path: Option<&'a str>,
    settings: &'a Settings,
    profile: Profile,
    origin: Origin,
    service: Option<&'a str>,
    owner: Option<&'a str>,
    environment: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// Where a finding stands: `last` is known, and may be it.
    fn of(repo: &'a Repo, finding: &Finding, view: &View, last: Option<Place<'a>>) -> Place<'a> {
        let source = finding.span.map(|span| span.source);
        let document = finding.document.or(finding.span.and_then(|span| {
            repo.documents_in(span.source).iter().rfind(|it| it.span.contains(span)).map(|it| it.id)
        }));
        let at = (source, document);
        if let Some(last) = last.filter(|last| last.at == at) {
            return last;
        }
        let path = source.map(|source| repo.source(source).path.as_str());
        let by_path = || path.map_or(Profile::Unspecified, |path| profile(&repo.settings, path));
        let path_owner = || repo.owner_of_path(path?);
        Place {
            at,
            path,
            settings: path.map_or(&repo.settings, |path| repo.settings.at(path)),
            profile: view.profile.unwrap_or_else(by_path),
            origin: source.map_or(Origin::Own, |source| repo.origin(source)),
            service: document.and_then(|it| repo.service_of(it)).map(|it| it.name.as_str()),
            owner: document.and_then(|it| repo.owner_of(it)).or_else(path_owner),
            environment: document.and_then(|it| repo.environment_of(it)),
        }
    }
}

fn status_of(
    repo: &Repo,
    found: Found,
    fingerprint: String,
    view: &View,
    place: &Place<'_>,
) -> Judged {
    let Found { mut finding, allowed } = found;
    finding.fix = finding.fix.take().filter(|fix| mend::possible(repo, fix));
    let (status, reason) = match (allowed, place.origin) {
        (Some(reason), _) => (Status::Allowed, Some(reason)),
        (None, Origin::Vendored) => (Status::Vendored, None),
        (None, Origin::Generated) => (Status::Generated, None),
        (None, Origin::Own) => (Status::Open, None),
    };
    let (severity, lowered) = weigh(&finding, place.profile, place.path.unwrap_or_default());
    let known = |own: &Option<String>, of_place: Option<&str>| {
        own.clone().or_else(|| of_place.map(str::to_owned))
    };
    Judged {
        severity,
        lowered,
        status,
        reason,
        waiver: None,
        fingerprint,
        shown: view.shows(finding.rule, finding.opinion, place.settings),
        service: known(&finding.service, place.service),
        owner: known(&finding.owner, place.owner),
        environment: place.environment.map(str::to_owned),
        change: None,
        finding,
    }
}

/// Whether a file lies among those that tests read.
fn is_fixture(path: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    folders.any(|part| {
        matches!(part, "testdata" | "fixtures" | "__fixtures__" | "golden" | "__snapshots__")
    })
}

/// Whether a file's name says that it is what a test's output must be.
fn names_golden(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split(['.', '-', '_']).any(|word| word == "golden")
}

/// Whether a folder around a file says that it was put aside.
fn is_in_archive(path: &str) -> bool {
    let aside = |folder| matches!(folder, "ARCHIVE" | "ARCHIVED" | "archived" | "_archive");
    path.split('/').rev().skip(1).any(aside)
}

/// Whether a file's last ending says that it was put aside: what reads a folder by its endings passes over it.
/// A number or a day may follow: `.json.bak2`, `.py.archived-20260103`.
fn is_put_aside(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((_, ending)) = name.rsplit_once('.') else { return false };
    let word = ending.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_'));
    matches!(word, "archived" | "backup" | "bak" | "disabled" | "old" | "orig")
}

/// Severity under a profile: only lowers, and validity only where nothing loads the file.
fn weigh(finding: &Finding, profile: Profile, path: &str) -> (Severity, Option<&'static str>) {
    let severity = finding.severity;
    // What a program made when its tests ran is nothing that runs.
    let compared = path.contains("/golden/") || is_fixture(path) && names_golden(path);
    // A component of a collector reads these itself, some of them to be refused.
    let tried = finding.rule.code.starts_with("OTCL") && path.contains("/testdata/");
    if profile == Profile::Dev && severity == Severity::Error && (compared || tried) {
        return (severity.lowered(), Some("lower here: what tests compare with"));
    }
    // A secret in it is no less known.
    let secret = finding.rule.sensitive == Sensitivity::Security;
    if severity > Severity::Info && !secret && is_put_aside(path) {
        return (Severity::Info, Some("lower here: the file is put aside"));
    }
    if finding.rule.class == Class::Validity {
        return (severity, None);
    }
    if severity > Severity::Info && !secret && is_in_archive(path) {
        return (Severity::Info, Some("lower here: the folder is put aside"));
    }
    let bare = finding.rule.class == Class::Compliance && severity > Severity::Info;
    if bare && profile == Profile::Dev && is_fixture(path) {
        return (Severity::Info, Some("lower here: only tests read it"));
    }
    let sensitive = finding.rule.sensitive;
    let lowered = match (profile, severity) {
        // What an example or a test leaves out is asked of nobody.
        (Profile::Dev, Severity::Error) if bare && is_sample(path) => severity.lowered(),
        (Profile::Dev, Severity::Error) if sensitive != Sensitivity::None => severity.lowered(),
        (Profile::Dev, Severity::Warning) => severity.lowered(),
        (Profile::Unspecified, _) if finding.anywhere => severity,
        (Profile::Unspecified, _) if sensitive == Sensitivity::Security => severity.lowered(),
        _ => severity,
    };
    let why = match profile {
        _ if lowered == severity => None,
        Profile::Dev => Some("lower here: a test, example or demo path"),
        _ => Some("lower here: nothing says that this is production"),
    };
    (lowered, why)
}
