//! Filters on labels that local queries never see. Rule: rules/pql/external-label-filter.yaml

use super::places;
use crate::check::Case;
use crate::lang::promql::ast::Kind;
use crate::lang::promql::types::matches_empty;
use crate::repo::pillars::Part;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let repo = case.repo;
    let external = repo.external_labels();
    // A store of several servers shows the label to its own rules and panels.
    if external.is_empty()
        || repo.has_ruler()
        || repo.evidence_of(Part::LongTermMetrics).next().is_some()
    {
        return;
    }
    for place in places(query) {
        let Kind::Selector(selector) = place.kind() else { continue };
        let Some(name) = selector.metric() else { continue };
        let metric = case.model.metric(name);
        if metric.providers.is_empty() {
            continue;
        }
        for matcher in selector.labels() {
            let label = &*matcher.label.text;
            let Some(&defined) = external.get(label).filter(|_| !matches_empty(matcher)) else {
                continue;
            };
            let elsewhere =
                metric.may_have(label) || repo.target_labels().has(label) != Some(false);
            if !elsewhere {
                let span = case.place(query, matcher.label.extent);
                case.flag(span)
                    .with("label", label)
                    .with("metric", name)
                    .related(defined, format!("`{label}` is added here to what leaves the server"));
            }
        }
    }
}
