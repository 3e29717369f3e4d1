//! A severity that no route knows. Rule: rules/alrt/severity-unknown.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::rules::AlertRule;
use crate::finding::Edit;
use crate::lang::{distance, placeholder};

pub(super) fn check(alert: &AlertRule, case: &mut Case<'_>) {
    let settings = case.settings();
    let label = settings.severity_label.as_str();
    if let Some(severity) = alert.label(label) {
        let literal =
            severity.known && !placeholder::is_in(&severity.text) && !severity.text.is_empty();
        if literal && !settings.severities.contains(&severity.text) {
            let allowed = settings.severities.join(", ");
            let what = format!("has {label} `{}`, which is none of {allowed}", severity.text);
            let own = case.repo.own_scale().contains(&severity.text);
            let flag = case.flag(severity.span).with("what", what);
            if own {
                flag.severity(Severity::Info);
            }
        }
        return;
    }
    // Only where the label itself is absent: `severity` beside `severity2` is no slip.
    let keys = alert.labels.entries.iter().chain(&alert.group_labels.entries).map(|(key, _)| key);
    for key in keys.filter(|key| key.known) {
        if distance::within(&key.text, label, 1).is_some() {
            let what = format!("has a label `{}` where `{label}` is meant", key.text);
            let quoted = if key.plain { label.to_owned() } else { format!("\"{label}\"") };
            case.flag(key.span).with("what", what).fix(
                true,
                format!("Rename the label to `{label}`"),
                vec![Edit { span: key.span, text: quoted }],
            );
        }
    }
}
