//! TRAC026: the first span that matches is taken, though none may match.

use crate::check::Case;
use crate::facts::code::analysis::{Slip, Sum};

pub(super) fn check<'a>(sum: &'a Sum, case: &mut Case<'a>) {
    let Slip::First { guarded } = &sum.slip else { return case.skip() };
    if !guarded {
        case.flag(sum.name.span);
    }
}
