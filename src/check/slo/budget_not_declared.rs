//! Shares of events without their error budget. Rule: rules/slo/budget-not-declared.yaml

use super::{counts_to_hundred, percent};
use crate::check::Case;
use crate::facts::slo::value::{Objective, clean};
use crate::facts::slo::{Slo, SloDialect};
use crate::finding::Edit;

pub(super) fn check<'a>(slo: &'a Slo, case: &mut Case<'a>) {
    if slo.dialect != SloDialect::Standard {
        return case.skip();
    }
    let (Some(objective), Some(ratio)) = (&slo.objective, slo.ratio()) else { return };
    if slo.budget.is_some() || slo.open || ratio >= 1.0 || !case.model.is_share(slo) {
        return;
    }
    let right = 1.0 - ratio;
    let text = match (objective.has_sign(), counts_to_hundred(slo)) {
        (true, _) => percent(right),
        (false, true) => clean(right * 100.0).to_string(),
        (false, false) => clean(right).to_string(),
    };
    let edit = insertion(case, objective, &text);
    let flag = super::flag(case, slo, slo.anchor)
        .with("budget", text.as_str())
        .with("objective", objective.scalar.text.as_str());
    if let Some(edit) = edit {
        flag.fix(true, "write down the budget that the objective leaves", vec![edit]);
    }
}

/// A line after the objective's, or a pair after it in a mapping on one line.
fn insertion(case: &Case<'_>, objective: &Objective, text: &str) -> Option<Edit> {
    let span = objective.scalar.span;
    let file = case.repo.source(span.source).text();
    let start = file[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let before = &file[start..span.start as usize];
    if before.contains(['{', ',']) {
        let text = format!(", error_budget: {text}");
        return Some(Edit { span: span.at_end(), text });
    }
    let key = before.trim_end().trim_end_matches(':').trim_end();
    let indent = key.rfind([' ', '-']).map_or(0, |at| at + 1);
    let word = key[indent..].trim_matches(['"', '\'']);
    if !matches!(word, "objective" | "target" | "goal") {
        return None;
    }
    let rest = &file[span.end as usize..];
    let end = span.end as usize + rest.find('\n').unwrap_or(rest.len());
    let end = end - usize::from(file[..end].ends_with('\r'));
    let column = " ".repeat(key[..indent].chars().count());
    let place = crate::source::Span::new(span.source, end, end);
    Some(Edit { span: place, text: format!("\n{column}error_budget: {text}") })
}
