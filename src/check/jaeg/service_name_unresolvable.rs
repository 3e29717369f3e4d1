//! Names of Jaeger that lead nowhere. Rule: rules/jaeg/service-name-unresolvable.yaml

use crate::check::Case;
use crate::facts::telemetry::{Role, TelemetryPort};
use crate::repo::telemetry::Target;

pub(super) fn check(port: &TelemetryPort, case: &mut Case<'_>) {
    let dials = matches!(port.role, Role::Dials { .. });
    if !dials || !port.is_jaeger() || !case.repo.is_ours(port.document) {
        return case.skip();
    }
    let Target::Missing(workload) = case.repo.target(port) else { return };
    let host = port.address().map_or("", |(host, _)| host);
    let flag = case.flag(port.value.span).with("setting", &port.setting.text).with("host", host);
    if let Some(workload) = workload {
        flag.related(workload.name.span, "this runs under the name, and no Service leads to it");
    }
}
