//! TRAC007: context is written into something that is never sent.

use crate::check::Case;
use crate::facts::code::propagation::Injection;

pub(super) fn check<'a>(injection: &'a Injection, case: &mut Case<'a>) {
    if let Some(carrier) = &injection.lost {
        case.flag(carrier.span).with("carrier", carrier.text.clone());
    }
}
