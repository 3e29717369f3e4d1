//! Services that speak of context in different forms. Rule: rules/otel/non-w3c-propagation.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::setup::SdkSetup;
use crate::facts::telemetry::OtelVariable;
use crate::semconv;
use crate::source::Span;

/// The form that all SDKs know.
const W3C: &str = "tracecontext";

pub(super) fn setup(setup: &SdkSetup, case: &mut Case<'_>) {
    let Some(propagators) = setup.propagators() else { return case.skip() };
    if propagators.open || propagators.kinds.contains(&W3C) {
        return;
    }
    let traces: Vec<&str> =
        propagators.kinds.iter().copied().filter(|kind| *kind != "baggage").collect();
    if !traces.is_empty() {
        judge(setup.name.span, &traces.join(", "), case);
    }
}

pub(super) fn variable(variable: &OtelVariable, case: &mut Case<'_>) {
    if variable.name.text != "OTEL_PROPAGATORS" {
        return case.skip();
    }
    let Some(value) = variable.value.known_text() else { return };
    let names: Vec<&str> = value.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    // What no SDK knows is another rule's.
    let known = semconv::variable("OTEL_PROPAGATORS").map_or(&[][..], |it| it.values);
    let unknown = |name: &&str| !known.is_empty() && !known.contains(name);
    let odd = |name: &&str| unknown(name) && !name.contains([':', '.']);
    if names.iter().any(odd) {
        return;
    }
    let foreign = names.iter().any(|name| !matches!(*name, "baggage" | "none"));
    if foreign && !names.contains(&W3C) {
        judge(variable.value.span, value, case);
    }
}

fn judge(span: Span, kinds: &str, case: &mut Case<'_>) {
    let facts = &case.repo.facts;
    let in_code = facts
        .sdk_setups
        .iter()
        .find(|setup| setup.propagators().is_some_and(|it| !it.open && it.kinds.contains(&W3C)));
    let in_environment = facts.otel_variables.iter().find(|variable| {
        variable.name.text == "OTEL_PROPAGATORS"
            && variable.value.text.split(',').any(|name| name.trim() == W3C)
    });
    let other = in_code
        .map(|setup| setup.name.span)
        .or_else(|| in_environment.map(|variable| variable.value.span));
    match other {
        Some(other) => {
            let what = "another program here speaks `tracecontext`, and neither hears the other";
            case.flag(span)
                .with("kinds", kinds)
                .with("what", what)
                .related(other, "`tracecontext` here");
        }
        None => {
            let what = "programs of others speak `tracecontext`";
            case.flag(span).with("kinds", kinds).with("what", what).severity(Severity::Info);
        }
    }
}
