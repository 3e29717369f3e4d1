//! Telemetry that is sent to nobody. Rule: rules/cros/exporter-target-missing.yaml

use crate::check::Case;
use crate::facts::telemetry::{Role, TelemetryPort};
use crate::repo::telemetry::Target;

pub(super) fn check(port: &TelemetryPort, case: &mut Case<'_>) {
    // Of Jaeger's own names and ports rules of its family speak.
    let dials = matches!(port.role, Role::Dials { .. });
    if !dials || port.is_jaeger() || !case.repo.is_ours(port.document) {
        return case.skip();
    }
    let target = case.repo.target(port);
    let host = port.address().map_or("", |(host, _)| host);
    if let Target::Missing(workload) = target {
        let what = format!("no service here has the name `{host}`");
        let flag =
            case.flag(port.value.span).with("setting", &port.setting.text).with("what", what);
        if let Some(workload) = workload {
            flag.related(
                workload.name.span,
                "this runs under the name, and no Service leads to it",
            );
        }
    } else if !case.repo.is_collector(port, &target)
        && let Some(gap) = case.repo.unoffered(port, &target)
    {
        let what = format!("`{host}` does not offer port {}", gap.number);
        case.flag(port.value.span)
            .with("setting", &port.setting.text)
            .with("what", what)
            .related(gap.place, "the port should be offered here");
    }
}
