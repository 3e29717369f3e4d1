//! Rules that are there twice. Rule: rules/rule/duplicate-rule.yaml

use crate::check::Case;
use crate::facts::scalar::Pairs;
use crate::finding::Edit;
use crate::repo::model::Model;
use crate::repo::queries::{Home, Query};
use std::collections::BTreeMap;

pub(super) fn check(case: &mut Case<'_>) {
    let model = case.model;
    let mut first: BTreeMap<Key<'_>, Vec<&Query<'_>>> = BTreeMap::new();
    for query in model.queries() {
        let Some(key) = key(model, query) else { continue };
        first.entry(key).or_default().push(query);
    }
    for twins in first.values() {
        for (index, query) in twins.iter().enumerate().skip(1) {
            let earlier = twins[..index].iter().find(|twin| together(case, twin, query));
            if let Some(earlier) = earlier {
                report(query, earlier, case);
            }
        }
    }
}

/// Kind, name, labels and expression.
type Key<'r> = (bool, &'r str, Vec<(&'r str, &'r str)>, u64);

fn key<'r>(model: &Model<'r>, query: &Query<'r>) -> Option<Key<'r>> {
    let print = model.fingerprint(query)?;
    let (alert, name, labels) = match query.home {
        Home::Alert(alert) => (true, &alert.name, [&alert.group_labels, &alert.labels]),
        Home::Record(record) => (false, &record.name, [&record.labels, &record.labels]),
        _ => return None,
    };
    Some((alert, name.known_text()?, known(labels)?, print))
}

/// Labels by name, the later list first; `None` if one is not known.
fn known(lists: [&Pairs; 2]) -> Option<Vec<(&str, &str)>> {
    let mut labels = BTreeMap::new();
    for pairs in lists {
        if pairs.open {
            return None;
        }
        for (name, value) in &pairs.entries {
            labels.insert(name.text.as_str(), value.known_text()?);
        }
    }
    Some(labels.into_iter().collect())
}

/// Whether one server certainly loads both: they stand in one document, or a server's
/// `rule_files` lead to both.
fn together(case: &Case<'_>, one: &Query<'_>, other: &Query<'_>) -> bool {
    let document = |query: &Query<'_>| query.rule().map(|(_, document, ..)| document);
    let (Some(one), Some(other)) = (document(one), document(other)) else { return false };
    let loading = case.repo.loading();
    one == other || (loading.holds(case.repo, one) && loading.holds(case.repo, other))
}

fn report(query: &Query<'_>, earlier: &Query<'_>, case: &mut Case<'_>) {
    let repo = case.repo;
    let (
        Some((name, document, group, span)),
        Some((first, first_document, first_group, first_span)),
    ) = (query.rule(), earlier.rule())
    else {
        return;
    };
    // Only a copy to the letter in the same group can go without a second look.
    let copy = document == first_document
        && group == first_group
        && repo.text(span).trim() == repo.text(first_span).trim();
    let flag =
        case.flag(name.span).with("name", name.text.as_str()).related(first.span, "the first one");
    if let Some(lines) = repo.item_lines(span).filter(|_| copy) {
        let edit = Edit { span: lines, text: String::new() };
        flag.fix(true, "remove the copy", vec![edit]);
    }
}
