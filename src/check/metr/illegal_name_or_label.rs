//! Names that a library or a server refuses. Rule: rules/metr/illegal-name-or-label.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::{MetricDefinition, MetricType};
use crate::facts::scalar::Scalar;
use crate::parse::code::Language;

pub(super) fn check(definition: &MetricDefinition, case: &mut Case<'_>) {
    // What a library does with a name, as its row says; those that change names refuse none.
    let Some(names) = definition.says("names") else { return case.skip() };
    let (refused, newer) = match names {
        "refused" => (Severity::Error, "is refused where it is declared"),
        "quoted" => (
            Severity::Warning,
            "is refused by older releases of the library, and by servers before Prometheus 3",
        ),
        "instrument-refused" => (
            Severity::Error,
            "is refused: an instrument's name begins with a letter and holds letters, digits, `_`, `.`, `-` and `/`",
        ),
        _ => (
            Severity::Warning,
            "is no name of an instrument: what is recorded is dropped with a warning",
        ),
    };
    let pinned = pinned_below(definition, case);
    let (refused, newer) = match names {
        "quoted" if pinned => (Severity::Error, PINNED),
        _ => (refused, newer),
    };
    let telemetry = names.starts_with("instrument");
    let name = &definition.name;
    let legal = match telemetry {
        true => is_instrument(&name.text),
        false => is_metric(&name.text),
    };
    if name.known && !legal {
        case.flag(name.span)
            .severity(refused)
            .with("what", format!("the name `{}`", name.text))
            .with("why", newer);
    }
    if telemetry {
        return;
    }
    for label in definition.labels.iter().flatten().filter(|label| label.known) {
        let Some((what, severity)) = fault(definition, label, names) else { continue };
        let (what, severity) = match names {
            "quoted" if pinned && severity == Severity::Warning => (PINNED, Severity::Error),
            _ => (what, severity),
        };
        case.flag(label.span)
            .severity(severity)
            .with("what", format!("the label `{}`", label.text))
            .with("why", what);
    }
}

/// What is said where the manifest pins a release that refuses a name.
const PINNED: &str = "is refused by the release that the program is built with";

/// Whether a program is built with a pinned release of the library that takes no names but plain
/// ones: prometheus-client of Python does since 0.22.
fn pinned_below(definition: &MetricDefinition, case: &Case<'_>) -> bool {
    const PACKAGE: &str = "prometheus-client";
    let repo = case.repo;
    if definition.language != Language::Python {
        return false;
    }
    let Some(service) = repo.service_of(definition.document) else { return false };
    let mut needed = repo.dependencies_of(service);
    needed.any(|it| {
        let exact = it.version.as_ref().map(|version| version.text.trim().trim_start_matches('='));
        let minor = exact.and_then(|text| text.trim().strip_prefix("0.")?.split('.').next());
        it.name.text.replace('_', "-").eq_ignore_ascii_case(PACKAGE)
            && minor.and_then(|minor| minor.parse::<u32>().ok()).is_some_and(|minor| minor < 22)
    })
}

/// What is wrong with a label.
fn fault(
    definition: &MetricDefinition,
    label: &Scalar,
    names: &str,
) -> Option<(&'static str, Severity)> {
    let text = label.text.as_str();
    let edge = match definition.kind {
        MetricType::Histogram => "le",
        MetricType::Summary => "quantile",
        _ => "",
    };
    if text == edge {
        return Some(("is the one that the library itself sets on this type", Severity::Error));
    }
    if text.starts_with("__") {
        // Some libraries let it through; the server drops it after relabelling.
        let severity = match definition.says("reserved") {
            Some("kept") => Severity::Warning,
            _ => Severity::Error,
        };
        return Some(("begins with `__`, which is reserved for the server", severity));
    }
    match (is_label(text), names) {
        (true, _) => None,
        (false, "refused") => Some(("is refused where it is declared", Severity::Error)),
        (false, _) => Some((
            "is refused by older releases of the library, and by servers before Prometheus 3",
            Severity::Warning,
        )),
    }
}

fn is_metric(name: &str) -> bool {
    let start = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':';
    name.starts_with(start) && name.chars().all(|c| start(c) || c.is_ascii_digit())
}

fn is_label(name: &str) -> bool {
    let start = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(start) && name.chars().all(|c| start(c) || c.is_ascii_digit())
}

fn is_instrument(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 255
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-/".contains(c))
}
