//! Windows longer than samples are kept. Rule: rules/slo/window-over-retention.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::lang::duration;
use crate::lang::promql::ast::Extent;
use crate::repo::model::objective::ranges;
use crate::repo::queries::Query;
use crate::repo::retention::Retention;
use crate::repo::standing::is_sample;
use crate::source::Span;

pub(super) fn check(case: &mut Case<'_>) {
    let repo = case.repo;
    let Some(retention) = repo.retention() else { return case.skip() };
    for slo in repo.facts.slos.iter().filter(|slo| !slo.dialect.is_vendor() && slo.index == 0) {
        let foreign = repo.indicator(slo).is_some_and(|it| it.queries.is_empty());
        let Some(window) = slo.window.as_ref().filter(|_| !foreign) else { continue };
        if window.seconds().is_some_and(|seconds| seconds > retention.seconds) {
            let what = format!("the window of `{}`", slo.label());
            flag(case, retention, window.scalar.span, &what, window.shown());
        }
    }
    for query in case.model.queries() {
        let Some((extent, length)) = longest(query) else { continue };
        let templated = query.sli().is_some_and(|sli| sli.query.windowed);
        if length > retention.seconds && !templated {
            let span = case.place(query, extent);
            let length = query.text(extent).to_owned();
            flag(case, retention, span, "a range", length);
        }
    }
}

/// The longest range of a query.
fn longest(query: &Query<'_>) -> Option<(Extent, f64)> {
    ranges(query).into_iter().reduce(|one, other| if other.1 > one.1 { other } else { one })
}

fn flag(case: &mut Case<'_>, retention: &Retention, span: Span, what: &str, length: String) {
    #[expect(clippy::cast_possible_truncation, reason = "retentions are short")]
    let kept = duration::display((retention.seconds * 1000.0) as i64);
    let severity = if retention.certain { Severity::Warning } else { Severity::Info };
    // What an example keeps says nothing of where rules outside of it run.
    let shown = |span| is_sample(case.repo.path(span));
    if shown(retention.span) && !shown(span) {
        return;
    }
    let step = retention.step.as_str();
    case.flag(span)
        .with("what", what)
        .with("window", length)
        .with("kept", kept)
        .severity(severity)
        .related(retention.span, step);
}
