//! Text queries, as the uses of fields they are.

use super::{FieldUse, How, LogQuery};
use crate::facts::scalar::Scalar;
use crate::lang::logsearch::{self, Op};
use crate::parse::tree::NodeRef;

/// Reads a text query (KQL, Lucene, ES|QL) at a node.
pub(super) fn read(node: NodeRef<'_>, out: &mut LogQuery) {
    if let Some(text) = Scalar::template(node).filter(|_| !node.is_null()) {
        add(&text, out);
    }
}

/// Reads a text query.
pub(super) fn add(text: &Scalar, out: &mut LogQuery) {
    for mention in logsearch::mentions(&text.text) {
        let (how, negated) = match mention.op {
            Op::Is => (How::Words, false),
            Op::IsNot => (How::Words, true),
            Op::Matches => (How::Pattern, false),
            Op::MatchesNot => (How::Pattern, true),
            Op::Above => (How::Above, false),
            Op::Below => (How::Below, false),
            Op::By => (How::Bucket, false),
            Op::Sort => (How::Sort, false),
            Op::Measure => (How::Metric, false),
        };
        let exists = matches!(
            mention.values.first().and_then(|range| text.text.get(range.clone())),
            Some("*")
        );
        let how = if exists && how == How::Words { How::Exists } else { how };
        let values = mention.values.into_iter().map(|range| (text.clone(), range)).collect();
        out.uses.push(FieldUse { text: text.clone(), range: mention.field, how, values, negated });
    }
}
