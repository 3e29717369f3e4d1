//! Objectives that nobody sees. Rule: rules/dash/slo-dashboard-missing.yaml

use super::is_readable;
use crate::check::Case;
use crate::config::{self, Profile};
use crate::facts::slo::{Slo, SloDialect};
use crate::repo::standing::is_sample;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let own = |slo: &&Slo| !slo.open && !is_bundled(slo);
    // Nobody keeps the objectives of tests and examples.
    let kept = |slo: &&Slo| {
        let path = repo.path(slo.anchor);
        config::profile(&repo.settings, path) != Profile::Dev && !is_sample(path)
    };
    let mut slos = repo.facts.slos.iter().filter(own).peekable();
    if slos.peek().is_none() {
        return case.skip();
    }
    let Some(slo) = slos.find(kept) else { return };
    if case.model.on_panels().is_anything() || !is_readable(repo) {
        return;
    }
    let seen = match repo.facts.panels.len() {
        0 => "there is no dashboard here".to_owned(),
        count => format!("none of the {count} panels here does"),
    };
    let anchor = repo.document(slo.document).anchor;
    case.flag(anchor).with("seen", seen);
}

/// Whether the tool of an objective brings dashboards of its own.
pub(super) fn is_bundled(slo: &Slo) -> bool {
    slo.dialect.is_vendor() || matches!(slo.dialect, SloDialect::Sloth | SloDialect::Pyrra)
}
