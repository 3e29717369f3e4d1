//! Records that go nowhere. Rule: rules/beat/dead-end-output.yaml

use crate::check::Case;
use crate::config::{Profile, profile};
use crate::facts::beat::BeatOutput;

pub(super) fn check(output: &BeatOutput, case: &mut Case<'_>) {
    if output.enabled() != Some(true) || output.agent {
        return;
    }
    if !matches!(output.name.as_str(), "console" | "file" | "discard") {
        return;
    }
    // A trial may show what it reads.
    if profile(&case.repo.settings, case.repo.path(output.anchor)) == Profile::Dev {
        return;
    }
    case.flag(output.anchor).with("name", &output.name);
}
