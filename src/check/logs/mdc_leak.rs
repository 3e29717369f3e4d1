//! Values that stay beside the records of the next request. Rule: rules/logs/mdc-leak.yaml

use crate::check::Case;
use crate::facts::code::correlation::{CorrelationId, IdForm};

pub(super) fn check(id: &CorrelationId, case: &mut Case<'_>) {
    let IdForm::Put { cleared, anywhere } = id.form else { return case.skip() };
    let repo = case.repo;
    let services = repo.services_with(id.document);
    let same = |other: &CorrelationId| {
        other.document == id.document
            || services.is_empty()
            || services.iter().any(|number| repo.services()[*number].has(other.document))
    };
    let clears = || {
        let mut all = repo.facts.correlation_ids.iter();
        anywhere && all.any(|other| other.form == IdForm::Cleared && same(other))
    };
    if !cleared && !clears() {
        case.flag(id.name.span);
    }
}
