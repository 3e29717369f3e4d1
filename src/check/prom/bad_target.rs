//! A target is host and port. Rule: rules/prom/bad-target.yaml

use crate::check::Case;
use crate::facts::prometheus::{JobForm, PrometheusConfig, Relabel, ScrapeJob};
use crate::facts::scalar::Scalar;
use crate::finding::Edit;

pub(super) fn check(config: &PrometheusConfig, case: &mut Case<'_>) {
    let jobs = case.repo.facts.scrape_jobs.iter();
    for job in jobs.filter(|job| job.document == config.document && job.form == JobForm::Job) {
        let scheme = job.settings.get("scheme").map_or(Some("http"), Scalar::known_text);
        for target in job.targets.iter().filter(|target| is_bad(target, &job.relabels)) {
            flag(target, scheme, case);
        }
    }
    for entry in &config.alertmanagers {
        let scheme = entry.scheme.as_ref().map_or(Some("http"), Scalar::known_text);
        for target in entry.targets.iter().filter(|target| is_bad(target, &entry.relabels)) {
            flag(target, scheme, case);
        }
    }
}

/// Objects of the operator: the targets of a `ScrapeConfig`, and what a `Probe` asks to probe.
pub(super) fn check_object(job: &ScrapeJob, case: &mut Case<'_>) {
    let targets = match job.form {
        JobForm::ScrapeConfig => &job.targets[..],
        JobForm::Probe => job.prober.as_slice(),
        JobForm::Job | JobForm::ServiceMonitor | JobForm::PodMonitor => return case.skip(),
    };
    // The operator writes the scheme of an object in capitals or not.
    let scheme = job.settings.get("scheme").map(|scheme| scheme.text.to_ascii_lowercase());
    let scheme = scheme.as_deref().or(Some("http")).filter(|_| job.form != JobForm::Probe);
    let relabels = if job.form == JobForm::Probe { &[][..] } else { &job.relabels[..] };
    for target in targets.iter().filter(|target| is_bad(target, relabels)) {
        flag(target, scheme, case);
    }
}

fn is_bad(target: &Scalar, relabels: &[Relabel]) -> bool {
    let text = target.text.as_str();
    let empty = text.is_empty() || (target.plain && matches!(text, "~" | "null" | "Null" | "NULL"));
    target.known && (empty || text.contains('/')) && !relabels.iter().any(may_mend)
}

/// Whether a step can give the target another address, or drop it.
fn may_mend(step: &Relabel) -> bool {
    let action = step.action.as_ref().map_or("replace", |action| action.text.as_str());
    match action.to_ascii_lowercase().as_str() {
        "replace" | "lowercase" | "uppercase" | "hashmod" => {
            step.target_label.as_ref().is_none_or(|label| {
                !label.known || label.text == "__address__" || label.text.contains('$')
            })
        }
        "labeldrop" | "labelkeep" => false,
        _ => true,
    }
}

fn flag(target: &Scalar, scheme: Option<&str>, case: &mut Case<'_>) {
    let bare = target.text.split_once("://").map_or(target.text.as_str(), |(_, rest)| rest);
    let host = bare.split('/').next().unwrap_or(bare);
    let whole = bare.trim_end_matches('/') == host;
    let same = target.text.split_once("://").is_some_and(|(own, _)| Some(own) == scheme);
    let flag = case.flag(target.span).with("target", &target.text).with("host", host);
    if host.is_empty()
        || target.span.end - target.span.start < u32::try_from(target.text.len()).unwrap_or(0)
    {
        return;
    }
    // Inside quotes the text stands in the middle of its span.
    let quote =
        (target.span.end - target.span.start - u32::try_from(target.text.len()).unwrap_or(0)) / 2;
    let span = crate::source::Span {
        start: target.span.start + quote,
        end: target.span.end - quote,
        ..target.span
    };
    let title = format!("Write `{host}`");
    flag.fix(whole && same, title, vec![Edit { span, text: host.to_owned() }]);
}
