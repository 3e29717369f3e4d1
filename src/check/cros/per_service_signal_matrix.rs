//! Services that lack a signal. Rule: rules/cros/per-service-signal-matrix.yaml

use crate::check::Case;
use crate::repo::services::{Service, Signal};

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    if !service.runs() || service.rehearsal {
        return case.skip();
    }
    let repo = case.repo;
    let lacks = |signal: &Signal| repo.gives(service, *signal) == Some(false);
    let missing: Vec<&str> =
        Signal::ALL.iter().filter(|it| lacks(it)).map(|it| it.name()).collect();
    if missing.is_empty() {
        return;
    }
    let has = |signal: &Signal| repo.gives(service, *signal) == Some(true);
    let present: Vec<&str> = Signal::ALL.iter().filter(|it| has(it)).map(|it| it.name()).collect();
    let present = if present.is_empty() { "nothing".to_owned() } else { present.join(", ") };
    case.flag(service.anchor)
        .with("name", &service.name)
        .with("missing", missing.join(", "))
        .with("present", present);
}
