//! Alerts that repeat a recorded expression. Rule: rules/rule/record-not-reused.yaml

use crate::check::{Case, mend};
use crate::finding::Edit;
use crate::lang::promql::ast::Kind;
use crate::repo::model::Place;
use crate::repo::queries::Query;
use std::collections::BTreeMap;

/// Expressions with fewer nodes are as short as the name.
const LEAST_NODES: u32 = 3;

pub(super) fn check(case: &mut Case<'_>) {
    let model = case.model;
    let mut recorded: BTreeMap<u64, Vec<&Query<'_>>> = BTreeMap::new();
    for query in model.queries() {
        let labelled = query.record().is_none_or(|record| !record.labels.entries.is_empty());
        if let Some(print) = model.fingerprint(query).filter(|_| !labelled) {
            recorded.entry(print).or_default().push(query);
        }
    }
    for query in model.queries().iter().filter(|query| query.alert().is_some()) {
        let prints = model.fingerprints_of(query);
        // From the root down: what is inside a repeated part is repeated with it.
        let mut told_from = u32::MAX;
        for (node, part) in query.ast().all().rev() {
            let long = node.0 - part.first >= LEAST_NODES - 1;
            if !long || node.0 >= told_from || matches!(part.kind, Kind::Paren(_)) {
                continue;
            }
            let Some([record]) = recorded.get(&prints[node.index()]).map(Vec::as_slice) else {
                continue;
            };
            told_from = part.first;
            report(query, record, Place { query, node }, case);
        }
    }
}

fn report<'a>(alert: &Query<'a>, record: &Query<'a>, part: Place<'_, 'a>, case: &mut Case<'a>) {
    let (Some(alert), Some(record)) = (alert.alert(), record.record()) else { return };
    let span = case.at(part);
    let exact = mend::exact(case, part);
    let flag = case
        .flag(span)
        .with("record", record.name.text.as_str())
        .subject(format!("alert {}", alert.name.text))
        .related(record.name.span, "recorded here");
    if let Some(span) = exact.filter(|_| record.name.known) {
        let edit = Edit { span, text: record.name.text.clone() };
        flag.fix(false, "read the recorded series", vec![edit]);
    }
}
