//! One number for each subtree: equal expressions have equal numbers.

use super::ast::{Ast, Kind, Length, Modifiers, Name, Point, Selector};
use foldhash::quality::{FixedState, FoldHasher};
use std::hash::{BuildHasher, Hash, Hasher};

/// The number of every node, parallel to [`Ast::nodes`]. Parentheses, white space, the order of
/// matchers and the place of a grouping make no difference; lengths that depend on the query are
/// equal to nothing.
pub fn fingerprints(ast: &Ast) -> Vec<u64> {
    let mut known: Vec<u64> = Vec::with_capacity(ast.nodes.len());
    let hashers = FixedState::default();
    for (id, node) in ast.all() {
        let mut hasher = hashers.build_hasher();
        std::mem::discriminant(&node.kind).hash(&mut hasher);
        let h = &mut hasher;
        match &node.kind {
            Kind::Paren(inner) => {
                known.push(known[inner.index()]);
                continue;
            }
            Kind::Number { value, .. } => value.to_bits().hash(h),
            Kind::Text(text) => text.hash(h),
            Kind::Selector(selector) => self::selector(selector, h),
            Kind::Range { inner, window } => {
                known[inner.index()].hash(h);
                length(window, id.0, h);
            }
            Kind::Subquery(subquery) => {
                known[subquery.inner.index()].hash(h);
                length(&subquery.window, id.0, h);
                if let Some(step) = &subquery.step {
                    length(step, id.0, h);
                }
                modifiers(&subquery.modifiers, id.0, h);
            }
            Kind::Call(call) => {
                call.function.map(|function| function.name).hash(h);
                for arg in &call.args {
                    known[arg.index()].hash(h);
                }
            }
            Kind::Aggregate(aggregate) => {
                aggregate.op.hash(h);
                if let Some(grouping) = &aggregate.grouping
                    && (grouping.without || !grouping.labels.is_empty())
                {
                    grouping.without.hash(h);
                    labels(&grouping.labels, h);
                }
                for part in aggregate.param.iter().chain(&aggregate.inner) {
                    known[part.index()].hash(h);
                }
            }
            Kind::Binary(binary) => {
                binary.op.hash(h);
                binary.returns_bool.is_some().hash(h);
                if let Some(matching) = &binary.matching {
                    matching.on.hash(h);
                    labels(&matching.labels, h);
                    if let Some(group) = &matching.group {
                        group.left.hash(h);
                        labels(&group.labels, h);
                    }
                }
                if binary.fill.is_some() {
                    id.0.hash(h);
                }
                known[binary.left.index()].hash(h);
                known[binary.right.index()].hash(h);
            }
            Kind::Unary { negative, inner } => {
                negative.hash(h);
                known[inner.index()].hash(h);
            }
            Kind::Invalid => id.0.hash(h),
        }
        known.push(hasher.finish());
    }
    known
}

fn selector(selector: &Selector, h: &mut FoldHasher<'_>) {
    let mut texts: Vec<(&str, &str, &str)> = selector
        .matchers
        .iter()
        .map(|matcher| (&*matcher.label.text, matcher.op.sign(), &*matcher.value))
        .chain(selector.name.as_ref().map(|name| ("__name__", "=", &*name.text)))
        .collect();
    texts.sort_unstable();
    texts.dedup();
    texts.hash(h);
    modifiers(&selector.modifiers, u32::MAX, h);
}

fn labels(names: &[Name], h: &mut FoldHasher<'_>) {
    let mut texts: Vec<&str> = names.iter().map(|name| &*name.text).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.hash(h);
}

fn length(length: &Length, unique: u32, h: &mut FoldHasher<'_>) {
    match length.seconds {
        Some(seconds) => seconds.to_bits().hash(h),
        None => (unique, length.extent).hash(h),
    }
}

fn modifiers(modifiers: &Modifiers, unique: u32, h: &mut FoldHasher<'_>) {
    if let Some(offset) = &modifiers.offset {
        length(offset, unique, h);
    }
    match modifiers.at.map(|at| at.point) {
        Some(Point::Seconds(seconds)) => seconds.to_bits().hash(h),
        Some(Point::Start) => 1_u8.hash(h),
        Some(Point::End) => 2_u8.hash(h),
        None => {}
    }
    (modifiers.anchored.is_some(), modifiers.smoothed.is_some()).hash(h);
}
