//! Forecasts of what cannot be forecast so. Rule: rules/perf/predict-misuse.yaml

use crate::check::Case;
use crate::lang::duration;
use crate::lang::promql::ast::Kind;
use crate::metrics::MetricKind;
use crate::repo::queries::Query;

/// The history must be this part of the horizon at least.
const LEAST: f64 = 1.0 / 20.0;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    if !query.is_sound() {
        return case.skip();
    }
    let ast = query.ast();
    for (_, node) in ast.all() {
        let Kind::Call(call) = &node.kind else { continue };
        let ("predict_linear", [range, horizon]) =
            (call.function.map_or("", |function| function.name), &*call.args)
        else {
            continue;
        };
        let Kind::Range { inner, window } = ast.kind(ast.bare(*range)) else { continue };
        let Kind::Selector(selector) = ast.kind(*inner) else { continue };
        if let (Some(name), Some(extent)) = (selector.metric(), selector.metric_extent())
            && is_counter(name, case)
        {
            let span = case.place(query, extent);
            case.flag(span).with(
                "what",
                format!("`{name}` is a counter: it only grows, and falls at each restart"),
            );
        }
        let ahead = case.model.constants_of(query)[horizon.index()];
        let (Some(history), Some(ahead)) = (window.seconds, ahead) else { continue };
        if history < ahead * LEAST * (1.0 - 1e-9) {
            let span = case.place(query, window.extent);
            let what = format!(
                "`{}` of history for the next {}: a short slope says little about so long a time",
                query.text(window.extent),
                shown(ahead)
            );
            case.flag(span).with("what", what);
        }
    }
}

fn is_counter(name: &str, case: &Case<'_>) -> bool {
    let providers = case.model.metric(name).providers;
    match providers.is_empty() {
        true => name.ends_with("_total"),
        false => providers.iter().all(|provider| provider.kind == MetricKind::Counter),
    }
}

fn shown(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    duration::display((seconds * 1000.0) as i64)
}
