//! Windows that are no length of time. Rule: rules/slo/window-invalid.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::slo::{Slo, SloDialect};

/// Beyond this a window hides bad weeks behind good months.
const LONGEST: f64 = 90.0 * 86_400.0;

pub(super) fn check(slo: &Slo, case: &mut Case<'_>) {
    let Some(window) = &slo.window else {
        let needed = slo.dialect == SloDialect::Pyrra;
        if needed && !slo.open {
            let what = "missing, and Pyrra refuses the object";
            case.flag(slo.anchor).with("what", what).with("slo", slo.label());
        }
        return;
    };
    if !window.is_known() {
        return;
    }
    let shown = window.shown();
    match window.seconds() {
        None => {
            let what = format!("`{shown}` is no length of time such as `30d`");
            case.flag(window.scalar.span).with("what", what).with("slo", slo.label());
        }
        Some(seconds) if seconds > LONGEST && !window.calendar => {
            let what = format!("`{shown}` is longer than 90 days, and a bad week hardly shows");
            let flag = case.flag(window.scalar.span).severity(Severity::Info);
            flag.with("what", what).with("slo", slo.label());
        }
        Some(_) => {}
    }
}
