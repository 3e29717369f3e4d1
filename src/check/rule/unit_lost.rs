//! Recorded names that drop the unit. Rule: rules/rule/unit-lost.yaml

use crate::check::Case;
use crate::lang::promql::ast::Kind;
use crate::repo::model::leaf::RATES;
use crate::repo::queries::Query;

const UNITS: &[&str] = &["seconds", "bytes"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some(record) = query.record().filter(|record| record.name.known) else {
        return case.skip();
    };
    // Level, metric, operations; with fewer parts nobody can say which one is the metric.
    if record.name.text.split(':').count() < 3 {
        return case.skip();
    }
    let mut source = None;
    for node in &query.ast().nodes {
        match &node.kind {
            // Arithmetic makes another quantity of it.
            Kind::Binary(binary) if binary.op.is_arithmetic() => return,
            Kind::Selector(selector) => match (source, selector.metric()) {
                (None, Some(name)) => source = Some(name),
                (Some(known), Some(name)) if known == name => {}
                _ => return,
            },
            _ => {}
        }
    }
    let Some(source) = source.filter(|name| !name.contains(':')) else { return };
    // Seconds in a second have no unit, and bytes in a second another one.
    let rated = query.ast().nodes.iter().any(|node| match &node.kind {
        Kind::Call(call) => call.function.is_some_and(|function| RATES.contains(&function.name)),
        _ => false,
    });
    if rated && !source.ends_with("_bucket") {
        return;
    }
    let unit = UNITS.iter().find(|unit| source.split('_').any(|word| word == **unit));
    if let Some(unit) = unit.filter(|unit| !record.name.text.contains(**unit)) {
        case.flag(record.name.span).with("unit", *unit).with("source", source);
    }
}
