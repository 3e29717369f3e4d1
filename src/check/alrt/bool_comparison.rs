//! An alert that fires on 0 as well as on 1. Rule: rules/alrt/bool-comparison.yaml

use super::alert_of;
use crate::check::Case;
use crate::finding::Edit;
use crate::lang::promql::ast::Kind;
use crate::repo::queries::Query;
use crate::source::Span;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let Some((_, root)) = alert_of(query) else { return case.skip() };
    let top = root.at(root.ast().bare(root.node));
    let Kind::Binary(binary) = top.kind() else { return };
    let Some(word) = binary.returns_bool else { return };
    let model = case.model;
    let span = case.place(query, word);
    let sides = [binary.left, binary.right];
    // Two numbers can only be compared with `bool`.
    let numbers = sides.iter().all(|side| model.constant(top.at(*side)).is_some());
    let text = case.repo.text(span);
    let exact = text == "bool";
    // The blank behind it goes with it.
    let wider = Span { end: span.end + 1, ..span };
    let edited = if case.repo.text(wider) == "bool " { wider } else { span };
    let flag = case.flag(span).with("comparison", format!("{} bool", binary.op.sign()));
    if exact && !numbers {
        let edit = Edit { span: edited, text: String::new() };
        flag.fix(false, "filter instead of computing 0 or 1", vec![edit]);
    }
}
