//! Windows over which nothing is measured. Rule: rules/slo/sli-window-ignored.yaml

use crate::check::Case;
use crate::facts::slo::{Slo, SloDialect};
use crate::lang::duration;
use crate::lang::promql::ast::Extent;
use crate::repo::model::objective::ranges;
use crate::repo::queries::Query;

const HOUR: f64 = 3_600.0;

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    let own = slo.dialect == SloDialect::Standard;
    let Some(declared) = slo.window.as_ref().filter(|_| own) else { return case.skip() };
    let Some(seconds) = declared.seconds().filter(|seconds| *seconds >= HOUR) else { return };
    let model = case.model;
    let queries: Vec<&Query<'_>> =
        model.slis(slo).into_iter().filter(|query| query.is_sound()).collect();
    let templated = slo.queries().any(|query| query.windowed);
    if queries.is_empty() || templated {
        return;
    }
    let mut longest: Option<(&Query<'_>, Extent, f64)> = None;
    for &query in &queries {
        for (extent, length) in ranges(query) {
            if longest.is_none_or(|(.., known)| length > known) {
                longest = Some((query, extent, length));
            }
        }
    }
    let covers = |length: f64| length >= seconds * 0.99;
    if longest.is_some_and(|(.., length)| covers(length)) {
        return;
    }
    // A rule may look back over the window for the indicator.
    let metrics = queries.iter().flat_map(|query| model.sources(query.index));
    let recorded = metrics
        .filter_map(|selector| model.reach_of(selector.metric()?))
        .chain(queries.iter().filter_map(|query| model.reach(query)))
        .any(covers);
    if recorded {
        return;
    }
    let span = declared.scalar.span;
    let place = longest.map(|(query, extent, length)| {
        #[expect(clippy::cast_possible_truncation, reason = "ranges are short")]
        let length = duration::display((length * 1000.0) as i64);
        (case.place(query, extent), length)
    });
    let flag = super::flag(case, slo, span).with("window", declared.scalar.text.as_str());
    match place {
        Some((place, length)) => {
            let step = format!("the query looks back {length} only");
            flag.with("range", format!("its query covers {length}")).related(place, step);
        }
        None => {
            flag.with("range", "its query looks at one moment");
        }
    }
}
