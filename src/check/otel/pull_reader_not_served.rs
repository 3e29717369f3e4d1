//! Metrics that nobody can fetch. Rule: rules/otel/pull-reader-not-served.yaml

use crate::check::Case;
use crate::facts::code::setup::{SdkSetup, Step};

pub(super) fn check(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(exporter) = setup.exporter().filter(|it| it.kind == "pull") else {
        return case.skip();
    };
    let repo = case.repo;
    if exporter.serves || repo.service_of(setup.document).is_some_and(|service| !service.complete) {
        return;
    }
    // Several programs may be built with it: one that serves it is enough.
    let numbers = repo.services_with(setup.document);
    let mut programs = numbers.iter().map(|number| &repo.services()[*number]);
    let served = programs
        .any(|program| repo.setups_in(program).any(|other| matches!(other.step, Step::Served)));
    let around = repo.setups_around(setup.document);
    if !served && !around.iter().any(|other| matches!(other.step, Step::Served)) {
        case.flag(setup.name.span).with("name", &setup.name.text);
    }
}
