//! Records that show another time than UTC. Rule: rules/logs/timestamp-not-utc.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::loggers::{LoggerSetup, Setup};

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::Clock { fault, right } = setup.setup else { return case.skip() };
    let Some(fault) = fault.filter(|_| !case.repo.is_errand(setup.document)) else { return };
    // The machine's time is UTC where its container says so.
    let service = case.repo.service_of(setup.document);
    let utc = service.and_then(|service| {
        let containers = service.containers.iter().map(|it| &case.repo.facts.containers[*it]);
        let mut zones = containers.flat_map(|container| &container.env.entries);
        zones.find(|(key, value)| {
            key.text == "TZ" && matches!(value.text.as_str(), "UTC" | "Etc/UTC" | "GMT")
        })
    });
    let severity = if right || utc.is_some() { Severity::Info } else { Severity::Warning };
    let flag = case.flag(setup.name.span).with("fault", fault).severity(severity);
    if let Some((key, _)) = utc {
        flag.related(key.span, "the container's time is UTC");
    }
}
