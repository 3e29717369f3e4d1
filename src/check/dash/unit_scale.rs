//! Units that do not fit the values. Rule: rules/dash/unit-scale.yaml

use crate::check::Case;
use crate::facts::dashboard::{Panel, Scope, Unit};
use crate::finding::Edit;
use crate::repo::model::Place;
use crate::repo::model::scale::{self, Scale};
use crate::repo::queries::{Home, Query};
use crate::source::Span;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Home::Panel(panel, target) = query.home else { return case.skip() };
    let Some(root) = query.ast().root() else { return case.skip() };
    if panel.units.is_empty() || target.hidden {
        return case.skip();
    }
    let Some(unit) = unit_of(panel, &target.ref_id) else { return };
    let Some(right) = fitting(&unit.value.text, whole(query, case)) else { return };
    let model = case.model;
    let siblings = model.queries_of(panel);
    let misstated = |other: &&Query<'a>| fitting(&unit.value.text, whole(other, case)).is_some();
    // One unit for several queries: the first whose values it misstates speaks.
    let shares = |other: &&Query<'_>| match other.home {
        Home::Panel(_, target) => {
            let same = |it: &Unit| it.value.span == unit.value.span;
            !target.hidden && unit_of(panel, &target.ref_id).is_some_and(same)
        }
        _ => false,
    };
    let earlier = siblings.iter().take_while(|other| other.index < query.index);
    if earlier.filter(shares).any(|other| misstated(&other)) {
        return;
    }
    let alone =
        siblings.iter().all(|other| misstated(&other)) && panel.targets.len() == siblings.len();
    let (scale, wrong) = match right {
        "percent" => ("from 0 to 100", "a hundred times too large"),
        _ => ("from 0 to 1", "a hundred times too small"),
    };
    let expr = case.at(Place { query, node: root });
    let edits = vec![Edit {
        span: inside(unit.value.span, &unit.value.text, case),
        text: right.to_owned(),
    }];
    let flag = case
        .flag(unit.value.span)
        .with("panel", panel.name())
        .with("unit", unit.value.text.as_str())
        .with("scale", scale)
        .with("wrong", wrong)
        .with("right", right)
        .related(expr, format!("its values go {scale}"));
    if alone && unit.scope == Scope::All {
        flag.fix(true, format!("set the unit to `{right}`"), edits);
    }
}

/// The unit that certainly applies to what a query returns.
fn unit_of<'p>(panel: &'p Panel, ref_id: &str) -> Option<&'p Unit> {
    if panel.transformed || panel.library {
        return None;
    }
    let own = |unit: &&Unit| matches!(&unit.scope, Scope::Query(id) if id == ref_id);
    if panel.units.iter().any(|unit| unit.scope == Scope::Some) {
        return None;
    }
    let default = || panel.units.iter().find(|unit| unit.scope == Scope::All);
    panel.units.iter().find(own).or_else(default).filter(|unit| unit.value.known)
}

fn whole<'a>(query: &Query<'a>, case: &Case<'a>) -> Option<f64> {
    let root = query.ast().root().filter(|_| query.is_sound())?;
    match scale::of(case.model, Place { query, node: root }) {
        Scale::Share { whole, .. } => Some(whole),
        Scale::Unknown => None,
    }
}

/// The unit that shares of this whole need, if it is not the one that is set.
fn fitting(unit: &str, whole: Option<f64>) -> Option<&'static str> {
    let is = |wanted: f64| whole.is_some_and(|whole| (whole - wanted).abs() < wanted * 1e-9);
    match unit {
        "percentunit" if is(100.0) => Some("percent"),
        "percent" if is(1.0) => Some("percentunit"),
        _ => None,
    }
}

/// The unit without its quotes.
fn inside(span: Span, text: &str, case: &Case<'_>) -> Span {
    let quoted = case.repo.text(span).len() == text.len() + 2;
    if quoted { Span { start: span.start + 1, end: span.end - 1, ..span } } else { span }
}
