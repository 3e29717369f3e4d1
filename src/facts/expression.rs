//! PromQL as written in a configuration: the text, its place and its tree.

use super::Dialect;
use super::scalar::Scalar;
use crate::lang::placeholder;
use crate::lang::promql::{self, Parsed};
use crate::parse::tree::NodeRef;
use std::sync::Arc;

/// An expression.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As written.
    pub scalar: Scalar,
    /// As read; `None` where the text is not known or is another language.
    pub parsed: Option<Arc<Parsed>>,
    /// The text that was read.
    pub read: Text,
}

/// Which text was read as PromQL.
#[derive(Clone, Debug, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum Text {
    /// The scalar's own.
    Own,
    /// One in which placeholders are filled in.
    Filled(String),
    /// One in which placeholders are gaps.
    Gaps(String),
}

impl Text {
    /// The tree of the text, where `own` is the scalar's.
    pub fn parse(&self, own: &str) -> Option<Parsed> {
        match self {
            Text::Own => Some(promql::parse(own)),
            Text::Filled(text) => Some(promql::parse(text)),
            Text::Gaps(text) => promql::parse_with_gaps(text),
        }
    }
}

impl Expression {
    /// The expression under `key`.
    pub fn under(node: NodeRef<'_>, key: &str, dialect: Option<Dialect>) -> Option<Expression> {
        node.get(key).and_then(Scalar::template).map(|scalar| Expression::of(scalar, dialect))
    }

    /// Reads a scalar as PromQL, unless its dialect or its text says that it is something else.
    pub fn of(scalar: Scalar, dialect: Option<Dialect>) -> Expression {
        if !scalar.known || scalar.text.is_empty() || dialect == Some(Dialect::Loki) {
            return Expression { scalar, parsed: None, read: Text::Own };
        }
        let parsed = promql::parse(&scalar.text);
        let foreign = !parsed.faults.is_empty()
            && (dialect == Some(Dialect::VictoriaMetrics)
                || placeholder::is_in(&without_strings(&scalar.text))
                || is_metricsql(&scalar.text));
        let parsed = (!foreign).then(|| Arc::new(parsed));
        Expression { scalar, parsed, read: Text::Own }
    }
}

/// Words that only MetricsQL has, as they stand in a text that is no PromQL.
const METRICSQL: &[&str] = &[
    " default ",
    " if ",
    " if(",
    " ifnot ",
    "keep_metric_names",
    "WITH (",
    "WITH(",
    "with (",
    " limit ",
    "label_set(",
    "label_del(",
    "label_keep(",
    "label_copy(",
    "label_move(",
    "label_map(",
    "label_value(",
    "label_match(",
    "label_lowercase(",
    "label_uppercase(",
    "label_transform(",
    "alias(",
    "sum2(",
    "median(",
    "geomean(",
    "mode(",
    "share(",
    "zscore(",
    "outliersk(",
    "outliers_iqr(",
    "quantiles(",
    "quantiles_over_time(",
    "any(",
    "distinct(",
    "rollup",
    "increase_pure(",
    "increase_prometheus(",
    "rate_prometheus(",
    "delta_prometheus(",
    "range_",
    "running_",
    "remove_resets(",
    "interpolate(",
    "keep_last_value(",
    "keep_next_value(",
    "union(",
    "topk_",
    "bottomk_",
    "limit_offset(",
    "count_gt_over_time(",
    "count_le_over_time(",
    "share_gt_over_time(",
    "share_le_over_time(",
    "sum_gt_over_time(",
    "duration_over_time(",
    "lag(",
    "lifetime(",
    "scrape_interval(",
    "tmin_over_time(",
    "tmax_over_time(",
    "median_over_time(",
    "mode_over_time(",
    "distinct_over_time(",
    "integrate(",
    "ideriv(",
    "deriv_fast(",
    "changes_prometheus(",
    "prometheus_buckets(",
    "buckets_limit(",
    "vmrange",
    "ru(",
    "ttf(",
    "smooth_exponential(",
    "now()",
    "bitmap_and(",
    "histogram_share(",
];

/// Whether a text that is no PromQL has words of MetricsQL, outside of its strings and its names.
pub(super) fn is_metricsql(text: &str) -> bool {
    let bare = without_strings(text);
    METRICSQL.iter().any(|word| {
        bare.match_indices(word).any(|(at, _)| {
            let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
            let begins = word.starts_with(' ') || !bare[..at].ends_with(part);
            let after = &bare[at + word.len()..];
            let ends = match word.ends_with(part) {
                // The first half of a function's name, or a label.
                true if *word != "vmrange" && *word != "keep_metric_names" => {
                    after.trim_start_matches(part).trim_start().starts_with('(')
                }
                true => !after.starts_with(part),
                false => true,
            };
            begins && ends
        })
    })
}

/// A text without its comments, and whose strings are empty.
fn without_strings(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '#' {
            chars.by_ref().find(|&c| c == '\n');
        }
        bare.push(c);
        if !matches!(c, '"' | '\'' | '`') {
            continue;
        }
        while let Some(inner) = chars.next() {
            match inner {
                '\\' if c != '`' => {
                    chars.next();
                }
                _ if inner == c => {
                    bare.push(c);
                    break;
                }
                _ => {}
            }
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::is_metricsql;

    #[test]
    fn words_inside_of_names_and_strings_are_none_of_metricsql() {
        for text in ["a default 0", "range_avg(x[5m])", "sum(x) by (vmrange)", "rollup_rate (x)"] {
            assert!(is_metricsql(text), "{text}");
        }
        for text in [
            "kubelet_running_pods >> 110",
            "running_total > * 2",
            "my_rollup(",
            "up + # only if it is there\n)",
            "company_share(x",
            "x{a=\" default \"} +",
        ] {
            assert!(!is_metricsql(text), "{text}");
        }
    }
}
