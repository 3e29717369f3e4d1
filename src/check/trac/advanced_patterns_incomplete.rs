//! TRAC019: spans or context are missing for work that a service does.

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::repo::services::Service;
use crate::source::Span;

pub(super) fn check<'a>(service: &'a Service, case: &mut Case<'a>) {
    let repo = case.repo;
    let traced = repo.reach_of(service).is_some_and(|reach| reach.traced || reach.agent);
    if !traced || !service.runs() || service.rehearsal || !service.is_readable() {
        return case.skip();
    }
    let missing: Vec<_> =
        repo.traced_work(service).into_iter().filter(|work| !work.traced).collect();
    if missing.is_empty() {
        return;
    }
    let names: Vec<&str> = missing.iter().map(|work| work.what).collect();
    let mut flag = case.flag(service.anchor).with("missing", names.join(", "));
    // Where the program starts spans itself, one of them may stand around the work; and what it is
    // built with holds work that it may not do.
    let own = |at: Span| service.own.iter().any(|it| it.source == at.source);
    if repo.spans_of(service).next().is_some() || !missing.iter().any(|work| own(work.at)) {
        flag = flag.severity(Severity::Warning);
    }
    for work in &missing {
        flag = flag.related(work.at, format!("without {}", work.what));
    }
}
