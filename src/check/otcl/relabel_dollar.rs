//! Captures that the collector takes for variables. Rule: rules/otcl/relabel-dollar.yaml

use super::model;
use crate::check::Case;
use crate::facts::prometheus::ScrapeJob;
use crate::facts::scalar::Scalar;
use crate::finding::Edit;
use crate::identify::Kind;
use crate::lang::version::Version;

/// The release from which on `$1` without braces is left alone.
const BRACES_ONLY: Version = Version::new(0, 104, 0);

pub(super) fn check(job: &ScrapeJob, case: &mut Case<'_>) {
    let repo = case.repo;
    let document = repo.document(job.document);
    let host = document.host.map(|host| repo.document(host));
    let host = host.filter(|host| matches!(host.kind, Kind::OtelCollector | Kind::JaegerConfig));
    let Some(host) = host.filter(|_| !document.masked) else { return case.skip() };
    // A target allocator reads the jobs in the collector's place.
    let allocated = repo
        .components_of(host.id)
        .any(|component| component.settings.at("target_allocator").is_some());
    if allocated {
        return;
    }
    let bare = model::reaches(repo, host.id, BRACES_ONLY) == Some(false);
    let steps = job.relabels.iter().chain(&job.metric_relabels);
    for step in steps {
        for scalar in [&step.replacement, &step.target_label].into_iter().flatten() {
            captures(scalar, bare, case);
        }
    }
}

fn captures(scalar: &Scalar, bare: bool, case: &mut Case<'_>) {
    let text = scalar.text.as_str();
    let mut at = 0;
    while let Some(step) = text[at..].find('$') {
        let start = at + step;
        let body = &text[start + 1..];
        if body.starts_with('$') {
            at = start + 2;
            continue;
        }
        at = start + 1;
        let braced = body.starts_with('{');
        let digits = body.trim_start_matches('{');
        let len = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let closed = !braced || digits[len..].starts_with('}');
        if len == 0 || !closed || !(braced || bare) {
            continue;
        }
        let end = start + 1 + len + if braced { 2 } else { 0 };
        let span = case.repo.place(scalar, start..end);
        let exact = case.repo.text(span) == &text[start..end];
        let number = digits[..len].to_owned();
        let flag = case.flag(span).with("text", &text[start..end]);
        if exact {
            let text = if braced { format!("$${{{number}}}") } else { format!("$${number}") };
            flag.fix(true, "Double the dollar sign", vec![Edit { span, text }]);
        }
    }
}
