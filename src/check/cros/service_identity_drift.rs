//! One service under several names. Rule: rules/cros/service-identity-drift.yaml

use crate::check::Case;
use crate::repo::services::{Called, Service};
use std::collections::BTreeSet;

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    let repo = case.repo;
    let names = repo.telemetry_names(service);
    let distinct: BTreeSet<&str> = names.iter().map(|it| it.name.text.as_str()).collect();
    let (Some(first), 1) = (names.first(), distinct.len()) else { return case.skip() };
    let own = first.name.text.as_str();
    let known = |name: &str| name == own || repo.other_names(own).iter().any(|it| it == name);
    let others = repo.outer_names(service);
    let mut seen = BTreeSet::new();
    let mut drifted: Vec<&Called> = Vec::new();
    // Of the labels of one pod, one that agrees is enough.
    let labels = |it: &&Called| it.by.starts_with("label ") && !it.by.ends_with("series");
    let agrees = others.iter().filter(labels).any(|it| known(&it.name.text));
    for other in &others {
        let label = labels(&other);
        if known(&other.name.text) || (label && agrees) {
            continue;
        }
        if seen.insert(&other.name.text) {
            drifted.push(other);
        }
    }
    let promises: Vec<Called> = promised(service, own, case);
    drifted.extend(&promises);
    for other in drifted {
        case.flag(other.name.span)
            .with("name", own)
            .with("other", &other.name.text)
            .with("by", &other.by)
            .related(first.name.span, format!("its telemetry says `{own}` ({})", first.by));
    }
}

/// Objectives for what can only be this service, under another name.
fn promised(service: &Service, own: &str, case: &Case<'_>) -> Vec<Called> {
    let repo = case.repo;
    let services = repo.services();
    let taken = |name: &str| {
        services
            .iter()
            .any(|it| it.name == name || repo.other_names(&it.name).iter().any(|o| o == name))
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for slo in &repo.facts.slos {
        let Some(name) = slo.service.as_ref().filter(|name| name.known) else { continue };
        let same = base(&name.text) == base(own) || base(&name.text) == base(&service.name);
        let other = name.text != own && !repo.other_names(own).contains(&name.text);
        let claimed = taken(&name.text) && name.text != service.name;
        if same && other && !claimed && seen.insert(&name.text) {
            found.push(Called { name: name.clone(), by: "its objectives".to_owned() });
        }
    }
    found
}

/// A name without what says that it is a service.
fn base(name: &str) -> String {
    let plain: String =
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let bare = plain.strip_suffix("service").or(plain.strip_suffix("svc"));
    bare.filter(|bare| !bare.is_empty()).unwrap_or(&plain).to_owned()
}
