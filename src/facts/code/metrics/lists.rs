//! Lists that are written down: labels, and the edges of buckets.

use super::MetricType;
use super::declared::last_name;
use super::parts::{Given, Parts};
use crate::facts::code::file::File;
use crate::libraries::{Api, Role};
use crate::parse::unit::{ExprId, ExprKind};

/// The items of a list that is written down.
pub(super) fn items(file: &File<'_, '_>, id: ExprId) -> Option<Vec<ExprId>> {
    let id = file.names.resolved(id);
    match file.unit.expr(id) {
        ExprKind::List(items) => Some(items.iter().map(|item| single(file, *item)).collect()),
        ExprKind::Unary { of, .. } => items_of(file, *of),
        // `vec![…]`, `List.of(…)`, `Arrays.asList(…)`.
        ExprKind::Call { callee, args, .. } => {
            let name = last_name(file, *callee)?;
            let makes = matches!(name.as_str(), "vec" | "of" | "asList" | "tuple" | "list");
            let spread = args.iter().any(|arg| arg.spread);
            match args.as_slice() {
                [arg] if makes && matches!(file.unit.expr(arg.value), ExprKind::List(_)) => {
                    items_of(file, arg.value)
                }
                _ if makes && !spread => Some(args.iter().map(|arg| arg.value).collect()),
                _ => None,
            }
        }
        ExprKind::Other(inner) => match inner.as_slice() {
            [one] => items_of(file, *one),
            _ => None,
        },
        _ => None,
    }
}

fn items_of(file: &File<'_, '_>, id: ExprId) -> Option<Vec<ExprId>> {
    match file.unit.expr(id) {
        ExprKind::List(items) => Some(items.iter().map(|item| single(file, *item)).collect()),
        ExprKind::Name(_) => {
            let value = file.names.value(id)?;
            match file.unit.expr(value) {
                ExprKind::List(items) => Some(items.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What a wrapper around one expression holds.
fn single(file: &File<'_, '_>, id: ExprId) -> ExprId {
    match file.unit.expr(id) {
        ExprKind::Other(inner) => match inner.as_slice() {
            [one] => *one,
            _ => id,
        },
        _ => id,
    }
}

/// The edges of a histogram: those given, else those of the library.
pub(super) fn buckets(
    file: &File<'_, '_>,
    kind: MetricType,
    api: &'static Api,
    parts: &Parts<'_, '_, '_>,
) -> Option<Vec<f64>> {
    if kind != MetricType::Histogram || parts.native {
        return None;
    }
    match &parts.buckets {
        None => {
            let own = api.get("edges")?.split(' ');
            own.map(|edge| edge.parse().ok()).collect()
        }
        Some(Given::One(id)) => edge_list(file, *id),
        Some(Given::All(args)) => match args.as_slice() {
            [one] => edge_list(file, *one).or_else(|| edges(file, args)),
            _ => edges(file, args),
        },
        Some(Given::Unknown) => None,
    }
}

/// Upper edges that are written down or computed by a row of them; infinity at the end left out.
fn edge_list(file: &File<'_, '_>, id: ExprId) -> Option<Vec<f64>> {
    if let Some(items) = items(file, id) {
        return edges(file, &items);
    }
    let id = file.names.resolved(id);
    let row = file.role(id, Role::MetricPart)?;
    let args: Vec<f64> =
        file.unit.args(id).iter().map(|arg| file.number(arg.value)).collect::<Option<_>>()?;
    let [start, step, count] = args.as_slice() else { return None };
    let count = (*count >= 1.0 && *count <= 500.0).then_some(*count as usize)?;
    match row.get("part")? {
        "linear" => Some((0..count).map(|number| start + step * number as f64).collect()),
        "exponential" => Some((0..count).map(|number| start * step.powi(number as i32)).collect()),
        _ => None,
    }
}

fn edges(file: &File<'_, '_>, items: &[ExprId]) -> Option<Vec<f64>> {
    let mut edges: Vec<f64> = items.iter().map(|item| file.number(*item)).collect::<Option<_>>()?;
    if edges.last() == Some(&f64::INFINITY) {
        edges.pop();
    }
    Some(edges)
}
