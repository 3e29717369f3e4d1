//! Values written into the message. Rule: rules/logs/eager-interpolation.yaml

use crate::check::Case;
use crate::facts::code::logs::LogCall;

pub(super) fn check(call: &LogCall, case: &mut Case<'_>) {
    if call.printed {
        return case.skip();
    }
    let Some(template) = call.template.as_ref().filter(|_| call.alone) else { return };
    let short = !case.repo.text(template.span).contains('\n');
    case.flag(if short { template.span } else { call.method.span });
}
