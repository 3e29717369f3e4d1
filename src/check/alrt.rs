//! ALRT: alerting rules.

use super::Builtin;

mod alert_rules_missing;
mod dashboard_link_dead;
mod no_for;
mod noop_label_template;
mod owner_missing;
mod runbook_unresolvable;
mod severity_missing;
mod severity_unknown;
mod text_missing;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("ALRT001", Builtin::AlertRule(severity_missing::check)),
    ("ALRT002", Builtin::AlertRule(severity_unknown::check)),
    ("ALRT003", Builtin::AlertRule(owner_missing::check)),
    ("ALRT004", Builtin::AlertRule(text_missing::check)),
    ("ALRT006", Builtin::AlertRule(runbook_unresolvable::check)),
    ("ALRT007", Builtin::AlertRule(dashboard_link_dead::check)),
    ("ALRT013", Builtin::AlertRule(noop_label_template::check)),
    ("ALRT014", Builtin::AlertRule(no_for::check)),
    ("ALRT050", Builtin::Repository(alert_rules_missing::check)),
];
