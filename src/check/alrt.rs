//! ALRT: alerting rules.

use super::Builtin;

mod severity_unknown;

pub(super) const BUILTINS: &[(&str, Builtin)] =
    &[("ALRT002", Builtin::AlertRule(severity_unknown::check))];
