//! Ports that nothing offers. Rule: rules/jaeg/port-not-offered.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::telemetry::{Role, TelemetryPort};

pub(super) fn check(port: &TelemetryPort, case: &mut Case<'_>) {
    if matches!(port.role, Role::Listens(_)) {
        let Some(gap) = case.repo.unnamed(port) else { return };
        let what = format!("takes OTLP on {}, and nothing offers that port", gap.number);
        let step = if gap.named_only {
            "this container does not name it, and no service leads to it"
        } else {
            "this service does not have it"
        };
        let flag = case
            .flag(port.setting.span)
            .with("setting", &port.setting.text)
            .with("what", what)
            .related(gap.place, step);
        if gap.named_only {
            flag.severity(Severity::Info);
        }
        return;
    }
    let target = case.repo.target(port);
    if !case.repo.is_collector(port, &target) {
        return case.skip();
    }
    let Some(gap) = case.repo.unoffered(port, &target) else { return };
    let what = format!("dials {}, and nothing offers port {}", port.value.text, gap.number);
    let step = if gap.named_only {
        "this container does not name the port"
    } else {
        "the port should be offered here"
    };
    let flag = case
        .flag(port.value.span)
        .with("setting", &port.setting.text)
        .with("what", what)
        .related(gap.place, step);
    if gap.named_only {
        flag.severity(Severity::Info);
    }
}
