//! Quantiles beyond 0 to 1. Rule: rules/pql/quantile-range.yaml

use super::{constant, places};
use crate::check::{Case, mend};
use crate::finding::Edit;
use crate::lang::promql::ast::{Aggregator, Kind};
use crate::repo::queries::Query;

pub(super) fn check<'a>(query: &'a Query<'a>, case: &mut Case<'a>) {
    for place in places(query) {
        let ranks = match place.kind() {
            Kind::Aggregate(aggregate) if aggregate.op == Aggregator::Quantile => {
                aggregate.param.as_slice()
            }
            Kind::Call(call) => match call.function.map(|function| function.name) {
                Some("histogram_quantile" | "quantile_over_time") => {
                    call.args.get(..1).unwrap_or_default()
                }
                Some("histogram_quantiles") => call.args.get(2..).unwrap_or_default(),
                _ => continue,
            },
            _ => continue,
        };
        for rank in ranks {
            let Some(value) = constant(case.model, query, *rank) else { continue };
            if !(0.0..=1.0).contains(&value) {
                let outcome = if value > 1.0 {
                    "+Inf"
                } else if value < 0.0 {
                    "-Inf"
                } else {
                    "NaN"
                };
                let span = case.at(place.at(*rank));
                let written = query.node_text(*rank);
                let exact = mend::exact_node(case, place, *rank);
                let edit = exact.zip(share(written)).map(|(span, text)| Edit { span, text });
                let flag = case.flag(span).with("rank", written).with("outcome", outcome);
                if let Some(edit) = edit {
                    flag.fix(false, "write the percentile as a share", vec![edit]);
                }
            }
        }
    }
}

/// A percentile as a share of one, by moving the point: `99.9` is `0.999`.
fn share(written: &str) -> Option<String> {
    let (whole, part) = written.split_once('.').unwrap_or((written, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 2 || !digits(whole) || !digits(part) {
        return (written == "100").then(|| "1".to_owned());
    }
    let text = format!("0.{whole:0>2}{part}");
    Some(text.trim_end_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn percentiles_become_shares() {
        for (written, expected) in
            [("95", "0.95"), ("99.9", "0.999"), ("5", "0.05"), ("90", "0.9"), ("100", "1")]
        {
            assert_eq!(super::share(written).as_deref(), Some(expected));
        }
        assert_eq!(super::share("250"), None);
        assert_eq!(super::share("-1"), None);
    }
}
