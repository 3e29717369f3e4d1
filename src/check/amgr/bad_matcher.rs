//! Matchers Alertmanager refuses. Rule: rules/amgr/bad-matcher.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::alertmanager::{Matcher, Route};

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let repo = case.repo;
    let routes = repo.routing(document.id).routes();
    let inhibition = repo.inhibit_rules(document.id);
    if !refusal::is_read(document) || (routes.is_empty() && inhibition.is_empty()) {
        return case.skip();
    }
    let of_routes = routes.iter().flat_map(|route| &route.matchers);
    let of_rules = inhibition.iter().flat_map(|rule| rule.source.iter().chain(&rule.target));
    flag(of_routes.chain(of_rules), case);
}

/// A policy of Grafana.
pub(super) fn check_policy(route: &Route, case: &mut Case<'_>) {
    match case.repo.is_grafana(route.document) {
        true => flag(route.matchers.iter(), case),
        false => case.skip(),
    }
}

fn flag<'m>(matchers: impl Iterator<Item = &'m Matcher>, case: &mut Case<'_>) {
    let who = refusal::who(case);
    for matcher in matchers {
        if let Some(fault) = &matcher.fault {
            let text = case.repo.text(matcher.span).trim_matches(['"', '\'']).to_owned();
            case.flag(matcher.span).with("matcher", text).with("what", fault).with("who", who);
        }
    }
}
