//! Kibana as the superuser. Rule: rules/kiba/superuser-account.yaml

use super::refused_since;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::kibana::{KibanaConfig, Program};
use crate::lang::version::Version;
use crate::repo::runs;

pub(super) fn check(config: &KibanaConfig, case: &mut Case<'_>) {
    let user = config.store("username").filter(|_| config.program == Program::Kibana);
    let Some(value) = user.and_then(|user| user.value.as_ref()) else { return case.skip() };
    if value.known_text() != Some("elastic") {
        return;
    }
    let refused = refused_since(case, config.document, runs::KIBANA, Version::new(8, 0, 0));
    let (severity, who) = match refused {
        Some(Severity::Error) => (Severity::Error, "Kibana does not start with it"),
        Some(_) => (Severity::Warning, "Kibana 8.0 and later do not start with it"),
        None => (Severity::Warning, "whoever gets at Kibana's settings owns the whole cluster"),
    };
    case.flag(value.span).with("who", who).severity(severity);
}
