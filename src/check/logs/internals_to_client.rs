//! Answers that show the inside. Rule: rules/logs/internals-to-client.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::responses::{Response, Shows, Status};

pub(super) fn check(response: &Response, case: &mut Case<'_>) {
    let (what, severity) = match (response.shows, response.status) {
        (Shows::Nothing, _) | (Shows::Text, Status::Client) => return,
        (Shows::Stack, _) => ("where in the program it failed", Severity::Error),
        (Shows::Text, Status::Server) => ("the text of an internal error", Severity::Error),
        // An error of an expected type may be written for the client.
        (Shows::Text, Status::Unsaid) if !response.broad => return,
        (Shows::Text, Status::Unsaid) => ("the text of an internal error", Severity::Warning),
        (Shows::Page { certain: true }, _) => ("pages made for developers", Severity::Error),
        (Shows::Page { certain: false }, _) => ("pages made for developers", Severity::Warning),
    };
    // A program that nothing deploys may answer only whoever started it.
    let mut programs = case.repo.running_with(response.document).peekable();
    let by_hand = programs.peek().is_some()
        && programs.all(|it| !it.is_certain() && it.containers.is_empty() && it.images.is_empty());
    let severity = match severity {
        Severity::Error if response.internal || response.made || by_hand => Severity::Warning,
        // Its text may have been written for whoever asks.
        Severity::Error if response.expected && response.shows == Shows::Text => Severity::Warning,
        // What is shown there is for whoever works on the code.
        Severity::Error if case.repo.is_aside(response.document) => Severity::Warning,
        severity => severity,
    };
    case.flag(response.name.span)
        .with("shown", &response.name.text)
        .with("what", what)
        .severity(severity);
}
