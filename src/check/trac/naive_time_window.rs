//! TRAC023: a window of time without a zone goes to a store of telemetry.

use crate::check::Case;
use crate::facts::code::analysis::{Slip, Sum};
use crate::finding::Edit;

pub(super) fn check<'a>(sum: &'a Sum, case: &mut Case<'a>) {
    let Slip::Window { query, zone } = &sum.slip else { return case.skip() };
    let Some(query) = query else { return };
    let flag = case
        .flag(sum.name.span)
        .with("call", sum.name.text.clone())
        .related(*query, "the query gets it");
    if let Some((span, text)) = zone {
        let edit = Edit { span: *span, text: text.clone() };
        flag.fix(false, "name the zone", vec![edit]);
    }
}
