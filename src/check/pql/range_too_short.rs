//! Ranges that hold too few samples. Rule: rules/pql/range-too-short.yaml

use super::places;
use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::lang::duration;
use crate::lang::promql::ast::Kind;
use crate::repo::queries::Query;
use crate::repo::servers;

/// Functions that compare samples with each other.
const COMPARING: &[&str] =
    &["rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"];
/// Those of them that two samples suffice for.
const LAST_TWO: &[&str] = &["irate", "idelta"];

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if case.repo.scrape_intervals().is_empty() {
        return case.skip();
    }
    for place in places(query) {
        let Kind::Call(call) = place.kind() else { continue };
        let Some(function) = call.function.filter(|known| COMPARING.contains(&known.name)) else {
            continue;
        };
        let Some(Kind::Range { inner, window }) =
            call.args.iter().map(|arg| query.ast().kind(query.ast().bare(*arg))).next()
        else {
            continue;
        };
        let (Kind::Selector(selector), Some(range)) = (query.ast().kind(*inner), window.seconds)
        else {
            continue;
        };
        let certain = servers::scrape_interval_of(case.repo, selector);
        let likely = || servers::likely_interval_of(case.repo, selector);
        let Some(interval) = certain.or_else(likely) else { continue };
        let samples = range / interval;
        let severity = match samples {
            _ if samples < 2.0 => Severity::Error,
            _ if samples < 4.0 && !LAST_TWO.contains(&function.name) => Severity::Warning,
            _ => continue,
        };
        let outcome = match severity {
            Severity::Error => "so most evaluations find fewer than two samples and return nothing",
            _ => "so one or two lost scrapes leave a gap",
        };
        let span = case.place(query, window.extent);
        #[expect(clippy::cast_possible_truncation, reason = "scrape intervals are short")]
        let every = duration::display((interval * 1000.0) as i64);
        case.flag(span)
            .with("range", query.text(window.extent))
            .with("function", function.name)
            .with("interval", every)
            .with("outcome", outcome)
            .severity(if certain.is_some() { severity } else { Severity::Warning });
    }
}
