//! TRAC020: a service sets up tracing and makes no span of what it is asked.

use crate::check::Case;
use crate::repo::services::{Service, ServiceKind};

pub(super) fn check<'a>(service: &'a Service, case: &mut Case<'a>) {
    let repo = case.repo;
    let reach = repo.reach_of(service).filter(|reach| reach.traced || reach.agent);
    let Some(reach) =
        reach.filter(|_| service.runs() && !service.rehearsal && service.is_readable())
    else {
        return case.skip();
    };
    if reach.serves() || reach.clients.contains("all") || repo.serving_span(service).is_some() {
        return;
    }
    let what = match service.kind {
        ServiceKind::Worker => "message it handles",
        _ => "request it answers",
    };
    let at = service.listens.first().or(service.consumes.first()).copied();
    let flag = case.flag(service.anchor).with("what", what);
    if let Some(at) = at {
        flag.related(at, "it waits here");
    }
}
