//! Nobody records who read the logs. Rule: rules/kiba/audit-off.yaml

use crate::check::Case;
use crate::facts::kibana::{KibanaConfig, Program};

pub(super) fn check(config: &KibanaConfig, case: &mut Case<'_>) {
    if config.program != Program::Kibana {
        return case.skip();
    }
    let Some(kibana) = case.repo.kibana(config).filter(|kibana| !kibana.open) else {
        return case.skip();
    };
    match kibana.get("xpack.security.audit.enabled") {
        None => {
            case.flag(config.anchor).with("what", "is not set");
        }
        Some(setting) if setting.boolean() == Some(false) => {
            let span = setting.value.as_ref().map_or(setting.span, |value| value.span);
            case.flag(span).with("what", "is off");
        }
        Some(_) => {}
    }
}
