//! Variables that no SDK understands. Rule: rules/otel/bad-otel-env.yaml

use crate::check::Case;
use crate::facts::telemetry::OtelVariable;
use crate::finding::Edit;
use crate::semconv;

pub(super) fn check(variable: &OtelVariable, case: &mut Case<'_>) {
    match semconv::variable(&variable.name.text) {
        Some(known) => value(variable, known.values, case),
        None => name(variable, case),
    }
}

fn value(variable: &OtelVariable, known: &[&str], case: &mut Case<'_>) {
    // Of samplers a rule of their own speaks; Jaeger's exporter is another story too.
    if known.is_empty() || variable.name.text == "OTEL_TRACES_SAMPLER" {
        return;
    }
    let Some(text) = variable.value.known_text() else { return };
    let mut at = 0;
    for part in text.split(',') {
        let word = part.trim();
        let start = at + part.len() - part.trim_start().len();
        at += part.len() + 1;
        if word.is_empty() || known.contains(&word.to_ascii_lowercase().as_str()) {
            continue;
        }
        // With a path or a package in it, it is an exporter of somebody's own.
        if word.contains([':', '.']) || word.contains("exporter") {
            continue;
        }
        let name = &variable.name.text;
        let what = format!("`{word}` is no value of `{name}`");
        case.flag(variable.value.place(start, start + word.len())).with("what", what);
    }
}

fn name(variable: &OtelVariable, case: &mut Case<'_>) {
    let name = &variable.name.text;
    let near = semconv::misspelt(name);
    let Some(first) = near.first() else { return };
    if case.repo.uses_variable(variable) {
        return;
    }
    let what = format!("no SDK reads `{name}`; did you mean `{first}`?");
    let flag = case.flag(variable.name.span).with("what", what);
    if near.len() == 1 {
        let edit = Edit { span: variable.name.place(0, name.len()), text: (*first).to_owned() };
        flag.fix(true, format!("write `{first}`"), vec![edit]);
    }
}
