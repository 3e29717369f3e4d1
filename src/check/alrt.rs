//! ALRT: alerting rules.

use super::{Builtin, Case};
use crate::facts::grafana::{self, Step};
use crate::facts::rules::AlertRule;
use crate::facts::scalar::Scalar;
use crate::finding::Edit;
use crate::lang::promql::Extent;
use crate::lang::template::StepKind;
use crate::lang::template::reads::{self, ValuePrint};
use crate::repo::model::Place;
use crate::repo::model::texts::AlertText;
use crate::repo::queries::{Home, Query};

mod absent_short_for;
mod alert_rules_missing;
mod bool_comparison;
mod coverage_gap;
mod dashboard_link_dead;
mod duplicate_alert;
mod for_below_interval;
mod low_traffic_ratio;
mod no_condition;
mod no_for;
mod no_meta_monitoring;
mod noop_label_template;
mod owner_missing;
mod percent_humanized_twice;
mod ratio_shown_as_percent;
mod raw_value;
mod runbook_unresolvable;
mod severity_missing;
mod severity_unknown;
mod template_label_absent;
mod text_missing;
mod text_threshold_mismatch;
mod up_blind_to_vanish;
mod value_in_label;

pub(super) const BUILTINS: &[(&str, Builtin)] = &[
    ("ALRT021", Builtin::AlertRule(up_blind_to_vanish::check)),
    ("ALRT001", Builtin::AlertRule(severity_missing::check)),
    ("ALRT002", Builtin::AlertRule(severity_unknown::check)),
    ("ALRT003", Builtin::AlertRule(owner_missing::check)),
    ("ALRT004", Builtin::AlertRule(text_missing::check)),
    ("ALRT006", Builtin::AlertRule(runbook_unresolvable::check)),
    ("ALRT007", Builtin::AlertRule(dashboard_link_dead::check)),
    ("ALRT008", Builtin::Expression(percent_humanized_twice::check)),
    ("ALRT009", Builtin::Expression(ratio_shown_as_percent::check)),
    ("ALRT010", Builtin::Expression(raw_value::check)),
    ("ALRT011", Builtin::Expression(value_in_label::check)),
    ("ALRT012", Builtin::Expression(template_label_absent::check)),
    ("ALRT013", Builtin::AlertRule(noop_label_template::check)),
    ("ALRT014", Builtin::Expression(no_for::check)),
    ("ALRT015", Builtin::AlertRule(for_below_interval::check)),
    ("ALRT016", Builtin::Expression(no_condition::check)),
    ("ALRT017", Builtin::Expression(bool_comparison::check)),
    ("ALRT018", Builtin::Repository(duplicate_alert::check)),
    ("ALRT019", Builtin::Expression(text_threshold_mismatch::check)),
    ("ALRT020", Builtin::Expression(absent_short_for::check)),
    ("ALRT022", Builtin::Expression(low_traffic_ratio::check)),
    ("ALRT050", Builtin::Repository(alert_rules_missing::check)),
    ("ALRT051", Builtin::Repository(coverage_gap::check)),
    ("ALRT052", Builtin::Repository(no_meta_monitoring::check)),
];

/// The alert of an expression, and the whole expression; `None` if it is not an alert's or could
/// not be read.
fn alert_of<'q, 'r>(query: &'q Query<'r>) -> Option<(&'r AlertRule, Place<'q, 'r>)> {
    let alert = query.alert().filter(|_| query.is_sound())?;
    Some((alert, Place { query, node: query.ast().root()? }))
}

/// The alert of Grafana that an expression is a query of, the query's step, and the whole
/// expression; `None` if it is none or could not be read.
fn step_of<'q, 'r>(query: &'q Query<'r>) -> Option<(&'r AlertRule, &'r Step, Place<'q, 'r>)> {
    let Home::Step(alert, step) = query.home else { return None };
    let root = query.ast().root().filter(|_| query.is_sound())?;
    Some((alert, step, Place { query, node: root }))
}

/// Where a text prints what this query returned, as it is.
fn prints_of(text: &AlertText<'_>, alert: &AlertRule, step: &Step) -> Vec<ValuePrint> {
    let is_it = |print: &ValuePrint| {
        let name = print.of_step.as_deref().unwrap_or_default();
        grafana::source(&alert.steps, name).is_some_and(|source| std::ptr::eq(source, step))
    };
    reads::step_values(&text.parsed).into_iter().filter(is_it).collect()
}

/// How a text is quoted in a template that stands in this scalar.
fn quotes(case: &Case<'_>, scalar: &Scalar) -> &'static str {
    let raw = case.repo.text(scalar.span);
    match raw.starts_with('"') && raw != scalar.text {
        // In a block nothing is escaped, and one that begins with a quote looks the same.
        true if raw.contains('\n') => "`",
        true => "\\\"",
        false => "\"",
    }
}

/// Writes an action anew, its trim markers kept, and `after` behind it; `None` if it holds more
/// than the value and functions.
fn rewritten(
    case: &Case<'_>,
    text: &AlertText<'_>,
    print: &ValuePrint,
    inner: &str,
    after: &str,
) -> Option<Edit> {
    let step = text.parsed.steps.get(print.step).filter(|_| print.plain)?;
    let action = text.value.text.get(step.extent.range())?;
    let open = if action.starts_with("{{-") { "{{- " } else { "{{ " };
    // Trimmed text comes after the sign, so the sign would stand elsewhere.
    let close = match action.ends_with("-}}") {
        true if !after.is_empty() => return None,
        true => " -}}",
        false => " }}",
    };
    let span = case.repo.place(text.value, step.extent.range());
    Some(Edit { span, text: format!("{open}{inner}{close}{after}") })
}

/// The percent sign behind a value that no function has made a percentage: after the action, as
/// far as it has to go with it, or in its own format (`Some(None)`).
fn percent_sign(text: &AlertText<'_>, print: &ValuePrint) -> Option<Option<Extent>> {
    let shows = |name: &str| matches!(name, "humanize" | "printf" | "print");
    if !print.functions.iter().all(|function| shows(&function.name)) {
        return None;
    }
    let last = print.functions.last().and_then(|function| function.format.as_deref());
    if last.is_some_and(|format| format.trim_end().ends_with("%%")) {
        return Some(None);
    }
    let next = text.parsed.steps.get(print.step + 1)?;
    let after = text.value.text.get(next.extent.range())?;
    let blanks = after.len() - after.trim_start_matches(' ').len();
    let sign = matches!(next.kind, StepKind::Text) && after[blanks..].starts_with('%');
    let start = next.extent.start as usize;
    sign.then(|| Some(Extent::new(start, start + blanks + 1)))
}
