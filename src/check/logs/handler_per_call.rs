//! Handlers that are added again and again. Rule: rules/logs/handler-per-call.yaml

use crate::check::Case;
use crate::facts::code::loggers::{LoggerSetup, Setup};

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::Handler { again, doubled } = setup.setup else { return case.skip() };
    if let Some(again) = again {
        case.flag(setup.name.span)
            .with("fault", format!("a handler is added {again}, and none is taken away"));
    } else if let Some(root) = doubled {
        case.flag(setup.name.span)
            .with("fault", "the root logger has a handler too, and gets the record again")
            .related(root, "the root logger's handler");
    }
}
