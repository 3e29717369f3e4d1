//! Objectives that nobody sees. Rule: rules/dash/slo-dashboard-missing.yaml

use super::is_readable;
use crate::check::Case;
use crate::facts::slo::{Slo, SloDialect};

pub(super) fn check(case: &mut Case<'_>) {
    let own = |slo: &&Slo| !slo.open && !is_bundled(slo);
    let Some(slo) = case.repo.facts.slos.iter().find(own) else { return case.skip() };
    if case.model.on_panels().is_anything() || !is_readable(case.repo) {
        return;
    }
    let seen = match case.repo.facts.panels.len() {
        0 => "there is no dashboard here".to_owned(),
        count => format!("none of the {count} panels here does"),
    };
    let anchor = case.repo.document(slo.document).anchor;
    case.flag(anchor).with("seen", seen);
}

/// Whether the tool of an objective brings dashboards of its own.
pub(super) fn is_bundled(slo: &Slo) -> bool {
    slo.dialect.is_vendor() || matches!(slo.dialect, SloDialect::Sloth | SloDialect::Pyrra)
}
