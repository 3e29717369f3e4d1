//! Objects that take any field. Rule: rules/elas/mapping-explosion.yaml

use crate::check::Case;
use crate::facts::elastic::template::IndexTemplate;
use crate::facts::scalar::Scalar;

pub(super) fn check(template: &IndexTemplate, case: &mut Case<'_>) {
    let limited = template.setting("mapping.total_fields.limit").is_some()
        || template.dynamic_templates.is_some()
        || template.open
        || template.settings.open;
    for field in &template.fields {
        let Some(dynamic) = field.dynamic.as_ref().filter(|it| it.boolean() == Some(true)) else {
            continue;
        };
        let object = field
            .kind
            .as_ref()
            .is_none_or(|kind| matches!(kind.text.as_str(), "object" | "nested"));
        let off = field.enabled.as_ref().and_then(Scalar::boolean) == Some(false);
        if object && !off && !limited {
            case.flag(dynamic.span).with("field", &field.path);
        }
    }
}
