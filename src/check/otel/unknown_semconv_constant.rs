//! Constants that the conventions do not have. Rule: rules/otel/unknown-semconv-constant.yaml

use crate::check::Case;
use crate::facts::code::conventions::ConventionConstant;
use crate::semconv;

pub(super) fn check(constant: &ConventionConstant, case: &mut Case<'_>) {
    if !constant.missing {
        return;
    }
    let class = constant.class.rsplit(['.', '/']).next().unwrap_or(&constant.class);
    let near = semconv::nearest(&constant.class, &constant.name.text);
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    case.flag(constant.name.span)
        .with("class", class)
        .with("name", &constant.name.text)
        .with("near", near);
}
