//! Maps logged as the text a language prints. Rule: rules/logs/stringified-map.yaml

use crate::catalogue::model::Severity;
use crate::check::Case;
use crate::facts::code::logs::{Level, LogCall, Shape, Way};

pub(super) fn check(call: &LogCall, case: &mut Case<'_>) {
    if call.printed {
        return case.skip();
    }
    // While somebody looks for a fault, on a machine of their own, anything helps.
    let looking = call.level.is_some_and(|level| level <= Level::Debug);
    if looking && case.repo.is_rehearsal(call.document) {
        return;
    }
    let aside =
        case.repo.is_aside(call.document) || call.level == Some(Level::Trace) || call.coloured;
    let said = [&call.message, &call.template].into_iter().flatten().next();
    let whole = said.is_some_and(|it| matches!(it.text.trim(), "{:?}" | "{:#?}"));
    for value in &call.values {
        let (what, severity) = match (value.shape, value.way) {
            (Shape::MapText, Way::Message | Way::Text) => ("its printed form", Severity::Error),
            // Nothing else stands in the record.
            (Shape::Map | Shape::MapText, Way::Argument) if call.written && whole => {
                ("its printed form", Severity::Error)
            }
            (Shape::Map | Shape::MapText, Way::Argument) if call.written => {
                ("part of a text", Severity::Warning)
            }
            _ => continue,
        };
        // What a stand-in writes, or what is coloured, is looked at by who tries something out.
        let most = if aside { Severity::Warning } else { Severity::Error };
        case.flag(value.span).with("what", what).severity(severity).at_most(most);
    }
}
