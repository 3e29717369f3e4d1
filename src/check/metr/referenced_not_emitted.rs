//! Metrics that are read and that no code counts. Rule: rules/metr/referenced-not-emitted.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::check::xref::metric_unknown;
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    let repo = case.repo;
    // The code of a service must be here, and all code must be readable.
    let measured = |service: &crate::repo::services::Service| {
        service.runs() && !service.rehearsal && repo.metrics_of(service).next().is_some()
    };
    let mut services = repo.services().iter();
    if !services.any(measured) || repo.has_unread_code() || repo.has_unnamed_metrics() {
        return;
    }
    metric_unknown::unknown(query, case, 1, Some(Severity::Warning));
}
