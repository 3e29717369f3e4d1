//! Settings that Logstash does not have. Rule: rules/lsth/unknown-setting.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::check::kiba::refused_since;
use crate::facts::logstash::node::Node;
use crate::facts::settings::table::{Standing, Table};
use crate::lang::version::Version;
use crate::repo::runs::LOGSTASH;

pub(super) fn check(node: &Node, case: &mut Case<'_>) {
    let Some(table) = Table::named("logstash") else { return case.skip() };
    for setting in &node.settings.entries {
        let (severity, what) = match table.look_up(&setting.key) {
            Standing::Known => continue,
            Standing::Removed(removed) => {
                let Some(since) = Version::parse(removed.since) else { continue };
                let severity = refused_since(case, node.document, LOGSTASH, since);
                let Some(severity) = severity else { continue };
                let now = removed.instead.map(|it| format!(": it is `{it}` now"));
                let what = format!("was removed in {}{}", removed.since, now.unwrap_or_default());
                (severity, what)
            }
            Standing::Unknown { certain, near } => {
                // Plugins of others register settings under words of their own.
                let severity = if certain { Severity::Error } else { Severity::Warning };
                let hint = near.map(|near| format!(" (did you mean `{near}`?)"));
                (severity, format!("is no setting of Logstash{}", hint.unwrap_or_default()))
            }
        };
        case.flag(setting.span).with("key", &setting.key).with("what", what).severity(severity);
    }
}
