//! A label with values without end. Rule: rules/metr/unbounded-label.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::{LabelValue, MetricDefinition, MetricType, ValueOrigin};
use crate::facts::scalar::Scalar;
use crate::lang::unbounded::is_unbounded;
use crate::repo::Repo;
use std::collections::BTreeSet;

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    // What describes things that exist has as many series as there are things.
    if definition.kind == MetricType::Any || case.repo.is_rehearsal(definition.document) {
        return case.skip();
    }
    let repo = case.repo;
    let allowed = |label: &str| {
        repo.settings_of(definition.document).bounded_labels.iter().any(|known| known == label)
    };
    // A gauge of things that exist has a series for each, known by its address.
    let things = definition.kind == MetricType::Gauge;
    let described = things && definition.exposed.ends_with("_info");
    if described {
        return;
    }
    let tenants = || repo.calls_tenants_users();
    let counts = |label: &Scalar| {
        let user = matches!(label.text.as_str(), "user" | "user_id" | "userID");
        label.known
            && is_unbounded(&label.text)
            && !allowed(&label.text)
            && !(user && tenants())
            && !(things && is_address(&label.text))
    };
    let mut told: BTreeSet<String> = BTreeSet::new();
    // Labels of instruments are those of their uses, and stand there.
    for (at, label) in definition.labels.iter().flatten().enumerate() {
        if !counts(label) || is_given_constants(repo, definition, at, &label.text) {
            continue;
        }
        if told.insert(label.text.clone()) {
            let flag = case
                .flag(label.span)
                .with("label", label.text.clone())
                .with("what", "takes another value all the time")
                .related(definition.name.span, "the metric");
            // Of what has a name beside its id there may be few: plans, machines.
            let bare = matches!(label.text.to_ascii_lowercase().as_str(), "guid" | "id" | "uuid");
            if bare && definition.labels.iter().flatten().any(|other| other.text == "name") {
                flag.at_most(Severity::Warning);
            }
        }
    }
    let declared: Vec<&Scalar> = definition.labels.iter().flatten().collect();
    for one in repo.uses_of(definition).filter(|one| one.own_labels) {
        for (position, given) in one.labels.iter().flatten().enumerate() {
            let key = given.key.as_ref().or_else(|| declared.get(position).copied());
            let name = key.map_or("", |key| key.text.as_str());
            if told.contains(name) || allowed(name) || names_tenant(name) {
                continue;
            }
            let Some(what) = endless(given) else { continue };
            if names_user(given) && tenants() {
                continue;
            }
            told.insert(name.to_owned());
            case.flag(given.value)
                .with("label", name)
                .with("what", what)
                .related(definition.name.span, "the metric");
        }
    }
}

/// Whether all that use a metric give a label values that stand in the source: `ip` is "4" or "6".
fn is_given_constants(repo: &Repo, definition: &MetricDefinition, at: usize, name: &str) -> bool {
    let mut uses = repo.uses_of(definition).filter(|one| one.own_labels).peekable();
    uses.peek().is_some()
        && uses.all(|one| {
            let mut given = one.labels.iter().flatten().enumerate();
            let given = given.find(|(position, given)| match &given.key {
                Some(key) => key.known && key.text == name,
                None => *position == at,
            });
            given.is_some_and(|(_, given)| given.text.is_some())
        })
}

/// What the code calls a user is the tenant that the label says it is: somebody signs each up.
fn names_tenant(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    let bare = label.trim_end_matches("_id").trim_end_matches("id").trim_end_matches("_name");
    matches!(bare, "tenant" | "org" | "organization" | "organisation")
}

/// Whether a label holds an address.
fn is_address(label: &str) -> bool {
    let last = label.rsplit(['_', '.']).next().unwrap_or(label);
    matches!(last.to_ascii_lowercase().as_str(), "ip" | "mac" | "addr" | "address")
}

/// Whether a value is called a user.
fn names_user(given: &LabelValue) -> bool {
    let ValueOrigin::Named(name) = &given.origin else { return false };
    matches!(name.to_ascii_lowercase().replace('_', "").as_str(), "user" | "userid")
}

/// Why a value is another one each time.
fn endless(given: &LabelValue) -> Option<String> {
    match &given.origin {
        ValueOrigin::Unique => Some("is given a value that never comes again".to_owned()),
        ValueOrigin::Named(name) if is_unbounded(name) => Some(format!("is given `{name}`")),
        _ => None,
    }
}
