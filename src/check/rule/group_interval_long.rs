//! Recording groups whose series go stale between evaluations.
//! Rule: rules/rule/group-interval-long.yaml

use crate::check::Case;
use crate::facts::rules::RuleGroup;
use crate::lang::duration;
use crate::lang::promql::ast::Kind;

/// How long an instant query looks back, in milliseconds, unless a server says otherwise.
const LOOKBACK: i64 = 300_000;
/// Records over at least this many seconds are read with `last_over_time`.
const LONG: f64 = 86_400.0;

pub(super) fn check(group: &RuleGroup, case: &mut Case<'_>) {
    let Some(interval) = group.interval.as_ref() else { return case.skip() };
    let Some(length) = interval.known_text().and_then(duration::prometheus) else {
        return case.skip();
    };
    let lookback = lookback(case);
    if length < lookback {
        return;
    }
    let mut records = case
        .model
        .queries()
        .iter()
        .filter(|query| {
            query.record().is_some_and(|record| {
                record.document == group.document && record.group == group.index
            })
        })
        .peekable();
    let short = |nodes: &[crate::lang::promql::ast::Node]| {
        !nodes.iter().any(|node| match &node.kind {
            Kind::Range { window, .. } => window.seconds.is_none_or(|seconds| seconds >= LONG),
            Kind::Subquery(subquery) => {
                subquery.window.seconds.is_none_or(|seconds| seconds >= LONG)
            }
            _ => false,
        })
    };
    if records.peek().is_some() && records.any(|query| short(&query.ast().nodes)) {
        case.flag(interval.span).with("lookback", duration::display(lookback));
    }
}

/// The longest look back of any server here.
fn lookback(case: &Case<'_>) -> i64 {
    let flags = case.repo.facts.containers.iter().filter_map(|container| {
        let flag = container.flag("query.lookback-delta")?;
        duration::prometheus(flag.text.split_once('=')?.1)
    });
    let objects = case
        .repo
        .facts
        .prometheus
        .iter()
        .filter_map(|server| duration::prometheus(server.lookback.as_ref()?.known_text()?));
    flags.chain(objects).max().map_or(LOOKBACK, |longest| longest.max(LOOKBACK))
}
