//! TRAC024: code that looks into traces, and nothing starts it.

use crate::check::Case;
use crate::facts::code::analysis::TraceAnalysis;
use crate::repo::services::ServiceKind;

pub(super) fn check<'a>(analysis: &'a TraceAnalysis, case: &mut Case<'a>) {
    let computes =
        analysis.percentiles.is_some() || analysis.errors.is_some() || analysis.baseline.is_some();
    if !computes || case.repo.is_rehearsal(analysis.document) {
        return case.skip();
    }
    // What a library offers, others start.
    let service = case.repo.service_of(analysis.document);
    let library =
        service.is_some_and(|it| it.kind == ServiceKind::Library && !it.manifests.is_empty());
    if !library && !case.repo.starts_analysis(analysis) {
        case.flag(analysis.name.span).with("name", analysis.name.text.clone());
    }
}
