//! Rules that are there twice. Rule: rules/rule/duplicate-rule.yaml

use crate::check::Case;
use crate::facts::DocumentId;
use crate::facts::scalar::Pairs;
use crate::finding::Edit;
use crate::lang::quick;
use crate::repo::model::Model;
use crate::repo::queries::{Home, Query};
use std::collections::BTreeMap;

pub(super) fn check(case: &mut Case<'_>) {
    let model = case.model;
    // Few rules share name and expression with another: only their labels are looked at.
    let named = model.queries().iter().filter_map(|query| {
        let (name, ..) = query.rule()?;
        let number = model.fingerprint(query)? ^ quick::number(&name.text);
        Some((number, query.index, query))
    });
    for twins in quick::alike(named.collect()) {
        let mut first: BTreeMap<Key<'_>, Vec<&Query<'_>>> = BTreeMap::new();
        for query in twins {
            let Some(key) = key(model, query) else { continue };
            first.entry(key).or_default().push(query);
        }
        for twins in first.values().filter(|twins| twins.len() > 1) {
            pairs(case, twins);
        }
    }
}

/// Reports each of `twins` with the first before it that one server certainly loads beside it:
/// they stand in one document, or a server's `rule_files` lead to both.
fn pairs(case: &mut Case<'_>, twins: &[&Query<'_>]) {
    let repo = case.repo;
    let mut in_document: BTreeMap<DocumentId, usize> = BTreeMap::new();
    let mut in_server: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, query) in twins.iter().enumerate() {
        let Some((_, document, ..)) = query.rule() else { continue };
        let here = in_document.get(&document).copied();
        let servers = repo.loadings().iter().enumerate();
        let servers = servers.filter(|(_, server)| server.holds(repo, document));
        let servers: Vec<usize> = servers.map(|(number, _)| number).collect();
        let beside = servers.iter().filter_map(|server| in_server.get(server).copied());
        if let Some(earlier) = here.into_iter().chain(beside).min() {
            report(query, twins[earlier], case);
        }
        in_document.entry(document).or_insert(index);
        for server in servers {
            in_server.entry(server).or_insert(index);
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
