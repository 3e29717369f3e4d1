//! Indicators that vanish when the objective is missed. Rule: rules/slo/sli-filter-comparison.yaml

use crate::check::Case;
use crate::facts::slo::{Role, Slo};
use crate::finding::Edit;
use crate::lang::promql::ast::{Extent, Kind, Op};
use crate::repo::model::Place;

const BREACH: &str = "it has no data exactly when the objective is missed";
const ALONE: &str =
    "it has data only while the objective is missed, and every average is of bad times";

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    if slo.index > 0 || slo.indicator.is_none() {
        return case.skip();
    }
    for query in case.model.slis(slo).into_iter().filter(|query| query.is_sound()) {
        let role = query.sli().map(|sli| sli.query.role);
        // Bad events that are none are no breach.
        let of_bad = role == Some(Role::ErrorRatio);
        if !of_bad && !matches!(role, Some(Role::Value | Role::Good | Role::Measured)) {
            continue;
        }
        let Some(root) = query.ast().root() else { continue };
        let place = Place { query, node: query.ast().bare(root) };
        let Kind::Binary(binary) = place.kind() else { continue };
        if !binary.op.is_comparison() || binary.returns_bool.is_some() {
            continue;
        }
        let sides = [binary.left, binary.right].map(|side| case.model.constant(place.at(side)));
        // What never filters is no filter.
        let always = matches!((binary.op, sides[1]), (Op::GreaterEqual, Some(0.0)))
            || matches!((binary.op, sides[0]), (Op::LessEqual, Some(0.0)));
        if always || sides.iter().all(Option::is_some) {
            continue;
        }
        let upper = matches!(binary.op, Op::Greater | Op::GreaterEqual) == sides[1].is_some();
        // A share of bad events is above a bound while the objective is missed.
        let kept = if of_bad && upper { ALONE } else { BREACH };
        let span = case.place(query, binary.op_extent);
        let end = Extent { start: binary.op_extent.end, ..binary.op_extent };
        let edit = Edit { span: case.place(query, end).at_end(), text: " bool".to_owned() };
        super::flag(case, slo, span).with("op", binary.op.sign()).with("kept", kept).fix(
            false,
            "compare with `bool`: 1 while it holds, 0 when not",
            vec![edit],
        );
    }
}
