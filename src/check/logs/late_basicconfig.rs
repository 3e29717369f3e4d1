//! Set-ups that come too late. Rule: rules/logs/late-basicconfig.yaml

use crate::check::Case;
use crate::facts::code::loggers::{LoggerSetup, Setup};

pub(super) fn check(setup: &LoggerSetup, case: &mut Case<'_>) {
    let Setup::First { before } = setup.setup else { return case.skip() };
    if let Some(before) = before {
        case.flag(setup.name.span).related(before, "the root logger is set up here already");
    }
}
