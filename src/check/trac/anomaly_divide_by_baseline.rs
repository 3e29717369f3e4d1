//! TRAC025: a value is compared with a multiple of a baseline that may be zero.

use crate::check::Case;
use crate::facts::code::analysis::{Slip, Sum};

pub(super) fn check<'a>(sum: &'a Sum, case: &mut Case<'a>) {
    let Slip::Baseline { of, guarded } = &sum.slip else { return case.skip() };
    if !guarded {
        case.flag(sum.name.span).with("of", of.clone());
    }
}
