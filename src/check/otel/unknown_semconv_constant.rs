//! Constants that the conventions do not have. Rule: rules/otel/unknown-semconv-constant.yaml

use crate::check::Case;
use crate::facts::code::conventions::ConventionConstant;
use crate::semconv;

pub(super) fn check(constant: &ConventionConstant, case: &mut Case<'_>) {
    if !constant.missing {
        return;
    }
    // Go's packages end with a release, which has dots: `semconv/v1.26.0`.
    let last = constant.class.rsplit('/').next().unwrap_or(&constant.class);
    let released =
        last.strip_prefix('v').is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()));
    let release = format!("semconv {last}");
    let class = match released {
        true => release.as_str(),
        false => last.rsplit('.').next().unwrap_or(last),
    };
    let near = semconv::nearest(&constant.class, &constant.name.text);
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    case.flag(constant.name.span)
        .with("class", class)
        .with("name", &constant.name.text)
        .with("near", near);
}
