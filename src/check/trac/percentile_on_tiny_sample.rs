//! TRAC022: a percentile or a mean of values of which there may be too few.

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::analysis::{Slip, Sum};

pub(super) fn check<'a>(sum: &'a Sum, case: &mut Case<'a>) {
    let Slip::Sample { of, needs, guarded, measured } = &sum.slip else { return case.skip() };
    if *guarded {
        return;
    }
    let least = if *needs > 1 { "fewer than two values" } else { "no value" };
    let severity = if *measured { Severity::Error } else { Severity::Warning };
    case.flag(sum.name.span).with("of", of.clone()).with("least", least).severity(severity);
}
