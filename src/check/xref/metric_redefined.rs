//! One metric declared in two ways. Rule: rules/xref/metric-redefined.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};
use std::collections::BTreeSet;

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    if case.repo.is_rehearsal(definition.document) {
        return case.skip();
    }
    let earlier = case
        .repo
        .definitions_of(&definition.exposed)
        .take_while(|other| !std::ptr::eq(*other, definition));
    let Some((first, what)) =
        earlier.filter_map(|other| Some((other, difference(definition, other)?))).next()
    else {
        return;
    };
    let program = |one: &MetricDefinition| case.repo.program(case.repo.path(one.name.span));
    let apart = program(definition) != program(first);
    let flag = case
        .flag(definition.name.span)
        .with("name", definition.exposed.clone())
        .with("what", what)
        .related(first.name.span, "declared first here");
    if apart {
        flag.severity(Severity::Info);
    }
}

/// What two declarations disagree on, in words.
fn difference(one: &MetricDefinition, other: &MetricDefinition) -> Option<String> {
    // A description says nothing of the kind: its collector does.
    let told = |one: &MetricDefinition| one.kind != MetricType::Any;
    if told(one) && told(other) && one.kind != other.kind {
        return Some(format!(
            "as a {} here and as a {} before",
            one.kind.name(),
            other.kind.name()
        ));
    }
    let set = |definition: &MetricDefinition| -> Option<BTreeSet<String>> {
        let labels = definition.labels.as_ref()?.iter();
        Some(labels.map(|label| label.text.clone()).collect())
    };
    let (mine, theirs) = (set(one)?, set(other)?);
    if mine == theirs {
        return None;
    }
    let list = |labels: Vec<&String>| {
        labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ")
    };
    let more = list(mine.difference(&theirs).collect());
    let less = list(theirs.difference(&mine).collect());
    Some(match (more.is_empty(), less.is_empty()) {
        (false, true) => format!("with {more} here and without before"),
        (true, _) => format!("without {less} here and with it before"),
        (false, false) => format!("with {more} in place of {less}"),
    })
}
