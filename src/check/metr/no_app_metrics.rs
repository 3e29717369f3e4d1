//! A service that measures nothing. Rule: rules/metr/no-app-metrics.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::repo::services::{Certainty, Service, Signal};

pub(super) fn check(service: &Service, case: &mut Case<'_>) {
    if !service.runs() || service.rehearsal || !service.is_readable() {
        return case.skip();
    }
    let repo = case.repo;
    let measured = repo.metrics_of(service).next().is_some();
    if measured
        || repo.has_sidecar(service)
        || repo.automatic_metrics(service).is_some()
        || repo.meters(service)
        || repo.may_meter(service)
        || repo.hides_agent(service)
    {
        return;
    }
    // A connector makes figures of requests out of spans.
    let of_spans = repo.facts.components.iter().find(|it| it.id.text.starts_with("span"));
    let of_spans = of_spans.filter(|it| it.id.text.replace('_', "").starts_with("spanmetrics"));
    let certain = service.certainty_of(Signal::Metrics) == Certainty::Certain;
    // What somebody else counts is not nothing, and none of the program's own.
    let elsewhere = certain
        && (of_spans.is_some()
            || repo.is_sampled_by_vendor(service)
            || repo.lets_ask(service)
            || repo.counts_before());
    let mut flag = case.flag(service.anchor).with("service", service.name.clone());
    if let Some(connector) = of_spans {
        flag = flag.related(connector.id.span, "figures are made of its spans");
    }
    if elsewhere {
        flag.severity(Severity::Warning);
    }
}
