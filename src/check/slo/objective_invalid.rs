//! Objectives that leave nothing to fail or nothing to keep. Rule: rules/slo/objective-invalid.yaml

use crate::check::Case;
use crate::facts::slo::Slo;
use crate::facts::slo::value::Unit;

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    let Some(objective) = &slo.objective else { return case.skip() };
    if !objective.scalar.known {
        return;
    }
    let text = objective.scalar.text.as_str();
    let what = match objective.number() {
        None => "is no number".to_owned(),
        Some(number) if number <= 0.0 => "promises nothing".to_owned(),
        Some(number) => {
            let whole = if objective.is_percent() { 100.0 } else { 1.0 };
            // Requests per second and seconds have no bound.
            let free = objective.unit == Unit::Either && !case.model.is_share(slo);
            if free || number < whole {
                return;
            }
            #[expect(clippy::float_cmp, reason = "a number as written")]
            match number == whole {
                true => "leaves no error budget: one failed request breaks it".to_owned(),
                false if objective.unit == Unit::Ratio && number < 100.0 => {
                    format!(
                        "is more than everything: {} takes a ratio such as 0.999",
                        slo.dialect.name()
                    )
                }
                false => "is more than everything".to_owned(),
            }
        }
    };
    super::flag(case, slo, objective.scalar.span).with("value", text).with("what", what);
}
