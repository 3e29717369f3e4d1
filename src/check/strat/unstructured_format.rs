//! Records that no program can read back. Rule: rules/strat/unstructured-format.yaml

use crate::check::Case;
use crate::facts::strategy::Pillar;

const STRUCTURED: &[&str] = &["json", "logfmt", "ecs", "otlp"];

pub(super) fn check(pillar: &Pillar, case: &mut Case<'_>) {
    let mut examined = false;
    for (_, value) in pillar.named("structured_format") {
        let Some(text) = value.known_text() else { continue };
        examined = true;
        if !STRUCTURED.iter().any(|format| text.eq_ignore_ascii_case(format)) {
            case.flag(value.span).with("value", text).with("pillar", &pillar.name.text);
        }
    }
    if !examined {
        case.skip();
    }
}
