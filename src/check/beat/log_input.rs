//! Inputs that `filestream` took the place of. Rule: rules/beat/log-input.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::beat::{BeatInput, Place};
use crate::lang::version::Version;
use crate::repo::runs::BEATS;

pub(super) fn check(input: &BeatInput, case: &mut Case<'_>) {
    let kind = input.kind.text.as_str();
    if !input.kind.known || !matches!(kind, "log" | "container") {
        return;
    }
    let allowed = input.settings.get("allow_deprecated_use");
    if allowed.is_some_and(|setting| setting.boolean() != Some(false))
        || input.enabled() != Some(true)
    {
        return;
    }
    let releases = case.repo.releases(input.document, BEATS);
    let reach = |major, minor| releases.reach(Version::new(major, minor, 0));
    let (severity, who) = match (reach(9, 0), reach(7, 16)) {
        (_, Some(false)) => return,
        (Some(true), _) => (Severity::Error, "Filebeat refuses the input"),
        (Some(false), _) => {
            let hints = input.place == Place::Hints && kind == "container";
            let severity = if hints { Severity::Info } else { Severity::Warning };
            (severity, "Filebeat 9.0 and later refuse it")
        }
        (None, _) => (Severity::Warning, "Filebeat 9.0 and later refuse it"),
    };
    case.flag(input.kind.span).with("who", who).severity(severity);
}
