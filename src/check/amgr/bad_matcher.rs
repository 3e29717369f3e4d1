//! Matchers Alertmanager refuses. Rule: rules/amgr/bad-matcher.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::alertmanager::Matcher;

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    let repo = case.repo;
    let routes = repo.routing(document.id).routes();
    let inhibition = repo.inhibit_rules(document.id);
    if !refusal::is_read(document) || (routes.is_empty() && inhibition.is_empty()) {
        return case.skip();
    }
    let of_routes = routes.iter().flat_map(|route| &route.matchers);
    let of_rules = inhibition.iter().flat_map(|rule| rule.source.iter().chain(&rule.target));
    let matchers: Vec<&Matcher> = of_routes.chain(of_rules).collect();
    let who = refusal::who(case);
    for matcher in matchers {
        if let Some(fault) = &matcher.fault {
            let text = repo.text(matcher.span).trim_matches(['"', '\'']).to_owned();
            case.flag(matcher.span).with("matcher", text).with("what", fault).with("who", who);
        }
    }
}
