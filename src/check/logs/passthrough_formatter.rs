//! Formatters that let JSON scalars through. Rule: rules/logs/passthrough-formatter.yaml

use crate::check::Case;
use crate::facts::code::loggers::{LoggerSetup, Setup};

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::Passthrough { checked } = setup.setup else { return case.skip() };
    if !checked {
        case.flag(setup.name.span);
    }
}
