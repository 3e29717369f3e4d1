//! Ratios whose sides count different things. Rule: rules/slo/lopsided-ratio.yaml

use crate::check::Case;
use crate::facts::slo::Slo;
use crate::lang::matcher::MatchOp;
use crate::lang::promql::ast::{Extent, Matcher};
use crate::repo::model::leaf::{Leaf, RATES, same_matcher};
use crate::repo::queries::Query;

/// Labels that say whose events are counted, not how they ended.
const IDENTITY: &[&str] = &[
    "service",
    "service_name",
    "job",
    "app",
    "application",
    "component",
    "namespace",
    "cluster",
    "environment",
    "env",
    "region",
    "zone",
    "tenant",
    "instance",
    "host",
    "pod",
    "container",
    "deployment",
    "handler",
    "endpoint",
    "path",
    "route",
    "uri",
    "method",
    "verb",
];
/// Those of them that no good event is told by.
const WHOSE: &[&str] = &[
    "service",
    "service_name",
    "job",
    "app",
    "application",
    "namespace",
    "cluster",
    "environment",
    "env",
    "region",
];

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    let model = case.model;
    let Some((ratio, _)) = model.sli_ratio(slo).filter(|_| slo.index == 0) else {
        return case.skip();
    };
    let leaves = (Leaf::of(model, ratio.part), Leaf::of(model, ratio.whole));
    let (Some(part), Some(whole)) = leaves else { return case.skip() };
    let Some((side, extent, what)) = difference(&part, &whole) else { return };
    let (here, there) = match side {
        Side::Part => (ratio.part, ratio.whole),
        Side::Whole => (ratio.whole, ratio.part),
    };
    let span = match extent {
        Some(extent) => case.place(home(case, &part, &whole, side, here.query), extent),
        None => case.at(here),
    };
    let other = case.at(there);
    super::flag(case, slo, span).with("what", what).related(other, "the other side of the ratio");
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Part,
    Whole,
}

/// The query in which the leaf's selector stands: a recorded name may have led elsewhere.
fn home<'a>(
    case: &Case<'a>,
    part: &Leaf<'a>,
    whole: &Leaf<'a>,
    side: Side,
    query: &'a Query<'a>,
) -> &'a Query<'a> {
    let selector = if side == Side::Part { part.selector } else { whole.selector };
    case.model.home_of(selector).unwrap_or(query)
}

type Difference = (Side, Option<Extent>, String);

fn difference<'r>(part: &Leaf<'r>, whole: &Leaf<'r>) -> Option<Difference> {
    if let (Some(one), Some(other)) = (part.window, whole.window)
        && (one - other).abs() > 1e-9
    {
        let what = "the two sides look back over different ranges".to_owned();
        return Some((Side::Part, None, what));
    }
    let is_rate = |leaf: &Leaf<'_>| leaf.function.is_some_and(|name| RATES.contains(&name));
    let grown = |leaf: &Leaf<'_>| leaf.function == Some("increase");
    if is_rate(part) && is_rate(whole) && grown(part) != grown(whole) {
        let what = "one side counts events, the other events per second".to_owned();
        return Some((Side::Part, None, what));
    }
    let (extra, lacking) = (beyond(part, whole), beyond(whole, part));
    lacks(&extra, &lacking).or_else(|| narrows(&extra, &lacking))
}

/// Matchers of one side that the other does not have; bucket edges aside.
fn beyond<'r>(leaf: &Leaf<'r>, other: &Leaf<'r>) -> Vec<&'r Matcher> {
    let has = |wanted: &Matcher| other.selector.labels().any(|it| same_matcher(it, wanted));
    leaf.selector.labels().filter(|it| &*it.label.text != "le" && !has(it)).collect()
}

fn is_named(matchers: &[&Matcher], label: &str) -> bool {
    matchers.iter().any(|matcher| &*matcher.label.text == label)
}

/// What the whole is narrowed to and the part is not.
fn lacks(extra: &[&Matcher], lacking: &[&Matcher]) -> Option<Difference> {
    lacking.iter().filter(|it| IDENTITY.contains(&&*it.label.text)).find_map(|matcher| {
        let label = &*matcher.label.text;
        let pinned = extra.iter().find(|it| &*it.label.text == label).map(|it| (it.op, &it.value));
        let what = match (matcher.op, pinned) {
            (MatchOp::Equal, Some((MatchOp::Equal, value))) => {
                format!("it divides by `{label}` `{}`, but counts `{value}` above", matcher.value)
            }
            (_, Some(_)) => return None,
            (_, None) => {
                format!("it divides only by `{label}` `{}`, but counts all above", matcher.value)
            }
        };
        Some((Side::Whole, Some(matcher.value_extent), what))
    })
}

/// What the part is narrowed to beside how the events ended.
fn narrows(extra: &[&Matcher], lacking: &[&Matcher]) -> Option<Difference> {
    let several = extra.iter().any(|it| it.label.text != extra[0].label.text);
    let matcher = extra.iter().find(|it| {
        let label = &*it.label.text;
        let told = if several { IDENTITY } else { WHOSE };
        told.contains(&label) && !is_named(lacking, label)
    })?;
    let what =
        format!("it counts only `{}` `{}`, but divides by all", matcher.label.text, matcher.value);
    Some((Side::Part, Some(matcher.value_extent), what))
}
