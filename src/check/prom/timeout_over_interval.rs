//! A scrape may not take longer than the time to the next. Rule: rules/prom/timeout-over-interval.yaml

use crate::check::{Case, refusal};
use crate::facts::Document;
use crate::facts::prometheus::{JobForm, PrometheusConfig, ScrapeJob, ServerForm};
use crate::facts::scalar::Scalar;
use crate::facts::schema::{Refusal, SchemaIssue};
use crate::lang::duration;

pub(super) fn takes(issue: &SchemaIssue) -> bool {
    issue.refusal == Refusal::Conflict && issue.field == "scrape_timeout"
}

pub(super) fn check(document: &Document, case: &mut Case<'_>) {
    refusal::report(document, case, takes);
    // The server of the operator's chart, in the values of that.
    let mut charts = case.repo.facts.chart_servers.iter();
    if let Some(chart) = charts.find(|it| it.document == document.id)
        && let (Some(timeout), Some(interval)) = (&chart.scrape_timeout, &chart.scrape_interval)
    {
        compare(timeout, interval, "the operator makes no configuration of it", case);
    }
}

/// A server of the operator.
pub(super) fn check_server(server: &PrometheusConfig, case: &mut Case<'_>) {
    let Some(timeout) =
        server.scrape_timeout.as_ref().filter(|_| server.form == ServerForm::Operator)
    else {
        return case.skip();
    };
    if let Some(interval) = &server.scrape_interval {
        compare(timeout, interval, "the operator makes no configuration of it", case);
    }
}

/// A monitor of the operator.
pub(super) fn check_job(job: &ScrapeJob, case: &mut Case<'_>) {
    let Some(timeout) = job.setting("scrape_timeout") else { return case.skip() };
    match (job.form, job.setting("scrape_interval")) {
        // What a file says by itself is compared where it is read.
        (JobForm::Job, Some(_)) => case.skip(),
        (JobForm::Job, None) => {
            let hosted = case.repo.document(job.document).host.is_some();
            let mut charts = case.repo.facts.chart_servers.iter();
            let around = charts.find(|it| hosted && it.document.source == job.document.source);
            if let Some(interval) = around.and_then(|it| it.scrape_interval.as_ref()) {
                compare(timeout, interval, "Prometheus refuses the whole configuration", case);
            }
        }
        (_, Some(interval)) => {
            compare(timeout, interval, "the operator passes over the object", case);
        }
        (_, None) => {}
    }
}

fn compare(timeout: &Scalar, interval: &Scalar, who: &str, case: &mut Case<'_>) {
    let read = |scalar: &Scalar| duration::prometheus(scalar.known_text()?).filter(|it| *it > 0);
    let (Some(wait), Some(every)) = (read(timeout), read(interval)) else { return };
    let is_snake = who.starts_with("Prometheus");
    if wait > every {
        case.flag(timeout.span)
            .with("field", if is_snake { "scrape_timeout" } else { "scrapeTimeout" })
            .with("what", format!("is above the interval of {}", interval.text))
            .with("who", who)
            .related(interval.span, "the interval");
    }
}
