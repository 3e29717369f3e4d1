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
use crate::repo::Repo;
use crate::repo::standing::is_sample;
use crate::source::{Origin, Span};
use rayon::prelude::*;
use redact::Redactions;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};

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
    /// The finding.
    pub finding: Finding,
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
    let redactions = Redactions::of(repo);
    let count = outcomes.iter().map(|outcome| outcome.findings.len()).sum();
    let mut findings: Vec<Finding> = Vec::with_capacity(count);
    for outcome in &mut *outcomes {
        findings.append(&mut outcome.findings);
    }
    drop_effects(&mut findings);
    let mut allows = allow::Allows::new(repo, &view.today);
    let reasons: Vec<Option<String>> = findings
        .iter()
        .map(|finding| finding.span.and_then(|span| allows.cover(finding.rule, span)))
        .collect();
    let mut judged: Vec<Judged> = findings
        .into_par_iter()
        .zip(reasons)
        .map(|(finding, reason)| status_of(repo, finding, reason, view))
        .collect();
    for finding in allows.findings(&judged_rules(outcomes)) {
        judged.push(status_of(repo, finding, None, view));
    }
    sort(repo, &mut judged);
    judged.dedup_by(|one, two| is_same(&one.finding, &two.finding));
    identity::fingerprint(repo, &redactions, &mut judged);
    waiver::apply(repo, &mut judged);
    judged
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

/// Sorts by the order of the findings, those alike as they are. What is sorted is numbers: a finding
/// is large, and each is moved once.
fn sort(repo: &Repo, judged: &mut [Judged]) {
    let mut from: Vec<usize> = (0..judged.len()).collect();
    from.par_sort_by(|&one, &two| order(repo, &judged[one].finding, &judged[two].finding));
    for start in 0..from.len() {
        // Follows the places that wait for each other until one waits for the first.
        let mut at = start;
        while from[at] != start {
            let next = std::mem::replace(&mut from[at], at);
            judged.swap(at, next);
            at = next;
        }
        from[at] = at;
    }
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
fn drop_effects(findings: &mut Vec<Finding>) {
    let causes: HashSet<&'static str> =
        findings.iter().flat_map(|finding| finding.rule.cause).copied().collect();
    let mut places = HashSet::new();
    let mut expressions = HashSet::new();
    for finding in findings.iter().filter(|finding| causes.contains(finding.rule.code)) {
        let code = finding.rule.code;
        if let Some(span) = finding.span {
            places.insert((code, span.source, span.start));
        }
        if let Some(document) = expression_of(finding) {
            expressions.insert((code, document, finding.subject.clone()));
        }
    }
    findings.retain(|finding| {
        let place = finding.span.map(|span| (span.source, span.start));
        let document = expression_of(finding);
        let code = finding.rule.code;
        !finding.rule.cause.iter().take_while(|cause| **cause != code).any(|&cause| {
            place.is_some_and(|(source, start)| places.contains(&(cause, source, start)))
                || document.is_some_and(|document| {
                    expressions.contains(&(cause, document, finding.subject.clone()))
                })
        })
    });
}

/// The document of a finding about an expression; its subject names the rest.
fn expression_of(finding: &Finding) -> Option<DocumentId> {
    finding.document.filter(|_| finding.rule.subject == SubjectKind::Expression)
}

fn status_of(repo: &Repo, mut finding: Finding, allowed: Option<String>, view: &View) -> Judged {
    finding.fix = finding.fix.take().filter(|fix| mend::possible(repo, fix));
    let path = finding.span.map(|span| repo.path(span));
    let settings = path.map_or(&repo.settings, |path| repo.settings.at(path));
    let shown = view.shows(finding.rule, finding.opinion, settings);
    let origin = finding.span.map_or(Origin::Own, |span| repo.origin(span.source));
    let (status, reason) = match (allowed, origin) {
        (Some(reason), _) => (Status::Allowed, Some(reason)),
        (None, Origin::Vendored) => (Status::Vendored, None),
        (None, Origin::Generated) => (Status::Generated, None),
        (None, Origin::Own) => (Status::Open, None),
    };
    let profile = view
        .profile
        .unwrap_or_else(|| path.map_or(Profile::Unspecified, |path| profile(&repo.settings, path)));
    let (severity, lowered) = weigh(&finding, profile, path.unwrap_or_default());
    let document = finding.document.or(finding.span.and_then(|span| {
        repo.documents_in(span.source).iter().rfind(|it| it.span.contains(span)).map(|it| it.id)
    }));
    let path_owner = || finding.span.and_then(|span| repo.owner_of_path(repo.path(span)));
    let owner = finding.owner.as_deref();
    let owner = owner.or_else(|| repo.owner_of(document?)).or_else(path_owner).map(str::to_owned);
    let part_of = || Some(repo.service_of(document?)?.name.clone());
    let service = finding.service.clone().or_else(part_of);
    let environment = document.and_then(|document| repo.environment_of(document));
    let environment = environment.map(str::to_owned);
    let fingerprint = String::new();
    Judged {
        finding,
        severity,
        lowered,
        status,
        reason,
        waiver: None,
        fingerprint,
        shown,
        service,
        owner,
        environment,
        change: None,
    }
}

/// Whether a file lies among those that tests read.
fn is_fixture(path: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    folders.any(|part| {
        matches!(part, "testdata" | "fixtures" | "__fixtures__" | "golden" | "__snapshots__")
    })
}

/// Severity under a profile: only lowers, never touches validity.
fn weigh(finding: &Finding, profile: Profile, path: &str) -> (Severity, Option<&'static str>) {
    let severity = finding.severity;
    // What a program made when its tests ran is nothing that runs.
    if profile == Profile::Dev && severity == Severity::Error && path.contains("/golden/") {
        return (severity.lowered(), Some("lower here: what tests compare with"));
    }
    if finding.rule.class == Class::Validity {
        return (severity, None);
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
